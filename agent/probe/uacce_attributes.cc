// SPDX-License-Identifier: Apache-2.0
#include "agent/probe/uacce_attributes.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <limits>
#include <set>
#include <sstream>
#include <string_view>

#include "agent/probe/operations.h"

namespace nacelle {
namespace {

constexpr std::size_t kMaxOperations = 256;

// Bits of "flags". The kernel's own framework knows the first; Kunpeng's
// out-of-tree drivers add the others.
constexpr long long kSva = 1 << 0;
constexpr long long kNoIommu = 1 << 1;
constexpr long long kIommu = 1 << 7;
// They also say it in "api".
constexpr std::string_view kNoIommuSuffix = "_noiommu";

class Reader {
 public:
  Reader(const HostRoot& host, const HardwareTable& table, std::string path)
      : host_(host), table_(table), path_(std::move(path)) {}

  UacceAttributes Read() {
    ReadApi();
    ReadFlags();
    ReadAlgorithms();
    ReadAvailable();
    ReadIsolate();
    ReadState();
    ReadNumbers();
    return std::move(out_);
  }

 private:
  // Without this attribute nobody can use the device.
  void Fail(const Error& error) {
    out_.problems.push_back({path_, error.message()});
    if (out_.failure.empty()) out_.failure = error.message();
  }

  void Complain(const std::string& attribute, const std::string& message) {
    out_.problems.push_back({path_, attribute + ": " + message});
  }

  std::string File(std::string_view attribute) const { return path_ + "/" + std::string(attribute); }

  // A number that must be there.
  std::optional<long long> RequireNumber(std::string_view attribute) {
    return Require(attribute, host_.ReadNumber(File(attribute)));
  }

  std::optional<long long> Require(std::string_view attribute, const Result<std::optional<long long>>& number) {
    if (number && *number) return *number;
    Fail(number ? Error(Code::kNotFound, File(attribute) + ": not there") : number.error());
    return std::nullopt;
  }

  void ReadApi() {
    const auto api = host_.Read(File("api"));
    if (!api) return Fail(api.error());
    const bool printable = std::all_of(api->begin(), api->end(), [](char c) { return c > 0x20 && c < 0x7f; });
    if (!printable || api->empty() || api->size() > 63) {
      return Fail(Error(Code::kInvalid, File("api") + ": no name"));
    }
    out_.api = *api;
  }

  void ReadFlags() {
    const auto flags = RequireNumber("flags");
    if (!flags) return;
    const bool sva = (*flags & kSva) != 0;
    const bool iommu = (*flags & kIommu) != 0;
    const bool by_name = out_.api.ends_with(kNoIommuSuffix);
    out_.no_iommu = by_name || (*flags & kNoIommu) != 0;
    if (out_.no_iommu && (sva || iommu)) {
      return Complain("flags", std::to_string(*flags) + " says both " + (sva ? "SVA" : "IOMMU") + " and no IOMMU" +
                                   (by_name ? ", as its api does" : ""));
    }
    if (sva) {
      out_.access = MemoryAccess::kSva;
    } else {
      out_.access = iommu ? MemoryAccess::kIommu : MemoryAccess::kNone;
    }
  }

  void ReadAlgorithms() {
    const auto text = host_.Read(File("algorithms"));
    if (!text) return Fail(text.error());
    std::istringstream words(*text);
    std::set<std::string> operations;
    std::string word;
    while (words >> word && operations.size() < kMaxOperations) {
      const auto meant = OperationsOf(table_, "uacce", word);
      operations.insert(meant.begin(), meant.end());
      if (meant.empty() && FindWord(table_, "uacce", word) == nullptr) Complain("algorithms", "a word that no query can name");
    }
    if (words) Complain("algorithms", "more than " + std::to_string(kMaxOperations));
    out_.operations.assign(operations.begin(), operations.end());
  }

  // A driver that does not count answers so (drivers/misc/uacce/uacce.c).
  void ReadAvailable() {
    const auto file = File("available_instances");
    const auto number = host_.ReadNumber(file);
    if (!number && number.error() == ErrnoError(ENODEV, file)) return;
    const auto available = Require("available_instances", number);
    if (!available) return;
    if (*available < 0 || *available > std::numeric_limits<int>::max()) {
      return Complain("available_instances", "no count: " + std::to_string(*available));
    }
    out_.available = static_cast<int>(*available);
  }

  void ReadIsolate() {
    const auto isolate = host_.ReadNumber(File("isolate"));
    if (!isolate) return Fail(isolate.error());
    out_.isolated = isolate->value_or(0) != 0;
  }

  // Kunpeng's out-of-tree drivers have it: 0 is normal, -1 an error.
  void ReadState() {
    const auto state = host_.ReadNumber(File("dev_state"));
    if (!state) return Complain("dev_state", state.error().message());
    out_.stopped = state->value_or(0) != 0;
  }

  void ReadNumbers() {
    const auto text = host_.Read(File("dev"));
    if (!text) return Fail(text.error());
    DeviceNode numbers;
    char rest = 0;
    if (std::sscanf(text->c_str(), "%u:%u%c", &numbers.major, &numbers.minor, &rest) != 2) {
      return Fail(Error(Code::kInvalid, File("dev") + ": no device numbers"));
    }
    out_.numbers = numbers;
  }

  const HostRoot& host_;
  const HardwareTable& table_;
  std::string path_;
  UacceAttributes out_;
};

}  // namespace

UacceAttributes ReadUacceAttributes(const HostRoot& host, const HardwareTable& table, const std::string& path) {
  return Reader(host, table, path).Read();
}

}  // namespace nacelle

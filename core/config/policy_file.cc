// SPDX-License-Identifier: Apache-2.0
#include "core/config/policy_file.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <set>
#include <string_view>
#include <utility>
#include <variant>

#include "core/base/files.h"
#include "core/config/strict_yaml.h"
#include "core/model/resource_name.h"
#include "core/select/query_parser.h"

namespace nacelle {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t kMaxFile = 1024 * 1024;
constexpr std::size_t kMaxOffers = 128;
constexpr std::string_view kApiVersion = "nacelle.dev/v1alpha1";
constexpr std::string_view kKind = "AcceleratorPolicy";

std::string Quoted(const std::string& text) { return "'" + text.substr(0, 80) + "'"; }

// "5ms" as 5 ms; absent for anything else.
std::optional<milliseconds> DurationOf(std::string_view text) {
  static constexpr std::array<std::pair<std::string_view, int>, 4> kUnits = {
      {{"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}}};
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || number < 0 || number > 1'000'000) return std::nullopt;
  const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
  for (const auto& [name, factor] : kUnits) {
    if (name == unit) return milliseconds(static_cast<std::int64_t>(number) * factor);
  }
  return std::nullopt;
}

std::string Print(milliseconds time) {
  const auto count = time.count();
  if (count != 0 && count % 3'600'000 == 0) return std::to_string(count / 3'600'000) + "h";
  if (count != 0 && count % 1000 == 0) return std::to_string(count / 1000) + "s";
  return std::to_string(count) + "ms";
}

// What a DeviceClass can be called.
bool IsLowerName(const std::string& name) {
  return name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-.") == std::string::npos &&
         name.find("..") == std::string::npos && name.find("-.") == std::string::npos &&
         name.find(".-") == std::string::npos;
}

class Reader {
 public:
  explicit Reader(const std::string& file) : yaml_(file) {}

  Result<Policy> Read(const std::string& text) {
    const auto document = yaml_.Parse(text);
    Policy policy;
    if (yaml_.IsMap(document, {"apiVersion", "kind", "metadata", "spec", "status"})) {
      Expect(document, "apiVersion", kApiVersion);
      Expect(document, "kind", kKind);
      if (!yaml_.error() && document["metadata"]) policy.name = ReadName(document["metadata"]);
      if (!yaml_.error() && !document["spec"]) yaml_.Fail(document, "'spec' is missing");
      if (!yaml_.error()) ReadSpec(document["spec"], policy);
    }
    if (yaml_.error()) return *yaml_.error();
    return policy;
  }

 private:
  void Expect(const YAML::Node& map, const char* key, std::string_view value) {
    const auto found = yaml_.Text(map, key);
    if (yaml_.error() || found == value) return;
    yaml_.Fail(map[key], std::string(key) + ": expected " + std::string(value) + ", not " + Quoted(found));
  }

  std::string ReadName(const YAML::Node& metadata) {
    if (!yaml_.IsMap(metadata, {"name", "generateName", "namespace", "selfLink", "uid", "resourceVersion", "generation",
                                "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "labels",
                                "annotations", "ownerReferences", "finalizers", "managedFields"})) {
      return {};
    }
    return yaml_.OptionalText(metadata, "name");
  }

  void ReadSpec(const YAML::Node& spec, Policy& policy) {
    if (!yaml_.IsMap(spec, {"nodeSelector", "offers", "rest", "require", "grant", "rescan"})) return;
    if (spec["nodeSelector"]) yaml_.IsMap(spec["nodeSelector"], {"matchLabels", "matchExpressions"});
    const auto offers = yaml_.List(spec, "offers");
    if (offers.size() > kMaxOffers) {
      yaml_.Fail(offers[kMaxOffers], "a policy has at most " + std::to_string(kMaxOffers) + " offers");
    }
    for (const auto& offer : offers) {
      if (!yaml_.error()) policy.offers.push_back(ReadOffer(offer));
    }
    if (Word(spec, "rest", {"default", "hide"}) == "hide") policy.rest = Rest::kHide;
    if (!yaml_.error() && spec["require"]) policy.memory_access = ReadRequirement(spec["require"]);
    if (!yaml_.error() && spec["grant"]) policy.grant = ReadGrant(spec["grant"]);
    if (!yaml_.error() && spec["rescan"]) policy.rescan = ReadRescan(spec["rescan"]);
  }

  // One of `words`; empty when the key is absent.
  std::string Word(const YAML::Node& map, const char* key, std::initializer_list<std::string_view> words) {
    auto word = yaml_.OptionalText(map, key);
    if (yaml_.error() || word.empty() || std::find(words.begin(), words.end(), word) != words.end()) return word;
    std::string expected;
    for (const auto known : words) expected += (expected.empty() ? "" : ", ") + std::string(known);
    yaml_.Fail(map[key], std::string(key) + ": expected one of " + expected + ", not " + Quoted(word));
    return {};
  }

  PolicyOffer ReadOffer(const YAML::Node& node) {
    PolicyOffer offer;
    if (!yaml_.IsMap(node, {"name", "find", "sharesPerQueue", "through"})) return offer;
    offer.line = node.Mark().line + 1;
    offer.name = yaml_.Text(node, "name");
    const auto find = yaml_.Text(node, "find");
    if (!yaml_.error()) offer.find = ReadFind(node["find"], find);
    if (!yaml_.error() && node["sharesPerQueue"]) offer.shares_per_queue = ReadShares(node["sharesPerQueue"]);
    if (Word(node, "through", {"devicePlugin", "dra"}) == "dra") offer.through = Route::kDra;
    if (!yaml_.error()) CheckName(node["name"], offer);
    if (!yaml_.error() && IsBundle(offer) && offer.through == Route::kDra) {
      yaml_.Fail(node["through"], "through: a bundle goes through devicePlugin; under dra a claim says the same");
    }
    return offer;
  }

  void CheckName(const YAML::Node& node, const PolicyOffer& offer) {
    if (const auto status = CheckResourceName(ResourceName(offer)); !status) {
      yaml_.Fail(node, "name: " + status.error().message());
    } else if (offer.through == Route::kDra && !IsLowerName(offer.name)) {
      yaml_.Fail(node, "name: " + Quoted(offer.name) + ": through dra it has a-z, 0-9, '-' and '.' only");
    } else if (!names_.insert(offer.name).second) {
      yaml_.Fail(node, "name: a second offer " + Quoted(offer.name) + "; each name stands once");
    }
  }

  Query ReadFind(const YAML::Node& node, const std::string& text) {
    auto read = ReadQuery(text);
    if (auto* query = std::get_if<Query>(&read)) return std::move(*query);
    const auto& mistake = *std::get_if<QueryMistake>(&read);
    yaml_.Fail(node, "find: " + Quoted(text) + ", byte " + std::to_string(mistake.offset) + ": " + mistake.message);
    return {};
  }

  int ReadShares(const YAML::Node& node) {
    const auto text = yaml_.Scalar(node);
    int shares = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), shares);
    const bool whole = error == std::errc() && end == text.data() + text.size();
    if (whole && shares >= 1 && shares <= kMaxSharesPerQueue) return shares;
    yaml_.Fail(node, "sharesPerQueue: expected a number from 1 to " + std::to_string(kMaxSharesPerQueue) + ", not " +
                         Quoted(text));
    return 1;
  }

  AccessRequirement ReadRequirement(const YAML::Node& node) {
    if (!yaml_.IsMap(node, {"memoryAccess"})) return {};
    const auto word = Word(node, "memoryAccess", {"any", "sva", "iommu"});
    if (word == "sva") return AccessRequirement::kSva;
    return word == "iommu" ? AccessRequirement::kIommu : AccessRequirement::kAny;
  }

  GrantSettings ReadGrant(const YAML::Node& node) {
    GrantSettings grant;
    if (!yaml_.IsMap(node, {"via", "maskSysfs"})) return grant;
    const auto via = Word(node, "via", {"devices", "cdi", "annotation"});
    if (via == "cdi") grant.via = GrantCarrier::kCdi;
    if (via == "annotation") grant.via = GrantCarrier::kAnnotation;
    if (!yaml_.error() && node["maskSysfs"]) grant.mask_sysfs = yaml_.Flag(node, "maskSysfs");
    return grant;
  }

  RescanSettings ReadRescan(const YAML::Node& node) {
    RescanSettings rescan;
    if (!yaml_.IsMap(node, {"debounce", "fpga", "all"})) return rescan;
    rescan.debounce = Duration(node, "debounce", rescan.debounce, milliseconds(0), milliseconds(10'000));
    rescan.fpga = Duration(node, "fpga", rescan.fpga, milliseconds(10), milliseconds(3'600'000));
    rescan.all = Duration(node, "all", rescan.all, milliseconds(1'000), milliseconds(3'600'000));
    return rescan;
  }

  milliseconds Duration(const YAML::Node& map, const char* key, milliseconds otherwise, milliseconds least,
                        milliseconds most) {
    const auto text = yaml_.OptionalText(map, key);
    if (yaml_.error() || text.empty()) return otherwise;
    const auto time = DurationOf(text);
    if (time && *time >= least && *time <= most) return *time;
    yaml_.Fail(map[key], std::string(key) + ": expected a duration from " + Print(least) + " to " + Print(most) +
                             ", as " + Print(otherwise) + ", not " + Quoted(text));
    return otherwise;
  }

  StrictYaml yaml_;
  std::set<std::string> names_;
};

}  // namespace

Result<Policy> ParsePolicy(const std::string& text, const std::string& file) { return Reader(file).Read(text); }

Result<std::string> ReadPolicyText(const std::filesystem::path& file) { return ReadFile(file, kMaxFile); }

Result<Policy> LoadPolicy(const std::filesystem::path& file) {
  const auto text = ReadPolicyText(file);
  if (!text) return text.error();
  return ParsePolicy(*text, file.native());
}

}  // namespace nacelle

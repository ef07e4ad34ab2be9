// SPDX-License-Identifier: Apache-2.0
#include "tests/support/contract_slices.h"

#include <regex>
#include <set>

namespace nacelle {
namespace {

constexpr std::size_t kMaxText = 64;
constexpr std::size_t kMaxAttributes = 32;
constexpr std::size_t kMaxDevices = 128;
constexpr std::size_t kMaxTaintedDevices = 64;

const json::Value* Member(const json::Value& value, std::string_view name) {
  return value.AsObject() == nullptr ? nullptr : value.AsObject()->Find(name);
}

// "identifier" or "domain/identifier".
bool IsQualifiedName(const std::string& name) {
  static const std::regex identifier("[A-Za-z_][A-Za-z0-9_]{0,31}");
  static const std::regex domain("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");
  const auto slash = name.find('/');
  if (slash == std::string::npos) return std::regex_match(name, identifier);
  return slash <= 63 && std::regex_match(name.substr(0, slash), domain) && std::regex_match(name.substr(slash + 1), identifier);
}

std::string CheckNames(const json::Value* members, std::size_t& count) {
  if (members == nullptr) return {};
  for (const auto& [name, value] : members->AsObject()->members()) {
    ++count;
    if (!IsQualifiedName(name)) return "Invalid value: \"" + name + "\": a valid C identifier must be used";
    const auto* text = Member(value, "string");
    if (text != nullptr && text->AsString()->size() > kMaxText) return name + ": Too long: may not be more than 64 bytes";
  }
  return {};
}

std::string CheckDevice(const json::Value& device, std::set<std::string>& names) {
  static const std::regex label("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");
  const auto* name = Member(device, "name");
  if (name == nullptr || !std::regex_match(*name->AsString(), label)) return "name: Invalid value";
  if (!names.insert(*name->AsString()).second) return "name: Duplicate value: " + *name->AsString();
  std::size_t count = 0;
  for (const auto* member : {"attributes", "capacity"}) {
    if (auto refusal = CheckNames(Member(device, member), count); !refusal.empty()) return std::string(member) + ": " + refusal;
  }
  return count > kMaxAttributes ? "attributes: Too many: " + std::to_string(count) : std::string();
}

}  // namespace

std::string RefusalOfSlice(const json::Value& slice) {
  const auto* spec = Member(slice, "spec");
  const auto* devices = spec == nullptr ? nullptr : Member(*spec, "devices");
  if (devices == nullptr || devices->AsArray() == nullptr) return {};
  bool tainted = false;
  std::set<std::string> names;
  for (const auto& device : *devices->AsArray()) {
    if (auto refusal = CheckDevice(device, names); !refusal.empty()) return "spec.devices: " + refusal;
    tainted = tainted || Member(device, "taints") != nullptr;
  }
  const auto most = tainted ? kMaxTaintedDevices : kMaxDevices;
  return names.size() > most ? "spec.devices: Too many: " + std::to_string(names.size()) : std::string();
}

}  // namespace nacelle

// SPDX-License-Identifier: Apache-2.0
#include "tests/support/contract_slices.h"

#include <algorithm>
#include <cctype>
#include <set>
#include <string_view>

namespace nacelle {
namespace {

constexpr std::size_t kMaxText = 64;
constexpr std::size_t kMaxAttributes = 32;
constexpr std::size_t kMaxDevices = 128;
constexpr std::size_t kMaxTaintedDevices = 64;

const json::Value* Member(const json::Value& value, std::string_view name) {
  return value.AsObject() == nullptr ? nullptr : value.AsObject()->Find(name);
}

constexpr std::string_view kLower = "abcdefghijklmnopqrstuvwxyz0123456789";

bool IsIdentifier(std::string_view name) {
  const auto is_part = [](unsigned char c) { return c == '_' || (c < 128 && std::isalnum(c) != 0); };
  return !name.empty() && name.size() <= 32 && std::isdigit(static_cast<unsigned char>(name.front())) == 0 &&
         std::all_of(name.begin(), name.end(), is_part);
}

bool IsDnsLabel(std::string_view name) {
  return !name.empty() && name.size() <= 63 && name.front() != '-' && name.back() != '-' &&
         std::all_of(name.begin(), name.end(), [](char c) { return c == '-' || kLower.find(c) != std::string_view::npos; });
}

bool IsDomain(std::string_view name) {
  if (name.size() > 63) return false;
  for (auto dot = name.find('.'); dot != std::string_view::npos; dot = name.find('.')) {
    if (!IsDnsLabel(name.substr(0, dot))) return false;
    name.remove_prefix(dot + 1);
  }
  return IsDnsLabel(name);
}

// "identifier" or "domain/identifier".
bool IsQualifiedName(std::string_view name) {
  const auto slash = name.find('/');
  if (slash == std::string_view::npos) return IsIdentifier(name);
  return IsDomain(name.substr(0, slash)) && IsIdentifier(name.substr(slash + 1));
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
  const auto* name = Member(device, "name");
  if (name == nullptr || !IsDnsLabel(*name->AsString())) return "name: Invalid value";
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

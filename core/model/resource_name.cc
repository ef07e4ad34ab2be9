// SPDX-License-Identifier: Apache-2.0
#include "core/model/resource_name.h"

#include <algorithm>

namespace nacelle {
namespace {

constexpr std::size_t kMaxNamePart = 63;
constexpr std::size_t kMaxDomain = 253;

bool IsAlphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool IsNameCharacter(char c) { return IsAlphanumeric(c) || c == '-' || c == '_' || c == '.'; }

bool IsLowerLabel(std::string_view label) {
  const auto lower = [](char c) { return (IsAlphanumeric(c) || c == '-') && (c < 'A' || c > 'Z'); };
  return !label.empty() && std::all_of(label.begin(), label.end(), lower) &&
         IsAlphanumeric(label.front()) && IsAlphanumeric(label.back());
}

bool IsDomain(std::string_view domain) {
  if (domain.size() > kMaxDomain) return false;
  while (true) {
    const auto dot = domain.find('.');
    if (!IsLowerLabel(domain.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    domain.remove_prefix(dot + 1);
  }
}

// Of a name without end, so much as tells which.
Error Invalid(std::string_view name, std::string_view why) {
  return Error(Code::kInvalid, "'" + std::string(name.substr(0, kMaxDomain)) + "': " + std::string(why));
}

}  // namespace

std::string DefaultResourceName(std::string_view interface) {
  std::string name(kResourceDomain);
  name += '/';
  name += interface;
  std::replace(name.begin(), name.end(), '_', '-');
  return name;
}

Status CheckResourceName(std::string_view name) {
  const auto slash = name.find('/');
  if (slash == std::string_view::npos) return Invalid(name, "an extended resource needs a domain prefix");
  const auto domain = name.substr(0, slash);
  const auto part = name.substr(slash + 1);
  if (!IsDomain(domain)) return Invalid(name, "the prefix is no DNS domain");
  if (domain == "kubernetes.io" || domain.ends_with(".kubernetes.io")) {
    return Invalid(name, "kubernetes.io is reserved");
  }
  if (name.starts_with("requests.")) return Invalid(name, "'requests.' is reserved for quotas");
  if (part.empty() || part.size() > kMaxNamePart) {
    return Invalid(name, "the name after the slash has 1 to 63 characters");
  }
  if (!std::all_of(part.begin(), part.end(), IsNameCharacter) || !IsAlphanumeric(part.front()) ||
      !IsAlphanumeric(part.back())) {
    return Invalid(name, "the name after the slash consists of letters, digits, '-', '_' and '.'");
  }
  return {};
}

Status CheckDeviceId(std::string_view id) {
  if (id.empty() || id.size() > kMaxNamePart) return Invalid(id, "a device id has 1 to 63 characters");
  if (!std::all_of(id.begin(), id.end(), IsNameCharacter)) {
    return Invalid(id, "a device id consists of letters, digits, '-', '_' and '.'");
  }
  return {};
}

}  // namespace nacelle

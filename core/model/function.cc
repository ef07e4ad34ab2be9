// SPDX-License-Identifier: Apache-2.0
#include "core/model/function.h"

#include <array>
#include <cstdint>
#include <cstdio>

namespace nacelle {
namespace {

constexpr std::size_t kMaxIdLength = 58;  // leaves room for "-<share>" in 63

// FNV-1a: short, stable over releases, and no secret depends on it.
std::uint32_t Fnv1a(std::string_view text) {
  std::uint32_t hash = 2166136261U;
  for (const char c : text) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
  }
  return hash;
}

char LabelCharacter(char c) {
  if (c >= 'A' && c <= 'Z') return static_cast<char>(c - 'A' + 'a');
  if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) return c;
  return '-';
}

void TrimDashes(std::string& label) {
  while (!label.empty() && label.back() == '-') label.pop_back();
}

}  // namespace

std::string_view Name(MemoryAccess access) {
  switch (access) {
    case MemoryAccess::kUnknown: return "unknown";
    case MemoryAccess::kNone: return "none";
    case MemoryAccess::kIommu: return "iommu";
    case MemoryAccess::kSva: return "sva";
  }
  return "unknown";
}

std::string MakeId(std::string_view family, std::string_view name) {
  std::string whole(family);
  whole += '-';
  whole += name;
  std::string id;
  for (const char c : whole) id += LabelCharacter(c);
  TrimDashes(id);
  if (id.size() <= kMaxIdLength) return id;
  std::array<char, 10> suffix{};
  std::snprintf(suffix.data(), suffix.size(), "-%08x", Fnv1a(whole));
  id.resize(kMaxIdLength - 9);
  TrimDashes(id);
  return id + suffix.data();
}

}  // namespace nacelle

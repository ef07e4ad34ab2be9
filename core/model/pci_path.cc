// SPDX-License-Identifier: Apache-2.0
#include "core/model/pci_path.h"

namespace nacelle {

bool IsPciRoot(std::string_view name) {
  constexpr std::string_view kPrefix = "pci";
  if (!name.starts_with(kPrefix) || name.find(':') == std::string_view::npos) return false;
  return name.find_first_not_of("0123456789abcdef:", kPrefix.size()) == std::string_view::npos;
}

std::size_t PciRootEnd(std::string_view path) {
  for (auto end = path.size(); end != 0 && end != std::string_view::npos;) {
    const auto slash = path.substr(0, end).rfind('/');
    if (slash == std::string_view::npos) break;
    if (IsPciRoot(path.substr(slash + 1, end - slash - 1))) return end;
    end = slash;
  }
  return std::string_view::npos;
}

}  // namespace nacelle

// SPDX-License-Identifier: Apache-2.0
#include "agent/host/uevent.h"

namespace nacelle {
namespace {

// Cuts the text up to the next zero byte off the front of `rest`.
std::string_view Cut(std::string_view& rest) {
  const auto end = rest.find('\0');
  const auto field = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  return field;
}

}  // namespace

Result<Uevent> ParseUevent(std::string_view message) {
  const auto head = Cut(message);
  const auto at = head.find('@');
  if (at == 0 || at == std::string_view::npos || head.substr(at + 1, 1) != "/") {
    return Error(Code::kInvalid, "uevent: no ACTION@DEVPATH");
  }
  Uevent event{std::string(head.substr(0, at)), std::string(head.substr(at + 1)), {}};
  constexpr std::string_view kSubsystem = "SUBSYSTEM=";
  while (!message.empty()) {
    const auto field = Cut(message);
    if (field.starts_with(kSubsystem)) event.subsystem = field.substr(kSubsystem.size());
  }
  return event;
}

}  // namespace nacelle

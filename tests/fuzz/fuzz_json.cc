// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/json/list_splitter.h"
#include "core/json/parsers.h"
#include "core/json/value.h"

namespace {

// What a list is taken apart into, as it arrives in parts of that size.
std::string SplitIn(std::string_view text, std::size_t size) {
  std::string parts;
  nacelle::json::ListSplitter splitter([&](const nacelle::json::Value& item) {
    parts += nacelle::json::Write(item);
    return nacelle::Status();
  });
  for (std::size_t at = 0; at < text.size(); at += size) {
    if (!splitter.Feed(text.substr(at, size))) return "refused";
  }
  const auto around = splitter.Finish();
  return parts + (around ? nacelle::json::Write(*around) : "refused");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  // It must not matter how a list is cut.
  if (SplitIn(text, 3) != SplitIn(text, size + 1)) __builtin_trap();
  // What is written must be read again, as the same text.
  const auto value = nacelle::json::ParseByLibrary(text);
  // What is plain is the same by either way.
  const auto plain = nacelle::json::ParsePlain(text);
  if (plain && (!value || nacelle::json::Write(*plain) != nacelle::json::Write(*value))) __builtin_trap();
  if (!value) return 0;
  const auto written = nacelle::json::Write(*value);
  const auto again = nacelle::json::Parse(written);
  if (!again || nacelle::json::Write(*again) != written) __builtin_trap();
  return 0;
}

// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/select/query_parser.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto read = nacelle::ReadQuery(text);
  if (const auto* mistake = std::get_if<nacelle::QueryMistake>(&read)) {
    // The caret stands under the text or just behind it.
    if (mistake->offset > size || mistake->length == 0 || mistake->message.empty()) __builtin_trap();
    if (nacelle::Show(text, *mistake).find('^', size) == std::string::npos) __builtin_trap();
    return 0;
  }
  const auto& query = *std::get_if<nacelle::Query>(&read);
  const auto again = nacelle::ParseQuery(nacelle::Print(query));
  if (!again || !(*again == query)) __builtin_trap();
  return 0;
}

// SPDX-License-Identifier: Apache-2.0
#include "core/describe/notes.h"

#include <set>

namespace nacelle {

std::string AccessOf(const Function& function) {
  return std::string(Name(function.access)) + (function.access_note.empty() ? "" : "*");
}

std::vector<std::string> NotesOf(const Inventory& inventory) {
  std::set<std::string> notes;
  for (const auto& function : inventory.functions) notes.insert(function.access_note);
  notes.erase("");
  return {notes.begin(), notes.end()};
}

std::string Shortened(const std::vector<std::string>& words, std::size_t most, const char* between) {
  const auto shown = words.size() <= most + 1 ? words.size() : most;
  std::string text;
  for (std::size_t i = 0; i < shown; ++i) text += (i == 0 ? "" : between) + words[i];
  return shown == words.size() ? text : text + between + "+" + std::to_string(words.size() - shown);
}

}  // namespace nacelle

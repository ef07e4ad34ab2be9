// SPDX-License-Identifier: Apache-2.0
#include "core/describe/notes.h"

#include <algorithm>

namespace nacelle {

Notes::Notes(const Inventory& inventory) {
  for (const auto& function : inventory.functions) {
    if (!function.access_note.empty()) notes_.push_back(function.access_note);
  }
  std::sort(notes_.begin(), notes_.end());
  notes_.erase(std::unique(notes_.begin(), notes_.end()), notes_.end());
}

std::string Notes::MarkOf(std::size_t index) const { return notes_.size() == 1 ? "*" : "*" + std::to_string(index + 1); }

std::string Notes::AccessOf(const Function& function) const {
  std::string access(Name(function.access));
  if (function.access_note.empty()) return access;
  const auto at = std::lower_bound(notes_.begin(), notes_.end(), function.access_note);
  return access + MarkOf(static_cast<std::size_t>(at - notes_.begin()));
}

std::vector<std::string> Notes::Lines() const {
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < notes_.size(); ++i) lines.push_back(MarkOf(i) + " " + notes_[i]);
  return lines;
}

std::string Shortened(const std::vector<std::string>& words, std::size_t most, const char* between) {
  const auto shown = words.size() <= most + 1 ? words.size() : most;
  std::string text;
  for (std::size_t i = 0; i < shown; ++i) text += (i == 0 ? "" : between) + words[i];
  return shown == words.size() ? text : text + between + "+" + std::to_string(words.size() - shown);
}

}  // namespace nacelle

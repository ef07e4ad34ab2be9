// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "core/model/inventory.h"

namespace nacelle {

// What functions have to be told of their memory access, below a table or picture: "*"
// marks it, "*1", "*2" where notes differ.
class Notes {
 public:
  explicit Notes(const Inventory& inventory);

  // "sva", or "sva*1" where the function has a note.
  std::string AccessOf(const Function& function) const;
  // "*1 negotiated, not verified": each note once, sorted.
  std::vector<std::string> Lines() const;

 private:
  std::string MarkOf(std::size_t index) const;

  std::vector<std::string> notes_;
};

// The words with `between` between them, at most `most` and how many there are
// besides: "aes-cbc,aes-ctr,+5". All when there would be one word more.
std::string Shortened(const std::vector<std::string>& words, std::size_t most, const char* between);

}  // namespace nacelle

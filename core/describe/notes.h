// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "core/model/inventory.h"

namespace nacelle {

// "sva", or "sva*" where the function has a note.
std::string AccessOf(const Function& function);

// The notes of all functions, each once, sorted: what the "*" stands for.
std::vector<std::string> NotesOf(const Inventory& inventory);

// The words with `between` between them, at most `most` and how many there are
// besides: "aes-cbc,aes-ctr,+5". All when there would be one word more.
std::string Shortened(const std::vector<std::string>& words, std::size_t most, const char* between);

}  // namespace nacelle

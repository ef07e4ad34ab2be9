// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace nacelle {

// The cells of one line of a table.
using Row = std::vector<std::string>;

// Columns as wide as their widest cell, the last as it is; a line a row. Every
// row has as many cells as the first.
std::string AlignRows(const std::vector<Row>& rows);

}  // namespace nacelle

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace nacelle {

// Differs after each start of the machine. Empty where the kernel does not
// tell: then every boot looks the same.
std::string ReadBootId();

}  // namespace nacelle

// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace nacelle {

// Lets the process have as many descriptors as its hard limit does, 65,536 at the
// most: the soft limit is 1,024 for programs that use select(), which we do not.
// getrlimit(2).
void RaiseFileLimit();

}  // namespace nacelle

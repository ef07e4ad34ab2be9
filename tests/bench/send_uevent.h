// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace nacelle {

// Has the kernel tell its listeners of this network namespace that a device has changed,
// which need not exist: `devpath` as in uevents, without /sys. It passes on what a process
// with CAP_SYS_ADMIN writes to its socket of uevents (lib/kobject_uevent.c, uevent_net_rcv,
// since 4.18). Throws std::system_error.
void SendUevent(std::string_view devpath, std::string_view subsystem);

}  // namespace nacelle

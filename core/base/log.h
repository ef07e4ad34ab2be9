// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace nacelle {

enum class Level { kInfo, kWarning, kError };
inline constexpr Level kInfo = Level::kInfo;
inline constexpr Level kWarning = Level::kWarning;
inline constexpr Level kError = Level::kError;

using LogField = std::pair<std::string_view, std::string>;

// Writes one line to stderr, in logfmt: a constant message plus fields.
//   time=2026-11-23T06:14:00.123Z level=info msg="queue enabled" queue=uacce-sw-zip-0
// Values are quoted and escaped where needed. Any thread; one write a line, which waits for
// nobody (see LineSink).
void Log(Level level, std::string_view message, std::initializer_list<LogField> fields = {});

// The line that Log writes, without the time. For tests.
std::string FormatLogLine(Level level, std::string_view message,
                          std::initializer_list<LogField> fields);

}  // namespace nacelle

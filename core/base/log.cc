// SPDX-License-Identifier: Apache-2.0
#include "core/base/log.h"

#include <time.h>
#include <unistd.h>

#include <array>
#include <cstdio>

#include "core/base/line_sink.h"

namespace nacelle {
namespace {

std::string_view LevelName(Level level) {
  switch (level) {
    case Level::kInfo: return "info";
    case Level::kWarning: return "warning";
    case Level::kError: return "error";
  }
  return "error";
}

bool NeedsQuotes(std::string_view value) {
  if (value.empty()) return true;
  for (const char c : value) {
    if (c <= ' ' || c == '"' || c == '=' || c == '\\' || c == 0x7f) return true;
  }
  return false;
}

void AppendEscaped(std::string& out, char c) {
  if (c == '"' || c == '\\') {
    out += {'\\', c};
  } else if (c == '\n') {
    out += "\\n";
  } else if (static_cast<unsigned char>(c) < ' ' || c == 0x7f) {
    std::array<char, 5> hex{};
    std::snprintf(hex.data(), hex.size(), "\\x%02x", static_cast<unsigned char>(c));
    out += hex.data();
  } else {
    out += c;
  }
}

void AppendValue(std::string& out, std::string_view value) {
  if (!NeedsQuotes(value)) {
    out += value;
    return;
  }
  out += '"';
  for (const char c : value) AppendEscaped(out, c);
  out += '"';
}

std::string Timestamp() {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  tm utc{};
  gmtime_r(&now.tv_sec, &utc);
  std::array<char, 32> date{};
  strftime(date.data(), date.size(), "%Y-%m-%dT%H:%M:%S", &utc);
  std::string milliseconds = std::to_string(now.tv_nsec / 1'000'000);
  milliseconds.insert(0, 3 - milliseconds.size(), '0');
  return date.data() + ("." + milliseconds) + "Z";
}

}  // namespace

std::string FormatLogLine(Level level, std::string_view message,
                          std::initializer_list<LogField> fields) {
  std::string line = "level=";
  line += LevelName(level);
  line += " msg=";
  AppendValue(line, message);
  for (const auto& [key, value] : fields) {
    line += ' ';
    line += key;
    line += '=';
    AppendValue(line, value);
  }
  return line;
}

void Log(Level level, std::string_view message, std::initializer_list<LogField> fields) {
  // Until the process ends, whatever thread still logs.
  static auto& sink = *new LineSink(STDERR_FILENO);
  sink.Put("time=" + Timestamp() + ' ' + FormatLogLine(level, message, fields) + '\n');
}

}  // namespace nacelle

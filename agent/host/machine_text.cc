// SPDX-License-Identifier: Apache-2.0
#include "agent/host/machine_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <optional>
#include <utility>

namespace nacelle {
namespace {

constexpr std::string_view kHead = "nacelle-machine 1";
constexpr std::size_t kMaxText = 64 * 1024 * 1024;
constexpr std::size_t kMaxLine = 1024 * 1024;
constexpr std::size_t kManyZeros = 4;  // are written as their number

std::string EscapeByte(char c) {
  std::array<char, 5> code{};
  std::snprintf(code.data(), code.size(), "\\x%02x", static_cast<unsigned char>(c));
  return code.data();
}

std::string Escape(std::string_view text) {
  std::string escaped;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto zeros = std::min(text.find_first_not_of('\0', i), text.size()) - i;
    if (zeros >= kManyZeros) {
      escaped += "\\z" + std::to_string(zeros) + ";";
      i += zeros - 1;
      continue;
    }
    const char c = text[i];
    const bool plain = c >= 0x20 && c < 0x7f && c != '\\';
    escaped += plain ? std::string(1, c) : EscapeByte(c);
  }
  return escaped;
}

// A name ends at the first space, or at a colon before the end of the line.
std::string EscapeName(std::string_view name) {
  std::string escaped;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const bool ends = name[i] == ' ' || (name[i] == ':' && i + 1 == name.size());
    escaped += ends ? EscapeByte(name[i]) : Escape(name.substr(i, 1));
  }
  return escaped;
}

// Takes "\xHH" from the front of `text`.
bool TakeByte(std::string_view& text, std::string& plain) {
  unsigned byte = 0;
  if (text.size() < 4 || text[1] != 'x') return false;
  const auto [end, error] = std::from_chars(text.data() + 2, text.data() + 4, byte, 16);
  if (error != std::errc{} || end != text.data() + 4) return false;
  plain += static_cast<char>(byte);
  text.remove_prefix(4);
  return true;
}

// Takes "\zN;".
bool TakeZeros(std::string_view& text, std::string& plain) {
  std::size_t zeros = 0;
  const auto [end, error] = std::from_chars(text.data() + 2, text.data() + text.size(), zeros);
  if (error != std::errc{} || end == text.data() + text.size() || *end != ';') return false;
  if (zeros > kMaxLine || plain.size() + zeros > kMaxLine) return false;
  plain.append(zeros, '\0');
  text.remove_prefix(static_cast<std::size_t>(end - text.data()) + 1);
  return true;
}

std::optional<std::string> Unescape(std::string_view text) {
  std::string plain;
  while (!text.empty()) {
    if (text.front() != '\\') {
      plain += text.front();
      text.remove_prefix(1);
    } else if (!(text.starts_with("\\z") ? TakeZeros(text, plain) : TakeByte(text, plain))) {
      return std::nullopt;
    }
  }
  return plain;
}

bool IsOneLine(std::string_view contents) {
  return contents.ends_with('\n') && contents.find('\n') == contents.size() - 1 && contents.size() > 1;
}

std::string FormatFile(std::string_view contents) {
  if (IsOneLine(contents)) return " = " + Escape(contents.substr(0, contents.size() - 1)) + "\n";
  std::string text = ":\n";
  while (!contents.empty()) {
    const auto end = contents.find('\n');
    const bool whole = end != std::string_view::npos;
    const auto line = contents.substr(0, end);
    text += whole ? "    |" : "    \\";
    text += (line.empty() ? "" : " ") + Escape(line) + "\n";
    contents.remove_prefix(whole ? end + 1 : contents.size());
  }
  return text;
}

std::string FormatEntry(const MachineEntry& entry) {
  switch (entry.kind) {
    case MachineEntry::Kind::kFolder: return {};
    case MachineEntry::Kind::kFile: return FormatFile(entry.text);
    case MachineEntry::Kind::kLink: return " -> " + Escape(entry.text) + "\n";
    case MachineEntry::Kind::kNode: return " c " + Escape(entry.text) + "\n";
    case MachineEntry::Kind::kError: return " ! " + Escape(entry.text) + "\n";
  }
  return {};
}

// One pass over the lines; a file in several lines is open between them.
class Parser {
 public:
  Result<MachineTree> Parse(std::string_view text) {
    while (!text.empty()) {
      const auto end = text.find('\n');
      ++line_;
      if (!ParseLine(text.substr(0, end))) {
        return Error(Code::kInvalid, "line " + std::to_string(line_) + ": " + why_);
      }
      text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    if (line_ == 0) return Error(Code::kInvalid, "empty; expected '" + std::string(kHead) + "'");
    return std::move(tree_);
  }

 private:
  bool ParseLine(std::string_view line) {
    if (line_ == 1) return line == kHead;
    if (line.empty() || line.starts_with('#')) return true;
    if (line.starts_with("    | ") || line == "    |") return Append(line, "\n");
    if (line.starts_with("    \\ ")) return Append(line, "");
    if (line.starts_with("  ")) return ParseEntry(line.substr(2));
    return ParseFolder(line);
  }

  bool ParseFolder(std::string_view line) {
    const auto path = Unescape(line);
    if (!path || !IsSafe(*path) || !path->ends_with('/')) return false;
    folder_ = *path;
    open_file_ = nullptr;
    if (folder_.size() > 1) tree_[folder_.substr(0, folder_.size() - 1)];
    return true;
  }

  bool ParseEntry(std::string_view line) {
    const auto space = line.find(' ');
    auto name = line.substr(0, space);
    const bool long_file = space == std::string_view::npos && name.ends_with(':');
    if (long_file) name.remove_suffix(1);
    const auto plain = Unescape(name);
    if (folder_.empty() || !plain || plain->empty() || plain->find('/') != std::string::npos) return false;
    if (!IsSafe(folder_ + *plain)) return false;
    open_file_ = nullptr;
    auto& entry = tree_[folder_ + *plain];
    if (long_file) {
      entry = {MachineEntry::Kind::kFile, {}};
      open_file_ = &entry.text;
      return true;
    }
    if (space == std::string_view::npos || !ParseValue(line.substr(space), entry)) return false;
    if (entry.kind != MachineEntry::Kind::kLink || StaysInside(entry.text)) return true;
    why_ = "the link leads out of the machine";
    return false;
  }

  // A link of the open folder, as sysfs makes them: some "../", and then down. Anything
  // else could be followed to a file of whoever looks at the machine.
  bool StaysInside(std::string_view target) const {
    auto above = std::count(folder_.begin(), folder_.end(), '/') - 1;
    for (; target.starts_with("../"); target.remove_prefix(3)) --above;
    if (target == "..") return above > 0;
    return above >= 0 && !target.starts_with('/') && ("/" + std::string(target) + "/").find("/../") == std::string::npos;
  }

  static bool ParseValue(std::string_view value, MachineEntry& entry) {
    static constexpr std::array<std::pair<std::string_view, MachineEntry::Kind>, 4> kSigns = {{
        {" = ", MachineEntry::Kind::kFile},
        {" -> ", MachineEntry::Kind::kLink},
        {" c ", MachineEntry::Kind::kNode},
        {" ! ", MachineEntry::Kind::kError},
    }};
    for (const auto& [sign, kind] : kSigns) {
      if (!value.starts_with(sign)) continue;
      const auto plain = Unescape(value.substr(sign.size()));
      if (!plain) return false;
      entry = {kind, *plain};
      if (kind == MachineEntry::Kind::kFile) entry.text += '\n';
      return true;
    }
    return false;
  }

  bool Append(std::string_view line, std::string_view end) {
    const auto plain = Unescape(line.substr(std::min<std::size_t>(line.size(), 6)));
    if (open_file_ == nullptr || !plain) return false;
    unpacked_ += plain->size() + end.size();
    if (unpacked_ > kMaxText) return false;
    *open_file_ += *plain;
    *open_file_ += end;
    return true;
  }

  // Nothing may be unpacked outside its folder.
  static bool IsSafe(const std::string& path) {
    return path.starts_with('/') && (path + "/").find("/../") == std::string::npos &&
           path.find('\0') == std::string::npos;
  }

  int line_ = 0;
  std::string why_ = "not understood";
  std::size_t unpacked_ = 0;
  std::string folder_;
  std::string* open_file_ = nullptr;
  MachineTree tree_;
};

}  // namespace

std::string FormatMachine(const MachineTree& tree) {
  // Entries by folder: a sorted tree has /a-b between /a and /a/c.
  std::map<std::string, std::string> folders;
  for (const auto& [path, entry] : tree) {
    if (entry.kind == MachineEntry::Kind::kFolder) {
      folders[path + "/"];
      continue;
    }
    const auto slash = path.rfind('/') + 1;
    folders[path.substr(0, slash)] += "  " + EscapeName(path.substr(slash)) + FormatEntry(entry);
  }
  std::string text(kHead);
  text += '\n';
  for (const auto& [folder, entries] : folders) text += Escape(folder) + "\n" + entries;
  return text;
}

Result<MachineTree> ParseMachine(std::string_view text) {
  if (text.size() > kMaxText) return Error(Code::kInvalid, "larger than 64 MiB");
  return Parser().Parse(text);
}

}  // namespace nacelle

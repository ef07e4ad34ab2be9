// SPDX-License-Identifier: Apache-2.0
#include "core/config/hardware_file.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <charconv>
#include <set>
#include <span>
#include <string_view>
#include <utility>

#include "core/base/files.h"
#include "core/config/strict_yaml.h"

namespace nacelle {
namespace {

constexpr std::size_t kMaxFile = 1024 * 1024;
constexpr std::size_t kMaxWord = 63;
// Of the probes (agent/probe): a row of another would be shown by none.
constexpr std::array<std::string_view, 13> kFamilies = {"accel", "ap",   "crypto", "drm", "fastrpc", "fpga", "idxd",
                                                        "mdev",  "ocxl", "qat",    "uacce", "vfio",  "zip"};
constexpr std::string_view kHex = "0123456789abcdef";
constexpr std::string_view kWordCharacters = "abcdefghijklmnopqrstuvwxyz0123456789.:-";

bool IsHex(std::string_view text, std::size_t digits) {
  return text.size() == digits && text.find_first_not_of(kHex) == std::string_view::npos;
}

bool IsPciId(const std::string& id) {
  return id.size() == 9 && id[4] == ':' && IsHex(id.substr(0, 4), 4) && IsHex(id.substr(5), 4);
}

// Of op_cap, which has 256.
bool IsBit(const std::string& word) {
  int bit = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), bit);
  return error == std::errc{} && end == word.data() + word.size() && bit >= 0 && bit < 256;
}

std::string Listed(std::span<const std::string_view> words) {
  std::string text;
  for (const auto word : words) text += (text.empty() ? "" : ", ") + std::string(word);
  return text;
}

class Reader {
 public:
  explicit Reader(const std::string& file) : yaml_(file) {}

  Result<HardwareTable> Read(const std::string& text) {
    const auto document = yaml_.Parse(text);
    HardwareTable table;
    if (yaml_.IsMap(document, {"version", "pci", "afus", "words", "engines", "nodes", "sva"})) {
      if (yaml_.Text(document, "version") != "1") yaml_.Fail(document["version"], "version: expected 1");
      for (const auto& row : yaml_.List(document, "pci")) table.pci.push_back(ReadPci(row));
      for (const auto& row : yaml_.List(document, "afus")) table.afus.push_back(ReadAfu(row));
      ReadVocabularies(document["words"], table);
      for (const auto& row : yaml_.List(document, "engines")) table.engines.push_back(ReadEngine(row));
      for (const auto& row : yaml_.List(document, "nodes")) table.nodes.push_back(ReadNode(row));
      for (const auto& row : yaml_.List(document, "sva")) table.sva.push_back(ReadSva(row));
    }
    if (yaml_.error()) return *yaml_.error();
    return Merge(std::move(table), {});  // sorts
  }

 private:
  void NoteOnce(const YAML::Node& row, const std::string& key) {
    if (!seen_.insert(key).second) yaml_.Fail(row, key + " for the second time");
  }

  std::vector<std::string> ReadOperations(const YAML::Node& list) {
    if (!list) return {};
    auto operations = yaml_.Texts(list);
    for (const auto& word : operations) {
      const bool named = word.size() <= kMaxWord && word.find_first_not_of(kWordCharacters) == std::string::npos;
      if (!named) yaml_.Fail(list, "'" + word.substr(0, 40) + "': an operation has a-z, 0-9, '.', ':' and '-'");
    }
    std::sort(operations.begin(), operations.end());
    operations.erase(std::unique(operations.begin(), operations.end()), operations.end());
    return operations;
  }

  std::string ReadFamily(const YAML::Node& row) {
    auto family = yaml_.Text(row, "family");
    if (yaml_.error() || std::find(kFamilies.begin(), kFamilies.end(), family) != kFamilies.end()) return family;
    yaml_.Fail(row["family"], "family: expected one of " + Listed(kFamilies) + ", not '" + family.substr(0, 40) + "'");
    return {};
  }

  PciHardware ReadPci(const YAML::Node& node) {
    PciHardware row;
    if (!yaml_.IsMap(node, {"id", "name", "family", "operations", "memory", "chaining", "vf", "management", "note"})) return row;
    const auto id = yaml_.Text(node, "id");
    if (!yaml_.error() && !IsPciId(id)) {
      yaml_.Fail(node["id"],
                 "id: expected vendor:device in hex digits, as \"8086:0b25\", not '" + id.substr(0, 40) + "'");
    }
    NoteOnce(node, "pci id " + id);
    row.vendor = id.substr(0, 4);
    row.device = id.size() > 5 ? id.substr(5) : "";
    row.name = yaml_.Text(node, "name");
    row.family = ReadFamily(node);
    if (!yaml_.error()) row.operations = ReadOperations(node["operations"]);
    if (!yaml_.error() && node["memory"]) row.memory = ReadMemory(node["memory"]);
    row.chaining = yaml_.Flag(node, "chaining");
    row.virtual_function = yaml_.Flag(node, "vf");
    row.management = yaml_.Flag(node, "management");
    if (row.management && row.family != "accel") yaml_.Fail(node, "management: only devices of the family accel have it");
    row.note = yaml_.OptionalText(node, "note");
    return row;
  }

  CardMemory ReadMemory(const YAML::Node& node) {
    CardMemory memory;
    if (!yaml_.IsMap(node, {"kind", "size"})) return memory;
    memory.kind = ReadKind(node, "kind");
    if (!yaml_.error() && node["size"]) memory.bytes = ReadSize(node["size"]);
    return memory;
  }

  MemoryKind ReadKind(const YAML::Node& node, const char* key) {
    static constexpr std::array<MemoryKind, 4> kKinds = {MemoryKind::kDram, MemoryKind::kHbm, MemoryKind::kCxl,
                                                         MemoryKind::kNvm};
    const auto word = yaml_.Text(node, key);
    const auto* kind = std::find_if(kKinds.begin(), kKinds.end(), [&](MemoryKind k) { return Name(k) == word; });
    if (kind != kKinds.end()) return *kind;
    yaml_.Fail(node, std::string(key) + ": expected dram, hbm, cxl or nvm, not '" + word.substr(0, 40) + "'");
    return MemoryKind::kDram;
  }

  NodeHardware ReadNode(const YAML::Node& node) {
    NodeHardware row;
    if (!yaml_.IsMap(node, {"node", "pci", "memory"})) return row;
    const auto number = yaml_.OptionalText(node, "node");
    row.pci = yaml_.OptionalText(node, "pci");
    if (number.empty() == row.pci.empty()) yaml_.Fail(node, "expected either node, the number of one, or pci, the id of a device");
    if (!number.empty()) row.node = ReadNodeNumber(node["node"], number);
    if (!row.pci.empty() && !IsPciId(row.pci)) yaml_.Fail(node["pci"], "pci: expected vendor:device in hex digits, not '" + row.pci.substr(0, 40) + "'");
    NoteOnce(node, row.pci.empty() ? "node " + number : "node of " + row.pci);
    row.memory = ReadKind(node, "memory");
    return row;
  }

  int ReadNodeNumber(const YAML::Node& node, const std::string& text) {
    int number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error == std::errc{} && end == text.data() + text.size() && number >= 0) return number;
    yaml_.Fail(node, "node: expected the number of a NUMA node, not '" + text.substr(0, 40) + "'");
    return 0;
  }

  std::optional<std::uint64_t> ReadSize(const YAML::Node& node) {
    const auto text = yaml_.Scalar(node);
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
    const bool known = unit == "GiB" || unit == "MiB";
    if (error == std::errc{} && known && number > 0 && number < (1U << 20)) {
      return number << (unit == "GiB" ? 30 : 20);
    }
    yaml_.Fail(node, "size: expected MiB or GiB, as 32GiB, not '" + text.substr(0, 40) + "'");
    return std::nullopt;
  }

  AfuHardware ReadAfu(const YAML::Node& node) {
    AfuHardware row;
    if (!yaml_.IsMap(node, {"id", "name", "operations"})) return row;
    row.id = yaml_.Text(node, "id");
    if (!yaml_.error() && !IsHex(row.id, 32)) yaml_.Fail(node["id"], "id: expected 32 hex digits without dashes");
    NoteOnce(node, "afu id " + row.id);
    row.name = yaml_.Text(node, "name");
    if (!yaml_.error()) row.operations = ReadOperations(node["operations"]);
    return row;
  }

  void ReadVocabularies(const YAML::Node& words, HardwareTable& table) {
    if (yaml_.error() || !words || !yaml_.IsMap(words, {"accel", "ap", "dsa", "iaa", "qat", "uacce"})) return;
    for (const auto& [vocabulary, meanings] : yaml_.Entries(words)) ReadWords(vocabulary, meanings, table);
  }

  void ReadWords(const std::string& vocabulary, const YAML::Node& words, HardwareTable& table) {
    const bool of_bits = vocabulary == "dsa" || vocabulary == "iaa";
    for (const auto& [word, operations] : yaml_.Entries(words)) {
      if (of_bits && !IsBit(word)) {
        yaml_.Fail(operations, "'" + word.substr(0, 40) + "': a word of " + vocabulary +
                                   " is the number of a bit of op_cap, 0 to 255");
      }
      table.words.push_back({vocabulary, word, ReadOperations(operations)});
    }
  }

  KernelEngine ReadEngine(const YAML::Node& node) {
    KernelEngine row;
    if (!yaml_.IsMap(node, {"bus", "driver", "name", "operations", "ids", "uacce"})) return row;
    row.bus = yaml_.Text(node, "bus");
    row.driver = yaml_.Text(node, "driver");
    if ((row.bus + row.driver).find('/') != std::string::npos) yaml_.Fail(node, "bus and driver are names, not paths");
    NoteOnce(node, "engine " + row.bus + "/" + row.driver);
    row.name = yaml_.Text(node, "name");
    if (!yaml_.error()) row.operations = ReadOperations(node["operations"]);
    if (!yaml_.error() && node["ids"]) row.ids = ReadIds(node["ids"]);
    row.uacce_parameter = yaml_.OptionalText(node, "uacce");
    const auto equals = row.uacce_parameter.find('=');
    const bool is_parameter = equals != 0 && equals != std::string::npos && row.uacce_parameter.find('/') == std::string::npos;
    if (!row.uacce_parameter.empty() && !is_parameter) yaml_.Fail(node["uacce"], "uacce: expected a module parameter with its value, as uacce_mode=1");
    return row;
  }

  std::vector<std::string> ReadIds(const YAML::Node& list) {
    auto ids = yaml_.Texts(list);
    for (const auto& id : ids) {
      if (!IsPciId(id)) yaml_.Fail(list, "ids: expected PCI ids, as [\"1022:1537\"], not '" + id.substr(0, 40) + "'");
    }
    return ids;
  }

  std::optional<KernelVersion> ReadVersion(const YAML::Node& node, const char* key) {
    const auto text = yaml_.OptionalText(node, key);
    if (text.empty()) return std::nullopt;
    const auto version = ParseKernelVersion(text);
    if (version) return version;
    yaml_.Fail(node[key],
               std::string(key) + ": expected a kernel version, as 6.12.3, not '" + text.substr(0, 40) + "'");
    return std::nullopt;
  }

  SvaRule ReadSva(const YAML::Node& node) {
    SvaRule rule;
    if (!yaml_.IsMap(node, {"architecture", "driver", "from", "before", "verdict", "reason"})) return rule;
    rule.architecture = yaml_.OptionalText(node, "architecture");
    rule.driver = yaml_.OptionalText(node, "driver");
    rule.from = ReadVersion(node, "from").value_or(KernelVersion{});
    rule.before = ReadVersion(node, "before");
    const auto verdict = yaml_.Text(node, "verdict");
    if (verdict == "works") {
      rule.verdict = SvaVerdict::kWorks;
    } else if (verdict == "refused") {
      rule.verdict = SvaVerdict::kRefused;
    } else if (verdict != "doubtful") {
      yaml_.Fail(node, "verdict: expected works, doubtful or refused, not '" + verdict.substr(0, 40) + "'");
    }
    rule.reason = yaml_.Text(node, "reason");
    return rule;
  }

  StrictYaml yaml_;
  std::set<std::string> seen_;
};

}  // namespace

Result<HardwareTable> ParseHardware(const std::string& text, const std::string& file) {
  return Reader(file).Read(text);
}

std::span<const std::string_view> HardwareFamilies() { return kFamilies; }

HardwareTable BuiltinHardware() {
  auto table = ParseHardware(BuiltinHardwareText(), "built-in hardware.yaml");
  assert(table);  // a test reads the same text
  return table ? *std::move(table) : HardwareTable{};
}

Result<HardwareTable> LoadHardware(const std::filesystem::path& file) {
  if (file.empty()) return BuiltinHardware();
  const auto text = ReadFile(file, kMaxFile);
  if (!text) return text.error();
  auto user = ParseHardware(*text, file.native());
  if (!user) return std::move(user).error();
  return Merge(BuiltinHardware(), *std::move(user));
}

}  // namespace nacelle

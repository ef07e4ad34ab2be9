// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/model/inventory.h"

namespace nacelle {

// Memory on the card itself.
struct CardMemory {
  MemoryKind kind = MemoryKind::kDram;
  std::optional<std::uint64_t> bytes;  // absent: not the same on all cards

  bool operator==(const CardMemory&) const = default;
};

// What is known of all devices of one PCI id.
struct PciHardware {
  std::string vendor;  // four hex digits
  std::string device;
  std::string name;    // for people
  std::string family;  // of the probe that shows it when its driver is bound
  std::vector<std::string> operations;  // sorted; empty: the device says itself
  std::optional<CardMemory> memory;
  bool chaining = false;  // results pass between its functions on the card
  bool virtual_function = false;
  bool management = false;  // it manages a card whose other functions serve programs
  std::string note;  // what a user must know

  bool operator==(const PciHardware&) const = default;
};

// What an FPGA computes when it is programmed so.
struct AfuHardware {
  std::string id;  // 32 hex digits
  std::string name;
  std::vector<std::string> operations;

  bool operator==(const AfuHardware&) const = default;
};

// A word of a family's own, in the project's words.
struct WordMeaning {
  std::string vocabulary;  // "qat"
  std::string word;        // "dc"
  std::vector<std::string> operations;

  bool operator==(const WordMeaning&) const = default;
};

// A driver whose devices serve the kernel only.
struct KernelEngine {
  std::string bus;  // "platform"
  std::string driver;
  std::string name;
  std::vector<std::string> operations;
  // PCI ids ("1022:1537") of those devices of the driver that are engines; empty: all.
  std::vector<std::string> ids;
  // The module parameter, with its value, by which the driver gives its devices to programs
  // through uacce where SVA is negotiated ("uacce_mode=1"); empty: nothing does.
  std::string uacce_parameter;

  bool operator==(const KernelEngine&) const = default;
};

// Of which kind the memory of a NUMA node is, where the machine does not tell.
struct NodeHardware {
  std::optional<int> node;  // absent: the node of each device of `pci`
  std::string pci;          // "1002:74a0"
  MemoryKind memory = MemoryKind::kDram;

  bool operator==(const NodeHardware&) const = default;
};

// Major, minor and patch level of a kernel.
using KernelVersion = std::array<int, 3>;

// "6.12.117-rt1" as {6, 12, 117}; absent when it begins with no "major.minor".
std::optional<KernelVersion> ParseKernelVersion(std::string_view text);

enum class SvaVerdict {
  kWorks,     // binding an address space was seen to work
  kDoubtful,  // may be refused, though the kernel has negotiated it
  kRefused,   // every bind fails
};

// What becomes of shared virtual addresses on kernels from `from` to below `before`.
struct SvaRule {
  std::string architecture;  // as uname -m; empty: any
  std::string driver;        // empty: any
  KernelVersion from{};
  std::optional<KernelVersion> before;
  SvaVerdict verdict = SvaVerdict::kDoubtful;
  std::string reason;

  bool operator==(const SvaRule&) const = default;
};

// What hardware.yaml says: facts that the kernel does not tell.
struct HardwareTable {
  std::vector<PciHardware> pci;       // by vendor, device
  std::vector<AfuHardware> afus;      // by id
  std::vector<WordMeaning> words;     // by vocabulary, word
  std::vector<KernelEngine> engines;  // by bus, driver
  std::vector<NodeHardware> nodes;    // the first that fits decides
  std::vector<SvaRule> sva;           // so here

  bool operator==(const HardwareTable&) const = default;
};

// nullptr when there is none.
const PciHardware* FindPci(const HardwareTable& table, std::string_view vendor, std::string_view device);
// What the row says that its devices compute; `otherwise` without a row, or one that leaves it
// to the device.
std::vector<std::string> OperationsOr(const PciHardware* known, std::vector<std::string> otherwise);
const AfuHardware* FindAfu(const HardwareTable& table, std::string_view id);
const WordMeaning* FindWord(const HardwareTable& table, std::string_view vocabulary, std::string_view word);
const SvaRule* FindSvaRule(const HardwareTable& table, std::string_view architecture,
                           const KernelVersion& kernel, std::string_view driver);

// The built-in table with the user's over it: what both name is the user's,
// and the user's nodes and SVA rules come first.
HardwareTable Merge(HardwareTable builtin, HardwareTable user);

}  // namespace nacelle

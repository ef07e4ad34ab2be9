// SPDX-License-Identifier: Apache-2.0
#include "core/config/hardware_file.h"

#include <fstream>
#include <set>

#include <gtest/gtest.h>

namespace nacelle {
namespace {

std::string ErrorOf(const std::string& text) {
  const auto table = ParseHardware(text, "my.yaml");
  return table ? "no error" : table.error().message();
}

TEST(HardwareFile, TheBuiltInTableIsWithoutMistake) {
  const auto table = ParseHardware(BuiltinHardwareText(), "hardware.yaml");
  ASSERT_TRUE(table) << table.error().message();
  EXPECT_FALSE(table->pci.empty());
  EXPECT_FALSE(table->words.empty());
  EXPECT_FALSE(table->sva.empty());
}

TEST(HardwareFile, TheBuiltInTableKnowsEveryFamily) {
  std::set<std::string> families;
  for (const auto& row : BuiltinHardware().pci) families.insert(row.family);
  EXPECT_EQ(families, (std::set<std::string>{"accel", "crypto", "drm", "fpga", "idxd", "qat", "uacce", "zip"}));
}

// Their driver tells a size, and not that it is the card's own (card_facts.h).
TEST(HardwareFile, EveryVirtualFunctionOfAnInstinctCardHasItsMemory) {
  const auto table = BuiltinHardware();
  for (const char* device : {"7410", "74b5", "74b6", "74b9", "74bc", "74bd", "75b0", "75b3", "75b8"}) {
    const auto* known = FindPci(table, "1002", device);
    ASSERT_NE(known, nullptr) << device;
    EXPECT_TRUE(known->virtual_function) << device;
    EXPECT_EQ(known->memory, CardMemory{MemoryKind::kHbm}) << device;
  }
}

// accfg/idxd.h of intel/idxd-config.
TEST(HardwareFile, OpcodesOfIaaAreThoseThatItsLibraryKnows) {
  const auto table = BuiltinHardware();
  const auto operations = [&](const char* bit) {
    const auto* word = FindWord(table, "iaa", bit);
    return word == nullptr ? std::vector<std::string>() : word->operations;
  };
  const std::vector<std::string> modes = {"aes-cfb", "aes-gcm", "aes-xts"};
  EXPECT_EQ(operations("10"), std::vector<std::string>{"translation-fetch"});
  EXPECT_EQ(operations("64"), modes);
  EXPECT_EQ(operations("65"), modes);
  for (const char* bit : {"72", "73", "74"}) EXPECT_EQ(operations(bit), std::vector<std::string>{"zero-decompress"}) << bit;
  for (const char* bit : {"76", "77", "78"}) EXPECT_EQ(operations(bit), std::vector<std::string>{"zero-compress"}) << bit;
}

TEST(HardwareFile, ARowIsReadWhole) {
  const auto table = ParseHardware(
      "version: 1\n"
      "pci:\n"
      "- {id: \"1da3:1020\", name: Gaudi 2, family: accel, operations: [training, inference],\n"
      "   memory: {kind: hbm, size: 96GiB}, chaining: true, note: loud}\n",
      "my.yaml");
  ASSERT_TRUE(table) << table.error().message();
  const PciHardware expected{.vendor = "1da3",
                             .device = "1020",
                             .name = "Gaudi 2",
                             .family = "accel",
                             .operations = {"inference", "training"},
                             .memory = CardMemory{MemoryKind::kHbm, 96ULL << 30},
                             .chaining = true,
                             .note = "loud"};
  ASSERT_NE(FindPci(*table, "1da3", "1020"), nullptr);
  EXPECT_EQ(*FindPci(*table, "1da3", "1020"), expected);
  EXPECT_EQ(FindPci(*table, "1da3", "1021"), nullptr);
}

TEST(HardwareFile, AnUnknownKeyIsNamedWithItsLineAndTheKnownOnes) {
  EXPECT_EQ(ErrorOf("version: 1\npci:\n- id: \"8086:0b25\"\n  nmae: DSA\n  family: idxd\n"),
            "my.yaml:4: unknown key 'nmae'; there are id, name, family, operations, memory, chaining, vf, management, note");
}

TEST(HardwareFile, MistakesSayWhereAndWhatWouldBeRight) {
  EXPECT_EQ(ErrorOf("version: 2\n"), "my.yaml:1: version: expected 1");
  EXPECT_EQ(ErrorOf("pci: []\n"), "my.yaml:1: 'version' is missing");
  EXPECT_EQ(ErrorOf("version: 1\npci: {}\n"), "my.yaml:2: pci: expected a list, not a mapping");
  EXPECT_EQ(ErrorOf("version: 1\npci:\n- {id: 8086, name: a, family: qat}\n"),
            "my.yaml:3: id: expected vendor:device in hex digits, as \"8086:0b25\", not '8086'");
  EXPECT_EQ(ErrorOf("version: 1\npci:\n- {id: \"8086:0b25\", name: a, family: qat, operations: zlib}\n"),
            "my.yaml:3: expected a list, not 'zlib'");
  EXPECT_EQ(ErrorOf("version: 1\npci:\n- {id: \"8086:0b25\", name: a, family: qat, vf: maybe}\n"),
            "my.yaml:3: vf: expected true or false, not 'maybe'");
  EXPECT_EQ(ErrorOf("version: 1\nsva:\n- {verdict: no, reason: a}\n"),
            "my.yaml:3: verdict: expected works, doubtful or refused, not 'no'");
  EXPECT_EQ(ErrorOf("version: 1\nsva:\n- {verdict: works, reason: a, from: new}\n"),
            "my.yaml:3: from: expected a kernel version, as 6.12.3, not 'new'");
  EXPECT_EQ(ErrorOf("version: 1\nwords:\n  qat:\n    sym: [AES]\n"),
            "my.yaml:4: 'AES': an operation has a-z, 0-9, '.', ':' and '-'");
}

TEST(HardwareFile, AFamilyOrVocabularyThatThereIsNotIsRefusedWithThoseThatThereAre) {
  EXPECT_EQ(ErrorOf("version: 1\npci:\n- {id: \"8086:0b25\", name: a,\n   family: foo}\n"),
            "my.yaml:4: family: expected one of accel, ap, crypto, drm, fastrpc, fpga, idxd, mdev, ocxl, qat, uacce, vfio, zip, not 'foo'");
  EXPECT_EQ(ErrorOf("version: 1\nwords:\n  qta:\n    sym: [rsa]\n"),
            "my.yaml:3: unknown key 'qta'; there are accel, ap, dsa, iaa, qat, uacce");
  EXPECT_EQ(ErrorOf("version: 1\nwords:\n  dsa:\n    memmove: [memmove]\n"),
            "my.yaml:4: 'memmove': a word of dsa is the number of a bit of op_cap, 0 to 255");
  EXPECT_EQ(ErrorOf("version: 1\nengines:\n- {bus: pci, driver: a, name: b, ids: [ccp]}\n"),
            "my.yaml:3: ids: expected PCI ids, as [\"1022:1537\"], not 'ccp'");
}

TEST(HardwareFile, ANodeIsThatOfANumberOrOfADevice) {
  const auto table = ParseHardware("version: 1\nnodes:\n- {node: 2, memory: hbm}\n- {pci: \"1002:74a0\", memory: cxl}\n", "my.yaml");
  ASSERT_TRUE(table) << table.error().message();
  EXPECT_EQ(table->nodes, (std::vector<NodeHardware>{{2, "", MemoryKind::kHbm}, {std::nullopt, "1002:74a0", MemoryKind::kCxl}}));
  const std::string either = "my.yaml:3: expected either node, the number of one, or pci, the id of a device";
  EXPECT_EQ(ErrorOf("version: 1\nnodes:\n- {memory: hbm}\n"), either);
  EXPECT_EQ(ErrorOf("version: 1\nnodes:\n- {node: 1, pci: \"1002:74a0\", memory: hbm}\n"), either);
  EXPECT_EQ(ErrorOf("version: 1\nnodes:\n- {node: -1, memory: hbm}\n"), "my.yaml:3: node: expected the number of a NUMA node, not '-1'");
  EXPECT_EQ(ErrorOf("version: 1\nnodes:\n- {node: 1, memory: sram}\n"), "my.yaml:3: memory: expected dram, hbm, cxl or nvm, not 'sram'");
}

TEST(HardwareFile, OneIdTwiceIsAMistake) {
  EXPECT_EQ(ErrorOf("version: 1\npci:\n- {id: \"8086:0b25\", name: a, family: qat}\n- {id: \"8086:0b25\", name: c, family: d}\n"),
            "my.yaml:4: pci id 8086:0b25 for the second time");
  EXPECT_EQ(ErrorOf("version: 1\nversion: 1\n"), "my.yaml:2: 'version' for the second time");
}

TEST(HardwareFile, WhatIsNoYamlIsAMistakeNotACrash) {
  EXPECT_TRUE(ErrorOf("version: [1\n").starts_with("my.yaml:"));
  EXPECT_TRUE(ErrorOf("").starts_with("my.yaml:1: expected a mapping"));
  EXPECT_TRUE(ErrorOf("- 1\n").starts_with("my.yaml:1: expected a mapping"));
}

TEST(HardwareFile, AUsersRowGoesOverTheBuiltInOne) {
  const auto folder = std::filesystem::path(testing::TempDir());
  std::ofstream(folder / "mine.yaml") << "version: 1\npci:\n- {id: \"8086:0b25\", name: mine, family: idxd}\n";
  const auto table = LoadHardware(folder / "mine.yaml");
  ASSERT_TRUE(table) << table.error().message();
  EXPECT_EQ(FindPci(*table, "8086", "0b25")->name, "mine");
  EXPECT_EQ(table->pci.size(), BuiltinHardware().pci.size());
}

}  // namespace
}  // namespace nacelle

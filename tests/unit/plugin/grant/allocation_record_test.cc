// SPDX-License-Identifier: Apache-2.0
#include "plugin/grant/allocation_record.h"

#include <gtest/gtest.h>

namespace nacelle {
namespace {

TEST(ReadAllocationRecord, HasEachDeviceOfEachContainerOnce) {
  const auto read = ReadAllocationRecord(
      R"({"Data":{"PodDeviceEntries":[
        {"PodUID":"uid-2","ContainerName":"main","ResourceName":"r","DeviceIDs":{"-1":["b"]},"AllocResp":"CgA="},
        {"PodUID":"uid-1","ContainerName":"init","ResourceName":"r","DeviceIDs":{"0":["a"],"1":["a","c"]},"AllocResp":"CgA="}],
        "RegisteredDevices":{"r":["a","b","c"]}},"Checksum":1234567890})");
  ASSERT_TRUE(read) << read.error().message();
  EXPECT_EQ(*read, (std::vector<Holding>{{"r", "a", "", "uid-1", "init"}, {"r", "b", "", "uid-2", "main"}, {"r", "c", "", "uid-1", "init"}}));
}

TEST(ReadAllocationRecord, WithoutAllocationsIsEmpty) {
  for (const auto* entries : {"null", "[]"}) {
    const auto read = ReadAllocationRecord(std::string(R"({"Data":{"PodDeviceEntries":)") + entries + "}}");
    ASSERT_TRUE(read) << read.error().message();
    EXPECT_TRUE(read->empty());
  }
}

TEST(ReadAllocationRecord, InAnotherFormatIsAMistakeNotEmpty) {
  for (const auto* text : {"", "[]", "{}", R"({"Data":{}})", R"({"Data":{"PodDeviceEntries":{}}})",
                           R"({"Data":{"PodDeviceEntries":[{"PodUID":"u"}]}})",
                           R"({"Data":{"PodDeviceEntries":[{"PodUID":"u","ContainerName":"c","ResourceName":"r","DeviceIDs":["a"]}]}})"}) {
    EXPECT_FALSE(ReadAllocationRecord(text)) << text;
  }
}

}  // namespace
}  // namespace nacelle

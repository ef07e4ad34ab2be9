// SPDX-License-Identifier: Apache-2.0
#include "core/json/yaml_text.h"

#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

namespace nacelle::json {
namespace {

TEST(YamlText, ObjectsAndArraysAreBlocks) {
  const Object value{{"version", 1},
                     {"functions", Array{Object{{"id", "a"}, {"numa", nullptr}}, Object{{"id", "b"}, {"queues", Strings({"q"})}}}},
                     {"links", Array{}},
                     {"none", Object{}}};
  EXPECT_EQ(WriteYaml(value),
            "version: 1\n"
            "functions:\n"
            "- id: a\n"
            "  numa: null\n"
            "- id: b\n"
            "  queues:\n"
            "  - q\n"
            "links: []\n"
            "none: {}\n");
}

TEST(YamlText, AListInAListIsReadAgain) {
  const auto read = YAML::Load(WriteYaml(Array{Array{1, 2}, Array{Object{{"a", Array{3}}}}}));
  EXPECT_EQ(read[0][1].as<int>(), 2);
  EXPECT_EQ(read[1][0]["a"][0].as<int>(), 3);
}

TEST(YamlText, TextsThatAReaderCouldTakeForSomethingElseAreQuoted) {
  for (const char* text : {"", "true", "No", "null", "~", "1", "1e3", "0x1f", "-", "- a", "a: b", "a #b", " a", "a\nb",
                           "\"", "'", "{", "zlib + sha256", "/dev/sw_zip-0", "2026-11-24", ".inf", "\xc3\xa9"}) {
    const auto read = YAML::Load(WriteYaml(Object{{"key", text}}));
    EXPECT_EQ(read["key"].Scalar(), text);
    EXPECT_TRUE(read["key"].Tag() == "!" || std::string_view(text).starts_with('/')) << text;
  }
}

TEST(YamlText, NumbersAndTruthsStayWhatTheyAre) {
  EXPECT_EQ(WriteYaml(Object{{"a", true}, {"b", -5}, {"c", 1.5}}), "a: true\nb: -5\nc: 1.5\n");
}

}  // namespace
}  // namespace nacelle::json

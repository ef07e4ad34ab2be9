// SPDX-License-Identifier: Apache-2.0
#include "core/config/policy_file.h"

#include <chrono>

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/base/files.h"
#include "core/json/value.h"
#include "core/select/query_parser.h"

namespace nacelle {
namespace {

using namespace std::chrono_literals;

constexpr const char* kHead =
    "apiVersion: nacelle.dev/v1alpha1\n"
    "kind: AcceleratorPolicy\n"
    "spec:\n";

// The mistake in a policy whose spec is `spec`, which begins in line 4.
std::string ErrorOf(const std::string& spec) {
  const auto policy = ParsePolicy(kHead + spec, "p.yaml");
  return policy ? "no error" : policy.error().message();
}

std::string OfferError(const std::string& offer) { return ErrorOf("  offers:\n  - {" + offer + "}\n"); }

TEST(PolicyFile, ReadsAllThatAPolicyCanSay) {
  const auto policy = ParsePolicy(
      "apiVersion: nacelle.dev/v1alpha1\n"
      "kind: AcceleratorPolicy\n"
      "metadata: {name: default}\n"
      "spec:\n"
      "  nodeSelector: {matchLabels: {kubernetes.io/arch: arm64}}\n"
      "  offers:\n"
      "  - name: compression\n"
      "    find: \"zlib\"\n"
      "    sharesPerQueue: 4\n"
      "    through: dra\n"
      "  - name: hash-then-compress\n"
      "    find: \"sha256 + zlib chained\"\n"
      "  rest: hide\n"
      "  require: {memoryAccess: sva}\n"
      "  grant: {via: cdi, maskSysfs: false}\n"
      "  rescan: {debounce: 20ms, fpga: 2s, all: 1m}\n",
      "p.yaml");
  ASSERT_TRUE(policy) << policy.error().message();
  Policy expected;
  expected.name = "default";
  expected.offers = {{"compression", *ParseQuery("zlib"), 4, Route::kDra, 7},
                     {"hash-then-compress", *ParseQuery("sha256 + zlib chained"), 1, Route::kDevicePlugin, 11}};
  expected.rest = Rest::kHide;
  expected.memory_access = AccessRequirement::kSva;
  expected.grant = {GrantCarrier::kCdi, false};
  expected.rescan = {20ms, 2s, 60s};
  EXPECT_EQ(*policy, expected);
  EXPECT_FALSE(IsBundle(policy->offers[0]));
  EXPECT_TRUE(IsBundle(policy->offers[1]));
}

TEST(PolicyFile, WhatAPolicyDoesNotSayIsAsWithoutAPolicy) {
  const auto policy = ParsePolicy(std::string(kHead) + "  {}\n", "p.yaml");
  ASSERT_TRUE(policy) << policy.error().message();
  EXPECT_EQ(*policy, Policy());
}

TEST(PolicyFile, AClusterObjectInJsonWithItsMetadataAndStatusIsAPolicy) {
  const auto policy = ParsePolicy(
      R"({"apiVersion": "nacelle.dev/v1alpha1", "kind": "AcceleratorPolicy",
          "metadata": {"name": "a", "uid": "1-2", "generation": 3, "managedFields": [{"manager": "kubectl"}]},
          "spec": {"offers": [{"name": "x", "find": "zlib near numa:1"}]},
          "status": {"conditions": []}})",
      "p.json");
  ASSERT_TRUE(policy) << policy.error().message();
  EXPECT_EQ(policy->offers.size(), 1u);
}

TEST(PolicyFile, UnknownKeysAreNamedWithTheirLineAndTheKnownOnes) {
  EXPECT_EQ(ErrorOf("  ofers: []\n"),
            "p.yaml:4: unknown key 'ofers'; there are nodeSelector, offers, rest, require, grant, rescan");
  EXPECT_EQ(OfferError("name: a, find: zlib, shares: 4"),
            "p.yaml:5: unknown key 'shares'; there are name, find, sharesPerQueue, through");
  EXPECT_EQ(ErrorOf("  grant: {maskSys: true}\n"), "p.yaml:4: unknown key 'maskSys'; there are via, maskSysfs");
  EXPECT_EQ(ErrorOf("  rest: default\n  rest: hide\n"), "p.yaml:5: 'rest' for the second time");
}

TEST(PolicyFile, ASecondDocumentIsAMistakeButAnEndIsNone) {
  EXPECT_EQ(ErrorOf("  rest: hide\n---\nspec: {rest: offer}\n"), "p.yaml:6: a second document; there is to be one");
  EXPECT_EQ(ErrorOf("  rest: hide\n---\n"), "no error");
  EXPECT_EQ(ErrorOf("  rest: hide\n...\n"), "no error");
}

TEST(PolicyFile, AnotherKindOfObjectIsNoPolicy) {
  const auto policy = ParsePolicy("apiVersion: v1\nkind: ConfigMap\nspec: {}\n", "p.yaml");
  ASSERT_FALSE(policy);
  EXPECT_EQ(policy.error().message(), "p.yaml:1: apiVersion: expected nacelle.dev/v1alpha1, not 'v1'");
  EXPECT_EQ(ParsePolicy("", "p.yaml").error().message(), "p.yaml:1: expected a mapping, not nothing");
  EXPECT_EQ(ParsePolicy("apiVersion: nacelle.dev/v1alpha1\nkind: AcceleratorPolicy\n", "p.yaml").error().message(),
            "p.yaml:1: 'spec' is missing");
}

TEST(PolicyFile, TwoOffersOfOneNameAreAMistake) {
  EXPECT_EQ(ErrorOf("  offers:\n  - {name: a, find: zlib}\n  - {name: a, find: sha256}\n"),
            "p.yaml:6: name: a second offer 'a'; each name stands once");
}

TEST(PolicyFile, ANameThatKubernetesRefusesIsAMistake) {
  EXPECT_EQ(OfferError("name: my zip, find: zlib"),
            "p.yaml:5: name: 'nacelle.dev/my zip': the name after the slash consists of letters, digits, '-', '_' "
            "and '.'");
  EXPECT_EQ(OfferError("name: " + std::string(64, 'x') + ", find: zlib"),
            "p.yaml:5: name: 'nacelle.dev/" + std::string(64, 'x') +
                "': the name after the slash has 1 to 63 characters");
  EXPECT_EQ(OfferError("name: Zip_1, find: zlib, through: dra"),
            "p.yaml:5: name: 'Zip_1': through dra it has a-z, 0-9, '-' and '.' only");
  EXPECT_EQ(OfferError("name: Zip_1, find: zlib"), "no error");
}

TEST(PolicyFile, AQueryWithAMistakeIsShownWithItsPlace) {
  EXPECT_EQ(OfferError("name: a, find: \"zlib,acess=sva\"").substr(0, 62),
            "p.yaml:5: find: 'zlib,acess=sva', byte 5: no filter is called ");
  EXPECT_EQ(OfferError("name: a"), "p.yaml:5: 'find' is missing");
}

TEST(PolicyFile, ABundleThroughDraIsAMistake) {
  EXPECT_EQ(OfferError("name: a, find: 2 zlib, through: dra"),
            "p.yaml:5: through: a bundle goes through devicePlugin; under dra a claim says the same");
}

TEST(PolicyFile, NumbersAndWordsOutOfRangeSayWhatWouldBeRight) {
  EXPECT_EQ(OfferError("name: a, find: zlib, sharesPerQueue: 0"),
            "p.yaml:5: sharesPerQueue: expected a number from 1 to 1024, not '0'");
  EXPECT_EQ(OfferError("name: a, find: zlib, sharesPerQueue: 4x"),
            "p.yaml:5: sharesPerQueue: expected a number from 1 to 1024, not '4x'");
  EXPECT_EQ(OfferError("name: a, find: zlib, through: air"),
            "p.yaml:5: through: expected one of devicePlugin, dra, not 'air'");
  EXPECT_EQ(ErrorOf("  rest: nothing\n"), "p.yaml:4: rest: expected one of default, hide, not 'nothing'");
  EXPECT_EQ(ErrorOf("  require: {memoryAccess: dma}\n"),
            "p.yaml:4: memoryAccess: expected one of any, sva, iommu, not 'dma'");
  EXPECT_EQ(ErrorOf("  grant: {via: post}\n"), "p.yaml:4: via: expected one of devices, cdi, annotation, not 'post'");
  EXPECT_EQ(ErrorOf("  grant: {maskSysfs: perhaps}\n"), "p.yaml:4: maskSysfs: expected true or false, not 'perhaps'");
}

TEST(PolicyFile, BadDurationsSayWhatWouldBeRight) {
  EXPECT_EQ(ErrorOf("  rescan: {debounce: 5}\n"),
            "p.yaml:4: debounce: expected a duration from 0ms to 10s, as 5ms, not '5'");
  EXPECT_EQ(ErrorOf("  rescan: {all: 5ms}\n"), "p.yaml:4: all: expected a duration from 1s to 1h, as 30s, not '5ms'");
  EXPECT_EQ(ErrorOf("  rescan: {fpga: -1s}\n"), "p.yaml:4: fpga: expected a duration from 10ms to 1h, as 1s, not '-1s'");
  EXPECT_EQ(ErrorOf("  rescan: {fpga: 99999999999s}\n"),
            "p.yaml:4: fpga: expected a duration from 10ms to 1h, as 1s, not '99999999999s'");
}

TEST(PolicyFile, MoreOffersThanAKubeletCanCarryAreAMistake) {
  std::string spec = "  offers:\n";
  for (int i = 0; i < 129; ++i) spec += "  - {name: a" + std::to_string(i) + ", find: zlib}\n";
  EXPECT_EQ(ErrorOf(spec), "p.yaml:133: a policy has at most 128 offers");
}

// The names of the properties that a part of the schema knows, as an error lists them.
std::string PropertiesOf(const json::Value& part) {
  std::string names;
  for (const auto& [name, value] : part.AsObject()->Find("properties")->AsObject()->members()) {
    names += (names.empty() ? "" : ", ") + name;
  }
  return names;
}

const json::Value& Below(const json::Value& value, const std::vector<std::string>& path) {
  const auto* at = &value;
  for (const auto& name : path) at = at->AsObject()->Find(name);
  return *at;
}

TEST(PolicyFile, TheSchemaKnowsTheSameKeys) {
  const auto text = ReadFile(NACELLE_DOCS "/policy.schema.json", 1 << 20);
  ASSERT_TRUE(text);
  const auto schema = json::Parse(*text);
  ASSERT_TRUE(schema);
  const auto& spec = Below(*schema, {"properties", "spec"});
  EXPECT_EQ(ErrorOf("  x: 1\n"), "p.yaml:4: unknown key 'x'; there are " + PropertiesOf(spec));
  EXPECT_EQ(OfferError("x: 1"), "p.yaml:5: unknown key 'x'; there are " + PropertiesOf(Below(*schema, {"$defs", "offer"})));
  for (const auto* key : {"require", "grant", "rescan", "nodeSelector"}) {
    EXPECT_EQ(ErrorOf(std::string("  ") + key + ": {x: 1}\n"),
              "p.yaml:4: unknown key 'x'; there are " + PropertiesOf(Below(spec, {"properties", key})));
  }
}

TEST(PolicyFile, TheExampleInTheDocumentsIsAPolicy) {
  const auto page = ReadFile(NACELLE_DOCS "/policy.md", 1 << 20);
  ASSERT_TRUE(page);
  const auto begin = page->find("```yaml\n") + 8;
  const auto policy = ParsePolicy(page->substr(begin, page->find("```", begin) - begin), "policy.md");
  ASSERT_TRUE(policy) << policy.error().message();
  EXPECT_GE(policy->offers.size(), 2u);
}

TEST(PolicyFile, AFileThatIsNotThereIsNamed) {
  const auto policy = LoadPolicy("/nowhere/p.yaml");
  ASSERT_FALSE(policy);
  EXPECT_EQ(policy.error().code(), Code::kNotFound);
  EXPECT_NE(policy.error().message().find("/nowhere/p.yaml"), std::string::npos);
}

TEST(Meets, SharedAddressesSufficeForAnIommuAndUnknownAccessForNothing) {
  EXPECT_TRUE(Meets(MemoryAccess::kSva, AccessRequirement::kIommu));
  EXPECT_TRUE(Meets(MemoryAccess::kIommu, AccessRequirement::kIommu));
  EXPECT_FALSE(Meets(MemoryAccess::kIommu, AccessRequirement::kSva));
  EXPECT_FALSE(Meets(MemoryAccess::kUnknown, AccessRequirement::kIommu));
  EXPECT_FALSE(Meets(MemoryAccess::kNone, AccessRequirement::kSva));
  EXPECT_TRUE(Meets(MemoryAccess::kUnknown, AccessRequirement::kAny));
}

}  // namespace
}  // namespace nacelle

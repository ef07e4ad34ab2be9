// SPDX-License-Identifier: Apache-2.0
#include "plugin/dra/pod_uses.h"

#include <gtest/gtest.h>

namespace nacelle {
namespace {

PodUses Uses(const std::string& text) {
  const auto uses = ReadPodUses(*json::Parse(text));
  if (uses) return *uses;
  ADD_FAILURE() << uses.error().message();
  return {};
}

TEST(PodUses, LeadFromContainersToClaims) {
  const auto uses = Uses(R"({"spec":{
      "resourceClaims":[{"name":"x","resourceClaimName":"claim-x"},{"name":"y","resourceClaimTemplateName":"t"}],
      "initContainers":[{"name":"a","resources":{"claims":[{"name":"x"}]}}],
      "containers":[{"name":"b","resources":{"claims":[{"name":"x","request":"r"},{"name":"y"}]}},{"name":"c"}]},
      "status":{"resourceClaimStatuses":[{"name":"y","resourceClaimName":"p-y-7x2"}]}})");
  EXPECT_EQ(uses, (PodUses{{{"claim-x", ""}}, {{"claim-x", "r"}, {"p-y-7x2", ""}}}));
}

TEST(PodUses, KnowExtendedResourcesThatDraServes) {
  const auto uses = Uses(R"({"spec":{"containers":[{"name":"a"}]},"status":{"extendedResourceClaimStatus":{
      "resourceClaimName":"p-extended","requestMappings":[{"containerName":"a","resourceName":"nacelle.dev/zip","requestName":"container-0-request-0"}]}}})");
  EXPECT_EQ(uses, (PodUses{{{"p-extended", "container-0-request-0"}}}));
}

TEST(PodUses, AClaimThatIsNotMadeYetIsNotUsed) {
  EXPECT_TRUE(Uses(R"({"spec":{"resourceClaims":[{"name":"y","resourceClaimTemplateName":"t"}],
      "containers":[{"name":"b","resources":{"claims":[{"name":"y"}]}}]}})").empty());
}

TEST(PodUses, NeedAPod) {
  for (const auto* text : {"null", "[]", "{}"}) EXPECT_FALSE(ReadPodUses(*json::Parse(text))) << text;
}

}  // namespace
}  // namespace nacelle

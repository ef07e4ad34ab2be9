// SPDX-License-Identifier: Apache-2.0
#include "tools/kubectl-nacelle/claim_template.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/select/query_parser.h"

namespace nacelle::kubectl {
namespace {

using testing::HasSubstr;
using testing::Not;

// The claim in one line; quotes inside the expressions are written '.
std::string Claim(std::string_view query) {
  const auto claim = ClaimTemplate(*ParseQuery(query), {});
  auto text = claim ? json::Write(*claim) : claim.error().message();
  for (auto at = text.find("\\\""); at != std::string::npos; at = text.find("\\\"")) text.replace(at, 2, "'");
  return text;
}

TEST(ClaimTemplate, AnOperationIsABooleanThatADeviceMayLack) {
  const auto text = Claim("2 aes-gcm");
  EXPECT_THAT(text, HasSubstr("('aes_gcm' in device.attributes['nacelle.dev'] && device.attributes['nacelle.dev'].aes_gcm == true)"));
  EXPECT_THAT(text, HasSubstr(R"("count":2)"));
}

// Where an offer divides queues, two devices may be shares of one.
TEST(ClaimTemplate, SeveralQueuesAreDifferentOnes) {
  EXPECT_THAT(Claim("memmove + crc32c"), HasSubstr(R"("constraints":[{"requests":["want-1","want-2"],"distinctAttribute":"nacelle.dev/queue"}])"));
  EXPECT_THAT(Claim("2 zlib"), HasSubstr(R"("constraints":[{"requests":["want-1"],"distinctAttribute":"nacelle.dev/queue"}])"));
  EXPECT_THAT(Claim("zlib"), Not(HasSubstr("constraints")));
  EXPECT_THAT(json::Write(*ClaimTemplate(*ParseQuery("2 zlib"), {.any_shares = true})), Not(HasSubstr("constraints")));
}

TEST(ClaimTemplate, AnAfuIsAText) {
  EXPECT_THAT(Claim("afu:0123"), HasSubstr("device.attributes['nacelle.dev'].afu == '0123'"));
}

TEST(ClaimTemplate, FiltersAreJoinedByAnd) {
  EXPECT_THAT(Claim("zlib,access=sva,family!=qat"), HasSubstr("].access == 'sva') && ('family' in device.attributes['nacelle.dev'] && "
                                                              "device.attributes['nacelle.dev'].family != 'qat')"));
  EXPECT_THAT(Claim("zlib,numa=1"), HasSubstr("device.attributes['resource.kubernetes.io'].numaNode == 1"));
}

TEST(ClaimTemplate, NearIsTheFirstOfTwoAlternatives) {
  const auto text = Claim("zlib near numa:1");
  EXPECT_LT(text.find(R"("name":"near")"), text.find(R"("name":"any")"));
  EXPECT_THAT(text, HasSubstr("firstAvailable"));
}

TEST(ClaimTemplate, RelationsAreAttributesThatAllRequestsHaveAlike) {
  EXPECT_THAT(Claim("zlib + sha256 sharing hbm"),
              HasSubstr(R"("constraints":[{"requests":["want-1","want-2"],"matchAttribute":"nacelle.dev/hbmDomain"},{"requests":["want-1","want-2"],"distinctAttribute":)"));
  EXPECT_THAT(Claim("aes-gcm + zlib chained"), HasSubstr(R"("matchAttribute":"nacelle.dev/chainDomain")"));
}

TEST(ClaimTemplate, WhatAClaimCannotSayIsRefusedWithWhatItCan) {
  EXPECT_THAT(Claim("zlib,card=c"), HasSubstr("cannot ask by card"));
  EXPECT_THAT(Claim("3des"), HasSubstr("'3des' cannot be asked for by a claim"));
  EXPECT_THAT(Claim("zlib,operation!=cbc:aes"), HasSubstr("'cbc:aes' cannot be asked for by a claim"));
  EXPECT_THAT(Claim("zlib near numa:1 within 20"), HasSubstr("cannot bound a distance"));
  EXPECT_THAT(Claim("zlib near memory:hbm-2"), HasSubstr("near a NUMA node only"));
  EXPECT_THAT(Claim("zlib + sha256 chained=on-card"), HasSubstr("cannot say how strong a chain is"));
}

}  // namespace
}  // namespace nacelle::kubectl

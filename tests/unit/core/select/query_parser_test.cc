// SPDX-License-Identifier: Apache-2.0
#include "core/select/query_parser.h"

#include <gtest/gtest.h>

namespace nacelle {
namespace {

// What is said about the mistake in a text; "none" when there is none.
std::string Shown(std::string_view text) {
  const auto read = ReadQuery(text);
  const auto* mistake = std::get_if<QueryMistake>(&read);
  return mistake == nullptr ? "none" : Show(text, *mistake);
}

std::string Canonical(std::string_view text) {
  const auto query = ParseQuery(text);
  return query ? Print(*query) : query.error().message();
}

TEST(QueryParser, ReadsAWantWithCountAndFilters) {
  const auto query = ParseQuery("2 zlib,access=sva,numa!=1");
  ASSERT_TRUE(query);
  const Want want{2, "zlib", {{FilterKey::kAccess, true, "sva"}, {FilterKey::kNuma, false, "1"}}};
  EXPECT_EQ(query->wants, std::vector{want});
  EXPECT_EQ(query->relation, Relation{});
}

TEST(QueryParser, ReadsNear) {
  const auto query = ParseQuery("zlib near memory:hbm-2 within 20");
  ASSERT_TRUE(query);
  EXPECT_EQ(query->relation.kind, Relation::Kind::kNear);
  EXPECT_EQ(query->relation.place, (Place{Place::Kind::kMemory, 0, "hbm-2"}));
  EXPECT_EQ(query->relation.within, 20);
}

TEST(QueryParser, ReadsSharingHbm) {
  const auto query = ParseQuery("zlib + sha256 sharing hbm");
  ASSERT_TRUE(query);
  EXPECT_EQ(query->relation.kind, Relation::Kind::kSharingHbm);
}

TEST(QueryParser, ReadsChained) {
  const auto query = ParseQuery("aes-gcm + zlib chained=on-card");
  ASSERT_TRUE(query);
  EXPECT_EQ(query->relation.kind, Relation::Kind::kChained);
  EXPECT_EQ(query->relation.strength, LinkStrength::kOnCard);
}

TEST(QueryParser, SpacesDoNotMatter) {
  EXPECT_EQ(Canonical(" 1 zlib , access = sva+afu:12ab \tchained = peer-to-peer\n"),
            "zlib,access=sva + afu:12ab chained=peer-to-peer");
}

TEST(QueryParser, PrintsWhatItReadsAsItsCanonicalText) {
  for (const std::string text : {"zlib", "3 zlib,family=uacce,interface!=hisi_zip,card=c0,operation=gzip,function=f",
                                 "zlib near numa:0", "zlib near cpu:17 within 0", "2 zlib chained",
                                 "zlib + 2 sha256 sharing hbm", "zlib + sha256 chained=shared-address"}) {
    EXPECT_EQ(Canonical(text), text);
  }
}

TEST(QueryParser, AnOperationThatNothingHasIsNoMistake) { EXPECT_EQ(Shown("teleport"), "none"); }

TEST(QueryParser, PointsAtAnUnknownFilter) {
  EXPECT_EQ(Shown("zlib,acess=sva"),
            "zlib,acess=sva\n"
            "     ^~~~~ no filter is called 'acess': write family, interface, access, operation, function, numa or card");
}

TEST(QueryParser, PointsAtTheEndWhenSomethingIsMissing) {
  EXPECT_EQ(Shown(""), "\n^ expected an operation, such as 'zlib', but the query ends here");
  EXPECT_EQ(Shown("zlib +"), "zlib +\n      ^ expected an operation, such as 'zlib', but the query ends here");
  EXPECT_EQ(Shown("zlib,numa"), "zlib,numa\n         ^ expected '=' or '!=', but the query ends here");
  EXPECT_EQ(Shown("zlib near"),
            "zlib near\n         ^ expected a place: numa:N, cpu:N or memory:ID, but the query ends here");
}

TEST(QueryParser, PointsAtAWrongCount) {
  EXPECT_EQ(Shown("0 zlib"), "0 zlib\n^ a count is a number from 1 to 1024");
  EXPECT_EQ(Shown("zlib + 99999999999999999999 lz4"),
            "zlib + 99999999999999999999 lz4\n       ^~~~~~~~~~~~~~~~~~~~ a count is a number from 1 to 1024");
  EXPECT_EQ(Shown("2 3"), "2 3\n  ^ expected an operation, such as 'zlib', but found '3'");
}

TEST(QueryParser, PointsAtAWrongValue) {
  EXPECT_EQ(Shown("zlib,access=svm"), "zlib,access=svm\n            ^~~ access is sva, iommu or none");
  EXPECT_EQ(Shown("zlib,numa=x"), "zlib,numa=x\n          ^ numa is the number of a node");
  EXPECT_EQ(Shown("zlib near numa:1 within far"),
            "zlib near numa:1 within far\n                        ^~~ a distance is a number from 0 to 255");
  EXPECT_EQ(Shown("zlib near node:1"),
            "zlib near node:1\n          ^~~~~~ expected a place: numa:N, cpu:N or memory:ID");
  EXPECT_EQ(Shown("zlib + lz4 chained=strong"),
            "zlib + lz4 chained=strong\n"
            "                   ^~~~~~ expected a strength: on-card, peer-to-peer or shared-address");
}

TEST(QueryParser, PointsAtARelationThatOneQueueCannotHave) {
  EXPECT_EQ(Shown("zlib chained"),
            "zlib chained\n     ^~~~~~~ 'chained' relates two queues or more, and this asks for one");
  EXPECT_EQ(Shown("zlib sharing hbm"),
            "zlib sharing hbm\n     ^~~~~~~ 'sharing' relates two queues or more, and this asks for one");
}

TEST(QueryParser, PointsAtWhatFollowsTheQuery) {
  EXPECT_EQ(Shown("zlib sha256"),
            "zlib sha256\n     ^~~~~~ expected ',', '+', 'near', 'sharing hbm', 'chained' or the end, but found 'sha256'");
  EXPECT_EQ(Shown("zlib near numa:0 chained"),
            "zlib near numa:0 chained\n                 ^~~~~~~ expected the end of the query, but found 'chained'");
  EXPECT_EQ(Shown("2 zlib sharing dram"), "2 zlib sharing dram\n               ^~~~ expected 'hbm', but found 'dram'");
}

TEST(QueryParser, ShowsStrangeBytesAsOneColumnEach) {
  EXPECT_EQ(Shown("zlib \xc3\xa4"),
            "zlib ??\n     ^ expected ',', '+', 'near', 'sharing hbm', 'chained' or the end, but this has no place in a query");
}

TEST(QueryParser, RefusesMoreThanItCanAnswer) {
  EXPECT_EQ(Shown("a+b+c+d+e+f+g+h+i"), "a+b+c+d+e+f+g+h+i\n                ^ a query asks for at most 8 operations");
  EXPECT_EQ(Shown("1024 a + b"), "1024 a + b\n         ^ a query asks for at most 1024 queues");
  EXPECT_EQ(Shown("9 a chained"), "9 a chained\n    ^~~~~~~ a chain of one operation has at most 8 queues");
}

TEST(QueryParser, TheErrorNamesTheByte) {
  const auto query = ParseQuery("zlib,acess=sva");
  ASSERT_FALSE(query);
  EXPECT_EQ(query.error().code(), Code::kInvalid);
  EXPECT_TRUE(query.error().message().starts_with("byte 5: no filter is called 'acess'"));
}

}  // namespace
}  // namespace nacelle

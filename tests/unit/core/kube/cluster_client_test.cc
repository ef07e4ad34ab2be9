// SPDX-License-Identifier: Apache-2.0
#include "core/kube/cluster_client.h"

#include <fstream>
#include <thread>

#include <gtest/gtest.h>

#include "tests/support/contract_api_server.h"

namespace nacelle {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr const char* kNode = "/api/v1/nodes/n1";

ClusterClientOptions Fast() {
  ClusterClientOptions options;
  options.call_limit = milliseconds(2000);
  options.silence_limit = milliseconds(2000);
  options.busy_pause = milliseconds(10);
  return options;
}

class ClusterClientTest : public testing::Test {
 protected:
  Result<json::Value> Get(const std::string& path) { return client_.Call({"GET", path, {}, {}, {}}, stop_.get_token()); }
  void WithStatuses(std::deque<int> statuses, const std::string& headers = {}) {
    ApiFaults faults;
    faults.statuses = std::move(statuses);
    faults.headers = headers;
    server_.SetFaults(faults);
  }

  ContractApiServer server_;
  ClusterClient client_{ClusterAccess{server_.url(), {}, {}}, Fast()};
  std::stop_source stop_;
};

TEST_F(ClusterClientTest, ReadsAnObject) {
  server_.Put(kNode, json::Object{{"metadata", json::Object{{"uid", "u1"}}}});
  const auto node = Get(kNode);
  ASSERT_TRUE(node) << node.error().message();
  EXPECT_EQ(TextAt(*node, {"metadata", "uid"}), "u1");
}

TEST_F(ClusterClientTest, AppliesWithItsNameAsTheManager) {
  const json::Object object{{"metadata", json::Object{{"name", "s1"}}}, {"spec", json::Object{{"a", 1}}}};
  const auto applied = Apply(client_, "/apis/g/v1/things/s1", object, stop_.get_token());
  ASSERT_TRUE(applied) << applied.error().message();
  const auto request = server_.requests().back();
  EXPECT_EQ(request.method, "PATCH");
  EXPECT_EQ(request.query, "fieldManager=nacelle-agent&force=true");
  EXPECT_NE(request.headers.find("application/apply-patch+yaml"), std::string::npos);
  EXPECT_FALSE(server_.Object("/apis/g/v1/things/s1").is_null());
}

TEST_F(ClusterClientTest, OfWhatIsAppliedOnlyTheMetadataMayBeAskedFor) {
  const json::Object object{{"metadata", json::Object{{"name", "s1"}}}, {"spec", json::Object{{"a", 1}}}};
  const auto applied = Apply(client_, "/apis/g/v1/things/s1", object, stop_.get_token(), {.metadata_only = true});
  ASSERT_TRUE(applied) << applied.error().message();
  EXPECT_EQ(TextAt(*applied, {"metadata", "name"}), "s1");
  EXPECT_EQ(FindMember(*applied, {"spec"}), nullptr);
}

TEST_F(ClusterClientTest, ADryRunSaysWhatWouldBeAndChangesNothing) {
  const json::Object object{{"metadata", json::Object{{"name", "s1"}}}, {"spec", json::Object{{"a", 1}}}};
  const auto applied = Apply(client_, "/apis/g/v1/things/s1", object, stop_.get_token(), {.dry_run = true});
  ASSERT_TRUE(applied) << applied.error().message();
  EXPECT_NE(FindMember(*applied, {"spec", "a"}), nullptr);
  EXPECT_TRUE(server_.Object("/apis/g/v1/things/s1").is_null());
}

TEST_F(ClusterClientTest, DeletingWhatIsNotThereIsSuccess) {
  server_.Put("/apis/g/v1/things/s1", json::Object());
  EXPECT_TRUE(Delete(client_, "/apis/g/v1/things/s1", stop_.get_token()));
  EXPECT_TRUE(Delete(client_, "/apis/g/v1/things/s1", stop_.get_token()));
}

TEST_F(ClusterClientTest, TellsWhatCanBeDoneAboutAFailure) {
  for (const auto& [status, code] : std::map<int, Code>{{400, Code::kInvalid}, {403, Code::kDenied}, {404, Code::kNotFound},
                                                        {409, Code::kConflict}, {410, Code::kConflict}, {500, Code::kUnavailable}}) {
    WithStatuses({status});
    const auto answer = Get(kNode);
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code(), code) << status;
    EXPECT_NE(answer.error().message().find("as the test wants it"), std::string::npos) << answer.error().message();
  }
}

TEST_F(ClusterClientTest, AsksABusyServerAgain) {
  server_.Put(kNode, json::Object());
  WithStatuses({429, 429}, "Retry-After: 0\r\n");
  EXPECT_TRUE(Get(kNode));
  WithStatuses({429});
  EXPECT_TRUE(Get(kNode));
}

TEST_F(ClusterClientTest, DoesNotWaitLongerForABusyServerThanACallMayTake) {
  WithStatuses({429}, "Retry-After: 60\r\n");
  const auto answer = Get(kNode);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code(), Code::kUnavailable);
}

TEST_F(ClusterClientTest, ASilentServerIsUnavailableInTime) {
  ApiFaults faults;
  faults.never_answer = true;
  server_.SetFaults(faults);
  const auto begin = steady_clock::now();
  const auto answer = Get(kNode);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code(), Code::kUnavailable);
  EXPECT_GE(steady_clock::now() - begin, milliseconds(1900));
  server_.SetFaults({});
  server_.Put(kNode, json::Object());
  EXPECT_TRUE(Get(kNode));
}

TEST_F(ClusterClientTest, AStopEndsACall) {
  ClusterClientOptions patient;
  ClusterClient client(ClusterAccess{server_.url(), {}, {}}, patient);
  ApiFaults faults;
  faults.never_answer = true;
  server_.SetFaults(faults);
  std::jthread stopper([this] {
    server_.Wait([this] { return server_.Count("GET") == 1; });
    stop_.request_stop();
  });
  const auto begin = steady_clock::now();
  EXPECT_FALSE(client.Call({"GET", kNode, {}, {}, {}}, stop_.get_token()));
  EXPECT_LT(steady_clock::now() - begin, patient.call_limit);
}

TEST_F(ClusterClientTest, GarbageIsAFailure) {
  ApiFaults faults;
  faults.garbage = "<html>";
  server_.SetFaults(faults);
  const auto answer = Get(kNode);
  ASSERT_FALSE(answer);
  EXPECT_NE(answer.error().message().find("no JSON"), std::string::npos) << answer.error().message();
}

TEST_F(ClusterClientTest, FindsAServerAgainThatWasAway) {
  server_.Put(kNode, json::Object());
  ASSERT_TRUE(Get(kNode));
  server_.Stop();
  const auto away = Get(kNode);
  ASSERT_FALSE(away);
  EXPECT_EQ(away.error().code(), Code::kUnavailable);
  server_.Start();
  EXPECT_TRUE(Get(kNode));
}

TEST_F(ClusterClientTest, SendsTheTokenAsItIsNow) {
  const auto file = testing::TempDir() + "token";
  ClusterClient client(ClusterAccess{server_.url(), file, {}}, Fast());
  for (const std::string token : {"first", "second"}) {
    std::ofstream(file) << token << '\n';
    (void)client.Call({"GET", kNode, {}, {}, {}}, stop_.get_token());
    EXPECT_NE(server_.requests().back().headers.find("Authorization:Bearer " + token + "\r\n"), std::string::npos) << server_.requests().back().headers;
  }
  std::filesystem::remove(file);
  EXPECT_FALSE(client.Call({"GET", kNode, {}, {}, {}}, stop_.get_token()));
}

TEST_F(ClusterClientTest, AStreamGivesLinesAsTheyCome) {
  std::vector<std::string> lines;
  server_.Put("/apis/g/v1/things/a", json::Object());
  std::jthread later([this] {
    server_.Wait([this] { return server_.Count("GET") == 1; });
    server_.Put("/apis/g/v1/things/b", json::Object());
  });
  const ApiRequest watch{"GET", "/apis/g/v1/things", {{"watch", "true"}, {"resourceVersion", "0"}}, {}, {}};
  const auto status = client_.Stream(watch, [&](std::string_view line) -> Status {
    lines.emplace_back(line);
    return lines.size() < 2 ? Status() : Status(Error(Code::kInternal, "enough"));
  }, stop_.get_token());
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().message(), "enough");
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_NE(lines[1].find("\"b\""), std::string::npos);
}

TEST_F(ClusterClientTest, AStopEndsAStream) {
  const ApiRequest watch{"GET", "/apis/g/v1/things", {{"watch", "true"}, {"resourceVersion", "0"}}, {}, {}};
  std::jthread stopper([this] {
    server_.Wait([this] { return server_.Count("GET") == 1; });
    stop_.request_stop();
  });
  EXPECT_FALSE(client_.Stream(watch, [](std::string_view) { return Status(); }, stop_.get_token()));
}

TEST_F(ClusterClientTest, AServerThatDiesWhileItsLineIsReadIsUnavailable) {
  server_.Put("/apis/g/v1/things/a", json::Object{{"long", std::string(4 << 20, 'x')}});
  server_.SetFaults({.cut_watches = true});
  const ApiRequest watch{"GET", "/apis/g/v1/things", {{"watch", "true"}, {"resourceVersion", "0"}}, {}, {}};
  const auto status = client_.Stream(watch, [](std::string_view) { return Status(); }, stop_.get_token());
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code(), Code::kUnavailable);
}

TEST_F(ClusterClientTest, ASilentStreamEnds) {
  const ApiRequest watch{"GET", "/apis/g/v1/things", {{"watch", "true"}, {"resourceVersion", "0"}}, {}, {}};
  const auto status = client_.Stream(watch, [](std::string_view) { return Status(); }, stop_.get_token());
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code(), Code::kUnavailable);
}

TEST(ApiPath, EscapesWhatAUrlCannotHave) { EXPECT_EQ(EscapePathPart("a/b c?"), "a%2Fb%20c%3F"); }

}  // namespace
}  // namespace nacelle

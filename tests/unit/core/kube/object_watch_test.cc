// SPDX-License-Identifier: Apache-2.0
#include "core/kube/object_watch.h"

#include <set>
#include <thread>

#include <gtest/gtest.h>

#include "core/kube/cluster_client.h"
#include "tests/support/contract_api_server.h"

namespace nacelle {
namespace {

using std::chrono::milliseconds;

constexpr const char* kThings = "/apis/g/v1/things";

ObjectWatchOptions Fast() {
  ObjectWatchOptions options;
  options.retry_first = milliseconds(5);
  options.retry_most = milliseconds(20);
  options.watch_gap = milliseconds(5);
  return options;
}

class ObjectWatchTest : public testing::Test {
 protected:
  ~ObjectWatchTest() override { Stop(); }

  void Start() {
    runner_ = std::jthread([this](const std::stop_token& stop) { (void)watch_.Run(stop); });
  }
  void Stop() { runner_ = {}; }
  void Put(const std::string& name) { server_.Put(std::string(kThings) + '/' + name, json::Object()); }
  bool WaitFor(const std::set<std::string>& names) {
    return server_.Wait([&] {
      const std::lock_guard lock(mutex_);
      return names_ == names;
    });
  }
  std::size_t Lists() {
    const auto requests = server_.requests();
    return static_cast<std::size_t>(std::count_if(requests.begin(), requests.end(), [](const auto& request) {
      return request.query.find("watch=") == std::string::npos;
    }));
  }

  ContractApiServer server_;
  ClusterClient client_{ClusterAccess{server_.url(), {}, {}}};
  std::mutex mutex_;
  std::set<std::string> names_;  // guarded by mutex_
  ObjectWatch watch_{client_, kThings, {{"fieldSelector", "spec.driver=d"}},
                     [this](const ObjectWatch::Objects& objects) {
                       const std::lock_guard lock(mutex_);
                       names_.clear();
                       for (const auto& [name, object] : objects) names_.insert(name);
                     },
                     Fast()};
  std::jthread runner_;
};

TEST_F(ObjectWatchTest, KeepsOfObjectsWhatIsAskedForAndTellsChangesOneByOne) {
  Put("a");
  auto options = Fast();
  std::vector<std::string> changes;  // guarded by mutex_
  bool listed = false;               // guarded by mutex_
  options.keep = [](const json::Value& object) { return json::Value(TextAt(object, {"metadata", "name"})); };
  options.on_object = [&](const std::string& name, const json::Value* kept) {
    const std::lock_guard lock(mutex_);
    changes.push_back(name + (kept == nullptr ? " is gone" : " " + json::Write(*kept)));
  };
  ObjectWatch watch(client_, kThings, {}, [&](const ObjectWatch::Objects& objects) {
    const std::lock_guard lock(mutex_);
    listed = objects.size() == 1 && json::Write(objects.at("a")) == "\"a\"";
  }, options);
  const std::jthread runner([&](const std::stop_token& stop) { (void)watch.Run(stop); });
  ASSERT_TRUE(server_.Wait([&] { const std::lock_guard lock(mutex_); return listed; }));
  Put("b");
  server_.Remove(std::string(kThings) + "/a");
  EXPECT_TRUE(server_.Wait([&] {
    const std::lock_guard lock(mutex_);
    return changes == std::vector<std::string>{"b \"b\"", "a is gone"};
  }));
}

TEST_F(ObjectWatchTest, TellsEachAttemptThatFails) {
  server_.SetFaults({.refuse_path = "/things"});
  auto options = Fast();
  std::vector<Code> codes;  // guarded by mutex_
  options.on_failure = [&](const Error& error) {
    const std::lock_guard lock(mutex_);
    codes.push_back(error.code());
  };
  ObjectWatch watch(client_, kThings, {}, [](const ObjectWatch::Objects&) {}, options);
  const std::jthread runner([&](const std::stop_token& stop) { (void)watch.Run(stop); });
  EXPECT_TRUE(server_.Wait([&] { const std::lock_guard lock(mutex_); return codes.size() >= 2 && codes[0] == Code::kDenied; }));
}

TEST_F(ObjectWatchTest, ListsThenFollows) {
  Put("a");
  Start();
  ASSERT_TRUE(WaitFor({"a"}));
  Put("b");
  ASSERT_TRUE(WaitFor({"a", "b"}));
  server_.Remove(std::string(kThings) + "/a");
  EXPECT_TRUE(WaitFor({"b"}));
  EXPECT_EQ(Lists(), 1u);
}

TEST_F(ObjectWatchTest, ResumesWhereAWatchEndedWithoutListingAgain) {
  ApiFaults faults;
  faults.end_watches = true;
  server_.SetFaults(faults);
  Put("a");
  Start();
  ASSERT_TRUE(WaitFor({"a"}));
  for (const std::string name : {"b", "c", "d"}) Put(name);
  EXPECT_TRUE(WaitFor({"a", "b", "c", "d"}));
  EXPECT_TRUE(server_.Wait([this] { return server_.Count("GET") > 5; }));
  EXPECT_EQ(Lists(), 1u);
}

TEST_F(ObjectWatchTest, ListsAnewWhenTheServerHasForgottenTheMoment) {
  ApiFaults faults;
  faults.forget_versions = true;
  server_.SetFaults(faults);
  Put("a");
  Start();
  ASSERT_TRUE(WaitFor({"a"}));
  Put("b");
  EXPECT_TRUE(WaitFor({"a", "b"}));
  EXPECT_GT(Lists(), 1u);
}

TEST_F(ObjectWatchTest, RecoversFromAServerThatIsAwayOrTalksNonsense) {
  server_.Stop();
  Start();
  server_.Start();
  Put("a");
  ASSERT_TRUE(WaitFor({"a"}));
  ApiFaults faults;
  faults.garbage = "nonsense\n";
  faults.end_watches = true;
  server_.SetFaults(faults);
  server_.Stop();
  server_.Start();
  const auto before = server_.Count("GET");
  ASSERT_TRUE(server_.Wait([&] { return server_.Count("GET") > before + 2; }));
  server_.SetFaults({});
  Put("b");
  EXPECT_TRUE(WaitFor({"a", "b"}));
}

TEST_F(ObjectWatchTest, AsksOnlyForWhatIsSelected) {
  Start();
  ASSERT_TRUE(server_.Wait([this] { return server_.Count("GET") >= 2; }));
  for (const auto& request : server_.requests()) {
    EXPECT_NE(request.query.find("fieldSelector=spec.driver%3Dd"), std::string::npos) << request.query;
  }
}

}  // namespace
}  // namespace nacelle

// SPDX-License-Identifier: Apache-2.0
#include "plugin/holders/pod_resources.h"

#include <gtest/gtest.h>

#include <grpcpp/grpcpp.h>

#include "tests/support/contract_kubelet_pods.h"
#include "tests/unit/plugin/temporary_folder.h"

namespace nacelle {
namespace {

using std::chrono::milliseconds;

struct Kubelet {
  TemporaryFolder folder;
  std::filesystem::path socket = folder.path() / "kubelet.sock";
  PodTable pods;
  PodResourcesService service{pods};
  std::unique_ptr<grpc::Server> server = Serve();

  std::unique_ptr<grpc::Server> Serve() {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("unix:" + socket.native(), grpc::InsecureServerCredentials());
    builder.RegisterService(&service);
    return builder.BuildAndStart();
  }
};

TEST(PodResources, ListsEachDeviceWithItsHolder) {
  Kubelet kubelet;
  kubelet.pods.Put({"p", "c", false, {{"nacelle.dev/zip", {"b", "a"}}}, {}});
  const auto holdings = PodResources(kubelet.socket).List(milliseconds(5000), {});
  ASSERT_TRUE(holdings) << holdings.error().message();
  EXPECT_EQ(*holdings, (std::vector<Holding>{{"nacelle.dev/zip", "a", "default", "p", "c"},
                                             {"nacelle.dev/zip", "b", "default", "p", "c"}}));
}

TEST(PodResources, ListsWhatContainersHaveByClaimsOnADriver) {
  Kubelet kubelet;
  kubelet.pods.Put({.pod = "p", .name = "c", .claimed = {{"nacelle.dev", {"b", "a"}}, {"gpu.example.com", {"x"}}}});
  const auto holders = PodResources(kubelet.socket).ListAll("nacelle.dev", milliseconds(5000), {});
  ASSERT_TRUE(holders) << holders.error().message();
  EXPECT_TRUE(holders->devices.empty());
  EXPECT_EQ(holders->claimed, (std::vector<Holding>{{"", "a", "default", "p", "c"}, {"", "b", "default", "p", "c"}}));
}

TEST(PodResources, ListsByWhichClaimsContainersHaveWhat) {
  Kubelet kubelet;
  kubelet.pods.Put({.pod = "p", .name = "c", .claimed = {{"nacelle.dev", {"a"}}, {"gpu.example.com", {"x"}}}, .claim = "one"});
  kubelet.pods.Put({.pod = "q", .name = "c", .claimed = {{"nacelle.dev", {"b"}}}, .claim = "two", .name_space = "ns"});
  const auto claimed = PodResources(kubelet.socket).ListClaimed("nacelle.dev", milliseconds(5000), {});
  ASSERT_TRUE(claimed) << claimed.error().message();
  EXPECT_EQ(*claimed, (std::vector<ClaimedDevice>{{"default", "p", "one", "a", ""}, {"ns", "q", "two", "b", ""}}));
}

TEST(PodResources, AKubeletThatHasYetToHearOfItsPodsHasNotAnswered) {
  Kubelet kubelet;
  const PodResources asked(kubelet.socket, "nacelle-system/agent-x");
  EXPECT_EQ(asked.List(milliseconds(5000), {}).error().code(), Code::kUnavailable);
  kubelet.pods.Put({.pod = "agent-x", .name = "c", .name_space = "elsewhere"});
  const auto none = asked.List(milliseconds(5000), {});
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().message(), "PodResources: the kubelet has yet to hear of its pods: it does not name "
                                    "nacelle-system/agent-x, which asks");
  EXPECT_FALSE(asked.ListClaimed("nacelle.dev", milliseconds(5000), {}));
  kubelet.pods.RemovePod("agent-x");
  kubelet.pods.Put({.pod = "agent-x", .name = "c", .name_space = "nacelle-system"});
  EXPECT_TRUE(asked.List(milliseconds(5000), {}));
}

TEST(PodResources, TakesAnswersBeyondFourMegabytes) {
  Kubelet kubelet;
  std::vector<std::string> ids;
  for (int i = 0; i < 90'000; ++i) ids.push_back(std::to_string(i) + std::string(50, 'x'));
  kubelet.pods.Put({"p", "c", false, {{"nacelle.dev/zip", ids}}, {}});
  const auto holdings = PodResources(kubelet.socket).List(milliseconds(10'000), {});
  ASSERT_TRUE(holdings) << holdings.error().message();
  EXPECT_EQ(holdings->size(), ids.size());
}

TEST(PodResources, AKubeletThatIsNotThereIsAnErrorNotNobody) {
  const auto holdings = PodResources("/nowhere/kubelet.sock").List(milliseconds(1000), {});
  ASSERT_FALSE(holdings);
  EXPECT_EQ(holdings.error().code(), Code::kUnavailable);
}

TEST(PodResources, WaitsNoLongerThanItMay) {
  Kubelet kubelet;
  kubelet.service.SetDelay(milliseconds(60'000));
  EXPECT_FALSE(PodResources(kubelet.socket).List(milliseconds(50), {}));
}

TEST(PodResources, StopsWaitingWhenAsked) {
  Kubelet kubelet;
  kubelet.service.SetDelay(milliseconds(60'000));
  std::stop_source stop;
  stop.request_stop();
  EXPECT_FALSE(PodResources(kubelet.socket).List(milliseconds(60'000), stop.get_token()));
}

}  // namespace
}  // namespace nacelle

// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "core/base/files.h"
#include "core/json/value.h"
#include "plugin/grant/grant.h"
#include "tests/integration/test_node.h"

namespace nacelle {
namespace {

using Strings = std::vector<std::string>;

DevicePluginOptions With(GrantCarrier via) {
  auto options = TestNode::FastOptions();
  options.policy = Policy();
  options.policy->grant.via = via;
  return options;
}

void Start(TestNode& node) {
  node.Add("sw_zip", 0, 0, 0);
  node.Publish();
  node.kubelet.Start();
  node.StartAgent();
  ASSERT_TRUE(node.kubelet.WaitForHealthy(kZip, {IdOf("sw_zip", 0)}));
}

std::string GrantOf(const std::string& device) { return GrantId(kZip, {device}); }

std::string Spec(const TestNode& node) {
  const auto text = ReadFile(node.options.cdi_dir / ("nacelle.dev-grant-" + GrantOf(IdOf("sw_zip", 0)) + ".json"), 1 << 20);
  return text ? json::Write(*json::Parse(*text)) : std::string();
}

TEST(CdiCarrier, TheAnswerNamesADeviceAndNothingElseAndTheSpecIsThereBeforeTheStart) {
  TestNode node(With(GrantCarrier::kCdi));
  Start(node);
  ASSERT_TRUE(node.kubelet.Admit("p", "c", {{kZip, 1}}));
  const auto response = node.kubelet.Allocate(kZip, {{IdOf("sw_zip", 0)}});
  ASSERT_TRUE(response);
  const auto& container = response->container_responses(0);
  ASSERT_EQ(container.cdi_devices_size(), 1);
  EXPECT_EQ(container.devices_size() + container.mounts_size(), 0);
  EXPECT_TRUE(container.envs().empty());
  EXPECT_TRUE(container.annotations().empty());
  EXPECT_EQ(Spec(node), "");
  ASSERT_TRUE(node.kubelet.StartContainer("p", "c"));
  const auto name = container.cdi_devices(0).name();
  ASSERT_TRUE(name.starts_with("nacelle.dev/grant="));
  const auto spec = Spec(node);
  EXPECT_NE(spec.find("\"name\":\"" + name.substr(18) + "\""), std::string::npos) << spec;
  EXPECT_NE(spec.find(R"("path":"/dev/sw_zip-0","type":"c","major":240,"minor":0,"fileMode":438)"), std::string::npos) << spec;
  EXPECT_NE(spec.find("/sys/class/uacce"), std::string::npos) << spec;
}

TEST(CdiCarrier, AnAnnotationNamesTheSameDevice) {
  TestNode node(With(GrantCarrier::kAnnotation));
  Start(node);
  const auto response = node.kubelet.Allocate(kZip, {{IdOf("sw_zip", 0)}});
  ASSERT_TRUE(response);
  const auto& container = response->container_responses(0);
  EXPECT_EQ(container.cdi_devices_size() + container.devices_size() + container.mounts_size(), 0);
  ASSERT_EQ(container.annotations().size(), 1u);
  const auto [key, value] = *container.annotations().begin();
  EXPECT_EQ(key, "cdi.k8s.io/nacelle.dev_" + GrantOf(IdOf("sw_zip", 0)));
  EXPECT_TRUE(value.starts_with("nacelle.dev/grant="));
}

TEST(CdiCarrier, ARestartedContainerFindsItsSpecAgainWhateverThePolicySaysNow) {
  TestNode node(With(GrantCarrier::kCdi));
  Start(node);
  ASSERT_TRUE(node.kubelet.Admit("p", "c", {{kZip, 1}}));
  ASSERT_TRUE(node.kubelet.StartContainer("p", "c"));
  const auto before = Spec(node);
  ASSERT_NE(before, "");
  node.agent->SetPolicy(Policy());
  // As after a reboot.
  std::filesystem::remove_all(node.options.cdi_dir);
  ASSERT_TRUE(node.kubelet.StartContainer("p", "c"));
  EXPECT_EQ(Spec(node), before);
}

TEST(CdiCarrier, AFolderThatCannotBeWrittenRefusesTheStartWithTheFilesName) {
  TestNode node(With(GrantCarrier::kCdi));
  Start(node);
  ASSERT_TRUE(ReplaceFile(node.options.cdi_dir, "a file in the place of the folder"));
  ASSERT_TRUE(node.kubelet.Admit("p", "c", {{kZip, 1}}));
  const auto started = node.kubelet.StartContainer("p", "c");
  ASSERT_FALSE(started);
  EXPECT_NE(started.error().message().find("cannot write the CDI spec: " + node.options.cdi_dir.native()), std::string::npos);
}

TEST(CdiCarrier, TheSpecGoesWithTheGrant) {
  TestNode node(With(GrantCarrier::kCdi));
  Start(node);
  ASSERT_TRUE(node.kubelet.Admit("p", "c", {{kZip, 1}}));
  ASSERT_TRUE(node.kubelet.StartContainer("p", "c"));
  ASSERT_NE(Spec(node), "");
  node.kubelet.RemovePod("p");
  EXPECT_TRUE(node.kubelet.Wait([&] { return Spec(node).empty(); }));
}

}  // namespace
}  // namespace nacelle

// SPDX-License-Identifier: Apache-2.0
#include "plugin/grant/resolve.h"

#include <gtest/gtest.h>

#include "tests/support/fake_host.h"

namespace nacelle {
namespace {

struct Machine {
  FakeHost host{{"/dev/zip-0", "c 240:0"}, {"/sys/class/uacce/zip-0", "-> ../../devices/zip.0/uacce/zip-0"}};
  Inventory inventory;
  Offer offer{"nacelle.dev/zip", {{"f0", 2}}};

  Machine() {
    Function function;
    function.id = "f0";
    Queue queue;
    queue.id = "f0";
    queue.nodes = {{"/dev/zip-0", 240, 0}};
    queue.links = {{"/sys/class/uacce", "zip-0", "../../devices/zip.0/uacce/zip-0"}};
    function.queues = {queue};
    inventory.functions = {function};
  }
  void AddSecond() {
    auto second = inventory.functions[0];
    second.id = second.queues[0].id = "f1";
    second.queues[0].nodes = {{"/dev/zip-1", 240, 1}};
    second.queues[0].links.clear();
    host.Set("/dev/zip-1", "c 240:1");
    inventory.functions.push_back(second);
  }
  Queue& queue() { return inventory.functions[0].queues[0]; }
  Result<Grant> Resolve(const std::vector<std::string>& devices) {
    return ResolveGrant(host.root(), inventory, offer, devices, "boot");
  }
};

TEST(ResolveGrant, TakesTheQueueAsItIs) {
  Machine machine;
  const auto grant = machine.Resolve({"f0"});
  ASSERT_TRUE(grant) << grant.error().message();
  ASSERT_EQ(grant->queues.size(), 1u);
  EXPECT_EQ(grant->queues[0].nodes, machine.queue().nodes);
  EXPECT_EQ(grant->boot_id, "boot");
}

TEST(ResolveGrant, CountsTheSharesOfAQueue) {
  Machine machine;
  const auto grant = machine.Resolve({"f0", "f0-1"});
  ASSERT_TRUE(grant);
  ASSERT_EQ(grant->queues.size(), 1u);
  EXPECT_EQ(grant->queues[0].shares, 2);
}

TEST(ResolveGrant, TakesAllQueuesOfATupleInItsDivision) {
  Machine machine;
  machine.AddSecond();
  machine.offer = {.resource = "nacelle.dev/pair", .queues = {}, .tuples = {{"b-1", {"f1", "f0"}, 2}}};
  const auto grant = machine.Resolve({"b-1", "b-1-1"});
  ASSERT_TRUE(grant) << grant.error().message();
  ASSERT_EQ(grant->queues.size(), 2u);
  EXPECT_EQ(grant->queues[0].id, "f0");
  EXPECT_EQ(grant->queues[0].shares, 2);
  EXPECT_EQ(grant->queues[1].division, 2);
  const std::map<std::string, std::vector<std::string>> members{{"b-1", {"f1", "f0"}}, {"b-1-1", {"f1", "f0"}}};
  EXPECT_EQ(grant->members, members);
}

TEST(ResolveGrant, RefusesATupleOfWhichOneQueueIsGoneOrThatIsUnhealthy) {
  Machine machine;
  machine.AddSecond();
  machine.offer = {.resource = "nacelle.dev/pair", .queues = {}, .tuples = {{"b-1", {"f0", "f2"}}, {"b-2", {"f0", "f1"}, 1, {false, "not chained"}}}};
  EXPECT_EQ(machine.Resolve({"b-1"}).error().message(), "device 'b-1': queue 'f2': is gone");
  EXPECT_EQ(machine.Resolve({"b-2"}).error().message(), "device 'b-2' is unhealthy: not chained");
  EXPECT_EQ(machine.Resolve({"b-3"}).error().message(), "device 'b-3' is not offered as nacelle.dev/pair");
}

TEST(ResolveGrant, RefusesAShareThatTheOfferDoesNotHave) {
  Machine machine;
  EXPECT_EQ(machine.Resolve({"f0-2"}).error().code(), Code::kNotFound);
}

// Its pod may have ended, which the agent has yet to hear.
TEST(ResolveGrant, RefusesWhatIsListedForItsHoldersAlone) {
  Machine machine;
  machine.offer.queues[0].only = {"f0"};
  EXPECT_NE(machine.Resolve({"f0"}).error().message().find("device 'f0' stays with its holder"), std::string::npos);
  machine.offer = {.resource = "nacelle.dev/pair", .queues = {}, .tuples = {{"b-1", {"f0"}, 1}}};
  EXPECT_TRUE(machine.Resolve({"b-1"}));
  machine.offer.tuples[0].only = {"b-1"};
  EXPECT_NE(machine.Resolve({"b-1"}).error().message().find("device 'b-1' stays with its holder"), std::string::npos);
}

TEST(ResolveGrant, RefusesAnOfferedQueueThatTheInventoryDoesNotHave) {
  Machine machine;
  machine.inventory.functions.clear();
  EXPECT_EQ(machine.Resolve({"f0"}).error().code(), Code::kNotFound);
}

TEST(ResolveGrant, RefusesAnUnhealthyQueueWithItsReason) {
  Machine machine;
  machine.queue().health = {false, "no free instances"};
  const auto grant = machine.Resolve({"f0"});
  ASSERT_FALSE(grant);
  EXPECT_EQ(grant.error().message(), "device 'f0': is unhealthy: no free instances");
}

TEST(ResolveGrant, RefusesALinkThatLeadsElsewhereNow) {
  Machine machine;
  machine.host.Set("/sys/class/uacce/zip-0", "-> ../../devices/zip.9/uacce/zip-0");
  EXPECT_EQ(machine.Resolve({"f0"}).error().code(), Code::kConflict);
}

TEST(CheckGrant, TakesWhatIsStillTheSameAlsoAfterAReboot) {
  Machine machine;
  auto grant = machine.Resolve({"f0"});
  ASSERT_TRUE(grant);
  grant->boot_id = "an earlier boot";
  EXPECT_TRUE(CheckGrant(machine.host.root(), machine.inventory, *grant));
}

TEST(CheckGrant, SaysThatTheFunctionIsGone) {
  Machine machine;
  const auto grant = machine.Resolve({"f0"});
  machine.inventory.functions.clear();
  const auto status = CheckGrant(machine.host.root(), machine.inventory, *grant);
  ASSERT_FALSE(status);
  EXPECT_NE(status.error().message().find("function f0 was /dev/zip-0 (240:0) when granted, is gone"), std::string::npos)
      << status.error().message();
}

TEST(CheckGrant, NamesTheNumbersOfBeforeAndNow) {
  Machine machine;
  const auto grant = machine.Resolve({"f0"});
  machine.queue().nodes[0].minor = 4;
  machine.host.Set("/dev/zip-0", "c 240:4");
  const auto status = CheckGrant(machine.host.root(), machine.inventory, *grant);
  ASSERT_FALSE(status);
  EXPECT_NE(status.error().message().find("(240:0) when granted, is /dev/zip-0 (240:4) now"), std::string::npos);
}

TEST(CheckGrant, AnUnhealthyFunctionThatIsTheSameMayStart) {
  Machine machine;
  const auto grant = machine.Resolve({"f0"});
  machine.queue().health = {false, "isolated"};
  EXPECT_TRUE(CheckGrant(machine.host.root(), machine.inventory, *grant));
}

}  // namespace
}  // namespace nacelle

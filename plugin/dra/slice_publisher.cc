// SPDX-License-Identifier: Apache-2.0
#include "plugin/dra/slice_publisher.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <utility>

#include "core/base/join.h"
#include "core/base/log.h"
#include "core/base/memory.h"
#include "plugin/dra/claim.h"
#include "plugin/dra/operation_name.h"
#include "plugin/offer/sha256.h"

namespace nacelle {
namespace {

using std::chrono::steady_clock;

constexpr const char* kSlices = "/apis/resource.k8s.io/v1/resourceslices";

std::string SlicePath(const std::string& name) { return std::string(kSlices) + '/' + EscapePathPart(name); }

std::string VersionOf(const json::Value& object) { return TextAt(object, {"metadata", "resourceVersion"}); }

// Versions of one resource grow.
bool IsAtLeast(const std::string& version, const std::string& least) {
  return std::strtoull(version.c_str(), nullptr, 10) >= std::strtoull(least.c_str(), nullptr, 10);
}

std::map<std::string, std::string> VersionsOf(const std::map<std::string, json::Value>& slices) {
  std::map<std::string, std::string> versions;
  for (const auto& [name, slice] : slices) versions[name] = VersionOf(slice);
  return versions;
}

// Enough of it for VersionsOf.
json::Value KeepVersion(const json::Value& slice) {
  return json::Object{{"metadata", json::Object{{"resourceVersion", VersionOf(slice)}}}};
}

std::set<std::string> ResourcesOf(const OfferPlan& plan) {
  std::set<std::string> resources;
  for (const auto& offer : plan.offers) {
    if (offer.route == Route::kDra) resources.insert(offer.resource);
  }
  return resources;
}

// Of what is written of the devices.
std::string DigestOf(const std::vector<SliceDevice>& devices) {
  std::string text;
  for (const auto& device : devices) text += json::Write(Describe(device)) + '\n';
  return Sha256Hex(text);
}

}  // namespace

SlicePublisher::SlicePublisher(Parts parts, const SlicePublisherOptions& options)
    : parts_(std::move(parts)), options_(options), back_off_(options.retry_first, options.retry_most) {}

Status SlicePublisher::RunWatch(const std::stop_token& stop) {
  const std::map<std::string, std::string> ours{
      {"fieldSelector", "spec.driver=" + std::string(kDraDriver) + ",spec.nodeName=" + parts_.node}};
  auto options = options_.watch;
  options.keep = KeepVersion;
  ObjectWatch watch(parts_.api, kSlices, ours, [this](const auto& slices) { NotePresent(slices); }, options);
  return watch.Run(stop);
}

void SlicePublisher::NotePresent(const ObjectWatch::Objects& slices) {
  auto versions = VersionsOf(slices);
  const std::lock_guard lock(mutex_);
  present_ = std::move(versions);
}

std::optional<SlicePublisher::Versions> SlicePublisher::Present() const {
  const std::lock_guard lock(mutex_);
  return present_;
}

Status SlicePublisher::Run(const std::stop_token& stop) {
  std::uint64_t seen = 0;
  const auto began = steady_clock::now();
  auto changed_at = began;
  while (!stop.stop_requested()) {
    const auto now = steady_clock::now();
    // What is not there soon after the start may take long: a server that is
    // away, a policy with a mistake.
    const bool starts = now - began < options_.settle && (!Present() || parts_.offers.Newest().generation == 0);
    const bool soon = !settled_ || starts || parts_.serving() == Serving::kNotYet || now - changed_at < options_.plan_follows;
    const auto generation = parts_.feed.Next(seen, soon ? options_.look_soon : options_.look_again, stop).generation;
    if (generation != seen) changed_at = steady_clock::now();
    seen = generation;
    // Without a plan nothing is known: no slices would be a lie.
    if (parts_.serving() == Serving::kNotYet || seen == 0 || parts_.offers.Newest().generation == 0 || stop.stop_requested()) continue;
    const auto before = applied_at_;
    const auto status = Step(stop);
    if (stop.stop_requested()) break;
    Report(status);
    // What was read and written is as large as the machine, and needed seldom.
    if (applied_at_ != before) GiveBackMemory();
    if (!status) Pause(back_off_.Next(), stop);
  }
  return {};
}

// What was written comes back by the watch; what it shows before is older, and
// would be taken for somebody else's change.
bool SlicePublisher::IsSettled(const Versions& present) {
  if (settled_ || !applied_) return true;
  const auto& versions = applied_->versions;
  settled_ = present.size() == versions.size() && std::all_of(versions.begin(), versions.end(), [&](const auto& entry) {
    const auto it = present.find(entry.first);
    return it != present.end() && IsAtLeast(it->second, entry.second);
  });
  // Somebody may have removed it again before the watch showed it.
  settled_ = settled_ || steady_clock::now() - applied_at_ >= options_.settle;
  return settled_;
}

// Asked once, and before anything is written: a server drops what it does not
// know, and then all would be written again.
Status SlicePublisher::LearnSharing(const std::stop_token& stop) {
  if (by_capacity_) return {};
  auto devices = SliceDevices(*parts_.feed.Latest().inventory, *parts_.offers.Newest().plan, {true});
  std::erase_if(devices, [](const SliceDevice& device) { return !device.shares; });
  if (devices.empty()) return {};
  devices.resize(1);
  const auto owner = ReadOwner(stop);
  if (!owner) return owner.error();
  const auto slice = PlanSlices(*owner, devices, {}).apply.front();
  const auto answer = Apply(parts_.api, SlicePath(NameOfSlice(slice)), slice, stop, {.dry_run = true});
  // A conflict, or a right that is missing, says nothing of what the server knows.
  constexpr std::array kNoAnswer = {Code::kUnavailable, Code::kConflict, Code::kDenied};
  if (!answer && std::ranges::find(kNoAnswer, answer.error().code()) != kNoAnswer.end()) return answer.error();
  by_capacity_ = answer && !LacksSharing(slice, *answer);
  if (!*by_capacity_) Log(kInfo, "the API server knows no devices that claims share by capacity; each share is a device");
  return {};
}

std::vector<SliceDevice> SlicePublisher::Wanted() const {
  if (parts_.serving() == Serving::kNo) return {};
  const Sharing sharing{by_capacity_.value_or(false), parts_.offers.held_elsewhere()};
  auto devices = SliceDevices(*parts_.feed.Latest().inventory, *parts_.offers.Newest().plan, sharing);
  if (without_taints_) std::erase_if(devices, [](const SliceDevice& device) { return !device.taint.empty(); });
  return devices;
}

SlicePublisher::Basis SlicePublisher::Now() const {
  Basis basis{parts_.feed.Latest().generation, parts_.offers.Newest().generation, {}, parts_.serving(), by_capacity_, without_taints_};
  if (by_capacity_.value_or(false)) basis.held = parts_.offers.held_elsewhere();
  return basis;
}

Status SlicePublisher::Step(const std::stop_token& stop) {
  auto present = Present();
  if (!present || !IsSettled(*present)) return {};
  auto basis = Now();
  const bool untouched = applied_ && applied_->versions == *present;
  auto resources = basis.serving == Serving::kYes ? ResourcesOf(*parts_.offers.Newest().plan) : std::set<std::string>();
  if (untouched && applied_->basis == basis) {
    // Something else may have been wanted in between, and refused before anything was written.
    NotePublished(std::move(resources));
    return {};
  }
  if (auto status = LearnSharing(stop); !status) return status;
  TellUnnamed();
  const auto devices = Wanted();
  TellLeftOut(devices);
  Applied applied{std::move(basis), DigestOf(devices), *std::move(present)};
  // What the server made of our last words stays as it is, even if it is not
  // quite what was said.
  if (!untouched || applied_->devices != applied.devices) {
    if (auto status = Write(devices, std::move(applied), stop); !status) return status;
  } else {
    applied_ = std::move(applied);
  }
  NotePublished(std::move(resources));
  return {};
}

void SlicePublisher::NotePublished(std::set<std::string> resources) {
  const std::lock_guard lock(mutex_);
  published_ = std::move(resources);
}

Health SlicePublisher::ready() const {
  const auto resources = ResourcesOf(*parts_.offers.Newest().plan);
  const std::lock_guard lock(mutex_);
  for (const auto& resource : resources) {
    if (!published_.contains(resource)) return {false, resource + " is not in the resource slices"};
  }
  return {};
}

Status SlicePublisher::Write(const std::vector<SliceDevice>& devices, Applied applied, const std::stop_token& stop) {
  SlicePlan plan;
  if (!devices.empty() || !applied.versions.empty()) {
    const auto owner = ReadOwner(stop);
    if (!owner) return owner.error();
    const auto present = Read(applied.versions, stop);
    if (!present) return present.error();
    applied.versions = VersionsOf(*present);
    plan = PlanSlices(*owner, devices, *present);
  }
  if (!plan.empty()) {
    if (auto status = Carry(plan, applied, stop); !status) {
      // Some may be written: only the watch knows what is there now.
      applied_.reset();
      return status;
    }
    Log(kInfo, "resource slices published",
        {{"slices", std::to_string(plan.apply.size())}, {"devices", std::to_string(devices.size())}});
  }
  settled_ = false;
  applied_at_ = steady_clock::now();
  parts_.metrics.ShowSlices(applied.versions.size(), devices.size());
  applied_ = std::move(applied);
  return {};
}

Result<Slices> SlicePublisher::Read(const Versions& present, const std::stop_token& stop) const {
  Slices slices;
  for (const auto& [name, version] : present) {
    auto slice = parts_.api.Call({"GET", SlicePath(name), {}, {}, {}}, stop);
    if (slice) slices[name] = *std::move(slice);
    else if (slice.error().code() != Code::kNotFound) return std::move(slice).error();
  }
  return slices;
}

// Asked for before each change: a node that was made anew has another uid, and
// what the old one owned is removed.
Result<SliceOwner> SlicePublisher::ReadOwner(const std::stop_token& stop) const {
  const auto node = parts_.api.Call({"GET", "/api/v1/nodes/" + EscapePathPart(parts_.node), {}, {}, {}}, stop);
  if (!node) return node.error();
  return SliceOwner{parts_.node, TextAt(*node, {"metadata", "uid"})};
}

Status SlicePublisher::Carry(const SlicePlan& plan, Applied& applied, const std::stop_token& stop) {
  for (const auto& slice : plan.apply) {
    const auto name = NameOfSlice(slice);
    const auto written = Apply(parts_.api, SlicePath(name), slice, stop);
    parts_.metrics.CountSliceWrite(written ? Status() : Status(written.error()));
    if (!written) return written.error();
    applied.versions[name] = VersionOf(*written);
    if (LacksSharing(slice, *written)) by_capacity_ = false;
    if (without_taints_ || !LacksTaints(slice, *written)) continue;
    Log(kWarning, "the API server knows no device taints; what is not well is left out of the slices");
    without_taints_ = true;
  }
  for (const auto& name : plan.remove) {
    auto status = Delete(parts_.api, SlicePath(name), stop);
    parts_.metrics.CountSliceWrite(status);
    if (!status) return status;
    applied.versions.erase(name);
  }
  return {};
}

void SlicePublisher::TellUnnamed() {
  const auto unnamed = UnnamedOperations(*parts_.feed.Latest().inventory, *parts_.offers.Newest().plan);
  if (unnamed == unnamed_) return;
  unnamed_ = unnamed;
  for (const auto& operation : unnamed) {
    Log(kWarning, "an operation is no attribute of its devices: Kubernetes takes no such name; claims cannot ask for it",
        {{"operation", operation}});
  }
}

void SlicePublisher::TellLeftOut(const std::vector<SliceDevice>& devices) {
  std::map<std::string, std::string> left_out;
  for (const auto& device : devices) {
    if (!device.left_out.empty()) left_out.try_emplace(Join(device.left_out, " "), device.name);
  }
  for (const auto& [operations, device] : left_out) {
    if (left_out_.contains(operations)) continue;
    Log(kWarning, "a device has more operations than Kubernetes takes attributes; claims cannot ask for the rest",
        {{"device", device}, {"rest", operations}});
  }
  left_out_ = std::move(left_out);
}

void SlicePublisher::Report(const Status& status) {
  if (status) back_off_.Reset();
  failures_.Note(status);
  // A server that is away, or a write that crossed another, takes nothing back.
  const bool refused = !status && (status.error().code() == Code::kInvalid || status.error().code() == Code::kDenied);
  if (refused) NotePublished({});
}

}  // namespace nacelle

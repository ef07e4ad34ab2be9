// SPDX-License-Identifier: Apache-2.0
#include "plugin/dra/slice_plan.h"

#include <algorithm>
#include <utility>

#include "core/kube/api_client.h"
#include "plugin/dra/claim.h"
#include "plugin/grant/short_hash.h"

namespace nacelle {
namespace {

// Of an object's name.
constexpr std::size_t kMaxName = 253;
constexpr std::string_view kInfix = "-nacelle-";
// The scheduler looks at a pool's slices in the order of their names as text.
constexpr std::size_t kDigits = 4;

std::string SliceName(const std::string& node, std::size_t number) {
  auto digits = std::to_string(number);
  digits.insert(0, kDigits - std::min(kDigits, digits.size()), '0');
  const auto name = node + std::string(kInfix) + digits;
  return name.size() <= kMaxName ? name : node.substr(0, 200) + '-' + ShortHash(node, 8) + std::string(kInfix) + digits;
}

std::vector<std::vector<SliceDevice>> Split(const std::vector<SliceDevice>& devices) {
  const bool tainted = std::any_of(devices.begin(), devices.end(), [](const auto& device) { return !device.taint.empty(); });
  const auto most = tainted ? kMaxTaintedSliceDevices : kMaxSliceDevices;
  std::vector<std::vector<SliceDevice>> parts;
  for (std::size_t begin = 0; begin < devices.size(); begin += most) {
    const auto end = std::min(devices.size(), begin + most);
    parts.emplace_back(devices.begin() + static_cast<std::ptrdiff_t>(begin), devices.begin() + static_cast<std::ptrdiff_t>(end));
  }
  return parts;
}

json::Value DescribeSlice(const SliceOwner& owner, const std::vector<SliceDevice>& devices, std::size_t number,
                          std::size_t count, std::int64_t generation) {
  json::Array described;
  for (const auto& device : devices) described.push_back(Describe(device));
  const json::Object node{{"apiVersion", "v1"}, {"kind", "Node"}, {"name", owner.node}, {"uid", owner.uid}, {"controller", true}};
  return json::Object{
      {"apiVersion", "resource.k8s.io/v1"},
      {"kind", "ResourceSlice"},
      {"metadata", json::Object{{"name", SliceName(owner.node, number)}, {"ownerReferences", json::Array{node}}}},
      {"spec", json::Object{{"driver", kDraDriver},
                            {"nodeName", owner.node},
                            {"pool", json::Object{{"name", owner.node},
                                                  {"generation", generation},
                                                  {"resourceSliceCount", static_cast<std::int64_t>(count)}}},
                            {"devices", std::move(described)}}}};
}

std::vector<json::Value> DescribePool(const SliceOwner& owner, const std::vector<SliceDevice>& devices, std::int64_t generation) {
  const auto parts = Split(devices);
  std::vector<json::Value> slices;
  for (std::size_t i = 0; i < parts.size(); ++i) slices.push_back(DescribeSlice(owner, parts[i], i, parts.size(), generation));
  return slices;
}

// Whether `present` says all that `wanted` says, and in lists nothing more. The
// server adds members (a taint's time) and has its own order.
bool Says(const json::Value& present, const json::Value& wanted) {
  if (const auto* object = wanted.AsObject()) {
    return std::all_of(object->members().begin(), object->members().end(), [&](const json::Member& member) {
      const auto* other = FindMember(present, {member.first});
      return other != nullptr && Says(*other, member.second);
    });
  }
  if (const auto* array = wanted.AsArray()) {
    const auto* other = present.AsArray();
    if (other == nullptr || other->size() != array->size()) return false;
    return std::equal(array->begin(), array->end(), other->begin(),
                      [](const json::Value& w, const json::Value& p) { return Says(p, w); });
  }
  return json::Write(present) == json::Write(wanted);
}

std::size_t CountMembers(const json::Value& device, std::string_view name) {
  const auto* member = FindMember(device, {name});
  if (member == nullptr) return 0;
  if (member->AsObject() != nullptr) return member->AsObject()->members().size();
  return member->AsArray() == nullptr ? 0 : member->AsArray()->size();
}

// Says also, when a device has lost an attribute or a taint, that it had one more.
bool HasMore(const json::Value& present, const json::Value& wanted) {
  const auto* devices = FindMember(present, {"spec", "devices"});
  const auto* others = FindMember(wanted, {"spec", "devices"});
  if (devices == nullptr || devices->AsArray() == nullptr) return false;
  for (std::size_t i = 0; i < devices->AsArray()->size(); ++i) {
    for (const std::string_view name : {"attributes", "capacity", "taints"}) {
      if (CountMembers((*devices->AsArray())[i], name) > CountMembers((*others->AsArray())[i], name)) return true;
    }
  }
  return false;
}

std::int64_t GenerationOf(const json::Value& slice) {
  const auto* generation = FindMember(slice, {"spec", "pool", "generation"});
  return generation == nullptr || generation->AsInt() == nullptr ? 0 : *generation->AsInt();
}

// Items of a list lack their type, so what is compared is what was written of
// metadata and spec.
bool IsSame(const json::Value& present, const json::Value& wanted) {
  const auto* metadata = FindMember(wanted, {"metadata"});
  const auto* spec = FindMember(wanted, {"spec"});
  return Says(present, json::Object{{"metadata", *metadata}, {"spec", *spec}}) && !HasMore(present, wanted);
}

bool IsShown(const std::vector<json::Value>& wanted, const Slices& present) {
  if (wanted.size() != present.size()) return false;
  return std::all_of(wanted.begin(), wanted.end(), [&](const json::Value& slice) {
    const auto it = present.find(NameOfSlice(slice));
    return it != present.end() && IsSame(it->second, slice);
  });
}

// Whether a device of `wanted` has what the same of `written` has not.
bool LacksMember(const json::Value& wanted, const json::Value& written, std::string_view name) {
  const auto* devices = FindMember(wanted, {"spec", "devices"});
  const auto* others = FindMember(written, {"spec", "devices"});
  if (devices == nullptr || others == nullptr || others->AsArray() == nullptr) return false;
  for (std::size_t i = 0; i < devices->AsArray()->size() && i < others->AsArray()->size(); ++i) {
    if (FindMember((*devices->AsArray())[i], {name}) != nullptr && FindMember((*others->AsArray())[i], {name}) == nullptr) return true;
  }
  return false;
}

}  // namespace

std::string NameOfSlice(const json::Value& slice) { return TextAt(slice, {"metadata", "name"}); }

SlicePlan PlanSlices(const SliceOwner& owner, const std::vector<SliceDevice>& devices, const Slices& present) {
  std::int64_t generation = 0;
  for (const auto& [name, slice] : present) generation = std::max(generation, GenerationOf(slice));
  if (IsShown(DescribePool(owner, devices, generation), present)) return {};
  SlicePlan plan{DescribePool(owner, devices, generation + 1), {}};
  for (const auto& [name, slice] : present) {
    const auto is_it = [&name = name](const json::Value& one) { return NameOfSlice(one) == name; };
    if (std::none_of(plan.apply.begin(), plan.apply.end(), is_it)) plan.remove.push_back(name);
  }
  return plan;
}

bool LacksTaints(const json::Value& wanted, const json::Value& written) { return LacksMember(wanted, written, "taints"); }

bool LacksSharing(const json::Value& wanted, const json::Value& written) {
  return LacksMember(wanted, written, "allowMultipleAllocations");
}

}  // namespace nacelle

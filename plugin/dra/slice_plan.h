// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/json/value.h"
#include "plugin/dra/slice_device.h"

namespace nacelle {

// What a slice has at most; fewer where a device of the pool has a taint.
inline constexpr std::size_t kMaxSliceDevices = 128;
inline constexpr std::size_t kMaxTaintedSliceDevices = 64;

// The node that the slices belong to.
struct SliceOwner {
  std::string node;
  std::string uid;  // of the Node object
};

// ResourceSlices by name, as they are in the API server.
using Slices = std::map<std::string, json::Value>;

// What is to be written so that the pool shows the devices.
struct SlicePlan {
  std::vector<json::Value> apply;   // whole objects, in order
  std::vector<std::string> remove;  // names
  bool empty() const { return apply.empty() && remove.empty(); }
};

// The pool of a node is named as the node; its slices "<node>-nacelle-<number>",
// whose order as text is that of the devices.
// Nothing is to be written when `present` shows just these devices already; else
// all slices are, with one generation more than any that is there.
SlicePlan PlanSlices(const SliceOwner& owner, const std::vector<SliceDevice>& devices, const Slices& present);

// Whether `written`, the answer to an apply of `wanted`, lacks taints: a server
// before them drops what it does not know.
bool LacksTaints(const json::Value& wanted, const json::Value& written);

// The same for devices that several claims may share.
bool LacksSharing(const json::Value& wanted, const json::Value& written);

std::string NameOfSlice(const json::Value& slice);

}  // namespace nacelle

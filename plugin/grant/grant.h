// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/model/function.h"

namespace nacelle {

// A queue as it was when it was granted.
struct GrantedQueue {
  std::string id;
  std::string function;
  int shares = 1;  // how many of its shares the grant has
  std::vector<DeviceNode> nodes;
  std::vector<SysfsLink> links;
  std::map<std::string, std::string> environment;  // as Queue::environment
  int division = 1;  // into how many shares the queue was divided

  bool operator==(const GrantedQueue&) const = default;
};

// What a container is given of one resource. A container has at most one grant
// a resource; init containers of a pod may have grants of the same devices.
struct Grant {
  // Tells it from the grants of the same devices that were before it or come after,
  // in this process; GrantStore gives it. Not on record: who means a grant of the
  // process before has read it anew.
  std::uint64_t serial = 0;
  // Read from a record that was there already, and not granted anew since. An agent that is
  // taken over from answers the kubelet after that, and writes of a start what is
  // not read again. Not on record.
  bool inherited = false;
  std::string resource;
  std::vector<std::string> devices;  // sorted, without repetition
  std::vector<GrantedQueue> queues;  // by id
  std::string boot_id;               // of the boot in which the nodes were looked at
  // A container start was asked for since the devices were last allocated.
  bool started = false;
  // PodResources has named one of the devices since then.
  bool listed = false;
  // None was named for so long that the devices count as free. The record stays:
  // the kubelet may start the container again, after a reboot for one, and does
  // not allocate anew. It does then if nobody else was given the devices.
  bool idle = false;
  // Name of the CDI device that carries it into its container; empty: device
  // nodes and mounts by the kubelet.
  std::string cdi;
  // Folders of /sys list only what is granted.
  bool mask_sysfs = true;
  // Of a bundle: by device, its queues in the order of the wants.
  std::map<std::string, std::vector<std::string>> members;

  bool operator==(const Grant&) const = default;
};

// Names the grant's files: 16 hex digits that depend on resource and devices.
std::string GrantId(std::string_view resource, const std::vector<std::string>& devices);
std::string GrantId(const Grant& grant);

// Where the grant's view lies: what is mounted into its container.
std::filesystem::path ViewPath(const std::filesystem::path& state_dir, std::string_view grant_id);

// The folder within a view that is mounted at `container_path`
// ("sys-class-uacce" for /sys/class/uacce).
std::string ViewFolderName(std::string_view container_path);

// Where a container finds its device nodes by number, as links ("234:0" reads
// "../dsa/wq0.0"): what udev makes on the machine, and libraries look for
// (libaccel-config, QEMU's vfio).
inline constexpr std::string_view kNodesByNumber = "/dev/char";

// Where a container finds the description of what it was granted.
inline constexpr std::string_view kDescriptionFolder = "/run/nacelle";
inline constexpr std::string_view kDescriptionFile = "functions.json";

}  // namespace nacelle

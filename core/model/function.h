// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nacelle {

// How a function reaches the caller's memory.
enum class MemoryAccess {
  kUnknown,  // the kernel does not say
  kNone,     // it does not: data is copied or mapped by the driver
  kIommu,    // through mappings that the caller makes (vfio)
  kSva,      // by the caller's own virtual addresses
};

std::string_view Name(MemoryAccess access);

// Whether something can be used now. `reason` is empty when healthy.
struct Health {
  bool healthy = true;
  std::string reason;

  bool operator==(const Health&) const = default;
};

// A character device: what a container is given. `path` is the machine's own
// ("/dev/sw_zip-0"), whatever prefix it was read under.
struct DeviceNode {
  std::string path;
  unsigned major = 0;
  unsigned minor = 0;
  // Every user of the family needs it, so many queues name it ("/dev/vfio/vfio").
  bool common = false;

  bool operator==(const DeviceNode&) const = default;
};

// An entry in a folder of /sys where libraries look for the queue: the link
// `directory`/`name` that reads `target`.
struct SysfsLink {
  std::string directory;  // "/sys/class/uacce"
  std::string name;       // "sw_zip-0"
  std::string target;     // "../../devices/platform/sw_zip.0/uacce/sw_zip-0"

  bool operator==(const SysfsLink&) const = default;
};

// What one device node stands for; where work is submitted.
struct Queue {
  std::string id;
  std::vector<DeviceNode> nodes;
  std::vector<SysfsLink> links;
  // What user libraries read; the same in every grant of the family.
  std::map<std::string, std::string> environment;
  // How many can have it open at a time: what the driver allows, or the largest
  // available_instances seen; absent where nothing tells.
  std::optional<int> instances;
  // Whether there may be more: others may have had some of them open when the agent
  // first looked.
  bool instances_at_least = false;
  // What the driver states of it, by the driver's own names: {"size", 16}.
  std::map<std::string, long long> figures;
  Health health;

  bool operator==(const Queue&) const = default;
};

// What an FPGA is programmed with.
struct Contents {
  std::string id;      // 32 hex digits; empty: nothing, or not known (while it is reconfigured)
  int generation = 0;  // how many contents the agent has seen there; the same again counts anew

  bool operator==(const Contents&) const = default;
};

// Something that executes work: a PCI or platform function, an AFU.
struct Function {
  std::string id;         // see MakeId
  std::string family;     // "uacce"
  std::string name;       // for people: "Intel DSA 1.0"; empty: hardware.yaml has none
  std::string interface;  // what a library programs: "hisi_zip"
  std::string api;        // its queue format: "hisi_qm_v3"
  std::vector<std::string> operations;  // normalised names, sorted
  MemoryAccess access = MemoryAccess::kUnknown;
  // Why `access` is not all that it seems; empty when there is nothing to say.
  std::string access_note;
  std::string path;  // real path, "/sys/devices/…"
  std::string vendor;  // PCI ids in four hex digits, else empty
  std::string device;
  std::string driver;
  std::string iommu_group;  // what the IOMMU does not tell apart; empty: no IOMMU
  std::string card;         // id of what it shares a board with, else empty
  std::optional<int> numa;  // absent: unknown
  // Sorted by id. None: shown, but not to be had by user space; health or
  // access_note say why.
  std::vector<Queue> queues;
  // Whether it is offered without a policy that selects it.
  bool by_default = true;
  Health health;
  std::optional<Contents> contents;  // of FPGA functions only

  bool operator==(const Function&) const = default;
};

// The id of a function: `family` and the name of its parent device, in a form
// that is a DNS label of at most 58 characters ("uacce-0000-41-00-0"). Names
// that would be longer end in eight hex digits of a hash of the whole.
std::string MakeId(std::string_view family, std::string_view name);

}  // namespace nacelle

// SPDX-License-Identifier: Apache-2.0
#include "agent/probe/device_function.h"

#include <iterator>
#include <sstream>
#include <utility>

#include "agent/probe/parent_device.h"
#include "core/model/reasons.h"

namespace nacelle {
namespace {

// "0000:6a:01.0"; a domain may have more digits (VMD).
bool IsPciAddress(std::string_view name) {
  return name.size() >= 12 && name[name.size() - 2] == '.' && name[name.size() - 5] == ':' &&
         name[name.size() - 8] == ':' && name.find_first_not_of("0123456789abcdef:.") == std::string_view::npos;
}

// Where following `link` came to. Gone meanwhile, it is none, not a broken one.
std::optional<std::string> Present(const HostRoot& host, const std::string& link, Result<std::string> path,
                                   std::vector<Problem>& problems) {
  if (path) return *std::move(path);
  if (host.Exists(link)) problems.push_back({link, path.error().message()});
  return std::nullopt;
}

}  // namespace

Result<std::vector<std::string>> ListFamily(const HostRoot& host, const std::string& folder) {
  auto names = host.List(folder);
  if (names || names.error().code() != Code::kNotFound) return names;
  if (host.Exists("/sys/class") || host.Exists("/sys/bus")) return std::vector<std::string>();
  return Error(Code::kUnavailable, "/sys/class: not there; is /sys mounted?");
}

Result<std::string> FollowLink(const HostRoot& host, const std::string& link) {
  const auto target = host.ReadLink(link);
  if (!target) return target.error();
  std::string_view rest = *target;
  if (rest.starts_with('/')) return *target;
  auto path = FolderOf(link);
  for (; rest.starts_with("../"); rest.remove_prefix(3)) path = FolderOf(path);
  if (rest == "..") return FolderOf(path);
  return path + "/" + std::string(rest);
}

std::optional<std::string> FollowPresent(const HostRoot& host, const std::string& link, std::vector<Problem>& problems) {
  return Present(host, link, FollowLink(host, link), problems);
}

std::optional<std::string> FollowToDevice(const HostRoot& host, const std::string& folder, const std::string& name,
                                          std::vector<Problem>& problems) {
  const auto link = folder + "/" + name;
  auto own = FollowLink(host, link);
  return Present(host, link, own ? FollowLink(host, *own + "/device") : std::move(own), problems);
}

std::optional<std::string> FindLinked(const HostRoot& host, const std::string& folder, const std::string& name,
                                      std::vector<Problem>& problems) {
  const auto link = folder + "/" + name;
  auto path = FollowLink(host, link);
  if (!path || !path->starts_with("/sys/devices/")) return std::nullopt;
  if (LastName(*path) == name) return *std::move(path);
  problems.push_back({link, "leads to " + *path + ", which has another name; it is not followed"});
  return std::nullopt;
}

std::string LastName(const std::string& path) { return path.substr(path.rfind('/') + 1); }

std::string FolderOf(const std::string& path) { return path.substr(0, path.rfind('/')); }

bool IsNumbered(std::string_view name, std::string_view kind) {
  return name.starts_with(kind) && name.size() > kind.size() &&
         name.find_first_not_of("0123456789", kind.size()) == std::string_view::npos;
}

std::string CardOf(const HostRoot& host, const std::string& path) {
  const auto physical = host.ReadLink(path + "/physfn");
  const auto name = LastName(physical ? *physical : path);
  if (!IsPciAddress(name)) return {};
  return MakeId("card", name.substr(0, name.size() - 2));
}

Function DescribeDevice(const HostRoot& host, std::string_view family, const std::string& path,
                        std::vector<Problem>& problems) {
  auto parent = ReadParentDevice(host, path);
  std::move(parent.problems.begin(), parent.problems.end(), std::back_inserter(problems));
  Function function;
  function.id = MakeId(family, parent.name);
  function.family = family;
  function.path = std::move(parent.path);
  function.vendor = std::move(parent.vendor);
  function.device = std::move(parent.device);
  function.driver = std::move(parent.driver);
  function.iommu_group = std::move(parent.iommu_group);
  function.card = CardOf(host, path);
  function.numa = parent.numa;
  return function;
}

std::string ReadWord(const HostRoot& host, const std::string& path, std::vector<Problem>& problems) {
  auto text = host.ReadOptional(path);
  if (text) return std::move(*text).value_or(std::string());
  problems.push_back({path, text.error().message()});
  return {};
}

// "pci:v00008086d00000B25sv…"
std::string IdByAlias(const HostRoot& host, const std::string& path, std::vector<Problem>& problems) {
  const auto alias = ReadWord(host, path + "/modalias", problems);
  if (!alias.starts_with("pci:v0000") || alias.size() < 22 || alias.substr(13, 5) != "d0000") return {};
  auto id = alias.substr(9, 4) + ":" + alias.substr(18, 4);
  for (auto& c : id) c = c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
  return id;
}

const PciHardware* FindByAlias(const HostRoot& host, const HardwareTable& table, const std::string& path,
                               std::vector<Problem>& problems) {
  const auto id = IdByAlias(host, path, problems);
  return id.empty() ? nullptr : FindPci(table, id.substr(0, 4), id.substr(5));
}

void LeaveToPolicy(Function& function, const std::string& note) {
  function.access_note += (function.access_note.empty() ? "" : "; ") + note;
  function.by_default = false;
}

void LeaveToPolicyWithoutIommu(Function& function) {
  LeaveToPolicy(function, std::string(reasons::kNoIommu) + ": the device reaches all memory");
}

void MakeUnhealthy(Health& health, std::string reason) {
  if (health.healthy) health = {false, std::move(reason)};
}

void AddNode(const HostRoot& host, const std::string& path, Queue& queue) {
  auto node = host.Node(path);
  if (!node) MakeUnhealthy(queue.health, node.error().message());
  queue.nodes.push_back(node ? *std::move(node) : DeviceNode{path});
}

void AddLink(const HostRoot& host, const std::string& directory, const std::string& name, Queue& queue) {
  if (auto target = host.ReadLink(directory + "/" + name)) {
    queue.links.push_back({directory, name, *std::move(target)});
  }
}

std::string DriverOrDevice(const Function& function) {
  if (!function.driver.empty()) return function.driver;
  // "rknn", "rknn.0", "amdgpu_xcp_0", "fdab0000.npu", "0000:00:02.0"
  std::istringstream parts(LastName(function.path));
  for (std::string part; std::getline(parts, part, '.');) {
    if (part.find_first_not_of("0123456789abcdef:") == std::string::npos) continue;
    const auto number = part.rfind('_');
    return number != std::string::npos && IsNumbered(part, part.substr(0, number + 1)) ? part.substr(0, number) : part;
  }
  return "unknown";
}

Queue& AddOwnQueue(const HostRoot& host, Function& function, const std::string& node, const std::string& folder,
                   const std::string& name) {
  Queue queue;
  queue.id = function.id;
  AddNode(host, node, queue);
  AddLink(host, folder, name, queue);
  function.queues.push_back(std::move(queue));
  return function.queues.back();
}

bool IsTranslated(const HostRoot& host, const Function& function) {
  if (function.iommu_group.empty()) return false;
  const auto type = host.ReadOptional("/sys/kernel/iommu_groups/" + function.iommu_group + "/type");
  return !type || *type != "identity";
}

MemoryAccess AccessByMappedBuffers(const HostRoot& host, const Function& function) {
  return IsTranslated(host, function) ? MemoryAccess::kIommu : MemoryAccess::kUnknown;
}

}  // namespace nacelle

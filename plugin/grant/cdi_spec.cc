// SPDX-License-Identifier: Apache-2.0
#include "plugin/grant/cdi_spec.h"

#include <algorithm>

#include "core/json/value.h"
#include "plugin/grant/short_hash.h"

namespace nacelle {
namespace {

constexpr int kEverybody = 0666;
constexpr std::size_t kHashDigits = 16;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsAlphanumeric(char c) { return IsDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

json::Value DescribeNode(const DeviceNode& node) {
  json::Object out{{"path", node.path}};
  // With its numbers the runtime does not look at the path, which may be
  // another device's by then. Major 0 is no number: it has to look.
  if (node.major != 0) {
    out.Set("type", "c");
    out.Set("major", node.major);
    out.Set("minor", node.minor);
  }
  out.Set("fileMode", kEverybody);
  out.Set("permissions", "rw");
  return out;
}

json::Value DescribeMount(const ReadOnlyMount& mount) {
  return json::Object{{"hostPath", mount.host_path},
                      {"containerPath", mount.container_path},
                      {"options", json::Strings({"ro", "nosuid", "nodev", "noexec", "bind"})}};
}

json::Value DescribeEdits(const ContainerEdits& edits) {
  json::Array env, nodes, mounts;
  for (const auto& [name, value] : edits.variables) env.emplace_back(name + '=' + value);
  for (const auto& node : edits.nodes) nodes.push_back(DescribeNode(node));
  for (const auto& mount : edits.mounts) mounts.push_back(DescribeMount(mount));
  json::Object out;
  if (!env.empty()) out.Set("env", std::move(env));
  if (!nodes.empty()) out.Set("deviceNodes", std::move(nodes));
  if (!mounts.empty()) out.Set("mounts", std::move(mounts));
  return out;
}

// 0.5.0 lets names begin with a digit; all else that is written here is of the
// first release.
std::string_view LowestVersion(const std::vector<CdiDevice>& devices) {
  const bool digit = std::any_of(devices.begin(), devices.end(),
                                 [](const CdiDevice& device) { return IsDigit(device.name.front()); });
  return digit ? "0.5.0" : "0.3.0";
}

}  // namespace

Status CheckCdiName(std::string_view name) {
  const auto allowed = [](char c) { return IsAlphanumeric(c) || c == '_' || c == '-' || c == '.' || c == ':'; };
  if (!name.empty() && std::all_of(name.begin(), name.end(), allowed) && IsAlphanumeric(name.front()) &&
      IsAlphanumeric(name.back())) {
    return {};
  }
  return Error(Code::kInvalid, "'" + std::string(name) + "': a CDI device's name consists of letters, digits, " +
                                   "'_', '-', '.' and ':', with a letter or digit at both ends");
}

std::string WriteCdiSpec(std::string_view kind, const std::vector<CdiDevice>& devices) {
  json::Array described;
  for (const auto& device : devices) {
    described.push_back(json::Object{{"name", device.name}, {"containerEdits", DescribeEdits(device.edits)}});
  }
  return json::WritePretty(json::Object{
      {"cdiVersion", LowestVersion(devices)}, {"kind", kind}, {"devices", std::move(described)}});
}

std::string CdiNameFor(std::string_view prefix, const ContainerEdits& edits) {
  return std::string(prefix) + '-' + ShortHash(json::Write(DescribeEdits(edits)), kHashDigits);
}

}  // namespace nacelle

// SPDX-License-Identifier: Apache-2.0
#include "agent/probe/ocxl_probe.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "agent/probe/device_function.h"

namespace nacelle {
namespace {

constexpr const char* kClass = "/sys/class/ocxl";

// "IBM,oc-snap.0004:00:00.1.0": what it is called, its PCI function, its number there.
std::string InterfaceOf(const std::string& name) {
  std::string interface = "ocxl_" + name.substr(0, name.find('.'));
  for (auto& c : interface) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if ((c < 'a' || c > 'z') && (c < '0' || c > '9')) c = '_';
  }
  return interface;
}

// "0/512": how many are in use, and how many there are.
std::optional<int> ReadContexts(const HostRoot& host, const std::string& path, std::vector<Problem>& problems) {
  const auto text = ReadWord(host, path + "/contexts", problems);
  const auto slash = text.find('/');
  if (slash == std::string::npos) return std::nullopt;
  int most = 0;
  const auto [end, error] = std::from_chars(text.data() + slash + 1, text.data() + text.size(), most);
  if (error == std::errc{} && end == text.data() + text.size() && most >= 0) return most;
  problems.push_back({path + "/contexts", "expected IN_USE/ALL, not '" + text + "'"});
  return std::nullopt;
}

}  // namespace

Result<Findings> OcxlProbe::Scan(const HostRoot& host) const {
  Findings findings;
  const auto names = ListFamily(host, kClass);
  if (!names) return names.error();
  for (const auto& name : *names) {
    const auto path = FollowPresent(host, std::string(kClass) + "/" + name, findings.problems);
    if (!path) continue;
    // Place, driver and PCI ids are those of the PCI function it is in.
    const auto pci = path->substr(0, path->find("/ocxl"));
    auto function = DescribeDevice(host, "ocxl", pci, findings.problems);
    function.id = MakeId("ocxl", name);
    function.path = *path;
    function.interface = InterfaceOf(name);
    function.operations = {"compute"};
    function.access = MemoryAccess::kSva;
    AddOwnQueue(host, function, "/dev/ocxl/" + name, kClass, name).instances = ReadContexts(host, *path, findings.problems);
    findings.functions.push_back(std::move(function));
  }
  return findings;
}

}  // namespace nacelle

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "tests/support/contract_kubelet_plugin.h"

namespace nacelle {

// Watches the lists of all resources for what would hurt the kubelet.
class ListChecks {
 public:
  using SteadyTime = std::chrono::steady_clock::time_point;

  // `leave_after`: how long an id must have been Unhealthy before it may go.
  explicit ListChecks(std::chrono::milliseconds leave_after) : leave_after_(leave_after) {}

  // A list arrived, while `held` are allocated to pods.
  void See(const std::string& resource, const ToldDevices& told, const std::set<std::string>& held, SteadyTime now);
  // `ids` are being allocated until Landed.
  void Flying(const std::string& resource, const std::vector<std::string>& ids);
  void Landed(const std::string& resource, const std::vector<std::string>& ids);

  const std::vector<std::string>& violations() const { return violations_; }
  void Add(const std::string& violation) { violations_.push_back(violation); }

 private:
  struct Seen {
    ToldDevices told;
    std::map<std::string, SteadyTime> unhealthy_since;
    std::multiset<std::string> flying;
  };

  void CheckGone(const std::string& resource, const Seen& seen, const ToldDevices& told, SteadyTime now);
  void CheckEach(const std::string& resource, const ToldDevices& told);

  const std::chrono::milliseconds leave_after_;
  std::map<std::string, Seen> seen_;
  std::vector<std::string> violations_;
};

}  // namespace nacelle

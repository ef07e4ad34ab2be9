// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/crd/field.h"

namespace nacelle::crd {

// As metav1.Condition.
struct Condition {
  using Described = Condition;
  std::string type;
  std::string status = "Unknown";
  std::int64_t observed_generation = 0;
  std::string reason;
  std::string message;
  std::string last_transition_time;  // RFC 3339

  bool operator==(const Condition&) const = default;

  template <typename Visitor, typename Self>
  static void Visit(Visitor& visit, Self& self) {
    visit(self.type, Field{.name = "type", .doc = "What it is about.", .required = true, .max_length = 316});
    visit(self.status, Field{.name = "status", .doc = "Whether it is so.", .required = true, .words = {"True", "False", "Unknown"}});
    visit(self.observed_generation, Field{.name = "observedGeneration", .doc = "The metadata.generation of which this is said.", .least = 0});
    visit(self.reason, Field{.name = "reason", .doc = "Why, in one word for programs.", .required = true, .max_length = 1024});
    visit(self.message, Field{.name = "message", .doc = "Why, for people.", .max_length = 32768});
    visit(self.last_transition_time, Field{.name = "lastTransitionTime", .doc = "When the status last changed.", .required = true, .max_length = 40});
  }
};

// nullptr when there is none of that type.
const Condition* FindCondition(const std::vector<Condition>& conditions, std::string_view type);

// Sets a condition in its place, or at the end. The time of the one before
// stays while the status is the same.
void SetCondition(std::vector<Condition>& conditions, Condition condition);

}  // namespace nacelle::crd

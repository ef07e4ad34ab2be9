// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace nacelle::crd {

// A rule in CEL that the API server checks when an object is applied.
struct Rule {
  std::string_view rule;
  std::string_view message;
  std::string_view field_path;  // below the value that has the rule; empty: the value itself
};

// What is said once of a field of a custom resource: schema, `kubectl explain`,
// the reference and the reading and writing of JSON follow from it and from the
// type of the member.
struct Field {
  std::string_view name;
  std::string_view doc;
  bool required = false;
  bool defaulted = false;  // the API server fills in the member's own default
  std::vector<std::string_view> words = {};  // the only texts allowed
  std::string_view pattern = {};
  std::optional<std::int64_t> least = std::nullopt;
  std::optional<std::int64_t> most = std::nullopt;
  int max_length = 0;  // of a text, or of each text of a list; 0: no limit
  int max_items = 0;   // of a list or map
  std::string_view list_key = {};  // of a list that is merged by that member; else it is one value
  std::vector<Rule> rules = {};
  std::vector<Rule> item_rules = {};  // for each item of a list
};

// A resource has `template <Visitor, Self> static void Visit(Visitor&, Self&)`,
// which calls `visitor(self.member, Field{…})` for each field, in the order in
// which they are shown.
template <typename T>
concept Visitable = requires { typename T::Described; };

}  // namespace nacelle::crd

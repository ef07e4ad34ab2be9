// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <yaml-cpp/yaml.h>

#include "core/base/result.h"

namespace nacelle {

// Reads a document without tolerance. The first mistake is kept with its file
// and line; after it every getter answers with an empty value, so a reader
// needs to ask for the error only once, at the end.
class StrictYaml {
 public:
  explicit StrictYaml(std::string file) : file_(std::move(file)) {}

  // The document of `text`; null after a mistake.
  YAML::Node Parse(const std::string& text);

  // Whether `node` is a mapping of nothing but these keys, each once.
  bool IsMap(const YAML::Node& node, std::initializer_list<std::string_view> known);
  // The items of the list `key`; none when it is absent.
  std::vector<YAML::Node> List(const YAML::Node& map, const char* key);
  // The values of the mapping `key` by their names; none when it is absent.
  std::vector<std::pair<std::string, YAML::Node>> Entries(const YAML::Node& map, const char* key);
  std::vector<std::pair<std::string, YAML::Node>> Entries(const YAML::Node& map);
  // A text that must be there and is not empty.
  std::string Text(const YAML::Node& map, const char* key);
  // As Text, but may be absent.
  std::string OptionalText(const YAML::Node& map, const char* key);
  bool Flag(const YAML::Node& map, const char* key);
  // A list of texts.
  std::vector<std::string> Texts(const YAML::Node& list);
  // `node` itself as a text.
  std::string Scalar(const YAML::Node& node);

  // Notes a mistake at `node`.
  void Fail(const YAML::Node& node, const std::string& message);
  const std::optional<Error>& error() const { return error_; }

 private:
  void FailAt(int line, const std::string& message);

  std::string file_;
  std::optional<Error> error_;
};

}  // namespace nacelle

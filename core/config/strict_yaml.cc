// SPDX-License-Identifier: Apache-2.0
#include "core/config/strict_yaml.h"

#include <algorithm>
#include <set>
#include <sstream>
#include <utility>

#include <yaml-cpp/eventhandler.h>

namespace nacelle {
namespace {

std::string KindOf(const YAML::Node& node) {
  if (node.IsMap()) return "a mapping";
  if (node.IsSequence()) return "a list";
  if (node.IsScalar()) return "'" + node.Scalar().substr(0, 40) + "'";
  return "nothing";
}

// Where a document has its first content; null is none.
class FirstContent : public YAML::EventHandler {
 public:
  const std::optional<int>& line() const { return line_; }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override { Note(mark); }
  void OnScalar(const YAML::Mark& mark, const std::string&, YAML::anchor_t, const std::string&) override { Note(mark); }
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {
    Note(mark);
  }
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {
    Note(mark);
  }
  void OnMapEnd() override {}

 private:
  void Note(const YAML::Mark& mark) {
    if (!line_) line_ = mark.line;
  }

  std::optional<int> line_;
};

// The line at which a second document of `text` begins, from 0. YAML::LoadAll would tell,
// but takes memory without end on some nonsense.
std::optional<int> SecondDocument(const std::string& text) {
  std::istringstream stream(text);
  YAML::Parser parser(stream);
  FirstContent first, second;
  if (parser.HandleNextDocument(first)) parser.HandleNextDocument(second);
  return second.line();
}

}  // namespace

void StrictYaml::FailAt(int line, const std::string& message) {
  if (error_) return;
  error_ = Error(Code::kInvalid, file_ + ":" + std::to_string(line + 1) + ": " + message);
}

void StrictYaml::Fail(const YAML::Node& node, const std::string& message) {
  // A node that is not there has no mark to ask for.
  FailAt(node.IsDefined() ? std::max(node.Mark().line, 0) : 0, message);
}

YAML::Node StrictYaml::Parse(const std::string& text) {
  try {
    auto document = YAML::Load(text);
    if (const auto line = SecondDocument(text)) FailAt(*line, "a second document; there is to be one");
    return document;
  } catch (const YAML::Exception& exception) {
    FailAt(std::max(exception.mark.line, 0), "no YAML: " + exception.msg);
  }
  return {};
}

std::vector<std::pair<std::string, YAML::Node>> StrictYaml::Entries(const YAML::Node& map) {
  std::vector<std::pair<std::string, YAML::Node>> entries;
  if (error_) return entries;
  if (!map.IsMap()) Fail(map, "expected a mapping, not " + KindOf(map));
  std::set<std::string> seen;
  for (auto it = map.begin(); !error_ && it != map.end(); ++it) {
    if (!it->first.IsScalar()) {
      Fail(it->first, "expected a name, not " + KindOf(it->first));
    } else if (!seen.insert(it->first.Scalar()).second) {
      Fail(it->first, "'" + it->first.Scalar() + "' for the second time");
    } else {
      entries.emplace_back(it->first.Scalar(), it->second);
    }
  }
  if (error_) entries.clear();
  return entries;
}

std::vector<std::pair<std::string, YAML::Node>> StrictYaml::Entries(const YAML::Node& map, const char* key) {
  if (error_ || !map[key]) return {};
  return Entries(map[key]);
}

bool StrictYaml::IsMap(const YAML::Node& node, std::initializer_list<std::string_view> known) {
  for (const auto& [name, value] : Entries(node)) {
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    std::string expected;
    for (const auto word : known) expected += (expected.empty() ? "" : ", ") + std::string(word);
    for (auto it = node.begin(); it != node.end(); ++it) {
      if (it->first.Scalar() == name) Fail(it->first, "unknown key '" + name + "'; there are " + expected);
    }
  }
  return !error_;
}

std::vector<YAML::Node> StrictYaml::List(const YAML::Node& map, const char* key) {
  if (error_ || !map[key]) return {};
  const YAML::Node list = map[key];
  if (!list.IsSequence()) {
    Fail(list, std::string(key) + ": expected a list, not " + KindOf(list));
    return {};
  }
  return {list.begin(), list.end()};
}

std::string StrictYaml::Scalar(const YAML::Node& node) {
  if (error_) return {};
  if (node.IsScalar() && !node.Scalar().empty()) return node.Scalar();
  Fail(node, "expected a text, not " + (node.IsScalar() ? std::string("an empty one") : KindOf(node)));
  return {};
}

std::string StrictYaml::OptionalText(const YAML::Node& map, const char* key) {
  if (error_ || !map[key]) return {};
  return Scalar(map[key]);
}

std::string StrictYaml::Text(const YAML::Node& map, const char* key) {
  if (!error_ && !map[key]) Fail(map, "'" + std::string(key) + "' is missing");
  return OptionalText(map, key);
}

bool StrictYaml::Flag(const YAML::Node& map, const char* key) {
  const auto text = OptionalText(map, key);
  if (text == "true" || text == "false" || text.empty()) return text == "true";
  Fail(map[key], std::string(key) + ": expected true or false, not '" + text.substr(0, 40) + "'");
  return false;
}

std::vector<std::string> StrictYaml::Texts(const YAML::Node& list) {
  std::vector<std::string> texts;
  if (error_) return texts;
  if (!list.IsSequence()) {
    Fail(list, "expected a list, not " + KindOf(list));
    return texts;
  }
  for (const auto& item : list) texts.push_back(Scalar(item));
  if (error_) texts.clear();
  return texts;
}

}  // namespace nacelle

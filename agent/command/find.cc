// SPDX-License-Identifier: Apache-2.0
#include "agent/command/find.h"

#include <algorithm>
#include <charconv>

#include "core/describe/answers_json.h"
#include "core/describe/answers_table.h"
#include "core/json/yaml_text.h"
#include "core/select/find.h"

namespace nacelle {
namespace {

constexpr std::size_t kMaxLimit = 1000;

}  // namespace

Result<FindFormat> ParseFindFormat(const std::string& name) {
  if (name == "table") return FindFormat::kTable;
  if (name == "json") return FindFormat::kJson;
  if (name == "yaml") return FindFormat::kYaml;
  return Error(Code::kInvalid, "-o: no such format: " + name + " (table, json, yaml)");
}

Result<std::size_t> ParseLimit(const std::string& text) {
  std::size_t limit = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), limit);
  const bool whole = error == std::errc{} && end == text.data() + text.size();
  if (whole && limit >= 1 && limit <= kMaxLimit) return limit;
  return Error(Code::kInvalid, "--limit: expected a number from 1 to " + std::to_string(kMaxLimit) + ", not '" + text + "'");
}

FindReport FindOnMachine(const MachineView& machine, const FindRequest& request, FindFormat format) {
  FindOptions options;
  options.limit = request.limit;
  options.candidates.usage = request.usage;
  options.candidates.all = request.all;
  options.numa_of_cpu = machine.numa_of_cpu;
  const auto result = Find(machine.inventory, request.query, options);
  FindReport report{.text = {}, .answered = !result.answers.empty()};
  switch (format) {
    case FindFormat::kTable: report.text = FormatAnswers(request.query, result); break;
    case FindFormat::kJson: report.text = json::WritePretty(DescribeAnswers(request.text, result)); break;
    case FindFormat::kYaml: report.text = json::WriteYaml(DescribeAnswers(request.text, result)); break;
  }
  return report;
}

}  // namespace nacelle

// SPDX-License-Identifier: Apache-2.0
#include "core/describe/answers_json.h"

#include <utility>

namespace nacelle {
namespace {

json::Object DescribeReason(const Reason& reason) {
  json::Object out;
  if (reason.domain) out.Set("domain", *reason.domain);
  out.Set("distance", reason.distance);
  if (reason.latency_ns) out.Set("latency_ns", *reason.latency_ns);
  if (reason.bandwidth_mbps) out.Set("bandwidth_mbps", *reason.bandwidth_mbps);
  if (reason.strength) out.Set("strength", Name(*reason.strength));
  if (reason.assumed) out.Set("assumed", true);
  if (reason.unknown_locality) out.Set("unknown_locality", true);
  return out;
}

json::Object DescribeAnswer(const Answer& answer) {
  json::Object out{{"queues", json::Strings(answer.queues)}, {"reason", DescribeReason(answer.reason)}};
  json::Object marks;
  for (std::size_t i = 0; i < answer.queues.size() && i < answer.marks.size(); ++i) {
    if (answer.marks[i] != Mark::kNone) marks.Set(answer.queues[i], Name(answer.marks[i]));
  }
  if (!marks.members().empty()) out.Set("marks", std::move(marks));
  return out;
}

json::Value DescribeMiss(const std::optional<Miss>& miss) {
  if (!miss) return {};
  json::Object out{{"part", miss->part}, {"message", miss->message}, {"closest", {}}};
  if (!miss->closest_query || !miss->closest) return out;
  json::Object closest{{"query", Print(*miss->closest_query)}};
  const auto answer = DescribeAnswer(*miss->closest);
  for (const auto& [name, value] : answer.members()) closest.Set(name, value);
  out.Set("closest", std::move(closest));
  return out;
}

}  // namespace

json::Object DescribeAnswers(std::string_view query, const FindResult& result) {
  json::Array answers;
  for (const auto& answer : result.answers) answers.push_back(DescribeAnswer(answer));
  json::Object out{{"query", query}, {"answers", std::move(answers)}, {"miss", DescribeMiss(result.miss)}};
  if (!result.proven_best) out.Set("proven_best", false);
  return out;
}

}  // namespace nacelle

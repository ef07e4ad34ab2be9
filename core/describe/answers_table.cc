// SPDX-License-Identifier: Apache-2.0
#include "core/describe/answers_table.h"

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/printable.h"
#include "core/describe/aligned_rows.h"

namespace nacelle {
namespace {

using Kind = Relation::Kind;

constexpr auto kArrow = " → ";

std::string DistanceOf(const Query& query, const Answer& answer) {
  const auto& reason = answer.reason;
  const bool to_place = query.relation.kind == Kind::kNear || query.relation.kind == Kind::kSharingHbm;
  if (!to_place && answer.queues.size() < 2) return {};
  std::string text = "distance " + std::to_string(reason.distance);
  if (to_place) text += reason.domain ? " to " + Printable(*reason.domain) : "";
  if (!to_place) text += answer.queues.size() == 2 ? " between them" : " at most between two";
  if (reason.distance_sum != reason.distance) text += ", " + std::to_string(reason.distance_sum) + " in all";
  return text;
}

// The queues of an answer from one index to another, with their marks.
std::string JoinQueues(const Answer& answer, std::pair<std::size_t, std::size_t> range, std::string_view between) {
  std::string text;
  for (auto i = range.first; i < std::min(range.second, answer.queues.size()); ++i) {
    text += std::string(i == range.first ? "" : between) + Printable(answer.queues[i]);
    if (i < answer.marks.size() && answer.marks[i] != Mark::kNone) text += " (" + std::string(Name(answer.marks[i])) + ")";
  }
  return text;
}

std::string FormatList(const Query& query, const std::vector<Answer>& answers) {
  std::vector<Row> rows = {{"", "QUEUES", "REASON"}};
  for (std::size_t i = 0; i < answers.size(); ++i) {
    rows.push_back({std::to_string(i + 1), FormatQueues(query, answers[i]), FormatReason(query, answers[i])});
  }
  return AlignRows(rows);
}

std::string FormatMiss(const Query& query, const Miss& miss) {
  std::string text = "Nothing answers: " + Print(query) + "\n  " + Printable(miss.part + ": " + miss.message) + "\n";
  if (!miss.closest_query || !miss.closest) return text;
  return text + "Closest: " + Print(*miss.closest_query) + "\n" + FormatList(*miss.closest_query, {*miss.closest});
}

}  // namespace

std::string FormatQueues(const Query& query, const Answer& answer) {
  if (query.relation.kind != Kind::kChained) return JoinQueues(answer, {0, answer.queues.size()}, " + ");
  // A single want is a chain of its queues one by one.
  if (query.wants.size() == 1) return JoinQueues(answer, {0, answer.queues.size()}, kArrow);
  std::string text;
  std::size_t first = 0;
  for (const auto& want : query.wants) {
    const auto end = first + static_cast<std::size_t>(want.count);
    const auto queues = JoinQueues(answer, {first, end}, ", ");
    text += (first == 0 ? "" : kArrow) + (want.count == 1 ? queues : "{" + queues + "}");
    first = end;
  }
  return text;
}

std::string FormatReason(const Query& query, const Answer& answer) {
  const auto& reason = answer.reason;
  std::vector<std::string> parts;
  if (reason.strength) parts.push_back(std::string(Name(*reason.strength)) + (reason.assumed ? " (assumed)" : ""));
  if (auto distance = DistanceOf(query, answer); !distance.empty()) parts.push_back(std::move(distance));
  if (reason.latency_ns) parts.push_back(std::to_string(*reason.latency_ns) + " ns");
  if (reason.bandwidth_mbps) parts.push_back(std::to_string(*reason.bandwidth_mbps) + " MB/s");
  if (reason.unknown_locality) parts.emplace_back("locality unknown");
  std::string text;
  for (const auto& part : parts) text += (text.empty() ? "" : ", ") + part;
  return text.empty() ? "-" : text;
}

std::string FormatAnswers(const Query& query, const FindResult& result) {
  std::string text = result.miss ? FormatMiss(query, *result.miss) : FormatList(query, result.answers);
  if (!result.proven_best) text += "The search gave up before it had seen all: there may be better answers.\n";
  return text;
}

}  // namespace nacelle

// SPDX-License-Identifier: Apache-2.0
#include "core/model/hardware.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <tuple>
#include <utility>

namespace nacelle {
namespace {

auto KeyOf(const PciHardware& row) { return std::tuple<std::string_view, std::string_view>(row.vendor, row.device); }
auto KeyOf(const AfuHardware& row) { return std::tuple<std::string_view>(row.id); }
auto KeyOf(const WordMeaning& row) {
  return std::tuple<std::string_view, std::string_view>(row.vocabulary, row.word);
}
auto KeyOf(const KernelEngine& row) { return std::tuple<std::string_view, std::string_view>(row.bus, row.driver); }

template <typename Row, typename... Part>
const Row* FindRow(const std::vector<Row>& rows, Part... part) {
  const auto key = std::tuple<Part...>(part...);
  const auto it = std::lower_bound(rows.begin(), rows.end(), key,
                                   [](const Row& row, const auto& wanted) { return KeyOf(row) < wanted; });
  return it != rows.end() && KeyOf(*it) == key ? &*it : nullptr;
}

// Of two rows with one key the earlier stays, so the user's come first.
template <typename Row>
std::vector<Row> MergeRows(std::vector<Row> builtin, std::vector<Row> user) {
  std::move(builtin.begin(), builtin.end(), std::back_inserter(user));
  std::stable_sort(user.begin(), user.end(), [](const Row& a, const Row& b) { return KeyOf(a) < KeyOf(b); });
  const auto last = std::unique(user.begin(), user.end(),
                                [](const Row& a, const Row& b) { return KeyOf(a) == KeyOf(b); });
  user.erase(last, user.end());
  return user;
}

}  // namespace

std::optional<KernelVersion> ParseKernelVersion(std::string_view text) {
  KernelVersion version{};
  const char* at = text.data();
  const char* end = at + text.size();
  for (std::size_t i = 0; i < version.size(); ++i) {
    const auto [stopped, error] = std::from_chars(at, end, version[i]);
    if (error != std::errc{} || version[i] < 0) return std::nullopt;
    at = stopped;
    const bool goes_on = at != end && *at == '.' && at + 1 != end && at[1] >= '0' && at[1] <= '9';
    if (!goes_on) return i == 0 ? std::nullopt : std::optional(version);
    ++at;
  }
  return version;
}

const PciHardware* FindPci(const HardwareTable& table, std::string_view vendor, std::string_view device) {
  return FindRow(table.pci, vendor, device);
}

std::vector<std::string> OperationsOr(const PciHardware* known, std::vector<std::string> otherwise) {
  return known != nullptr && !known->operations.empty() ? known->operations : std::move(otherwise);
}

const AfuHardware* FindAfu(const HardwareTable& table, std::string_view id) { return FindRow(table.afus, id); }

const WordMeaning* FindWord(const HardwareTable& table, std::string_view vocabulary, std::string_view word) {
  return FindRow(table.words, vocabulary, word);
}

const SvaRule* FindSvaRule(const HardwareTable& table, std::string_view architecture,
                           const KernelVersion& kernel, std::string_view driver) {
  for (const auto& rule : table.sva) {
    const bool fits = (rule.architecture.empty() || rule.architecture == architecture) &&
                      (rule.driver.empty() || rule.driver == driver) && rule.from <= kernel &&
                      (!rule.before || kernel < *rule.before);
    if (fits) return &rule;
  }
  return nullptr;
}

HardwareTable Merge(HardwareTable builtin, HardwareTable user) {
  HardwareTable merged;
  merged.pci = MergeRows(std::move(builtin.pci), std::move(user.pci));
  merged.afus = MergeRows(std::move(builtin.afus), std::move(user.afus));
  merged.words = MergeRows(std::move(builtin.words), std::move(user.words));
  merged.engines = MergeRows(std::move(builtin.engines), std::move(user.engines));
  merged.nodes = std::move(user.nodes);
  std::move(builtin.nodes.begin(), builtin.nodes.end(), std::back_inserter(merged.nodes));
  merged.sva = std::move(user.sva);
  std::move(builtin.sva.begin(), builtin.sva.end(), std::back_inserter(merged.sva));
  return merged;
}

}  // namespace nacelle

// SPDX-License-Identifier: Apache-2.0
#include "agent/discovery/scanner.h"

#include <sys/eventfd.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "agent/discovery/build_inventory.h"
#include "agent/discovery/changes.h"
#include "core/base/log.h"
#include "core/base/memory.h"
#include "core/base/wakeup.h"

namespace nacelle {
namespace {

using std::chrono::steady_clock;

void LogChange(const Change& change) {
  switch (change.kind) {
    case Change::Kind::kAppeared: return Log(kInfo, "function appeared", {{"function", change.object}});
    case Change::Kind::kVanished: return Log(kInfo, "function vanished", {{"function", change.object}});
    case Change::Kind::kHealthy: return Log(kInfo, "healthy", {{"id", change.object}});
    case Change::Kind::kUnhealthy:
      return Log(kInfo, "unhealthy", {{"id", change.object}, {"reason", change.reason}});
    case Change::Kind::kContents:
      return Log(kInfo, "contents changed", {{"function", change.object}, {"contents", change.reason}});
    case Change::Kind::kOperations:
      return Log(kInfo, "operations changed", {{"function", change.object}, {"operations", change.reason}});
    case Change::Kind::kProblem:
      return Log(kWarning, "problem", {{"object", change.object}, {"reason", change.reason}});
  }
}

// One figure of use, of the queues of all families.
std::map<std::string, int> FigureOf(const Facts& facts, std::map<std::string, int> Findings::* figure) {
  std::map<std::string, int> all;
  for (const auto& family : facts.families) {
    if (!family.findings) continue;
    const auto& of_family = (*family.findings).*figure;
    all.insert(of_family.begin(), of_family.end());
  }
  return all;
}

}  // namespace

Scanner::Scanner(FactReader& reader, std::optional<UeventSocket> uevents, InventoryFeed& feed,
                 Metrics& metrics, ScannerOptions options, KnownInstances instances)
    : reader_(reader),
      look_again_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      uevents_(std::move(uevents)),
      feed_(feed),
      metrics_(metrics),
      instances_(std::move(instances)),
      options_(options) {}

ScannerOptions Scanner::options() const {
  const std::lock_guard lock(mutex_);
  return options_;
}

void Scanner::SetOptions(const ScannerOptions& options) {
  {
    const std::lock_guard lock(mutex_);
    options_ = options;
  }
  LookAgain();
}

bool Scanner::HasFpga() const {
  const auto& families = reader_.facts().families;
  return std::any_of(families.begin(), families.end(), [](const FamilyFacts& family) {
    return family.family == kFpgaFamily && family.findings && !family.findings->functions.empty();
  });
}

void Scanner::LookAgain() { eventfd_write(look_again_.get(), 1); }

void Scanner::Publish(Inventory inventory, const Inventory& previous) {
  if (!feed_.Publish(std::move(inventory))) return;  // it is the same
  const auto now = feed_.Latest().inventory;
  if (instances_.keep) instances_.keep(*now);
  const auto changes = Compare(previous, *now);
  metrics_.ShowInventory(*now);
  std::for_each(changes.begin(), changes.end(), LogChange);
}

// An inventory made of the same facts again is the same.
void Scanner::Scan(const Suspects& suspects) {
  const auto begin = steady_clock::now();
  const auto before = feed_.Latest().inventory;
  const bool changed = reader_.Read(suspects);
  if (changed || before == nullptr) {
    const Inventory none;
    const Inventory& previous = before ? *before : none;
    Publish(BuildInventory(reader_.facts(), previous, before ? nullptr : &instances_.at_start), previous);
    metrics_.ShowAvailable(FigureOf(reader_.facts(), &Findings::available));
    metrics_.ShowClients(FigureOf(reader_.facts(), &Findings::clients));
    // A whole machine was read and compared: most of what that took is free now.
    if (suspects.everything) GiveBackMemory();
  }
  scanned_ = steady_clock::now();
  times_.Note(suspects, scanned_.load());
  metrics_.NoteScan(scanned_.load() - begin);
}

std::chrono::milliseconds Scanner::SinceScan() const {
  return std::chrono::duration_cast<std::chrono::milliseconds>(steady_clock::now() - scanned_.load());
}

void Scanner::TakeReasons(Suspects& suspects) {
  eventfd_t asked = 0;
  const bool was_asked = eventfd_read(look_again_.get(), &asked) == 0;
  const auto batch = uevents_ ? uevents_->Take() : UeventBatch{};
  metrics_.CountUevents(batch.events.size());
  if (was_asked || batch.lost) suspects.everything = suspects.memory = true;
  for (const auto& event : batch.events) AddSuspects(event, reader_.probes(), suspects);
}

Result<std::optional<Suspects>> Scanner::WaitForSuspects(const std::stop_token& stop) {
  const auto now = options();
  const bool has_fpga = HasFpga();
  std::vector<int> fds = {look_again_.get()};
  if (uevents_) fds.push_back(uevents_->fd());
  Suspects suspects;
  while (!suspects.any()) {
    // First, or a stream of uevents would put it off.
    if (auto due = times_.Due(now, has_fpga, steady_clock::now())) return due;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(times_.Next(now, has_fpga) - steady_clock::now());
    const auto woken = WaitReadable(fds, std::max(left, std::chrono::milliseconds(0)), stop);
    if (!woken) return woken.error();
    if (*woken == Woken::kStopped) return std::optional<Suspects>();
    if (*woken == Woken::kReadable) TakeReasons(suspects);
  }
  const auto woken = WaitReadable({}, now.debounce, stop);
  if (!woken) return woken.error();
  if (*woken == Woken::kStopped) return std::optional<Suspects>();
  TakeReasons(suspects);  // the rest of the burst
  return std::optional(std::move(suspects));
}

Status Scanner::Run(std::stop_token stop) {
  Suspects suspects{.everything = true};
  while (true) {
    Scan(suspects);
    auto due = WaitForSuspects(stop);
    if (!due) return std::move(due).error();
    if (!*due) return {};
    suspects = std::move(**due);
  }
}

}  // namespace nacelle

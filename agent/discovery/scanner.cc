// SPDX-License-Identifier: Apache-2.0
#include "agent/discovery/scanner.h"

#include <sys/eventfd.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>
#include <vector>

#include "agent/discovery/build_inventory.h"
#include "agent/discovery/changes.h"
#include "core/base/log.h"
#include "core/base/wakeup.h"

namespace nacelle {
namespace {

using std::chrono::steady_clock;

void LogChange(const Change& change) {
  switch (change.kind) {
    case Change::Kind::kAppeared: return Log(kInfo, "function appeared", {{"function", change.object}});
    case Change::Kind::kVanished: return Log(kInfo, "function vanished", {{"function", change.object}});
    case Change::Kind::kHealthy: return Log(kInfo, "queue is healthy", {{"queue", change.object}});
    case Change::Kind::kUnhealthy:
      return Log(kInfo, "queue is unhealthy", {{"queue", change.object}, {"reason", change.reason}});
    case Change::Kind::kProblem:
      return Log(kWarning, "problem", {{"object", change.object}, {"reason", change.reason}});
  }
}

std::map<std::string, int> AvailableOf(const Facts& facts) {
  std::map<std::string, int> available;
  for (const auto& family : facts.families) {
    if (family.findings) available.insert(family.findings->available.begin(), family.findings->available.end());
  }
  return available;
}

}  // namespace

// Starting a container makes dozens of these, and none is an accelerator's.
bool IsOfInterest(const Uevent& event) {
  static constexpr std::array<std::string_view, 9> kNever = {
      "net", "queues", "block", "bdi", "slab", "tty", "vc", "input", "cgroup"};
  return std::find(kNever.begin(), kNever.end(), event.subsystem) == kNever.end();
}

bool ConcernsMemory(const Uevent& event) {
  static constexpr std::array<std::string_view, 6> kMemory = {"cpu", "node",          "memory",
                                                              "cxl", "memory_tiering", "dax"};
  return std::find(kMemory.begin(), kMemory.end(), event.subsystem) != kMemory.end();
}

Scanner::Scanner(FactReader& reader, std::optional<UeventSocket> uevents, InventoryFeed& feed,
                 Metrics& metrics, ScannerOptions options)
    : reader_(reader),
      look_again_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      uevents_(std::move(uevents)),
      feed_(feed),
      metrics_(metrics),
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

std::chrono::milliseconds Scanner::Interval() const {
  const auto now = options();
  const auto inventory = feed_.Latest().inventory;
  const bool has_fpga = inventory != nullptr &&
                        std::any_of(inventory->functions.begin(), inventory->functions.end(),
                                    [](const Function& function) { return function.family == "fpga"; });
  return has_fpga ? std::min(now.rescan, now.rescan_fpga) : now.rescan;
}

void Scanner::LookAgain() { eventfd_write(look_again_.get(), 1); }

void Scanner::Scan() {
  const auto begin = steady_clock::now();
  const auto before = feed_.Latest().inventory;
  const Inventory none;
  const Inventory& previous = before ? *before : none;
  auto facts = reader_.Read();
  const auto available = AvailableOf(facts);
  auto inventory = BuildInventory(std::move(facts), previous);
  const bool changed = !before || inventory != previous;
  if (changed) {
    const auto changes = Compare(previous, inventory);
    metrics_.ShowInventory(inventory);
    feed_.Publish(std::move(inventory));
    std::for_each(changes.begin(), changes.end(), LogChange);
  }
  metrics_.ShowAvailable(available);
  scanned_ = steady_clock::now();
  metrics_.NoteScan(scanned_.load() - begin);
}

std::chrono::milliseconds Scanner::SinceScan() const {
  return std::chrono::duration_cast<std::chrono::milliseconds>(steady_clock::now() - scanned_.load());
}

bool Scanner::TakeReasons() {
  eventfd_t asked = 0;
  const bool was_asked = eventfd_read(look_again_.get(), &asked) == 0;
  const auto batch = uevents_ ? uevents_->Take() : UeventBatch{};
  metrics_.CountUevents(batch.events.size());
  const auto& events = batch.events;
  const bool anything = was_asked || batch.lost;
  if (anything || std::any_of(events.begin(), events.end(), ConcernsMemory)) reader_.ForgetMemory();
  return anything || std::any_of(events.begin(), events.end(), IsOfInterest);
}

Result<bool> Scanner::WaitForReason(const std::stop_token& stop) {
  const auto next = steady_clock::now() + Interval();
  std::vector<int> fds = {look_again_.get()};
  if (uevents_) fds.push_back(uevents_->fd());
  while (true) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(next - steady_clock::now());
    const auto woken = WaitReadable(fds, std::max(left, std::chrono::milliseconds(0)), stop);
    if (!woken) return woken.error();
    if (*woken == Woken::kStopped) return false;
    if (*woken == Woken::kTimeout) {
      if (!uevents_) reader_.ForgetMemory();  // nobody would tell of a change
      return true;
    }
    if (TakeReasons()) break;
  }
  const auto woken = WaitReadable({}, options().debounce, stop);
  if (!woken) return woken.error();
  TakeReasons();  // the rest of the burst; the scan is due anyway
  return *woken != Woken::kStopped;
}

Status Scanner::Run(std::stop_token stop) {
  while (true) {
    Scan();
    const auto due = WaitForReason(stop);
    if (!due) return due.error();
    if (!*due) return {};
  }
}

}  // namespace nacelle

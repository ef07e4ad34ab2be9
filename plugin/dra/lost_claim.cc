// SPDX-License-Identifier: Apache-2.0
#include "plugin/dra/lost_claim.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

#include "core/base/files.h"
#include "core/json/value.h"
#include "core/kube/api_client.h"
#include "plugin/grant/grant.h"

namespace nacelle {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kMaxDescription = 16 * 1024 * 1024;

// The elements of the list `name`; empty when it is none.
const json::Array& ListAt(const json::Value& value, std::string_view name) {
  static const json::Array kNone;
  const auto* member = FindMember(value, {name});
  return member == nullptr || member->AsArray() == nullptr ? kNone : *member->AsArray();
}

// The ids of the queues that are described, by function.
std::map<std::string, std::vector<std::string>> QueuesByFunction(const json::Value& description) {
  std::map<std::string, std::vector<std::string>> queues;
  for (const auto& function : ListAt(description, "functions")) {
    for (const auto& queue : ListAt(function, "queues")) queues[TextAt(function, {"id"})].push_back(TextAt(queue, {"id"}));
  }
  return queues;
}

// A device of a resource is a share of a queue of its grant's functions.
bool IsShareOf(const std::string& device, const std::string& queue) { return device == queue || ShareNumber(queue, device); }

}  // namespace

Result<std::vector<HeldShare>> ReadHeld(std::string_view text) {
  const auto description = json::Parse(text);
  if (!description) return description.error();
  const auto queues = QueuesByFunction(*description);
  std::vector<HeldShare> held;
  for (const auto& grant : ListAt(*description, "grants")) {
    for (const auto& device : ListAt(grant, "devices")) {
      if (device.AsString() == nullptr) return Error(Code::kInvalid, "grants: a device that is no text");
      HeldShare share{TextAt(grant, {"resource"}), *device.AsString(), {}, std::nullopt, Route::kDra};
      for (const auto& function : ListAt(grant, "functions")) {
        if (function.AsString() == nullptr) continue;
        const auto it = queues.find(*function.AsString());
        if (it == queues.end()) continue;
        std::copy_if(it->second.begin(), it->second.end(), std::back_inserter(share.queues),
                     [&](const std::string& queue) { return IsShareOf(share.device, queue); });
      }
      if (share.queues.empty()) return Error(Code::kInvalid, "device '" + share.device + "' is of no queue that is described");
      held.push_back(std::move(share));
    }
  }
  if (held.empty()) return Error(Code::kInvalid, "no device is described");
  return held;
}

Result<std::vector<HeldShare>> ReadHeldFromView(const fs::path& view) {
  const auto text = ReadFile(view / ViewFolderName(kDescriptionFolder) / kDescriptionFile, kMaxDescription);
  if (!text) return text.error();
  auto held = ReadHeld(*text);
  if (!held) return std::move(held).error().In(view.native());
  return held;
}

}  // namespace nacelle

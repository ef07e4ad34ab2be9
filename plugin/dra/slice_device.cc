// SPDX-License-Identifier: Apache-2.0
#include "plugin/dra/slice_device.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <tuple>
#include <utility>

#include "core/model/operation_attribute.h"
#include "core/model/pci_path.h"
#include "core/model/reasons.h"
#include "core/select/target.h"
#include "plugin/dra/chain_domains.h"

namespace nacelle {
namespace {

constexpr std::size_t kMaxText = 64;
constexpr std::string_view kAfu = "afu:";
constexpr std::string_view kUnhealthy = "nacelle.dev/unhealthy";
constexpr std::string_view kReconfiguring = "nacelle.dev/reconfiguring";

using Attributes = std::map<std::string, SliceDevice::Attribute>;

constexpr std::string_view kAddress = "hhhh:hh:hh.h";

// "0000:41:00.0"; behind VMD domains have more digits, "10000:e1:00.0".
bool IsPciAddress(std::string_view text) {
  if (text.size() < kAddress.size()) return false;
  const auto more = text.size() - kAddress.size();
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char shape = i < more ? 'h' : kAddress[i - more];
    const bool hex = (text[i] >= '0' && text[i] <= '9') || (text[i] >= 'a' && text[i] <= 'f');
    if (shape == 'h' ? !hex : text[i] != shape) return false;
  }
  return true;
}

// As the standard attributes have them: the first root bus and the address, from
// /sys/devices/pci0000:40/0000:40:01.0/0000:41:00.0.
void AddPci(const std::string& path, Attributes& attributes) {
  std::string_view root;
  std::string_view last;
  for (std::string_view rest(path); !rest.empty();) {
    const auto part = rest.substr(0, rest.find('/'));
    rest.remove_prefix(std::min(rest.size(), part.size() + 1));
    if (root.empty() && IsPciRoot(part)) root = part;
    if (!root.empty() && IsPciAddress(part)) last = part;
  }
  if (!root.empty()) attributes["resource.kubernetes.io/pcieRoot"] = std::string(root);
  // The attribute has four digits for the domain.
  if (last.size() == kAddress.size()) attributes["resource.kubernetes.io/pciBusID"] = std::string(last);
}

// The nearest HBM that is local to the function; the first by id of several.
std::optional<std::string> HbmDomain(const Inventory& inventory, const Function& function) {
  std::optional<std::pair<int, std::string>> best;
  for (const auto& domain : inventory.domains) {
    if (domain.kind != MemoryKind::kHbm || !IsLocal(inventory, function, domain)) continue;
    const std::pair<int, std::string> found{DistanceTo(inventory, function, {&domain, domain.numa}), domain.id};
    if (!best || found < *best) best = found;
  }
  if (!best) return std::nullopt;
  return best->second;
}

// Those that the offer asks for come first, because claims ask for them by its name.
std::vector<std::string> InOrder(const Function& function, const std::vector<std::string>& asked) {
  auto operations = function.operations;
  const auto is_asked = [&](const std::string& one) { return std::ranges::find(asked, one) != asked.end(); };
  std::stable_partition(operations.begin(), operations.end(), is_asked);
  return operations;
}

void AddOperations(const std::vector<std::string>& operations, SliceDevice& device) {
  for (const auto& operation : operations) {
    if (operation.starts_with(kAfu)) device.attributes["afu"] = operation.substr(kAfu.size());
  }
  for (const auto& operation : operations) {
    const auto name = OperationAttribute(operation);
    if (!name || device.attributes.contains(*name)) continue;
    // One less than there may be: a capacity counts, too.
    if (device.attributes.size() + 1 < kMaxAttributes) device.attributes.emplace(*name, true);
    else device.left_out.push_back(operation);
  }
}

// Kubernetes takes no empty text, and none that is too long.
void DropUntold(Attributes& attributes) {
  std::erase_if(attributes, [](const auto& attribute) {
    const auto* text = std::get_if<std::string>(&attribute.second);
    return text != nullptr && (text->empty() || text->size() > kMaxText);
  });
}

std::string TaintOf(const Health& health) {
  if (health.healthy) return {};
  return std::string(health.reason.starts_with(reasons::kReconfiguring) ? kReconfiguring : kUnhealthy);
}

Health HealthOf(const QueueRef& ref, const OfferPlan& plan) {
  const auto taken = plan.taken.find(ref.queue->id);
  auto health = EffectiveHealth(ref);
  return health.healthy && taken != plan.taken.end() ? Health{false, taken->second} : health;
}

class Builder {
 public:
  Builder(const Inventory& inventory, const OfferPlan& plan, const Sharing& sharing)
      : inventory_(inventory), plan_(plan), sharing_(sharing), chains_(ChainDomains(inventory)) {}

  std::vector<SliceDevice> DevicesOf(const Offer& offer) const {
    const auto place = PlaceOf(offer);
    const auto asked = AskedBy(offer);
    std::vector<Ranked> ranked;
    for (const auto& offered : offer.queues) {
      const auto ref = FindQueue(inventory_, offered.queue);
      if (!ref) continue;
      const auto health = HealthOf(ref, plan_);
      const Rank rank{!health.healthy, place ? DistanceTo(inventory_, *ref.function, *place) : 0, NearestMemory(*ref.function)};
      SliceDevice device{offered.queue, AttributesOf(offer, offered, *ref.function), TaintOf(health), CapacityOf(offered)};
      AddOperations(InOrder(*ref.function, asked), device);
      DropUntold(device.attributes);
      for (const auto& id : device.shares ? std::vector{device.name} : DeviceIds(offered)) {
        ranked.push_back({rank, ShareNumber(offered.queue, id).value_or(0), device});
        ranked.back().device.name = id;
      }
    }
    std::sort(ranked.begin(), ranked.end(), [](const Ranked& a, const Ranked& b) {
      return std::tie(a.rank, a.share, a.device.name) < std::tie(b.rank, b.share, b.device.name);
    });
    std::vector<SliceDevice> devices;
    for (auto& one : ranked) devices.push_back(std::move(one.device));
    return devices;
  }

 private:
  using Rank = std::tuple<bool, int, int>;
  struct Ranked {
    Rank rank;
    int share = 0;  // the first shares of all queues come before the second ones
    SliceDevice device;
  };

  std::optional<Target> PlaceOf(const Offer& offer) const {
    const auto it = plan_.places.find(offer.resource);
    if (it == plan_.places.end()) return std::nullopt;
    return Locate(inventory_, it->second, {});
  }

  std::vector<std::string> AskedBy(const Offer& offer) const {
    const auto it = plan_.operations.find(offer.resource);
    return it == plan_.operations.end() ? std::vector<std::string>() : it->second;
  }

  // A queue that hands out nothing new has no more than what is held.
  std::optional<int> CapacityOf(const OfferedQueue& offered) const {
    if (!sharing_.by_capacity || offered.shares == 1) return std::nullopt;
    int held = 0;
    for (const auto& share : sharing_.held) {
      if (std::find(share.queues.begin(), share.queues.end(), offered.queue) == share.queues.end()) continue;
      if (share.share_id.empty()) return std::nullopt;
      ++held;
    }
    return offered.only ? std::max(held, 1) : offered.shares;
  }

  int NearestMemory(const Function& function) const {
    const auto affinities = AffinitiesOf(inventory_, function);
    return affinities.empty() ? kUnknownDistance : affinities.front().distance;
  }

  Attributes AttributesOf(const Offer& offer, const OfferedQueue& queue, const Function& function) const {
    Attributes attributes{{"family", function.family},
                          {"interface", function.interface},
                          {"offer", offer.resource.substr(offer.resource.find('/') + 1)}};
    // An unknown one matches neither `==` nor `!=`, as in queries.
    if (function.access != MemoryAccess::kUnknown) attributes["access"] = std::string(Name(function.access));
    if (function.numa) attributes["resource.kubernetes.io/numaNode"] = *function.numa;
    if (const auto hbm = HbmDomain(inventory_, function)) attributes["hbmDomain"] = *hbm;
    if (const auto it = chains_.find(function.id); it != chains_.end()) attributes["chainDomain"] = it->second;
    // Two shares of one queue are never an answer to a question for two: claims ask so by
    // distinctAttribute, which only devices satisfy that all have it.
    attributes["queue"] = queue.queue;
    AddPci(function.path, attributes);
    return attributes;
  }

  const Inventory& inventory_;
  const OfferPlan& plan_;
  const Sharing& sharing_;
  const std::map<std::string, std::string> chains_;
};

json::Value Describe(const SliceDevice::Attribute& attribute) {
  if (const auto* text = std::get_if<std::string>(&attribute)) return json::Object{{"string", *text}};
  if (const auto* number = std::get_if<int>(&attribute)) return json::Object{{"int", *number}};
  return json::Object{{"bool", std::get<bool>(attribute)}};
}

}  // namespace

std::vector<SliceDevice> SliceDevices(const Inventory& inventory, const OfferPlan& plan, const Sharing& sharing) {
  const Builder builder(inventory, plan, sharing);
  std::vector<SliceDevice> devices;
  for (const auto& offer : plan.offers) {
    if (offer.route != Route::kDra) continue;
    for (auto& device : builder.DevicesOf(offer)) devices.push_back(std::move(device));
  }
  return devices;
}

std::map<std::string, Health> HealthOfDevices(const Inventory& inventory, const OfferPlan& plan) {
  std::map<std::string, Health> health;
  for (const auto& offer : plan.offers) {
    if (offer.route != Route::kDra) continue;
    for (const auto& offered : offer.queues) {
      const auto ref = FindQueue(inventory, offered.queue);
      if (!ref) continue;
      for (const auto& id : DeviceIds(offered)) health[id] = HealthOf(ref, plan);
    }
  }
  return health;
}

json::Value Describe(const SliceDevice& device) {
  json::Object attributes;
  for (const auto& [name, value] : device.attributes) attributes.Set(name, Describe(value));
  json::Object out{{"name", device.name}, {"attributes", std::move(attributes)}};
  if (device.shares) {
    out.Set("allowMultipleAllocations", true);
    const json::Object one{{"default", "1"}, {"validValues", json::Array{"1"}}};
    out.Set("capacity", json::Object{{"shares", json::Object{{"value", std::to_string(*device.shares)}, {"requestPolicy", one}}}});
  }
  if (!device.taint.empty()) {
    out.Set("taints", json::Array{json::Object{{"key", device.taint}, {"effect", "NoSchedule"}}});
  }
  return out;
}

}  // namespace nacelle

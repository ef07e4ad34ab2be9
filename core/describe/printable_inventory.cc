// SPDX-License-Identifier: Apache-2.0
#include "core/describe/printable_inventory.h"

#include <initializer_list>
#include <string>

#include "core/base/printable.h"

namespace nacelle {
namespace {

void Clean(std::initializer_list<std::string*> texts) {
  for (auto* text : texts) *text = Printable(*text);
}

void Clean(Queue& queue) {
  Clean({&queue.id, &queue.health.reason});
  for (auto& node : queue.nodes) Clean({&node.path});
}

void Clean(Function& function) {
  Clean({&function.id, &function.family, &function.name, &function.interface, &function.api, &function.access_note,
         &function.path, &function.driver, &function.card, &function.health.reason});
  for (auto& operation : function.operations) Clean({&operation});
  for (auto& queue : function.queues) Clean(queue);
  if (function.contents) Clean({&function.contents->id});
}

}  // namespace

Inventory PrintableInventory(Inventory inventory) {
  Clean({&inventory.node});
  for (auto& function : inventory.functions) Clean(function);
  for (auto& domain : inventory.domains) Clean({&domain.id, &domain.decided_by, &domain.card});
  for (auto& affinity : inventory.affinities) Clean({&affinity.place, &affinity.domain});
  for (auto& link : inventory.links) Clean({&link.from, &link.to});
  for (auto& problem : inventory.problems) Clean({&problem.object, &problem.message});
  return inventory;
}

}  // namespace nacelle

// SPDX-License-Identifier: Apache-2.0
#include "plugin/grant/container_edits.h"

#include <set>
#include <utility>

namespace nacelle {

ContainerEdits EditsFor(const Grant& grant, const std::filesystem::path& view, bool mask_sysfs) {
  std::map<std::string, DeviceNode> nodes;
  std::set<std::string> folders{std::string(kDescriptionFolder), std::string(kNodesByNumber)};
  for (const auto& queue : grant.queues) {
    for (const auto& node : queue.nodes) nodes.emplace(node.path, node);
    if (!mask_sysfs) continue;
    for (const auto& link : queue.links) folders.insert(link.directory);
  }
  ContainerEdits edits;
  for (const auto& queue : grant.queues) edits.variables.insert(queue.environment.begin(), queue.environment.end());
  for (auto& [path, node] : nodes) edits.nodes.push_back(std::move(node));
  for (const auto& folder : folders) edits.mounts.push_back({folder, view.native() + '/' + ViewFolderName(folder)});
  edits.variables["NACELLE_FUNCTIONS"] =
      std::string(kDescriptionFolder) + '/' + std::string(kDescriptionFile);
  return edits;
}

}  // namespace nacelle

// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace nacelle::kubectl {

// What `kubectl nacelle COMMAND --help` prints, above the options of all.

inline constexpr const char* kCommonHelp = R"(
Of kubectl: --context NAME, --kubeconfig FILE, --cluster NAME, --user NAME, --server URL,
--token TEXT, --as USER, --as-group NAME and the other ways of logging in,
--request-timeout TIME, --namespace NAME (of a claim).
Exit status: 0, 1 (no), 2 (wrong use).
)";

inline constexpr const char* kNodesHelp = R"(usage: kubectl nacelle nodes [-o table|json]

What each node has, is offered as, and how much of that is held.

example: kubectl nacelle nodes
)";

inline constexpr const char* kFunctionsHelp = R"(usage: kubectl nacelle functions [NODE] [-o table|json]

The accelerator functions of all nodes, or of one, and whether they are well.

example: kubectl nacelle functions n1
)";

inline constexpr const char* kTreeHelp = R"(usage: kubectl nacelle tree NODE

How a node's functions lie to its memory and to each other.

example: kubectl nacelle tree n1
)";

inline constexpr const char* kDrawHelp = R"(usage: kubectl nacelle draw NODE

The same as a picture, in SVG.

example: kubectl nacelle draw n1 > n1.svg
)";

inline constexpr const char* kFindHelp = R"(usage: kubectl nacelle find QUERY [-o table|json] [--limit N]

Which nodes can satisfy a query now, best first, at most N (10), with the reason in
numbers; when none can, why, and what would come closest. What is held is not free, and
nodes that are gone, not ready, cordoned or tainted by the cluster are left out, other
taints are said: asked of those shown.
Only queues that an offer gives to pods count; nodes that are too large for one object,
so that the answer may not be complete, are named. The query is that of nacelle-agent
find. OFFERED AS is what a pod asks for, and how many of it the node can still give: one
device that has just these queues, or several (*), of which the kubelet chooses each by
itself. Such answers come after the others.

example: kubectl nacelle find "zlib + sha256 sharing hbm"
)";

inline constexpr const char* kWhoHelp = R"(usage: kubectl nacelle who [NODE] [-o table|json]

Which containers hold which devices.

example: kubectl nacelle who n1
)";

inline constexpr const char* kExplainHelp = R"(usage: kubectl nacelle explain FUNCTION

All that is known of a function, on each node that has one of that id: health, what
it computes, what is near, as what it is offered or why not, who holds it.

example: kubectl nacelle explain uacce-0000-41-00-0
)";

inline constexpr const char* kClaimHelp = R"(usage: kubectl nacelle claim QUERY [--name NAME] [--device-class NAME]
                                   [--with-device-class] [--any-shares]

Prints a ResourceClaimTemplate that asks the same of dynamic resource allocation. It
names a DeviceClass of all devices of nacelle.dev (nacelle.dev), which
--with-device-class prints, too.

Two queues are never two shares of one: the claim says so by distinctAttribute, which
Kubernetes has since 1.36 (feature DRAConsumableCapacity). --any-shares leaves it out.

example: kubectl nacelle claim "aes-gcm + zlib chained" --with-device-class | kubectl apply -f -
)";

inline constexpr const char* kDoctorHelp = R"(usage: kubectl nacelle doctor [-o table|json]

What keeps accelerators from pods, where, and what to do. Exit status 1 when there
is something. docs/troubleshooting.md lists all that it looks for; --page prints that.

example: kubectl nacelle doctor
)";

}  // namespace nacelle::kubectl

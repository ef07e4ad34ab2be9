// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace nacelle {

// What `nacelle-agent COMMAND --help` prints.

inline constexpr const char* kRunHelp = R"(usage: nacelle-agent run [--root DIR] [--kubelet-dir DIR] [--state-dir DIR] [--run-dir DIR]
                         [--listen ADDR] [--node NAME] [--pod NAMESPACE/NAME]
                         [--registration kubelet-socket|plugins-registry]
                         [--hardware FILE] [--policy FILE] [--cdi-dir DIR]
                         [--kube-api URL [--kube-token FILE] [--kube-ca FILE]] [--take-over]

Runs until SIGTERM; SIGHUP makes it look again at once. --root is where the host's
/sys and /dev are, --listen where /healthz, /readyz and /metrics are answered (""
for nowhere), --hardware a file that says more of accelerators than the kernel does
(docs/describing.md), --policy a file that says how they are offered
(docs/policy.md); it is read again when it changes; --pod the pod that it runs in: who
holds what, it believes the kubelet only when that one names the pod. Without --pod
it believes a kubelet, too, that has not heard of its pods yet.

In a pod that has a token, or with --kube-api, it keeps the node's NodeAccelerators,
takes the policy from its spec where there is one, and serves dynamic resource
allocation: resource slices for the offers that go that way, and claims, whose devices
reach containers by specs in --cdi-dir (/var/run/cdi), and what these mount is in --run-dir
(/run/nacelle), best on a tmpfs.

One agent runs on a node. With --take-over a second one, of an update, asks the first
to let go and follows it: the kubelet keeps the first one's lists until it has those
of the second, and the first, which says nothing more, is to be ended then.

example: nacelle-agent run --root /host --listen 127.0.0.1:9440
)";

inline constexpr const char* kInspectHelp = R"(usage: nacelle-agent inspect [-o table|json|yaml|tree|svg] [--root DIR|FILE] [--node NAME]
                             [--hardware FILE] [--state-dir DIR]

JSON, YAML and SVG say of each function the resource that it is offered as: under the
policy in force here, which the agent keeps in --state-dir (/var/lib/nacelle); of a
recorded machine, without a policy. --root shows a recorded machine: a folder with its /sys and /dev, or a file that
`record` wrote. --hardware names a file that goes over the built-in table of PCI
ids, AFUs and drivers (docs/describing.md).

example: nacelle-agent inspect -o tree
)";

inline constexpr const char* kFindHelp = R"(usage: nacelle-agent find QUERY [-o table|json|yaml] [--limit N] [--all] [--root DIR|FILE]
                          [--node NAME] [--hardware FILE] [--kubelet-dir DIR]
                          [--state-dir DIR]

  query    = want { "+" want } [ relation ]
  want     = [ count ] operation { "," filter }
  filter   = key ( "=" | "!=" ) value; a key is family, interface, access, operation,
             function, numa or card
  relation = "near" place [ "within" distance ]; a place is numa:N, cpu:N or memory:ID
           | "sharing" "hbm"
           | "chained" [ "=" strength ]; on-card, peer-to-peer or shared-address

Answers come best first, at most N (10). Queues that are held or unhealthy are left
out, and with --all marked. Of a recorded machine (--root) every queue counts as free;
here the kubelet and the agent's records in --state-dir say what is held. The search
is exact; of very large questions it gives up proving after some 0.1 s, and says so.
Exit status: 0 there are answers, 1 nothing answers, 2 wrong use.

example: nacelle-agent find "aes-gcm + zlib chained"
)";

inline constexpr const char* kCheckHelp = R"(usage: nacelle-agent check FILE [--root DIR|FILE] [--node NAME] [--hardware FILE]

Says whether the policy FILE is without mistake (docs/policy.md). With --root also
what it does on a machine, a recorded one or this one (/): what each offer selects,
what would come closest to one that selects nothing, and what stays hidden.
Exit status: 0 it is, 1 it is not or could not be read, 2 wrong use.

example: nacelle-agent check policy.yaml --root /
)";

inline constexpr const char* kCdiHelp = R"(usage: nacelle-agent cdi [--output-dir DIR] [--state-dir DIR] [--kubelet-dir DIR] [--root DIR]
                         [--hardware FILE]

For containers without Kubernetes: writes a CDI spec into --output-dir (/var/run/cdi)
with a device nacelle.dev/queue=ID for each queue that the policy in --state-dir offers,
that is well and that no pod holds, and what containers mount into --state-dir
(/var/lib/nacelle). Writes nothing where an agent's record in --state-dir cannot be read.
A container gets the device nodes, a /sys that lists only these, and
/run/nacelle/functions.json; of several queues in one container the last one's are seen.
A spec says numbers of device nodes, so it is gone after a reboot: call it again then
(at boot, for example by a systemd unit of Type=oneshot), and when queues come or go.

example: nacelle-agent cdi && podman run --device nacelle.dev/queue=uacce-sw-zip-0 IMAGE
)";

inline constexpr const char* kRecordHelp = R"(usage: nacelle-agent record FILE [--root DIR] [--hardware FILE]

Serial numbers and names of the machine are left out. FILE may be -.

example: nacelle-agent record machine.txt && nacelle-agent inspect --root machine.txt
)";

inline constexpr const char* kUnpackHelp = R"(usage: nacelle-agent unpack FILE DIR

DIR is made, or empty. Device nodes become plain files "c MAJOR:MINOR".

example: nacelle-agent unpack machine.txt machine && nacelle-agent inspect --root machine
)";

}  // namespace nacelle

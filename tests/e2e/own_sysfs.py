# SPDX-License-Identifier: Apache-2.0
"""How a container's queues lie, by what the machine's own sysfs tells inside it."""

from __future__ import annotations

from dataclasses import dataclass

from tests.e2e.pods import Pod

_READ = """\
cd /sys/class/uacce && for name in *; do
  device=$(readlink -f $name/device)
  echo $name $device $(cat $device/numa_node) $(readlink $device/iommu_group || echo -)
done"""


@dataclass(frozen=True)
class Place:
    path: str  # /sys/devices/…
    numa: int
    iommu_group: str

    def switch(self) -> str:
        """Of a PCI function behind a switch: the path of the switch's upper port."""
        parts = self.path.split("/")
        # /sys/devices/pci0000:40/ROOT PORT/UPSTREAM PORT/DOWNSTREAM PORT/FUNCTION
        assert len(parts) == 8 and parts[3].startswith("pci"), self.path
        return "/".join(parts[:6])


def places(pod: Pod) -> dict[str, Place]:
    """By function; fails when functions.json says another NUMA node than sysfs."""
    rows = [line.split() for line in pod.run("sh", "-c", _READ).splitlines()]
    shown = {f"/dev/{name}": Place(path, int(numa), group) for name, path, numa, group in rows}
    found: dict[str, Place] = {}
    for function in pod.functions()["functions"]:
        (node,) = function["queues"][0]["nodes"]
        found[function["id"]] = shown.pop(node)
        assert function["numa"] == found[function["id"]].numa, function
    assert not shown, "no other queues are seen"
    return found


def best_initiators(pod: Pod, node: int) -> set[int]:
    """The NUMA nodes from which the memory of `node` is reached best."""
    names = pod.run("ls", f"/sys/devices/system/node/node{node}/access0/initiators").split()
    return {int(name.removeprefix("node")) for name in names if name.startswith("node")}


def links(pod: Pod) -> set[tuple[str, str, str]]:
    """Those that functions.json tells."""
    return {(one["from"], one["to"], one["strength"]) for one in pod.functions()["links"]}

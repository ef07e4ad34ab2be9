# SPDX-License-Identifier: Apache-2.0
"""Memory and PCI of the virtual machine, as values and as QEMU's options."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class NumaNode:
    """One NUMA node; without CPUs it is memory only."""

    memory_mib: int
    cpus: int = 1
    # For HMAT: who reaches this memory, and how fast.
    initiator: int | None = None
    latency_ns: int = 100
    bandwidth_mbps: int = 20480


@dataclass(frozen=True)
class PciSwitch:
    """A root complex on a node, a root port, a switch, functions below it."""

    node: int
    bus: int
    functions: int = 2
    # Where the machine has an IOMMU: this root complex is not behind it.
    bypasses_iommu: bool = False
    # Its root port redirects what one function sends to another (ACS).
    separates: bool = True


@dataclass(frozen=True)
class PciPort:
    """A root complex on a node, a root port, a function in it."""

    node: int
    bus: int


@dataclass(frozen=True)
class Topology:
    nodes: tuple[NumaNode, ...]
    # SLIT, row by row.
    distances: tuple[tuple[int, ...], ...] = ()
    switches: tuple[PciSwitch, ...] = field(default=())
    ports: tuple[PciPort, ...] = field(default=())
    # An emulated VT-d.
    iommu: bool = False

    @property
    def cpus(self) -> int:
        return sum(node.cpus for node in self.nodes)

    @property
    def memory_mib(self) -> int:
        return sum(node.memory_mib for node in self.nodes)


def small(memory_mib: int = 512, cpus: int = 2) -> Topology:
    """Two equal nodes, for tests of the modules."""
    half = NumaNode(memory_mib // 2, cpus // 2)
    return Topology((half, half), ((10, 20), (20, 10)))


def testbed(memory_mib: int = 3072) -> Topology:
    """Two nodes with a CPU, one of HBM without, a PCI switch on each CPU node."""
    side = (memory_mib - 256) // 2
    return Topology(
        nodes=(NumaNode(side, 1), NumaNode(side, 1),
               NumaNode(256, 0, initiator=1, latency_ns=120,
                        bandwidth_mbps=81920)),
        distances=((10, 20, 30), (20, 10, 15), (30, 15, 10)),
        switches=(PciSwitch(node=0, bus=64), PciSwitch(node=1, bus=128)))


def _node_options(index: int, node: NumaNode, first_cpu: int,
                  hmat: bool) -> list[str]:
    initiator = index if node.initiator is None else node.initiator
    options = f"node,nodeid={index},memdev=memory{index}"
    if hmat:
        options += f",initiator={initiator}"
    if node.cpus:
        options += f",cpus={first_cpu}-{first_cpu + node.cpus - 1}"
    return ["-object",
            f"memory-backend-ram,id=memory{index},size={node.memory_mib}M",
            "-numa", options]


def _hmat_options(topology: Topology) -> list[str]:
    """Each node with CPUs reaches each memory; farther ones are slower."""
    options: list[str] = []
    for start, initiator in enumerate(topology.nodes):
        if not initiator.cpus:
            continue
        for end, target in enumerate(topology.nodes):
            best = end if target.initiator is None else target.initiator
            latency = target.latency_ns * (1 if start == best else 2)
            speed = target.bandwidth_mbps // (1 if start == best else 2)
            pair = f"hmat-lb,initiator={start},target={end},hierarchy=memory"
            options += [
                "-numa", f"{pair},data-type=access-latency,latency={latency}",
                "-numa", f"{pair},data-type=access-bandwidth,bandwidth={speed}M"]
    return options


def _switch_options(index: int, switch: PciSwitch) -> list[str]:
    name = f"s{index}"
    # The kernel makes one group of all that is below a root port without it.
    acs = f"disable-acs={'off' if switch.separates else 'on'}"
    devices = [
        f"pxb-pcie,id={name}pxb,bus=pcie.0,bus_nr={switch.bus},"
        f"numa_node={switch.node},"
        f"bypass_iommu={'on' if switch.bypasses_iommu else 'off'}",
        f"ioh3420,id={name}root,bus={name}pxb,chassis={10 * index + 1},{acs}",
        f"x3130-upstream,id={name}up,bus={name}root"]
    for port in range(switch.functions):
        devices += [
            f"xio3130-downstream,id={name}d{port},bus={name}up,"
            f"chassis={10 * index + 2 + port},slot={port}",
            f"edu,bus={name}d{port}"]
    return [option for device in devices for option in ("-device", device)]


def _port_options(index: int, port: PciPort) -> list[str]:
    name = f"p{index}"
    devices = [
        f"pxb-pcie,id={name}pxb,bus=pcie.0,bus_nr={port.bus},"
        f"numa_node={port.node}",
        f"ioh3420,id={name}root,bus={name}pxb,chassis={200 + index}",
        f"edu,bus={name}root"]
    return [option for device in devices for option in ("-device", device)]


def qemu_options(topology: Topology, hmat: bool = True) -> list[str]:
    """`hmat`: the machine describes the speed of memory, too."""
    # A socket each: the kernel warns when cores of one are on two nodes.
    options = ["-smp", f"{topology.cpus},sockets={topology.cpus}",
               "-m", f"{topology.memory_mib}M"]
    first_cpu = 0
    for index, node in enumerate(topology.nodes):
        options += _node_options(index, node, first_cpu, hmat)
        first_cpu += node.cpus
    for start, row in enumerate(topology.distances):
        for end, distance in enumerate(row):
            options += ["-numa", f"dist,src={start},dst={end},val={distance}"]
    if hmat:
        options += _hmat_options(topology)
    if topology.iommu:
        # Before all devices behind it. vfio insists on remapped interrupts.
        options += ["-device", "intel-iommu,intremap=on"]
    for index, switch in enumerate(topology.switches):
        options += _switch_options(index, switch)
    for index, port in enumerate(topology.ports):
        options += _port_options(index, port)
    return options

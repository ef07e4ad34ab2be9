# SPDX-License-Identifier: Apache-2.0
"""One node: a machine in QEMU with containerd and a kubelet."""

from __future__ import annotations

from pathlib import Path

from tests.support.cluster.node_config import CONFIG, Function, NodeSettings, kubelet_json
from tests.support.cluster.process import ClusterError, wait_for
from tests.support.vm.vm import Vm

_DRIVER = "/sys/bus/platform/drivers/swaccel"
_SERVICE_SECONDS = 120


class Node:
    def __init__(self, vm: Vm, settings: NodeSettings) -> None:
        self.vm = vm
        self.settings = settings

    @property
    def name(self) -> str:
        return self.settings.name

    def run(self, command: str, seconds: float = 60) -> str:
        """The output of a shell command in the node; a ClusterError when it fails."""
        status, output = self.vm.run(command, seconds)
        if status != 0:
            raise ClusterError(f"{self.name}: {command!r} gave {status}: {output.strip()}")
        return output

    def succeeds(self, command: str, seconds: float = 60) -> bool:
        return self.vm.run(command, seconds)[0] == 0

    def configure(self, archive: Path) -> None:
        """Unpacks the node's files; its services start as soon as they are there."""
        self.vm.put(archive, "/tmp/node.tar")
        self.run("tar -x -f /tmp/node.tar -C / && rm /tmp/node.tar")

    def wait_for_containerd(self) -> None:
        self._wait("containerd", "ctr -n k8s.io version >/dev/null 2>&1")

    def import_image(self, archive: Path) -> None:
        self.vm.put(archive, "/tmp/image.tar")
        self.run("ctr -n k8s.io images import /tmp/image.tar && rm /tmp/image.tar", 180)

    def import_stored_images(self) -> None:
        """Those that are on the disk from the beginning."""
        self.run(
            "for i in /var/lib/nacelle-images/*.tar; do"
            " ctr -n k8s.io images import $i || exit 1; done",
            120,
        )

    def load_functions(self) -> None:
        self.run("/usr/lib/nacelle-node/functions")

    def add_function(self, function: Function) -> None:
        self.run(f"echo '{function}' > {_DRIVER}/new_device")

    def delete_function(self, function: Function) -> None:
        self.run(f"echo {function.interface}.{function.id} > {_DRIVER}/delete_device")

    def device_node(self, function: Function) -> str | None:
        """The name of its node in /dev now, which changes with the kernel's index."""
        parent = f"/sys/devices/platform/{function.interface}.{function.id}"
        found = self.run(f"ls {parent}/uacce 2>/dev/null || true").split()
        return found[0] if found else None

    def kill(self, program: str) -> None:
        """SIGKILL to every process of that name."""
        self.run(f"kill -9 $(busybox pidof {program})")

    def restart(self, service: str) -> None:
        """Restarts the kubelet or containerd; returns when it answers again."""
        self.hold(service)
        self.release(service)

    def hold(self, service: str) -> None:
        """Stops a service, and keeps it down."""
        stop = f"touch /run/hold-{service}; kill $(busybox pidof {service}) || true"
        self.run(f"{stop}; while busybox pidof {service} >/dev/null; do sleep 0.1; done")

    def release(self, service: str) -> None:
        self.run(f"rm -f /run/hold-{service}")
        if service == "containerd":
            self.wait_for_containerd()
        else:
            self._wait("kubelet", "busybox wget -q -O /dev/null http://127.0.0.1:10248/healthz")

    def set_topology_policy(self, policy: str) -> None:
        """Restarts the kubelet with that policy; pods with pinned CPUs must be gone."""
        self.hold("kubelet")
        text = kubelet_json(self.settings.kubelet_port, policy)
        self.run(f"cat > {CONFIG}/kubelet.json <<'END'\n{text}\nEND")
        # The kubelet refuses to start with the state of another policy.
        self.run("rm -f /var/lib/kubelet/cpu_manager_state /var/lib/kubelet/memory_manager_state")
        self.release("kubelet")

    def power_cycle(self) -> None:
        """Cuts the power, without any warning to the node, and gives it back."""
        self.vm.power_off()
        self.vm.power_on()

    def logs(self) -> str:
        command = "for s in containerd kubelet; do echo $s:; tail -n 25 /var/log/$s.log; done"
        return self.vm.run(command, 30)[1]

    def _wait(self, what: str, command: str) -> None:
        wait_for(
            f"{what} of {self.name}",
            lambda: self.succeeds(command),
            _SERVICE_SECONDS,
            every=0.5,
            why_not=self.logs,
        )

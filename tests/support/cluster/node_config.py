# SPDX-License-Identifier: Apache-2.0
"""The files that make a freshly booted machine a node of one cluster."""

from __future__ import annotations

import io
import json
import tarfile
from dataclasses import dataclass
from pathlib import Path

from tests.support.cluster import credentials

CONFIG = "/etc/nacelle-node"


@dataclass(frozen=True)
class Function:
    """A function of the software accelerator, as its new_device file takes it."""

    interface: str
    id: int
    numa: int
    queues: int = 8

    @property
    def nacelle_id(self) -> str:
        """The id that the agent gives it: of its platform device, not of its index."""
        return f"uacce-{self.interface.replace('_', '-')}-{self.id}"

    def __str__(self) -> str:
        return f"{self.interface} id={self.id} node={self.numa} queues={self.queues}"


# Node 2 is memory without CPUs, faster than the others: HBM.
DEFAULT_FUNCTIONS = (
    Function("sw_zip", 0, numa=0),
    Function("sw_zip", 1, numa=1),
    Function("sw_sec", 0, numa=0),
    Function("sw_sec", 1, numa=1),
    Function("sw_dma", 0, numa=0),
    Function("sw_dma", 2, numa=2),
)


# The software Kunpeng, which a cluster to play with has besides.
KUNPENG_FUNCTIONS = (
    Function("hisi_zip", 0, numa=0),
    Function("hisi_zip", 1, numa=1),
    Function("hisi_sec2", 0, numa=1),
)


@dataclass(frozen=True)
class NodeSettings:
    name: str
    # Pods of node i have addresses of 10.244.i.0/24.
    index: int
    # Also the port of 127.0.0.1 on the host that is forwarded to it, because
    # the API server dials what the node's status says.
    kubelet_port: int
    api_port: int
    functions: tuple[Function, ...] = DEFAULT_FUNCTIONS


def write_archive(
    archive: Path, settings: NodeSettings, secrets: credentials.Credentials, api_url: str
) -> None:
    """Writes a tar of the files, to be unpacked at /."""
    user = credentials.node_user(settings.name)
    files = {
        f"{CONFIG}/node.env": _environment(settings),
        f"{CONFIG}/functions": "".join(f"{function}\n" for function in settings.functions),
        f"{CONFIG}/kubelet.json": kubelet_json(settings.kubelet_port),
        f"{CONFIG}/kubelet.kubeconfig": secrets.kubeconfig(user, api_url),
        f"{CONFIG}/ca.crt": secrets.path("ca.crt").read_text(encoding="utf-8"),
        "/etc/cni/net.d/10-bridge.conflist": _network(settings.index),
        "/etc/hostname": f"{settings.name}\n",
        # Last: the services wait for it.
        f"{CONFIG}/ready": "",
    }
    with tarfile.open(archive, "w") as tar:
        for path, text in files.items():
            entry = tarfile.TarInfo(path.lstrip("/"))
            entry.mode, entry.size = 0o600, len(text.encode())
            tar.addfile(entry, io.BytesIO(text.encode()))


def kubelet_json(port: int, topology_policy: str = "none") -> str:
    """The kubelet's configuration; a policy other than none pins CPUs too."""
    aligned = topology_policy != "none"
    return json.dumps(
        {
            "apiVersion": "kubelet.config.k8s.io/v1beta1",
            "kind": "KubeletConfiguration",
            "port": port,
            "authentication": {
                "anonymous": {"enabled": False},
                "webhook": {"enabled": True},
                "x509": {"clientCAFile": f"{CONFIG}/ca.crt"},
            },
            "authorization": {"mode": "Webhook"},
            "cgroupDriver": "cgroupfs",
            "containerRuntimeEndpoint": "unix:///run/containerd/containerd.sock",
            "resolvConf": "",
            "cpuManagerPolicy": "static" if aligned else "none",
            "reservedSystemCPUs": "0",
            "topologyManagerPolicy": topology_policy,
            # A test sees a change of capacity within this time.
            "nodeStatusUpdateFrequency": "2s",
            # A restarted container is to be looked at soon, not after minutes.
            "crashLoopBackOff": {"maxContainerRestartPeriod": "5s"},
        },
        indent=1,
    )


def _environment(settings: NodeSettings) -> str:
    return (
        f"NODE_NAME={settings.name}\n"
        f"API_PORT={settings.api_port}\n"
        f"API_SERVICE_ADDRESS={credentials.API_SERVICE_ADDRESS}\n"
    )


def _network(index: int) -> str:
    bridge = {
        "type": "bridge",
        "bridge": "cni0",
        "isGateway": True,
        "ipMasq": True,
        "hairpinMode": True,
        "ipam": {
            "type": "host-local",
            "ranges": [[{"subnet": f"10.244.{index}.0/24"}]],
            "routes": [{"dst": "0.0.0.0/0"}],
        },
    }
    return json.dumps({"cniVersion": "1.0.0", "name": "pods", "plugins": [bridge]})

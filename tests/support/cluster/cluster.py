# SPDX-License-Identifier: Apache-2.0
"""A whole cluster: control plane on this host, nodes in QEMU, the agent."""

from __future__ import annotations

import contextlib
import json
import shutil
import tempfile
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from tests.support.cluster import components, credentials, images, node_config, node_disk
from tests.support.cluster.api import Api
from tests.support.cluster.control_plane import ControlPlane
from tests.support.cluster.credentials import Credentials
from tests.support.cluster.kubectl import Kubectl
from tests.support.cluster.machine import disk_inputs, virtual_machine
from tests.support.cluster.node import Node
from tests.support.cluster.node_config import NodeSettings
from tests.support.cluster.process import free_ports, wait_for
from tests.support.vm import kernel

AGENT_MANIFEST = images.REPOSITORY / "charts" / "static" / "nacelle-agent.yaml"
CUSTOM_RESOURCES = images.REPOSITORY / "charts" / "nacelle" / "crds"
AGENT_NAMESPACE = "nacelle-system"
# Whom a test may add: the API server reads its tokens once.
LATER_NODE = "n2"
_NODE_SECONDS = 240
_AGENT_SECONDS = 180


class Cluster:
    """Owns every process and file of one cluster.

    Make it on the main thread: its processes die with the thread that starts
    them.
    """

    def __init__(self, node_names: tuple[str, ...] = ("n1",)) -> None:
        self._stack = contextlib.ExitStack()
        self.folder = Path(tempfile.mkdtemp(prefix="nacelle-cluster-"))
        self._stack.callback(shutil.rmtree, self.folder, ignore_errors=True)
        self._names = node_names
        self.nodes: list[Node] = []

    @property
    def node(self) -> Node:
        """The first one, which most tests use alone."""
        return self.nodes[0]

    def start(self) -> None:
        """Returns when all nodes are ready; undoes everything when that fails."""
        try:
            self._start()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        self._stack.close()

    def deploy_agent(self, binary: Path | None = None) -> None:
        """Makes the agent's image, brings it to every node and waits until it is ready.

        The custom resources come before it, so that it finds them at once.
        """
        with phase("image of the agent"):
            archive = self.folder / "agent.tar"
            images.write_agent(archive, binary or images.agent_binary())
            for node in self.nodes:
                node.import_image(archive)
        with phase("agent"):
            self.kubectl.install_definitions(CUSTOM_RESOURCES)
            self.kubectl.run("apply", "-f", str(AGENT_MANIFEST))
            self.wait_for_agent()

    def add_node(self) -> Node:
        """A second machine, which becomes a node as the first one did; returns when it is ready.

        It has the images that are on its disk, and the agent's.
        """
        with phase("another node"):
            node = self._boot(LATER_NODE, len(self.nodes))
            self.nodes.append(node)
            self._configure(node)
            self.wait_for_nodes()
            node.import_image(self.folder / "agent.tar")
        return node

    def remove_node(self, node: Node) -> None:
        """Its machine goes without a word, and then its object."""
        node.vm.close()
        self.nodes.remove(node)
        self.kubectl.run("delete", "node", node.name, "--ignore-not-found")

    @contextlib.contextmanager
    def agent_with(self, files: dict[str, str], *arguments: str) -> Iterator[None]:
        """The agent runs with files in /etc/nacelle, and with more arguments, meanwhile."""
        named = ("-n", AGENT_NAMESPACE)
        self.kubectl.apply(
            {
                "apiVersion": "v1",
                "kind": "ConfigMap",
                "metadata": {"name": "nacelle-agent", "namespace": AGENT_NAMESPACE},
                "data": files,
            }
        )
        pod = "/spec/template/spec"
        mount = {"name": "files", "mountPath": "/etc/nacelle", "readOnly": True}
        changes = [(f"{pod}/containers/0/args/-", argument) for argument in arguments]
        changes.append((f"{pod}/containers/0/volumeMounts/-", mount))
        volume = {"name": "files", "configMap": {"name": "nacelle-agent"}}
        changes.append((f"{pod}/volumes/-", volume))
        patch = [{"op": "add", "path": path, "value": value} for path, value in changes]
        words = ("patch", "daemonset", "nacelle-agent", "--type=json", "-p", json.dumps(patch))
        self.kubectl.run(*words, *named)
        try:
            self.wait_for_agent()
            yield
        finally:
            self.kubectl.run("rollout", "undo", "daemonset", "nacelle-agent", *named)
            self.kubectl.run("delete", "configmap", "nacelle-agent", *named)
            self.wait_for_agent()

    def wait_for_agent(self) -> None:
        wait_for("the agent", self._agent_ready, _AGENT_SECONDS, 0.5, self._agent_trouble)

    def kill_agent(self) -> None:
        """SIGKILL to the first node's agent; returns when the next one is ready."""
        before = self._agent_restarts()
        self.node.kill("nacelle-agent")
        wait_for(
            "another agent",
            lambda: self._agent_restarts() > before,
            _AGENT_SECONDS,
            why_not=self._agent_trouble,
        )
        self.wait_for_agent()

    def restart_scheduler(self) -> None:
        """It is back when the next pod is scheduled."""
        self._plane.restart_component("kube-scheduler")

    def without_api_server(self) -> contextlib.AbstractContextManager[None]:
        return self._plane.without_api_server()

    def agent_logs(self) -> str:
        words = ("logs", "daemonset/nacelle-agent", "--tail=60", "-n", AGENT_NAMESPACE)
        logs = self.kubectl.attempt(*words)
        return logs.stdout + logs.stderr

    def wait_for_nodes(self, seconds: float = _NODE_SECONDS) -> None:
        """Until every node is Ready, with a report that is newer than this call."""
        asked = time.time()
        for node in self.nodes:
            wait_for(
                f"node {node.name}", lambda: self._node_ready(node, asked), seconds, 0.5, node.logs
            )

    def _start(self) -> None:
        with phase("components"):
            binaries = components.build_all()
        with phase("node disk"):
            self._kernel = kernel.build()
            self._disk = node_disk.build(disk_inputs(binaries, self._kernel))
        with phase("control plane"):
            self._start_control_plane(binaries)
        with phase("nodes"):
            for index, name in enumerate(self._names):
                self.nodes.append(self._boot(name, index))
            for node in self.nodes:
                self._configure(node)
            self.wait_for_nodes()

    def _start_control_plane(self, binaries: Path) -> None:
        users = [credentials.ADMIN, credentials.SCHEDULER, credentials.CONTROLLER_MANAGER]
        users += [credentials.node_user(name) for name in (*self._names, LATER_NODE)]
        self._secrets = Credentials(self.folder / "secrets", users)
        self._plane = ControlPlane(self.folder, binaries, self._secrets)
        self._stack.callback(self._plane.stop)
        self._plane.start()
        self.kubeconfig = self.folder / "admin.kubeconfig"
        admin = self._secrets.kubeconfig(credentials.ADMIN, self._plane.url)
        self.kubeconfig.write_text(admin, encoding="utf-8")
        self.kubectl = Kubectl(binaries / "kubectl", self.kubeconfig)
        token = self._secrets.token(credentials.ADMIN)
        self.api = Api(self._plane.url, self._secrets.path("ca.crt"), token)

    def _boot(self, name: str, index: int) -> Node:
        (port,) = free_ports(1)
        settings = NodeSettings(name, index, port, self._plane.port)
        vm = virtual_machine(self._disk, self._kernel, port)
        self._stack.callback(vm.close)
        self._plane.add_node(name)
        vm.power_on()
        return Node(vm, settings)

    def _configure(self, node: Node) -> None:
        files = self.folder / f"{node.name}.tar"
        node_config.write_archive(files, node.settings, self._secrets, self._plane.url_from_node)
        node.configure(files)
        node.load_functions()
        node.wait_for_containerd()
        node.import_stored_images()

    def _node_ready(self, node: Node, since: float) -> bool:
        self._plane.check()
        found = self.api.find(f"/api/v1/nodes/{node.name}")
        return found is not None and _is_ready(found, since)

    def _agent_restarts(self) -> int:
        """How many times a container of the agent was started anew and is ready now."""
        pods = self.api.pods("app.kubernetes.io/name=nacelle-agent", AGENT_NAMESPACE)
        containers = [one for pod in pods for one in pod["status"].get("containerStatuses", [])]
        return sum(one["restartCount"] for one in containers if one["ready"])

    def _agent_ready(self) -> bool:
        path = f"/apis/apps/v1/namespaces/{AGENT_NAMESPACE}/daemonsets/nacelle-agent"
        found = self.api.get(path)
        status = found["status"]
        if status.get("observedGeneration", 0) < found["metadata"]["generation"]:
            return False
        return status.get("numberReady", 0) == len(self.nodes) == status.get(
            "updatedNumberScheduled", 0
        )

    def _agent_trouble(self) -> str:
        named = ("-n", AGENT_NAMESPACE)
        described = self.kubectl.attempt("describe", "pods", *named).stdout
        return f"{described[-3000:]}\n{self.agent_logs()}"


@contextlib.contextmanager
def phase(name: str) -> Iterator[None]:
    """Prints how long something took."""
    started = time.monotonic()
    yield
    print(f"cluster: {name}: {time.monotonic() - started:.1f} s", flush=True)


def _is_ready(node: dict, since: float) -> bool:
    for condition in node["status"].get("conditions", []):
        if condition["type"] == "Ready" and condition["status"] == "True":
            return _seconds(condition["lastHeartbeatTime"]) >= since - 1
    return False


def _seconds(stamp: str) -> float:
    return datetime.fromisoformat(stamp.replace("Z", "+00:00")).timestamp()

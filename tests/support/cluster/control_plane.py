# SPDX-License-Identifier: Apache-2.0
"""etcd, API server, scheduler and controller manager, on 127.0.0.1 only."""

from __future__ import annotations

import contextlib
import ssl
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from tests.support.cluster import credentials
from tests.support.cluster.credentials import Credentials
from tests.support.cluster.process import Process, free_ports, wait_for

_LOCAL = "127.0.0.1"
_READY_SECONDS = 90
# As the kubelet does with static pods: scheduler and controller manager may end when the
# API server was away, and are started again. What they had to say stays in their logs.
_SUPERVISED = 'while :; do setpriv --pdeathsig KILL -- "$@"; echo "$0 ended ($?)"; sleep 1; done'


class ControlPlane:
    """The real components, in a folder of their own."""

    def __init__(self, folder: Path, binaries: Path, secrets: Credentials) -> None:
        self._folder = folder
        self._bin = binaries
        self._secrets = secrets
        self._processes: list[Process] = []
        self.port, self._etcd, self._peer = free_ports(3)
        # The API server asks for a kubelet by its node's name; see add_node().
        self._hosts = folder / "hosts"
        self._hosts.write_text(f"{_LOCAL} localhost\n", encoding="utf-8")

    @property
    def url(self) -> str:
        return f"https://{_LOCAL}:{self.port}"

    @property
    def url_from_node(self) -> str:
        return f"https://{credentials.HOST_SEEN_FROM_NODE}:{self.port}"

    def start(self) -> None:
        """Returns when all four are ready."""
        self._start("etcd", self._etcd_words())
        self._start_api_server()
        for name, user, words in (
            ("kube-scheduler", credentials.SCHEDULER, []),
            ("kube-controller-manager", credentials.CONTROLLER_MANAGER, self._controller_words()),
        ):
            config = self._kubeconfig(name, user)
            flags = [*words, f"--kubeconfig={config}", *self._delegated(config)]
            self._start(name, flags, ["sh", "-c", _SUPERVISED, name])

    def stop(self) -> None:
        for process in reversed(self._processes):
            process.stop()
        self._processes.clear()

    def stop_component(self, name: str) -> None:
        """For tests that play its part themselves."""
        for process in [one for one in self._processes if one.name == name]:
            process.stop()
            self._processes.remove(process)

    def restart_component(self, name: str) -> None:
        """Without warning; it is back some seconds later."""
        (process,) = [one for one in self._processes if one.name == name]
        process.restart()

    @contextlib.contextmanager
    def without_api_server(self) -> Iterator[None]:
        """It is away meanwhile; ready again afterwards."""
        (process,) = [one for one in self._processes if one.name == "kube-apiserver"]
        process.kill()
        try:
            yield
        finally:
            process.start_again()
            wait_for("the API server", self._api_ready, _READY_SECONDS, why_not=self._tails)

    def check(self) -> None:
        for process in self._processes:
            process.check()

    def add_node(self, name: str) -> None:
        """Lets the API server find the kubelet of this node for logs and exec.

        Its port is forwarded from 127.0.0.1, so the name must mean that
        address, for the API server alone.
        """
        with self._hosts.open("a", encoding="utf-8") as hosts:
            hosts.write(f"{_LOCAL} {name}\n")

    def _start_api_server(self) -> None:
        # In a mount namespace of its own, the API server sees our hosts file;
        # the host's own stays as it is.
        mount = 'mount --bind "$1" /etc/hosts && shift && exec "$@"'
        isolated = ["unshare", "--mount", "sh", "-c", mount, "sh", str(self._hosts)]
        self._start("kube-apiserver", self._api_words(), isolated)
        wait_for("the API server", self._api_ready, _READY_SECONDS, why_not=self._tails)

    def _start(self, name: str, words: list[str], before: list[str] | None = None) -> None:
        command = [*(before or []), str(self._bin / name), *words]
        self._processes.append(Process(name, command, self._folder / f"{name}.log"))

    def _etcd_words(self) -> list[str]:
        client, peer = f"http://{_LOCAL}:{self._etcd}", f"http://{_LOCAL}:{self._peer}"
        return [
            *("--data-dir", str(self._folder / "etcd"), "--unsafe-no-fsync"),
            *("--listen-client-urls", client, "--advertise-client-urls", client),
            *("--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer),
            *("--initial-cluster", f"default={peer}", "--logger=zap", "--log-level=warn"),
        ]

    def _api_words(self) -> list[str]:
        path = self._secrets.path
        return [
            f"--etcd-servers=http://{_LOCAL}:{self._etcd}",
            f"--bind-address={_LOCAL}",
            f"--secure-port={self.port}",
            # Pods reach the service "kubernetes" at this endpoint.
            f"--advertise-address={credentials.HOST_SEEN_FROM_NODE}",
            f"--tls-cert-file={path('server.crt')}",
            f"--tls-private-key-file={path('server.key')}",
            f"--client-ca-file={path('ca.crt')}",
            f"--token-auth-file={path('tokens.csv')}",
            "--authorization-mode=Node,RBAC",
            "--enable-admission-plugins=NodeRestriction",
            "--allow-privileged=true",
            f"--service-cluster-ip-range={credentials.SERVICE_RANGE}",
            "--service-account-issuer=https://kubernetes.default.svc",
            f"--service-account-signing-key-file={path('service-account.key')}",
            f"--service-account-key-file={path('service-account.key')}",
            f"--kubelet-client-certificate={path('kubelet-client.crt')}",
            f"--kubelet-client-key={path('kubelet-client.key')}",
            "--kubelet-preferred-address-types=Hostname",
            f"--cert-dir={self._folder / 'apiserver'}",
        ]

    def _controller_words(self) -> list[str]:
        path = self._secrets.path
        return [
            f"--root-ca-file={path('ca.crt')}",
            f"--service-account-private-key-file={path('service-account.key')}",
            "--use-service-account-credentials=true",
            # A node that is off is noticed, and its pods replaced, within a test.
            "--node-monitor-period=2s",
            "--node-monitor-grace-period=16s",
        ]

    def _delegated(self, kubeconfig: Path) -> list[str]:
        (port,) = free_ports(1)
        return [
            f"--authentication-kubeconfig={kubeconfig}",
            f"--authorization-kubeconfig={kubeconfig}",
            f"--bind-address={_LOCAL}",
            f"--secure-port={port}",
            "--leader-elect=false",
        ]

    def _kubeconfig(self, name: str, user: credentials.User) -> Path:
        path = self._secrets.path(f"{name}.kubeconfig")
        path.write_text(self._secrets.kubeconfig(user, self.url), encoding="utf-8")
        return path

    def _api_ready(self) -> bool:
        self.check()
        context = ssl.create_default_context(cafile=str(self._secrets.path("ca.crt")))
        try:
            with urllib.request.urlopen(f"{self.url}/readyz", timeout=5, context=context) as reply:
                return reply.status == 200
        except (urllib.error.URLError, OSError):
            return False

    def _tails(self) -> str:
        return "\n".join(process.log_tail() for process in self._processes)

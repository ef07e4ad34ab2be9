# SPDX-License-Identifier: Apache-2.0
"""A control plane without nodes: up in seconds, enough for objects and their rules."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from pathlib import Path

from tests.support.cluster import components, credentials
from tests.support.cluster.api import Api
from tests.support.cluster.control_plane import ControlPlane
from tests.support.cluster.credentials import Credentials
from tests.support.cluster.kubectl import Kubectl

_USERS = [credentials.ADMIN, credentials.SCHEDULER, credentials.CONTROLLER_MANAGER]


class BareCluster:
    """Make it on the main thread: its processes die with the thread that starts them."""

    def __init__(self) -> None:
        self._stack = contextlib.ExitStack()
        self.folder = Path(tempfile.mkdtemp(prefix="nacelle-bare-"))
        self._stack.callback(shutil.rmtree, self.folder, ignore_errors=True)
        try:
            self._start()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        self._stack.close()

    def keep_nodes(self) -> None:
        """Nodes that the test makes stay as ready as it says: nobody waits for their kubelets."""
        self._plane.stop_component("kube-controller-manager")

    def _start(self) -> None:
        binaries = components.build_all()
        secrets = Credentials(self.folder / "secrets", _USERS)
        plane = self._plane = ControlPlane(self.folder, binaries, secrets)
        self._stack.callback(plane.stop)
        plane.start()
        self.url = plane.url
        self.ca_file = secrets.path("ca.crt")
        self.token = secrets.token(credentials.ADMIN)
        self.token_file = self.folder / "secrets" / "admin.token"
        self.token_file.write_text(self.token, encoding="utf-8")
        config = secrets.path("admin.kubeconfig")
        config.write_text(secrets.kubeconfig(credentials.ADMIN, plane.url), encoding="utf-8")
        self.kubectl = Kubectl(binaries / "kubectl", config)
        self.api = Api(plane.url, self.ca_file, self.token)

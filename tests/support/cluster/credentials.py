# SPDX-License-Identifier: Apache-2.0
"""Keys, certificates, tokens and kubeconfigs of one test cluster."""

from __future__ import annotations

import base64
import json
import secrets
import subprocess
from dataclasses import dataclass
from pathlib import Path

# Under this address a node in QEMU reaches the host's 127.0.0.1.
HOST_SEEN_FROM_NODE = "10.0.2.2"
SERVICE_RANGE = "10.96.0.0/16"
API_SERVICE_ADDRESS = "10.96.0.1"

_SERVER_NAMES = (
    f"IP:127.0.0.1,IP:{HOST_SEEN_FROM_NODE},IP:{API_SERVICE_ADDRESS},"
    "DNS:localhost,DNS:kubernetes,DNS:kubernetes.default.svc"
)


@dataclass(frozen=True)
class User:
    """Somebody whom the API server knows by a token."""

    name: str
    groups: tuple[str, ...] = ()


ADMIN = User("admin", ("system:masters",))
SCHEDULER = User("system:kube-scheduler")
CONTROLLER_MANAGER = User("system:kube-controller-manager")


def node_user(name: str) -> User:
    return User(f"system:node:{name}", ("system:nodes",))


class Credentials:
    """The folder with everything secret of one cluster; nothing is used twice."""

    def __init__(self, folder: Path, users: list[User]) -> None:
        folder.mkdir(mode=0o700)
        self._folder = folder
        self._tokens = {user: secrets.token_hex(16) for user in users}
        self._authority()
        self._certificate("server", "/CN=kube-apiserver", f"subjectAltName={_SERVER_NAMES}")
        # The API server shows this to kubelets, who ask it back who may do what.
        self._certificate("kubelet-client", "/O=system:masters/CN=kube-apiserver")
        self._openssl("genpkey", *_RSA, "-out", str(self.path("service-account.key")))
        self._write_tokens()

    def path(self, name: str) -> Path:
        return self._folder / name

    def token(self, user: User) -> str:
        return self._tokens[user]

    def kubeconfig(self, user: User, server: str) -> str:
        """A kubeconfig that stands alone; JSON, which is YAML."""
        authority = self.path("ca.crt")
        return json.dumps(
            {
                "apiVersion": "v1",
                "kind": "Config",
                "current-context": "nacelle",
                "contexts": [
                    {"name": "nacelle", "context": {"cluster": "nacelle", "user": user.name}}
                ],
                "clusters": [
                    {
                        "name": "nacelle",
                        "cluster": {
                            "server": server,
                            "certificate-authority-data": _base64(authority.read_bytes()),
                        },
                    }
                ],
                "users": [{"name": user.name, "user": {"token": self._tokens[user]}}],
            },
            indent=1,
        )

    def _write_tokens(self) -> None:
        rows = [
            f'{token},{user.name},{number},"{",".join(user.groups)}"'
            for number, (user, token) in enumerate(self._tokens.items())
        ]
        self.path("tokens.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")

    def _authority(self) -> None:
        self._openssl(
            *("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30"),
            *("-subj", "/CN=nacelle-test-ca"),
            *("-keyout", str(self.path("ca.key")), "-out", str(self.path("ca.crt"))),
        )

    def _certificate(self, name: str, subject: str, *extensions: str) -> None:
        extra = [word for extension in extensions for word in ("-addext", extension)]
        self._openssl(
            *("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", subject),
            *("-CA", str(self.path("ca.crt")), "-CAkey", str(self.path("ca.key"))),
            *("-addext", "basicConstraints=critical,CA:FALSE", *extra),
            *("-keyout", str(self.path(f"{name}.key")), "-out", str(self.path(f"{name}.crt"))),
        )

    def _openssl(self, *words: str) -> None:
        done = subprocess.run(
            ["openssl", *words], capture_output=True, text=True, check=False, timeout=60
        )
        if done.returncode != 0:
            raise RuntimeError(f"openssl {words[0]} failed: {done.stderr.strip()}")


_RSA = ("-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048")


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()

# SPDX-License-Identifier: Apache-2.0
"""Reads objects from the API server; cheaper than a kubectl for every look."""

from __future__ import annotations

import json
import ssl
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

from tests.support.cluster.process import ClusterError

_SECONDS = 30


class Api:
    def __init__(self, url: str, authority: Path, token: str) -> None:
        self._url = url
        self._token = token
        self._context = ssl.create_default_context(cafile=str(authority))

    def find(self, path: str) -> dict[str, Any] | None:
        """The object, or None when there is none."""
        headers = {"Authorization": f"Bearer {self._token}"}
        request = urllib.request.Request(f"{self._url}{path}", headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=_SECONDS, context=self._context) as reply:
                return json.load(reply)
        except urllib.error.HTTPError as error:
            if error.code == 404:
                return None
            raise ClusterError(f"{path}: {error.code} {error.read().decode()}") from error

    def get(self, path: str) -> dict[str, Any]:
        found = self.find(path)
        if found is None:
            raise ClusterError(f"{path}: there is no such object")
        return found

    def complaint(self, token: str, method: str, path: str, patch: dict[str, Any] | None = None) -> str:
        """What is said against a call of somebody else; empty when it is allowed."""
        kind = "application/json" if method == "POST" else "application/merge-patch+json"
        headers = {"Authorization": f"Bearer {token}", "Content-Type": kind}
        body = json.dumps(patch).encode() if patch is not None else None
        request = urllib.request.Request(f"{self._url}{path}", data=body, headers=headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=_SECONDS, context=self._context):
                return ""
        except urllib.error.HTTPError as error:
            return error.read().decode()

    def merge(self, path: str, patch: dict[str, Any]) -> None:
        """Changes an object; cheaper than a kubectl where there are many."""
        complaint = self.complaint(self._token, "PATCH", path, patch)
        if complaint:
            raise ClusterError(f"{path}: {complaint}")

    def node(self, name: str) -> dict[str, Any]:
        return self.get(f"/api/v1/nodes/{name}")

    def pod(self, name: str, namespace: str = "default") -> dict[str, Any]:
        return self.get(f"/api/v1/namespaces/{namespace}/pods/{name}")

    def pods(self, labels: str, namespace: str = "default") -> list[dict[str, Any]]:
        """Pods with a label, written name=value."""
        query = urllib.parse.urlencode({"labelSelector": labels})
        return self.get(f"/api/v1/namespaces/{namespace}/pods?{query}")["items"]

#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Writes charts/nacelle/values.schema.json.

The policy and the facts about hardware are those of docs/, so a mistake in them
is refused by helm, too. A test says when the file is not what this prints.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import yaml

REPOSITORY = Path(__file__).resolve().parents[2]
TARGET = REPOSITORY / "charts" / "nacelle" / "values.schema.json"

_TEXT = {"type": "string"}
_WORD = {"type": "string", "minLength": 1}
_SWITCH = {"type": "boolean"}
_ANY = {"type": "object"}
_LIST = {"type": "array", "items": {"type": "object"}}
_STRINGS = {"type": "object", "additionalProperties": {"type": "string"}}
_PATH = {"type": "string", "pattern": "^/[^:]+$"}
_QUANTITY = {"type": ["string", "number"], "pattern": "^[0-9]+([.][0-9]+)?(m|k|[MGTPE]|[KMGTPE]i)?$"}
_DIGEST = {"type": "string", "pattern": "^sha256:[0-9a-f]{64}$"}
_IMAGES = ("nacelle-agent", "nacelle-operator", "nacelle-client")
# Templates read what is in them; null takes away what the chart says itself.
_NEEDED = ["image", "agent", "operator", "apiServer", "admissionPolicy", "networkPolicy", "serviceMonitor", "dashboard", "test"]


def schema() -> dict:
    policy, hardware = _document("policy"), _document("hardware")
    return _object(
        {
            "image": _object(
                {
                    "registry": {"type": "string", "pattern": "[^/]$"},
                    "tag": _TEXT,
                    "digests": _object({name: _DIGEST for name in _IMAGES}),
                    "pullPolicy": {"enum": ["Always", "IfNotPresent", "Never"]},
                    "pullSecrets": {"type": "array", "items": _object({"name": _WORD})},
                }
            )
            | {"required": ["registry"]},
            "policy": _for_every_node(policy["properties"]["spec"]),
            "hardware": {"anyOf": [_ANY | {"maxProperties": 0}, {"$ref": "#/$defs/hardware"}]},
            "agent": _agent(),
            "operator": _operator(),
            "apiServer": _object({"enabled": _SWITCH}),
            "admissionPolicy": _object({"enabled": _SWITCH}),
            "networkPolicy": _object(
                {
                    "enabled": _SWITCH,
                    "apiServerCIDRs": {"type": "array", "items": {"type": "string", "pattern": "^[0-9A-Fa-f.:]+/[0-9]{1,3}$"}},
                    "apiServerPorts": {
                        "type": "array",
                        "minItems": 1,
                        "items": {"type": "integer", "minimum": 1, "maximum": 65535},
                    },
                    "from": _LIST,
                }
            ),
            "serviceMonitor": _object(
                {
                    "enabled": _SWITCH,
                    "interval": {"type": "string", "pattern": "^[1-9][0-9]*(s|m)$"},
                    "labels": _STRINGS,
                }
            ),
            "dashboard": _object({"enabled": _SWITCH, "labels": _STRINGS}),
            "test": _object(
                {
                    "resource": {"type": "string", "pattern": "^[a-z0-9.-]+/[A-Za-z0-9._-]+$"},
                    "image": _TEXT,
                    "args": {"type": "array", "items": _TEXT},
                    "runAsUser": {"type": "integer", "minimum": 0},
                }
            ),
            # Helm's own.
            "global": _ANY,
        }
    ) | {
        "$schema": policy["$schema"],
        "title": "Values of the chart nacelle",
        "required": _NEEDED,
        "$defs": _with_queries(policy["$defs"]) | hardware.pop("$defs") | {"hardware": _inner(hardware)},
    }


def _for_every_node(spec: dict) -> dict:
    """A file is for the node that it lies on; a selector would have no effect."""
    kept = {name: one for name, one in spec["properties"].items() if name != "nodeSelector"}
    return spec | {"properties": kept}


def _with_queries(definitions: dict) -> dict:
    offer = definitions["offer"]
    find = offer["properties"]["find"] | {"maxLength": 1024, "allOf": _queries()}
    return definitions | {"offer": offer | {"properties": offer["properties"] | {"find": find}}}


def _queries() -> list[dict]:
    """The rules that the custom resource has for a query, but that of the sum (_policy.tpl has it)."""
    text = (REPOSITORY / "charts/nacelle/crds/acceleratorpolicies.yaml").read_text(encoding="utf-8")
    rules = yaml.safe_load(text)["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["spec"]
    find = rules["properties"]["offers"]["items"]["properties"]["find"]
    return [_rule(one["rule"]) for one in find["x-kubernetes-validations"] if ".sum()" not in one["rule"]]


def _rule(rule: str) -> dict:
    """Of "self.matches('…')", "!" and "||", which is all that they use."""
    return {"anyOf": [_part(part) for part in rule.split(" || ")]}


def _part(part: str) -> dict:
    found = re.fullmatch(r"(!?)self\.(matches|contains)\('(.*)'\)", part)
    if not found:
        raise ValueError(f"not understood: {part}")
    text = found[3].replace("\\\\", "\\")
    pattern = {"pattern": text if found[2] == "matches" else re.escape(text)}
    return {"not": pattern} if found[1] else pattern


def _agent() -> dict:
    return _object(
        {
            "nodeSelector": _STRINGS,
            "affinity": _ANY,
            "tolerations": _LIST,
            "priorityClassName": _TEXT,
            "maxUnavailable": {
                "type": ["integer", "string"],
                "minimum": 1,
                "pattern": "^([1-9][0-9]?|100)%$",
            },
            "maxSurge": {
                "type": ["integer", "string"],
                "minimum": 0,
                "pattern": "^(([1-9][0-9]?|100)%|auto)$",
            },
            "registration": {"enum": ["kubelet-socket", "plugins-registry"]},
            "kubeletDir": _PATH,
            "stateDir": _PATH,
            "podAnnotations": _STRINGS,
            "seLinuxOptions": _object({part: _WORD for part in ("user", "role", "type", "level")}),
            "resources": _object({"requests": _amounts(), "limits": _amounts()}),
        }
    )


def _operator() -> dict:
    return _object(
        {
            "enabled": _SWITCH,
            "replicas": {"type": "integer", "minimum": 1, "maximum": 5},
            "maxUnavailablePercent": {"type": "integer", "minimum": 1, "maximum": 100},
            "labelNodes": _SWITCH,
            "nodeSelector": _STRINGS,
            "affinity": _ANY,
            "tolerations": _LIST,
            "priorityClassName": _TEXT,
            "podAnnotations": _STRINGS,
            "resources": _object({"requests": _amounts(), "limits": _amounts()}),
        }
    )


def _amounts() -> dict:
    return {"type": "object", "additionalProperties": _QUANTITY}


def _object(properties: dict) -> dict:
    return {"type": "object", "additionalProperties": False, "properties": properties}


def _document(name: str) -> dict:
    path = REPOSITORY / "docs" / f"{name}.schema.json"
    return json.loads(path.read_text(encoding="utf-8"))


def _inner(document: dict) -> dict:
    """A schema as a part of another one."""
    return {key: value for key, value in document.items() if not key.startswith("$")}


def text() -> str:
    return json.dumps(schema(), indent=1) + "\n"


if __name__ == "__main__":
    TARGET.write_text(text(), encoding="utf-8")

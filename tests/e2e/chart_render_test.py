# SPDX-License-Identifier: Apache-2.0
"""What the chart makes of its values, and which values it refuses.

After a change of the chart, NACELLE_UPDATE_GOLDEN=1 writes the golden files anew.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support import queries
from tests.support.cluster import components
from tests.support.cluster.helm import CHART, Helm, set_words
from tests.support.cluster.images import REPOSITORY
from tools.chart import values_schema
from tools.image import products

GOLDEN = REPOSITORY / "tests" / "golden" / "chart"
POLICY = {"offers": [{"name": "compression", "find": "zlib", "sharesPerQueue": 2}]}
EVERYTHING = {
    "policy": POLICY,
    "hardware": {"version": 1},
    "operator": {"enabled": True},
    "agent": {"nodeSelector": {"accelerators": "yes"}, "podAnnotations": {"a": "b"}, "maxSurge": 1},
    "networkPolicy": {"enabled": True},
    "serviceMonitor": {"enabled": True, "labels": {"release": "prometheus"}},
    "dashboard": {"enabled": True},
}
_DIGEST = "sha256:" + "a" * 64
_AGENTS, _OPERATOR = ("DaemonSet", "nacelle-agent"), ("Deployment", "nacelle-operator")
DEVICE_PLUGIN_ONLY = {"apiServer": {"enabled": False}}

pytestmark = pytest.mark.skipif(not shutil.which("go"), reason="not installed: go")


@pytest.fixture(scope="module")
def helm(tmp_path_factory: pytest.TempPathFactory) -> Helm:
    return Helm(tmp_path_factory.mktemp("helm"))


def objects(text: str) -> dict[tuple[str, str], dict[str, Any]]:
    """By kind and name."""
    found = [one for one in yaml.safe_load_all(text) if one]
    return {(one["kind"], one["metadata"]["name"]): one for one in found}


def test_helm_finds_nothing_to_mend(helm: Helm) -> None:
    assert "0 chart(s) failed" in helm.run("lint", "--strict", str(CHART))


@pytest.mark.parametrize(
    ("name", "values"),
    [("default", {}), ("everything", EVERYTHING), ("device-plugin-only", DEVICE_PLUGIN_ONLY)],
)
def test_the_chart_renders_what_was_reviewed(
    helm: Helm, name: str, values: dict[str, Any]
) -> None:
    rendered = helm.template(values)
    file = GOLDEN / f"{name}.yaml"
    if os.environ.get("NACELLE_UPDATE_GOLDEN"):
        file.write_text(rendered, encoding="utf-8")
    assert rendered == file.read_text(encoding="utf-8")


def _offer(**changed: Any) -> dict[str, Any]:
    return {"policy": {"offers": [{"name": "c", "find": "zlib"} | changed]}}


@pytest.mark.parametrize(
    ("values", "complaint"),
    [
        ({"agnet": {}}, "additional properties 'agnet' not allowed"),
        ({"agent": {"tolerance": []}}, "/agent"),
        ({"agent": {"maxUnavailable": 0}}, "/agent/maxUnavailable"),
        ({"agent": {"maxSurge": -1}}, "/agent/maxSurge"),
        ({"agent": {"resources": {"limit": {}}}}, "/agent/resources"),
        ({"policy": {"ofers": []}}, "additional properties 'ofers' not allowed"),
        ({"policy": {"offers": [{"name": "c"}]}}, "/policy/offers/0"),
        ({"agent": None}, "missing property 'agent'"),
        ({"image": {"registry": None}}, "missing property 'registry'"),
        ({"image": {"registry": "example.com/x/"}}, "/image/registry"),
        ({"agent": {"resources": {"limits": {"memory": "lots"}}}}, "/agent/resources/limits/memory"),
        ({"serviceMonitor": {"interval": "0s"}}, "/serviceMonitor/interval"),
        ({"agent": {"maxUnavailable": "500%"}}, "/agent/maxUnavailable"),
        ({"agent": {"maxSurge": "101%"}}, "/agent/maxSurge"),
        (_offer(find="aes-gcm + zlib", through="dra"), "/policy/offers/0/find"),
        (_offer(find="2 zlib", through="dra"), "/policy/offers/0/find"),
        (_offer(name="Upper", through="dra"), "/policy/offers/0/name"),
        (_offer(find="1000 zlib + 25 sha256"), "policy.offers[0].find: asks for 1025 queues, more than 1024"),
        ({"policy": {"offers": [{"name": "c", "find": "zlib"}] * 2}}, "policy.offers[1].name: another offer has the name c"),
        (_offer(through="dra") | {"apiServer": {"enabled": False}}, "policy.offers[0].through: dra needs apiServer.enabled"),
        ({"policy": {"rescan": {"debounce": "11s"}}}, "/policy/rescan/debounce"),
        ({"policy": {"rescan": {"fpga": "9ms"}}}, "/policy/rescan/fpga"),
        ({"policy": {"rescan": {"all": "61m"}}}, "/policy/rescan/all"),
        ({"policy": {"nodeSelector": {}}}, "additional properties 'nodeSelector' not allowed"),
        ({"hardware": {"pci": []}}, "/hardware"),
        ({"image": {"pullPolicy": "Sometimes"}}, "/image/pullPolicy"),
        ({"apiServer": {"enabled": "yes"}}, "/apiServer/enabled"),
        ({"networkPolicy": {"apiServerPorts": []}}, "/networkPolicy/apiServerPorts"),
        ({"test": {"resource": "sw-zip"}}, "/test/resource"),
        ({"image": {"digests": {"nacelle-agent": "latest"}}}, "/image/digests/nacelle-agent"),
        ({"image": {"digests": {"agent": _DIGEST}}}, "/image/digests"),
        ({"agent": {"seLinuxOptions": {"typ": "spc_t"}}}, "/agent/seLinuxOptions"),
    ],
)
def test_a_mistake_in_the_values_is_refused_with_its_place(
    helm: Helm, values: dict[str, Any], complaint: str
) -> None:
    done = helm.attempt("template", "x", str(CHART), *set_words(values))
    assert done.returncode != 0
    assert complaint in done.stderr


@pytest.mark.parametrize(
    "values",
    [
        _offer(find="1000 zlib + 023 sha256 + 3des near numa:0"),
        _offer(find="zlib near numa:0", through="dra", name="a.b-c"),
        {"policy": {"rescan": {"debounce": "0h", "fpga": "10ms", "all": "1000ms"}}},
        {"policy": {"rescan": {"debounce": "10s", "fpga": "3600s", "all": "60m"}}},
        {"agent": {"maxUnavailable": "100%", "maxSurge": "10%"}},
        {"policy": None, "hardware": None},
        {"agent": {"resources": {"limits": {"memory": "64Mi", "cpu": 0.5}}}},
    ],
    ids=str,
)
def test_what_is_just_right_is_taken(helm: Helm, values: dict[str, Any]) -> None:
    assert helm.attempt("template", "x", str(CHART), *set_words(values)).returncode == 0


def test_queries_of_the_policy_are_taken_or_refused_as_the_parser_does(helm: Helm, tmp_path: Path) -> None:
    good, bad = queries.listed()

    def render(texts: list[str]) -> subprocess.CompletedProcess[str]:
        values = {"policy": {"offers": [{"name": f"o{i}", "find": text} for i, text in enumerate(texts)]}}
        (tmp_path / "values.yaml").write_text(json.dumps(values), encoding="utf-8")
        return helm.attempt("template", str(CHART), "-f", str(tmp_path / "values.yaml"))

    assert render(good).returncode == 0
    told = render(bad).stderr
    assert [text for i, text in enumerate(bad) if f"/policy/offers/{i}/find" not in told] == []


def test_the_schema_of_the_values_has_the_policy_of_the_documents() -> None:
    text = values_schema.TARGET.read_text(encoding="utf-8")
    assert text == values_schema.text(), "call tools/chart/values_schema.py"


def test_every_value_is_in_the_schema_and_the_other_way_round() -> None:
    values = yaml.safe_load((CHART / "values.yaml").read_text(encoding="utf-8"))
    known = set(values_schema.schema()["properties"]) - {"global"}
    assert set(values) == known


def test_the_agent_has_no_privilege(helm: Helm) -> None:
    agent = objects(helm.template())["DaemonSet", "nacelle-agent"]["spec"]["template"]["spec"]
    (container,) = agent["containers"]
    context = container["securityContext"]
    assert context["capabilities"] == {"drop": ["ALL"]}
    assert context["readOnlyRootFilesystem"] is True
    assert context["privileged"] is context["allowPrivilegeEscalation"] is False
    assert agent["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert not {"hostNetwork", "hostPID", "hostIPC"} & set(agent)


def test_without_the_api_server_the_agent_has_no_token_and_no_right(
    helm: Helm,
) -> None:
    made = objects(helm.template(DEVICE_PLUGIN_ONLY))
    pod = made["DaemonSet", "nacelle-agent"]["spec"]["template"]["spec"]
    assert pod["automountServiceAccountToken"] is False
    assert not [kind for kind, _ in made if "Role" in kind or "Admission" in kind]


def test_an_agent_may_write_only_where_something_limits_it_or_somebody_says_so(helm: Helm) -> None:
    def verbs(*words: str) -> set[str]:
        made = objects(helm.run("template", "nacelle", str(CHART), *words))
        rules = [rule for name in ("agent", "operator") for rule in made["ClusterRole", f"nacelle-{name}"]["rules"]]
        kinds = ("nodeaccelerators", "resourceslices", "deviceclasses")
        # The operator's right to the policies of nodes is as wide as it says.
        return {verb for rule in rules for verb in rule["verbs"] if rule["resources"][0] in kinds} - {"get", "list", "watch"}

    old = ("--kube-version", "1.28.0")
    assert verbs(*old) == {"patch"}, "of nodeaccelerators, by the operator"
    assert {"create", "patch", "delete"} <= verbs(*old, "--set", "admissionPolicy.enabled=false")
    assert {"create", "patch", "delete"} <= verbs()


def test_folders_of_the_runtime_and_the_kubelet_are_mounted_only_where_they_are_needed(helm: Helm) -> None:
    def mounts(values: dict[str, Any]) -> set[str]:
        agent = objects(helm.template(values))["DaemonSet", "nacelle-agent"]["spec"]["template"]["spec"]
        names = {one["name"] for one in agent["volumes"]}
        assert names == {one["name"] for one in agent["containers"][0]["volumeMounts"]}
        return names & {"cdi", "plugins-registry"}

    assert mounts({}) == {"cdi", "plugins-registry"}
    assert mounts(DEVICE_PLUGIN_ONLY) == set()
    assert mounts(DEVICE_PLUGIN_ONLY | {"policy": {"grant": {"via": "cdi"}}}) == {"cdi"}
    assert mounts(DEVICE_PLUGIN_ONLY | {"agent": {"registration": "plugins-registry"}}) == {"plugins-registry"}


def test_where_the_api_server_is_named_nothing_else_can_be_reached(helm: Helm) -> None:
    made = objects(helm.template({"networkPolicy": {"enabled": True, "apiServerCIDRs": ["10.96.0.1/32"]}}))
    for name in ("nacelle-agent", "nacelle-operator"):
        (egress,) = made["NetworkPolicy", name]["spec"]["egress"]
        assert egress["to"] == [{"ipBlock": {"cidr": "10.96.0.1/32"}}]


def test_an_image_is_named_by_its_digest_where_there_is_one(helm: Helm) -> None:
    made = objects(helm.template({"image": {"tag": "t", "digests": {"nacelle-operator": _DIGEST}}}))
    images = {one[1]: made[one]["spec"]["template"]["spec"]["containers"][0]["image"] for one in (_AGENTS, _OPERATOR)}
    assert images == {"nacelle-agent": "localhost/nacelle-agent:t", "nacelle-operator": f"localhost/nacelle-operator@{_DIGEST}"}


def test_where_the_operator_runs_and_as_what_the_agent_runs_can_be_said(helm: Helm) -> None:
    affinity = {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": []}}}
    values = {"operator": {"affinity": affinity, "podAnnotations": {"a": "b"}}, "agent": {"seLinuxOptions": {"type": "spc_t"}}}
    made = objects(helm.template(values))
    template = made[_OPERATOR]["spec"]["template"]
    assert template["spec"]["affinity"] == affinity
    assert template["metadata"]["annotations"] == {"a": "b"}
    assert made[_AGENTS]["spec"]["template"]["spec"]["securityContext"]["seLinuxOptions"] == {"type": "spc_t"}
    as_it_is = objects(helm.template())[_OPERATOR]["spec"]["template"]
    assert "podAntiAffinity" in as_it_is["spec"]["affinity"]
    assert "annotations" not in as_it_is["metadata"]


def test_a_new_policy_restarts_no_agent_and_new_hardware_restarts_all(helm: Helm) -> None:
    def annotations(values: dict[str, Any]) -> dict[str, str]:
        agent = objects(helm.template(values))["DaemonSet", "nacelle-agent"]
        return agent["spec"]["template"]["metadata"]["annotations"]

    assert annotations({"policy": POLICY}) == annotations({"policy": {"rest": "hide"}})
    some, other = {"version": 1}, {"version": 1, "afus": []}
    assert annotations({"hardware": some}) != annotations({"hardware": other})


def test_the_static_manifest_gives_the_same_rights_and_mounts(helm: Helm) -> None:
    static = objects((REPOSITORY / "charts/static/nacelle-agent.yaml").read_text(encoding="utf-8"))
    made = objects(helm.template())
    for role in (("ClusterRole", "nacelle-agent"), ("ClusterRole", "nacelle-view")):
        assert static[role]["rules"] == made[role]["rules"]
    limits = [key for key in made if key[0].startswith("ValidatingAdmissionPolicy") and "agent" in key[1]]
    assert len(limits) == 6
    for key in limits:
        assert static[key]["spec"] == made[key]["spec"]
    agents = [one["DaemonSet", "nacelle-agent"]["spec"]["template"]["spec"] for one in (static, made)]
    for part in ("volumes", "securityContext", "priorityClassName", "tolerations"):
        assert agents[0][part] == agents[1][part]
    containers = [agent["containers"][0] for agent in agents]
    for part in ("volumeMounts", "securityContext", "image", "resources"):
        assert containers[0][part] == containers[1][part]


def test_the_chart_has_the_version_of_the_project() -> None:
    chart = yaml.safe_load((CHART / "Chart.yaml").read_text(encoding="utf-8"))
    assert chart["appVersion"] == chart["version"] == products.version()


def test_the_pinned_helm_is_what_renders(helm: Helm) -> None:
    assert components.version(components.HELM) in helm.run("version")

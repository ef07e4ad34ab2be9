# SPDX-License-Identifier: Apache-2.0
"""The custom resources on a real API server: what it takes, refuses and explains."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support import queries
from tests.support.cluster.bare import BareCluster
from tests.support.cluster.images import REPOSITORY
from tests.support.cluster.process import wait_for

CRDS = REPOSITORY / "charts" / "nacelle" / "crds"
KINDS = ("acceleratorpolicies", "nodeaccelerators")


@pytest.fixture(scope="module")
def plane() -> Iterator[BareCluster]:
    missing = [name for name in ("openssl", "go", "unshare") if not shutil.which(name)]
    if missing or os.geteuid() != 0:
        pytest.skip(f"needs root and {', '.join(missing) or 'nothing else'}")
    cluster = BareCluster()
    try:
        cluster.kubectl.run("apply", "-f", str(CRDS))
        for kind in KINDS:
            words = ("--for=condition=Established", f"crd/{kind}.nacelle.dev", "--timeout=60s")
            cluster.kubectl.run("wait", *words)
        yield cluster
    finally:
        cluster.stop()


def policy(name: str = "p", **spec: Any) -> dict:
    return {
        "apiVersion": "nacelle.dev/v1alpha1",
        "kind": "AcceleratorPolicy",
        "metadata": {"name": name},
        "spec": spec,
    }


def offer(**changed: Any) -> dict:
    return {"name": "compression", "find": "zlib"} | changed


def complaint(plane: BareCluster, manifest: dict) -> str:
    done = plane.kubectl.attempt("apply", "-f", "-", stdin=json.dumps(manifest))
    if done.returncode == 0:
        plane.kubectl.run("delete", "accpol", manifest["metadata"]["name"])
        return ""
    return done.stderr


def fields_of(schema: dict, path: str) -> Iterator[str]:
    for name, value in schema.get("properties", {}).items():
        yield f"{path}.{name}"
        yield from fields_of(value.get("items", value), f"{path}.{name}")


@pytest.mark.parametrize("kind", KINDS)
def test_kubectl_explains_every_field(plane: BareCluster, kind: str) -> None:
    crd = plane.api.get(f"/apis/apiextensions.k8s.io/v1/customresourcedefinitions/{kind}.nacelle.dev")
    schema = crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"]
    for part in ("spec", "status"):
        silent = []
        for path in fields_of(schema["properties"][part], f"{kind}.{part}"):
            names = path.split(".")[1:]
            at: dict = schema
            for name in names:
                at = at.get("items", at)["properties"][name]
            if not at.get("description"):
                silent.append(path)
        assert not silent


@pytest.mark.parametrize(
    ("field", "text"),
    [("accpol.spec.offers.sharesPerQueue", "how many containers"), ("nacc.status.holdings", "Who holds")],
)
def test_kubectl_knows_the_short_names(plane: BareCluster, field: str, text: str) -> None:
    # The API server publishes new schemas some time after they are established.
    wait_for("the schemas", lambda: plane.kubectl.attempt("explain", field).returncode == 0, 60)
    assert text in plane.kubectl.run("explain", field)


GOOD = (
    {},
    {"offers": [offer()]},
    {"offers": [offer(find="  2 zlib , access = sva,numa!=1 near numa:0 within 20 ")]},
    {"offers": [offer(find="1000 zlib + 023 sha256 + 3des")]},
    {"offers": [offer(find="sha256 + zlib chained"), offer(name="b", find="2 aes-gcm sharing hbm")]},
    {"offers": [offer(find="aes-gcm + zlib chained = on-card")]},
    {"offers": [offer(find="afu:0123.4_x near memory:hbm-2", sharesPerQueue=1024, through="dra")]},
    {"rest": "hide", "require": {"memoryAccess": "sva"}, "grant": {"via": "cdi", "maskSysfs": False}},
    {"rescan": {"debounce": "0ms", "fpga": "10ms", "all": "1h"}},
    {"nodeSelector": {"matchLabels": {"a": "b", "example.com/x_y": ""}, "matchExpressions": [{"key": "k", "operator": "Exists"}]}},
)


@pytest.mark.parametrize("spec", GOOD, ids=str)
def test_what_is_right_is_taken(plane: BareCluster, spec: dict) -> None:
    assert complaint(plane, policy(**spec)) == ""


def test_queries_are_taken_or_refused_as_the_parser_does(plane: BareCluster) -> None:
    good, bad = queries.listed()
    assert complaint(plane, policy(offers=[offer(name=f"o{i}", find=text) for i, text in enumerate(good)])) == ""
    told = complaint(plane, policy(offers=[offer(name=f"o{i}", find=text) for i, text in enumerate(bad)]))
    assert [text for i, text in enumerate(bad) if f"spec.offers[{i}].find: Invalid value" not in told] == []


BAD = (
    ({"offfers": []}, 'unknown field "spec.offfers"'),
    ({"offers": [offer(fnd="zlib")]}, 'unknown field "spec.offers[0].fnd"'),
    ({"offers": [offer(), offer()]}, "spec.offers[1]: Duplicate value"),
    ({"offers": [{"name": "a"}]}, "spec.offers[0].find: Required value"),
    ({"offers": [offer(name="-a")]}, "spec.offers[0].name: Invalid value"),
    ({"offers": [offer(name="a/b")]}, "spec.offers[0].name: Invalid value"),
    ({"offers": [offer(name="a" * 64)]}, "spec.offers[0].name: Too long"),
    ({"offers": [offer(name="Upper", through="dra")]}, "spec.offers[0].name: Invalid value"),
    ({"offers": [offer(sharesPerQueue=0)]}, "spec.offers[0].sharesPerQueue: Invalid value"),
    ({"offers": [offer(sharesPerQueue=1025)]}, "spec.offers[0].sharesPerQueue: Invalid value"),
    ({"offers": [offer(through="plugin")]}, "spec.offers[0].through: Unsupported value"),
    ({"offers": [offer(find="sha256 + zlib", through="dra")]}, "spec.offers[0].through: Invalid value"),
    ({"offers": [offer(find="2 zlib", through="dra")]}, "spec.offers[0].through: Invalid value"),
    ({"offers": [offer(find="")]}, "spec.offers[0].find: Invalid value"),
    ({"offers": [offer(find="2")]}, "spec.offers[0].find: Invalid value"),
    ({"offers": [offer(find="0 zlib")]}, "spec.offers[0].find: Invalid value"),
    ({"offers": [offer(find="zlib near")]}, "spec.offers[0].find: Invalid value"),
    ({"offers": [offer(find="zlib near numa:x")]}, "spec.offers[0].find: Invalid value"),
    ({"offers": [offer(find="zlib,acces=sva")]}, "spec.offers[0].find: Invalid value"),
    ({"offers": [offer(find="zlib,access=fast")]}, "spec.offers[0].find: Invalid value"),
    ({"offers": [offer(find="zlib chained")]}, "relate two queues or more"),
    ({"offers": [offer(find="1000 zlib + 25 sha256")]}, "more than 1,024 queues in all"),
    ({"offers": [offer(find="zlib + ")]}, "spec.offers[0].find: Invalid value"),
    ({"rest": "keep"}, "spec.rest: Unsupported value"),
    ({"require": {"memoryAccess": "fast"}}, "spec.require.memoryAccess: Unsupported value"),
    ({"grant": {"maskSysfs": "yes"}}, "spec.grant.maskSysfs: Invalid value"),
    ({"rescan": {"all": "5ms"}}, "spec.rescan.all: Invalid value"),
    ({"rescan": {"fpga": "1 second"}}, "spec.rescan.fpga: Invalid value"),
    ({"rescan": {"debounce": "11s"}}, "spec.rescan.debounce: Invalid value"),
    ({"nodeSelector": {"matchLabels": {"a": "b c"}}}, "spec.nodeSelector.matchLabels.a: Invalid value"),
    (
        {"nodeSelector": {"matchExpressions": [{"key": "k", "operator": "In", "values": ["-x"]}]}},
        "spec.nodeSelector.matchExpressions[0].values[0]: Invalid value",
    ),
    (
        {"nodeSelector": {"matchExpressions": [{"key": "A/b", "operator": "Exists"}]}},
        "spec.nodeSelector.matchExpressions[0].key: Invalid value",
    ),
    (
        {"nodeSelector": {"matchExpressions": [{"key": "k", "operator": "In"}]}},
        "spec.nodeSelector.matchExpressions[0].values: Invalid value",
    ),
    (
        {"nodeSelector": {"matchExpressions": [{"key": "k", "operator": "Is"}]}},
        "spec.nodeSelector.matchExpressions[0].operator: Unsupported value",
    ),
)


@pytest.mark.parametrize(("spec", "path"), BAD, ids=lambda value: str(value)[:60])
def test_what_is_wrong_is_refused_with_its_path(plane: BareCluster, spec: dict, path: str) -> None:
    assert path in complaint(plane, policy(**spec))


def test_the_api_server_fills_in_the_defaults(plane: BareCluster) -> None:
    plane.kubectl.apply(policy("defaults", offers=[offer()], grant={}))
    spec = plane.api.get("/apis/nacelle.dev/v1alpha1/acceleratorpolicies/defaults")["spec"]
    assert spec["offers"][0] == offer(sharesPerQueue=1, through="devicePlugin")
    assert spec["rest"] == "default"
    assert spec["grant"] == {"via": "devices", "maskSysfs": True}


def test_offers_keep_the_order_of_the_last_apply(plane: BareCluster) -> None:
    first, second, third = (offer(name=name) for name in "abc")
    for offers in ([first, second], [third, second, first]):
        manifest = json.dumps(policy("order", offers=offers))
        plane.kubectl.run("apply", "--server-side", "-f", "-", stdin=manifest)
        spec = plane.api.get("/apis/nacelle.dev/v1alpha1/acceleratorpolicies/order")["spec"]
        assert [one["name"] for one in spec["offers"]] == [one["name"] for one in offers]


def test_a_largest_policy_is_within_the_cost_that_the_api_server_allows(plane: BareCluster) -> None:
    find = " + ".join(["zlib,interface=hisi_zip,family=uacce,access=sva,card=uacce-0000-41-00-0,function=uacce-0000-41-00-0,numa=0"] * 8)
    offers = [offer(name=f"offer-{number}", find=find) for number in range(128)]
    assert complaint(plane, policy("large", offers=offers)) == ""


def test_a_node_is_listed_with_what_there_is_and_whether_it_is_well(plane: BareCluster) -> None:
    plane.kubectl.apply(
        {"apiVersion": "nacelle.dev/v1alpha1", "kind": "NodeAccelerators", "metadata": {"name": "n1"}, "spec": {}}
    )
    figures = {"functions": 8, "unhealthy": 1, "devices": 16, "held": 3, "problems": 0}
    status = {"status": {"summary": figures, "policy": {"name": "p", "generation": 2}}}
    words = ("patch", "nacc", "n1", "--subresource=status", "--type=merge", "-p", json.dumps(status))
    plane.kubectl.run(*words)
    head, row = plane.kubectl.run("get", "nacelle", "-A").strip().splitlines()[-2:]
    assert head.split() == ["NAME", "FUNCTIONS", "UNHEALTHY", "DEVICES", "HELD", "READY", "POLICY", "AGE"]
    assert row.split()[:5] == ["nodeaccelerators.nacelle.dev/n1", "8", "1", "16", "3"]


def test_what_a_claim_holds_may_have_no_pod(plane: BareCluster) -> None:
    plane.kubectl.apply(
        {"apiVersion": "nacelle.dev/v1alpha1", "kind": "NodeAccelerators", "metadata": {"name": "claimed"}}
    )
    names = dict.fromkeys(("namespace", "pod", "container"), "")
    status = {"holdings": [{"resource": "nacelle.dev/zip", "device": "z", **names}]}
    words = ("patch", "nacc", "claimed", "--subresource=status", "--type=merge", "-p", json.dumps({"status": status}))
    assert plane.kubectl.run(*words, "-o", "name").strip() == "nodeaccelerators.nacelle.dev/claimed"


def test_a_policy_is_listed_with_how_far_it_is(plane: BareCluster) -> None:
    plane.kubectl.apply(policy("listed", offers=[offer()]))
    conditions = [
        {"type": kind, "status": status, "reason": "Said", "message": "", "lastTransitionTime": "2026-01-01T00:00:00Z"}
        for kind, status in (("Accepted", "False"), ("Degraded", "True"))
    ]
    status = {"status": {"nodes": {"selected": 7, "ready": 4, "outOfDate": 3}, "conditions": conditions}}
    plane.kubectl.run("patch", "accpol", "listed", "--subresource=status", "--type=merge", "-p", json.dumps(status))
    head, row = plane.kubectl.run("get", "accpol", "listed").splitlines()
    assert head.split() == ["NAME", "NODES", "READY", "OUTOFDATE", "ACCEPTED", "DEGRADED", "AGE"]
    assert row.split()[:6] == ["listed", "7", "4", "3", "False", "True"]

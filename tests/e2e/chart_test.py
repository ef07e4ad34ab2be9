# SPDX-License-Identifier: Apache-2.0
"""The chart on a real cluster: from nothing to a pod that computes, and back."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

from tests.e2e.accelerators import Accelerators
from tests.e2e.installed import CLIENT, IN_NAMESPACE, READY, agent_pods, nacelle, upgrade
from tests.e2e.pods import Pod, Pods
from tests.support import documents
from tests.support.cluster import images
from tests.support.cluster.cluster import Cluster
from tests.support.cluster.helm import NAMESPACE, RELEASE, Helm
from tests.support.cluster.process import Process, wait_for

WITH_POLICY = {"policy": {"offers": [{"name": "compression", "find": "zlib"}]}}
# The chart of this commit is that of an earlier day, with the same images.
BEFORE = "1282d809517609980c97bfa8a4e52dd0fdbfff18"


def test_an_installation_from_nothing_ends_with_a_pod_that_computes(
    cluster: Cluster, helm: Helm, shell: documents.Shell
) -> None:
    shell.run(documents.command("install.md", "kubectl create namespace"))
    shell.run(documents.command("install.md", "kubectl label namespace"))
    shell.run(documents.command("install.md", "helm install"))
    Accelerators(cluster).wait_allocatable("sw-zip", 2, seconds=180)
    manifest = documents.manifest("ask-for.md", "by-resource").replace("VERSION", images.TAG)
    cluster.kubectl.run("apply", "-f", "-", stdin=manifest)
    try:
        pod = Pod(cluster, "by-resource")
        assert pod.wait_phase("Succeeded", "Failed") == "Succeeded", pod.describe()
        assert "zlib 1048576 bytes ok" in cluster.kubectl.run("logs", "by-resource")
    finally:
        cluster.kubectl.run("delete", "pod", "by-resource")


def test_the_plugin_of_kubectl_sees_the_node_and_who_holds_what(
    cluster: Cluster, helm: Helm, pods: Pods
) -> None:
    pod = pods.start("holder", {"sw-zip": 1})
    wait_for("the node as an object", lambda: pod.name in nacelle(cluster, "who"), 60, every=1)
    assert "sw-zip 1/2" in nacelle(cluster, "nodes")
    # The one that is free.
    (held,) = pod.function_ids()
    assert held not in nacelle(cluster, "find", "zlib")
    assert f"held by     default/{pod.name}" in nacelle(cluster, "explain", held)


def test_the_commands_to_look_at_it_show_what_is_there(
    cluster: Cluster, helm: Helm, shell: documents.Shell, pods: Pods
) -> None:
    pod = pods.start("looked-at", {"sw-zip": 1})
    (held,) = pod.function_ids()
    wait_for("the holder", lambda: pod.name in nacelle(cluster, "who"), 60, every=1)
    named = {"NODE": cluster.node.name, "FUNCTION": held}

    def run(command: str) -> str:
        return shell.run(re.sub(r"NODE|FUNCTION", lambda word: named[word[0]], command))

    assert "sw-zip 1/2" in run(documents.command("install.md", "kubectl nacelle nodes"))
    assert held in run(documents.command("install.md", "kubectl nacelle functions"))
    assert f"default/{pod.name}" in run(documents.command("install.md", "kubectl nacelle explain"))
    assert held in run(documents.command("install.md", "kubectl nacelle tree"))
    assert cluster.node.name in run(documents.command("install.md", "kubectl nacelle find"))
    assert f"default/{pod.name}" in run(documents.command("install.md", "kubectl nacelle who"))
    assert run(documents.command("install.md", "kubectl nacelle doctor")).startswith("Nothing is wrong")
    run(documents.command("install.md", "kubectl nacelle draw"))
    assert f"held by default/{pod.name}" in (shell.folder / "node.svg").read_text(encoding="utf-8")


def test_what_the_doctor_says_to_look_at_on_a_node_can_be_looked_at(cluster: Cluster, shell: documents.Shell) -> None:
    agent = agent_pods(cluster)[0].split()[0]

    def run(command: str) -> str:
        return shell.run(command.replace("POD", agent).replace("QUERY", "zlib"))

    run(documents.command("troubleshooting.md", "kubectl describe daemonset nacelle-agent -n nacelle-system"))
    assert run(documents.command("troubleshooting.md", "kubectl logs -n nacelle-system POD"))
    assert "nacelle-agent" in run(documents.command("troubleshooting.md", "kubectl describe pod -n nacelle-system POD"))
    inspect = documents.command("troubleshooting.md", "kubectl exec -n nacelle-system POD -- nacelle-agent inspect --root /host")
    assert "sw_zip" in run(inspect)
    find = documents.command("troubleshooting.md", "kubectl exec -n nacelle-system POD -- nacelle-agent find QUERY --root /host")
    assert "sw-zip" in run(find)
    # In the namespace of the pod that is asked about.
    describe = documents.command("troubleshooting.md", "kubectl describe pod POD")
    assert agent in run(f"{describe} -n {NAMESPACE}")
    logs = documents.command("troubleshooting.md", "kubectl logs POD -c CONTAINER")
    assert run(logs.replace("CONTAINER", "agent") + f" -n {NAMESPACE}")


def test_the_doctor_finds_nothing_wrong_with_the_cluster(cluster: Cluster, helm: Helm) -> None:
    assert nacelle(cluster, "doctor").startswith("Nothing is wrong")


def test_helm_test_computes_on_a_queue(cluster: Cluster, shell: documents.Shell) -> None:
    Accelerators(cluster).wait_allocatable("sw-zip", 2)
    done = shell.run(documents.command("install.md", "helm test"))
    assert "Succeeded" in done
    assert "zlib 1048576 bytes ok" in done


def test_an_update_of_the_agent_never_leaves_the_node_without_its_resources(
    cluster: Cluster, helm: Helm, pods: Pods, tmp_path: Path
) -> None:
    running = pods.start("over-update", {"sw-zip": 1})
    before = agent_pods(cluster)
    path = "jsonpath={.status.allocatable.nacelle\\.dev/sw-zip}{'\\n'}"
    words = ("get", "node", cluster.node.name, "--watch", "-o", path, "--kubeconfig", str(cluster.kubeconfig))
    watch = Process("watch", [str(cluster.kubectl.binary), *words], tmp_path / "allocatable")
    try:
        upgrade(helm, {"agent": {"podAnnotations": {"example.com/updated": "once"}}})
        wait_for("the old agent to end", lambda: not set(before) & set(agent_pods(cluster)), 60)
        # The node's status is written each ten seconds; a kubelet that took the end of
        # the old agent for that of the new one would have been registered with again.
        assert _registrations(cluster, "sw-zip") == 1
        pods.finish("after-update", {"sw-zip": 1}, CLIENT, "--operation", "zlib")
    finally:
        watch.stop()
    assert set((tmp_path / "allocatable").read_text(encoding="utf-8").split()) == {"2"}
    assert running.container["restartCount"] == 0
    assert "zlib 1048576 bytes ok" in running.run(CLIENT, "--operation", "zlib")


def test_a_policy_in_the_cluster_renames_what_nodes_offer_and_loses_no_running_pod(
    cluster: Cluster, shell: documents.Shell, pods: Pods
) -> None:
    accelerators = Accelerators(cluster)
    running = pods.start("before-policy", {"sw-zip": 1})
    (shell.folder / "policy.yaml").write_text(documents.manifest("install.md", "squeeze"), encoding="utf-8")
    shell.run(documents.command("operator.md", "kubectl apply"))
    # The other queue; this one is held.
    accelerators.wait_allocatable("squeezing", 1)
    wait_for("the policy to be available", lambda: _condition(cluster, "Available") == "True", 60)
    assert "zlib 1048576 bytes ok" in running.run(CLIENT, "--operation", "zlib")
    pods.finish("by-policy", {"squeezing": 1}, CLIENT, "--operation", "zlib")
    shown = shell.run(documents.command("operator.md", "kubectl get accpol,nacc"))
    assert "squeeze" in shown
    node = cluster.kubectl.run("get", "nacc", "-o", "jsonpath={.items[0].metadata.name}")
    assert node in shell.run(documents.command("operating.md", "kubectl get nacc NODE").replace("NODE", node))


def test_when_the_leading_operator_is_killed_the_other_one_goes_on(
    cluster: Cluster, helm: Helm
) -> None:
    lease = ("get", "lease", "nacelle-operator", *IN_NAMESPACE, "-o", "jsonpath={.spec.holderIdentity}")
    leader = cluster.kubectl.run(*lease)
    cluster.kubectl.run("delete", "pod", leader, *IN_NAMESPACE, "--force", "--grace-period=0")
    wait_for("the other one to lead", lambda: cluster.kubectl.run(*lease) not in ("", leader), 120, every=1)
    cluster.kubectl.run("delete", "acceleratorpolicy", "squeeze")
    Accelerators(cluster).wait_all_back(180)


def test_an_upgrade_renames_resources_and_loses_no_running_pod(
    cluster: Cluster, helm: Helm, shell: documents.Shell, pods: Pods
) -> None:
    accelerators = Accelerators(cluster)
    running = pods.start("before-upgrade", {"sw-zip": 1})
    shell.run(documents.command("install.md", "kubectl apply --server-side"))
    shell.run(documents.command("install.md", "helm upgrade nacelle charts/nacelle -n nacelle-system --wait"))
    upgrade(helm, WITH_POLICY)
    # The other queue; this one is held.
    accelerators.wait_allocatable("compression", 1)
    assert "zlib 1048576 bytes ok" in running.run(CLIENT, "--operation", "zlib")
    assert running.container["restartCount"] == 0
    pods.finish("after-upgrade", {"compression": 1}, CLIENT, "--operation", "zlib")


def test_another_policy_restarts_no_agent(cluster: Cluster, shell: documents.Shell) -> None:
    before = agent_pods(cluster)
    other = {"policy": {"offers": [{"name": "squeeze", "find": "zlib"}]}}
    (shell.folder / "values.yaml").write_text(json.dumps(other), encoding="utf-8")
    shell.run(documents.command("install.md", "helm upgrade nacelle charts/nacelle -n nacelle-system --reset-values"))
    # The kubelet brings a changed ConfigMap within a minute or two.
    Accelerators(cluster).wait_allocatable("squeeze", 2, seconds=180)
    assert agent_pods(cluster) == before


def test_a_rollback_brings_the_names_of_before(cluster: Cluster, shell: documents.Shell) -> None:
    shell.run(documents.command("install.md", "helm rollback"))
    Accelerators(cluster).wait_all_back(180)


def test_an_uninstallation_leaves_no_object_and_no_running_pod_alone(
    cluster: Cluster, shell: documents.Shell, pods: Pods
) -> None:
    running = pods.start("stays", {"sw-zip": 1})
    # What the agent and the operator make of an offer through dra is to go, too.
    policy = {"apiVersion": "nacelle.dev/v1alpha1", "kind": "AcceleratorPolicy", "metadata": {"name": "last"}}
    cluster.kubectl.apply(policy | {"spec": {"offers": [{"name": "left", "find": "sha256", "through": "dra"}]}})
    wait_for("a slice", lambda: _slices(cluster), 60)
    wait_for("a class", lambda: "left" in cluster.kubectl.run("get", "deviceclasses", "-o", "name"), 60)
    shell.run(documents.command("install.md", "helm uninstall"))
    wait_for("the agent to end", lambda: not agent_pods(cluster), 60)

    kinds = "clusterroles,clusterrolebindings,validatingadmissionpolicies,validatingadmissionpolicybindings"
    own = ("-l", "app.kubernetes.io/part-of=nacelle", "-o", "name")
    assert cluster.kubectl.run("get", kinds, *own) == ""
    everything = "all,configmaps,serviceaccounts,networkpolicies"
    wait_for("its objects to go", lambda: cluster.kubectl.run("get", everything, *IN_NAMESPACE, *own) == "", 60)
    assert "zlib 1048576 bytes ok" in running.run(CLIENT, "--operation", "zlib")
    made = (("leases", *IN_NAMESPACE), ("deviceclasses",))
    wait_for("what the operator has made to go", lambda: not any("nacelle-operator" in cluster.kubectl.run("get", *kind, "-o", "yaml") for kind in made), 60)
    # The kubelet's work, half a minute after the driver's socket has gone.
    wait_for("the slices to go", lambda: not _slices(cluster), 90, every=1)


def test_the_documented_command_removes_the_labels_of_nodes(cluster: Cluster, shell: documents.Shell) -> None:
    shell.run(documents.command("install.md", "kubectl get nodes"))
    assert "nacelle.dev/" not in cluster.kubectl.run("get", "nodes", "-o", "jsonpath={.items[*].metadata.labels}")


def test_the_documented_command_removes_the_custom_resources(cluster: Cluster, shell: documents.Shell) -> None:
    definitions = ("get", "crd", "-o", "name")
    assert "nodeaccelerators.nacelle.dev" in cluster.kubectl.run(*definitions)
    shell.run(documents.command("install.md", "kubectl delete -f charts/nacelle/crds"))
    assert "nacelle.dev" not in cluster.kubectl.run(*definitions)


def test_the_documented_command_removes_the_files_that_are_left(cluster: Cluster) -> None:
    node = cluster.node
    assert node.succeeds("test -e /var/lib/nacelle")
    node.run(documents.command("install.md", "rm -rf"))
    assert not node.run("ls -d /var/lib/nacelle /run/nacelle /var/run/cdi/nacelle* 2>/dev/null || true").strip()


def test_an_upgrade_from_the_chart_of_before_loses_no_running_pod(
    cluster: Cluster, helm: Helm, shell: documents.Shell, pods: Pods, tmp_path: Path
) -> None:
    if subprocess.run(["git", "cat-file", "-e", BEFORE], cwd=images.REPOSITORY, check=False).returncode != 0:
        pytest.skip("this clone has no history")
    packed = subprocess.run(["git", "archive", BEFORE, "charts/nacelle"], cwd=images.REPOSITORY, capture_output=True, check=True)
    subprocess.run(["tar", "-x", "-C", str(tmp_path)], input=packed.stdout, check=True)
    helm.run("install", RELEASE, str(tmp_path / "charts" / "nacelle"), *IN_NAMESPACE, "--create-namespace", *READY)
    cluster.kubectl.run("label", "namespace", NAMESPACE, "--overwrite", "pod-security.kubernetes.io/enforce=privileged")
    Accelerators(cluster).wait_all_back(180)
    running = pods.start("before-upgrade", {"sw-zip": 1})
    held = running.function_ids()
    before = agent_pods(cluster)
    shell.run(documents.command("install.md", "helm upgrade nacelle charts/nacelle -n nacelle-system --wait"))
    shell.run(documents.command("install.md", "kubectl apply --server-side"))
    assert not set(before) & set(agent_pods(cluster))
    assert _max_surge(cluster) == "0", "agents of that day may let nothing go"
    Accelerators(cluster).wait_all_back(180)
    upgrade(helm, {})
    assert _max_surge(cluster) == "1"
    assert running.container["restartCount"] == 0
    assert "zlib 1048576 bytes ok" in running.run(CLIENT, "--operation", "zlib")
    second = pods.start("after-upgrade", {"sw-zip": 1})
    assert set(second.function_ids()).isdisjoint(held)
    wait_for("all to be well", lambda: nacelle(cluster, "doctor").startswith("Nothing is wrong"), 60, 1, lambda: nacelle(cluster, "doctor"))


def _registrations(cluster: Cluster, resource: str) -> int:
    """How many times the agent that runs now has registered a resource."""
    (pod,) = cluster.api.pods("app.kubernetes.io/name=nacelle-agent", NAMESPACE)
    text = cluster.node.run(f"busybox wget -q -O - http://{pod['status']['podIP']}:9440/metrics")
    return int(re.search(rf'^nacelle_registrations_total{{resource="nacelle.dev/{resource}",result="ok"}} (\d+)', text, re.MULTILINE)[1])


def _max_surge(cluster: Cluster) -> str:
    path = "jsonpath={.spec.updateStrategy.rollingUpdate.maxSurge}"
    return cluster.kubectl.run("get", "daemonset", "nacelle-agent", *IN_NAMESPACE, "-o", path)


def _slices(cluster: Cluster) -> str:
    return cluster.kubectl.run("get", "resourceslices", "--field-selector=spec.driver=nacelle.dev", "-o", "name")


def _condition(cluster: Cluster, name: str) -> str:
    path = f"jsonpath={{.status.conditions[?(@.type=='{name}')].status}}"
    return cluster.kubectl.run("get", "acceleratorpolicy", "squeeze", "-o", path)

# SPDX-License-Identifier: Apache-2.0
"""The software accelerator's platform devices, in a real kernel."""

import json
import re
from pathlib import Path

import pytest

from tests.e2e.kmod.guest import (
    ARM64, DEBUG, DRIVER, LOAD, LOAD_SECONDS, PATIENCE, SHORT, UNLOAD, create,
    delete, during_load, run_client, statistics, uacce_name)
from tests.support.vm import kernel
from tests.support.vm.vm import Vm

OPERATIONS = {
    "sw_dma": ("memmove", "crc32c"),
    "sw_sec": ("sha256", "sha512", "hmac-sha256", "hmac-sha512"),
    "sw_zip": ("zlib", "deflate", "gzip"),
}


@pytest.fixture
def devices(loaded: Vm) -> Vm:
    for number, name in enumerate(OPERATIONS, start=1):
        create(loaded, f"{name} id={number} node={number % 2}")
    return loaded


def test_modules_load_and_unload_a_hundred_times(quiet: Vm) -> None:
    rounds = 20 if SHORT else 100
    quiet.check(f"i=0; while [ $i -lt {rounds} ]; do {LOAD}; "
                f"echo 'sw_zip id=1 node=0' >{DRIVER}/new_device; {UNLOAD} "
                "|| exit 1; i=$((i + 1)); done", 180 * PATIENCE)


@pytest.mark.parametrize(
    ("device", "operation"),
    [(f"{name}.{number}", operation)
     for number, name in enumerate(OPERATIONS, start=1)
     for operation in OPERATIONS[name]])
def test_operation_agrees_with_user_space(devices: Vm, device: str,
                                          operation: str) -> None:
    node = f"/dev/{uacce_name(devices, device)}"
    sizes = (0, 65537) if SHORT else (0, 1, 4095, 65536, 65537, 300001)
    for size in sizes:
        output = devices.check(
            "for d in text random zero; do swaccel-client --operation "
            f"{operation} --node {node} --size {size} --data $d || exit 1; "
            "done", 60 * PATIENCE)
        assert output.count(f"{operation} {size} bytes ok") == 3


def test_attributes_are_those_of_uacce(devices: Vm) -> None:
    name = uacce_name(devices, "sw_zip.3")
    read = devices.check(f"cd /sys/class/uacce/{name}; cat api flags isolate "
                         "available_instances device/numa_node algorithms")
    assert read == "swaccel_v1\n1\n0\n8\n1\nzlib\ndeflate\ngzip\n"


def test_client_finds_its_queue_in_functions_json(devices: Vm,
                                                  tmp_path: Path) -> None:
    name = uacce_name(devices, "sw_zip.3")
    document = {"version": 1, "node": "n", "grants": [], "links": [],
                "functions": [{
                    "id": "uacce-sw-zip-3", "family": "uacce",
                    "interface": "sw_zip", "api": "swaccel_v1",
                    "operations": ["deflate", "gzip", "zlib"],
                    "access": "sva", "queues": [{
                        "id": "uacce-sw-zip-3", "nodes": [f"/dev/{name}"],
                        "shares": 1}]}]}
    file = tmp_path / "functions.json"
    file.write_text(json.dumps(document), encoding="utf-8")
    devices.put(file, "/run/nacelle/functions.json")
    output = devices.check("swaccel-client --operation zlib", 60 * PATIENCE)
    assert output.startswith(
        f"zlib 1048576 bytes ok on {name} (uacce-sw-zip-3)")
    status, output = devices.run("swaccel-client --operation sha256")
    assert (status, "no function with operation sha256" in output) == (1, True)
    assert devices.run("swaccel-client --operation nonsense")[0] == 2


def test_pages_of_the_caller_are_faulted_in_and_charged_to_it(
        devices: Vm) -> None:
    name = uacce_name(devices, "sw_dma.1")
    megabytes = 32
    peak = devices.check(
        "cd /sys/fs/cgroup && echo +memory >cgroup.subtree_control && "
        "mkdir -p test && (echo 0 >test/cgroup.procs; swaccel-client "
        f"--operation memmove --node /dev/{name} --data zero "
        f"--size {megabytes << 20} >/dev/null) && cat test/memory.peak && "
        "rmdir test", 60 * PATIENCE)
    assert int(peak) >= megabytes << 20


def test_misuse_of_a_queue_is_refused(devices: Vm) -> None:
    name = uacce_name(devices, "sw_zip.3")
    status, output = devices.run(f"swaccel-abuse /dev/{name}", 60 * PATIENCE)
    assert (status, output) == (0, "")


def test_a_passed_descriptor_works_on_its_opener(devices: Vm) -> None:
    """As long as that lives; then there is no address space."""
    name = uacce_name(devices, "sw_zip.3")
    status, output = devices.run(f"swaccel-passed /dev/{name}", 60 * PATIENCE)
    assert (status, output) == (0, "")


def test_the_module_stays_while_a_queue_is_started(devices: Vm) -> None:
    """Removing the device works meanwhile, and ends the queue."""
    status, output = during_load(
        devices, "sw_zip.3", "rmmod swaccel 2>&1 | tee /tmp/rmmod; "
        "echo sw_zip.3 >" + DRIVER + "/delete_device")
    assert status != 0
    assert "removed" in output
    assert re.search("in use|Resource temporarily unavailable",
                     devices.check("cat /tmp/rmmod"))


def test_isolated_device_says_so_and_does_not_open(devices: Vm) -> None:
    name = uacce_name(devices, "sw_zip.3")
    inject = "/sys/devices/platform/sw_zip.3/fault_injection/isolate"
    devices.check(f"echo 1 >{inject}")
    assert devices.check(f"cat /sys/class/uacce/{name}/isolate") == "1\n"
    assert "Input/output error" in run_client(devices, "sw_zip.3", "zlib")[1]
    devices.check(f"echo 0 >{inject}")
    assert run_client(devices, "sw_zip.3", "zlib")[0] == 0


def test_device_without_free_instances_is_busy(devices: Vm) -> None:
    name = uacce_name(devices, "sw_zip.3")
    inject = "/sys/devices/platform/sw_zip.3/fault_injection/no_instances"
    devices.check(f"echo 1 >{inject}")
    read = devices.check(f"cat /sys/class/uacce/{name}/available_instances")
    assert read == "0\n"
    status, output = run_client(devices, "sw_zip.3", "zlib")
    assert (status, "resource busy" in output) == (1, True)


def test_queues_are_bounded_and_come_back(loaded: Vm) -> None:
    create(loaded, "sw_sec id=7 node=0 queues=2")
    name = uacce_name(loaded, "sw_sec.7")
    output = loaded.check(
        f"cd /sys/class/uacce/{name}; exec 4<>/dev/{name} 5<>/dev/{name}; "
        f"cat available_instances; (: 6<>/dev/{name}) 2>&1; "
        "exec 4>&- 5>&-; cat available_instances")
    assert re.fullmatch(r"0\n.*resource busy\n2\n", output), output


def test_failing_descriptors_are_reported(devices: Vm) -> None:
    devices.check("echo 1 >/sys/devices/platform/sw_sec.2/fault_injection/"
                  "failing_descriptors")
    status, output = run_client(devices, "sw_sec.2", "sha256")
    assert (status, "device error" in output) == (1, True)
    assert run_client(devices, "sw_sec.2", "sha256")[0] == 0


def test_disabled_queue_ends_in_a_clear_error(devices: Vm) -> None:
    status, output = during_load(
        devices, "sw_zip.3", "echo 1 >/sys/devices/platform/sw_zip.3/"
        "fault_injection/disable_queues")
    assert (status, "the queue was disabled" in output) == (1, True), output


def test_vanishing_device_ends_in_a_clear_error(devices: Vm) -> None:
    status, output = during_load(devices, "sw_zip.3",
                                 f"echo sw_zip.3 >{DRIVER}/delete_device")
    assert (status, "the device was removed" in output) == (1, True), output


@pytest.mark.parametrize(("command", "events"), [
    ("echo 1 >/sys/devices/platform/sw_zip.3/fault_injection/disable_queues",
     ["POLLERR"]),
    (f"echo sw_zip.3 >{DRIVER}/delete_device", ["POLLERR", "POLLHUP"])])
def test_poll_tells_of_a_queue_that_ended(devices: Vm, command: str,
                                          events: list[str]) -> None:
    output = devices.check(
        f"swaccel-poll /dev/{uacce_name(devices, 'sw_zip.3')} >/tmp/said & "
        "poll=$!; until grep -q polling /tmp/said; do sleep 0.1; done; "
        f"{command}; wait $poll && cat /tmp/said", 30 * PATIENCE)
    _, *told, _, seconds = output.split()
    assert told == events
    assert int(seconds) < 20


@pytest.mark.parametrize(("text", "reason"), [
    ("sw_zip id=3 node=1", "sw_zip.3 exists"),
    ("sw_gpu id=1 node=0", "sw_gpu: no such kind of device"),
    ("sw_zip id=4", "node= is missing"),
    ("sw_zip node=0", "id= is missing"),
    ("sw_zip id=4 node=9", "node=9: not online"),
    ("sw_zip id=4 node=-1", "node=-1: not a number"),
    ("sw_zip id=4 node=0 queues=0", "queues=0: not a number from 1"),
    ("sw_zip id=4 node=0 queues=1000000", "queues=1000000: not a number"),
    ("sw_zip id=4 node=0 depth=100", "depth=100: not a power of two"),
    ("sw_zip id=4 node=0 id=5", "id: given twice"),
    ("sw_zip id=4 node=0 speed=9", "speed: unknown key"),
    ("sw_zip id=4 node=0 fast", "fast: not of the form key=number"),
    ("", "no kind of device given"),
])
def test_wrong_device_is_refused_with_the_reason(devices: Vm, text: str,
                                                 reason: str) -> None:
    status, _ = devices.run(f"echo '{text}' >{DRIVER}/new_device")
    assert status != 0
    assert f"swaccel: {reason}" in devices.dmesg()


def test_device_comes_back_with_its_id_and_another_index(devices: Vm) -> None:
    before = uacce_name(devices, "sw_zip.3")
    delete(devices, "sw_zip.3")
    delete(devices, "sw_dma.1")
    create(devices, "sw_zip id=3 node=1")
    assert uacce_name(devices, "sw_zip.3") != before
    assert run_client(devices, "sw_zip.3", "gzip")[0] == 0


def test_devices_are_created_by_the_module_parameter(quiet: Vm) -> None:
    quiet.check("insmod /modules/swiommu.ko; insmod /modules/uacce.ko; "
                "insmod /modules/swaccel.ko "
                "devices='sw_zip,id=0,node=0;sw_sec,id=5,node=1,queues=2'")
    assert uacce_name(quiet, "sw_sec.5").startswith("sw_sec-")
    assert uacce_name(quiet, "sw_zip.0").startswith("sw_zip-")
    quiet.check(UNLOAD)


def test_without_sva_devices_show_and_opening_says_why(quiet: Vm) -> None:
    quiet.check("insmod /modules/swiommu.ko; insmod /modules/uacce.ko; "
                "insmod /modules/swaccel.ko sva=0 "
                "devices=sw_zip,id=0,node=0")
    name = uacce_name(quiet, "sw_zip.0")
    assert quiet.check(f"cat /sys/class/uacce/{name}/flags") == "0\n"
    status, output = run_client(quiet, "sw_zip.0", "zlib")
    assert (status, "Operation not supported" in output) == (1, True)
    assert "no queue without shared virtual addressing" in quiet.dmesg()
    quiet.check(UNLOAD)


def test_without_a_decoder_of_stores_the_module_is_refused(quiet: Vm) -> None:
    """As on another architecture, which is built for all the same."""
    if SHORT or DEBUG or ARM64:
        pytest.skip("one more build of the modules: the long form on Debian's")
    quiet.put(kernel.build_without_decoder(), "/tmp/swaccel.ko")
    quiet.check("insmod /modules/swiommu.ko; insmod /modules/uacce.ko")
    status, output = quiet.run("insmod /tmp/swaccel.ko")
    assert status != 0
    assert "Operation not supported" in output
    assert ("no decoder of doorbell stores for this architecture"
            in quiet.dmesg())
    quiet.check("rmmod uacce; rmmod swiommu")


def test_threads_run_on_the_device_s_node(devices: Vm) -> None:
    output = devices.check(
        f"exec 4<>/dev/{uacce_name(devices, 'sw_zip.3')}; "
        f"swaccel-client --operation zlib --seconds 2 "
        f"--node /dev/{uacce_name(devices, 'sw_zip.3')} >/dev/null & sleep 1; "
        "grep -h Cpus_allowed_list $(grep -l '^sw_zip.3$' /proc/*/comm | "
        "sed 's/comm/status/'); wait", 30 * PATIENCE)
    assert output.split() == ["Cpus_allowed_list:", "1"]


def test_node_on_a_file_system_that_goes_away(devices: Vm) -> None:
    """As in a container: its /dev is unmounted while work is queued."""
    numbers = devices.check(
        f"cat /sys/class/uacce/{uacce_name(devices, 'sw_zip.3')}/dev")
    major, minor = numbers.strip().split(":")
    devices.check(
        "mkdir -p /tmp/dev; i=0; while [ $i -lt 10 ]; do "
        "mount -t tmpfs dev /tmp/dev; "
        f"mknod /tmp/dev/queue c {major} {minor}; swaccel-client --operation "
        "zlib --size 33554432 --node /tmp/dev/queue & client=$!; sleep 0.3; "
        "kill -9 $client; wait $client; umount /tmp/dev || exit 1; "
        "i=$((i + 1)); done; rmdir /tmp/dev", 60 * PATIENCE)


def wait_idle(vm: Vm, device: str) -> None:
    vm.check(f"cd /sys/kernel/debug/swaccel/{device}; tries=0; until grep -q "
             "'^threads 0' statistics; do tries=$((tries + 1)); "
             "[ $tries -lt 100 ] || exit 1; sleep 0.1; done",
             15 * PATIENCE)


def test_killed_clients_leave_nothing(devices: Vm) -> None:
    status, output = devices.run(
        f"swaccel-stress {LOAD_SECONDS} 6 /sys/class/uacce",
        (LOAD_SECONDS + 60) * PATIENCE)
    assert status == 0, output
    for device in ("sw_dma.1", "sw_sec.2", "sw_zip.3"):
        wait_idle(devices, device)
        assert statistics(devices, device)["open_queues"] == 0


def test_hot_plug_under_load(devices: Vm) -> None:
    status, output = devices.run(
        f"swaccel-stress {LOAD_SECONDS} 6 /sys/class/uacce >/tmp/stress 2>&1 & "
        "stress=$!; rounds=0; while kill -0 $stress 2>/dev/null; do "
        "for d in 'sw_dma 1' 'sw_sec 2' 'sw_zip 3'; do set -- $d; "
        f"echo $1.$2 >{DRIVER}/delete_device || exit 3; sleep 0.05; "
        f"echo $1 id=$2 node=0 >{DRIVER}/new_device || exit 4; done; "
        "rounds=$((rounds + 1)); done; wait $stress; status=$?; "
        "cat /tmp/stress; echo rounds $rounds; exit $status",
        (LOAD_SECONDS + 60) * PATIENCE)
    assert status == 0, output
    counts = dict(re.findall(r"(\w+) (\d+)", output))
    assert int(counts["rounds"]) > 3
    assert int(counts["removed"]) > 0
    assert run_client(devices, "sw_zip.3", "zlib")[0] == 0

# SPDX-License-Identifier: Apache-2.0
"""The software Kunpeng: hisi_zip and hisi_sec2, in a real kernel."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.e2e.kmod.guest import (
    ARM64, DEBUG, DRIVER, LOAD_SECONDS, PATIENCE, SHORT, UNLOAD, create,
    statistics, uacce_name)
from tests.support.page import blocks, section
from tests.support.vm.vm import Vm

ZIP = ("deflate", "zlib", "gzip")
DIGESTS = ("md5", "sha1", "sha224", "sha256", "sha384", "sha512")
GCM = ("aes-128-gcm", "aes-192-gcm", "aes-256-gcm")
# By mode: modules that are loaded anew for each would take most of the time.
CIPHERS = {
    "ecb": ("aes-128-ecb", "aes-192-ecb", "aes-256-ecb", "des-ede-ecb",
            "des-ede3-ecb"),
    "cbc": ("aes-128-cbc", "aes-192-cbc", "aes-256-cbc", "des-ede-cbc",
            "des-ede3-cbc"),
    "ctr": ("aes-128-ctr", "aes-192-ctr", "aes-256-ctr"),
    "xts": ("aes-128-xts", "aes-256-xts"),
    "gcm": GCM,
    "ccm": ("aes-128-ccm", "aes-192-ccm", "aes-256-ccm"),
    "cbc-hmac": ("aes-128-cbc-hmac-sha1", "aes-192-cbc-hmac-sha256",
                 "aes-256-cbc-hmac-sha512"),
}
SIZES = (65, 70000) if SHORT else (64, 65, 4096, 65536, 70000, 300001)
LOAD = ("insmod /modules/swiommu.ko && insmod /modules/uacce.ko && "
        "insmod /modules/swaccel.ko hisi=1")


@pytest.fixture
def borrowed(quiet: Vm) -> Iterator[Vm]:
    """With the modules, and the names of real hardware allowed."""
    quiet.check(LOAD, 30 * PATIENCE)
    yield quiet
    quiet.check(UNLOAD, 60 * PATIENCE)


@pytest.fixture
def devices(borrowed: Vm) -> Vm:
    create(borrowed, "hisi_zip id=1 node=0")
    create(borrowed, "hisi_zip id=2 node=1 api=2")
    create(borrowed, "hisi_sec2 id=1 node=1")
    return borrowed


def run_client(vm: Vm, device: str, operation: str, *options: str,
               timeout: float = 60) -> tuple[int, str]:
    node = f"/dev/{uacce_name(vm, device)}"
    return vm.run(" ".join(["hisi-client", "--operation", operation, "--node",
                            node, *options]), timeout * PATIENCE)


def check_all(vm: Vm, device: str, operation: str, *options: str) -> None:
    """All sizes in one command, as each costs a round trip."""
    node = f"/dev/{uacce_name(vm, device)}"
    sizes = " ".join(str(size) for size in SIZES)
    status, output = vm.run(
        f"for s in {sizes}; do hisi-client --operation {operation} --node "
        f"{node} --size $s {' '.join(options)} || exit 1; done",
        120 * PATIENCE)
    assert (status, output.count(" ok on ")) == (0, len(SIZES)), output


def test_attributes_are_those_that_uadk_looks_for(devices: Vm) -> None:
    name = uacce_name(devices, "hisi_sec2.1")
    assert name.startswith("hisi_sec2-")
    read = devices.check(f"cd /sys/class/uacce/{name}; cat api flags isolate "
                         "available_instances device/numa_node algorithms "
                         "region_mmio_size region_dus_size")
    assert read == ("hisi_qm_v3\n1\n0\n64\n1\ncipher\ndigest\naead\n8192\n"
                    "151552\n")
    name = uacce_name(devices, "hisi_zip.2")
    assert devices.check(f"cd /sys/class/uacce/{name}; cat api algorithms") == (
        "hisi_qm_v2\nzlib\ngzip\ndeflate\n")


@pytest.mark.parametrize("operation", ZIP)
@pytest.mark.parametrize("options", [
    (), ("--list", "1000"), ("--part", "8192"),
    ("--part", "3001", "--list", "501")])
def test_zip_agrees_with_zlib(devices: Vm, operation: str,
                              options: tuple[str, ...]) -> None:
    check_all(devices, "hisi_zip.1", operation, *options)


@pytest.mark.parametrize("operation", ZIP)
def test_zip_of_version_2_agrees_with_zlib(devices: Vm,
                                           operation: str) -> None:
    check_all(devices, "hisi_zip.2", operation, "--api", "2")
    check_all(devices, "hisi_zip.2", operation, "--api", "2", "--part", "7001")


def test_a_descriptor_of_another_version_is_refused(devices: Vm) -> None:
    status, output = run_client(devices, "hisi_zip.2", "zlib")
    assert (status, "status 0x03" in output) == (1, True), output


@pytest.mark.parametrize("name", DIGESTS)
def test_digests_agree_with_openssl(devices: Vm, name: str) -> None:
    for operation in (name, f"hmac-{name}"):
        check_all(devices, "hisi_sec2.1", operation)
        check_all(devices, "hisi_sec2.1", operation, "--list", "777")


def test_a_key_longer_than_a_block_is_hashed_first(devices: Vm) -> None:
    """Of 64 bytes, or of 128; a key as long as a block is not."""
    for name in ("sha256", "sha512") if SHORT else DIGESTS:
        for size in ("128", "252") if SHORT else ("64", "128", "252"):
            assert run_client(devices, "hisi_sec2.1", f"hmac-{name}",
                              "--size", "1000", "--key", size)[0] == 0
    assert run_client(devices, "hisi_sec2.1", "aes-128-cbc-hmac-sha256",
                      "--size", "1000", "--key", "252")[0] == 0


@pytest.mark.parametrize(("device", "kind"), [
    ("hisi_sec2.1", "sec"), ("hisi_zip.1", "zip")])
def test_a_descriptor_with_a_mistake_ends_with_its_status(
        devices: Vm, device: str, kind: str) -> None:
    """What comes whole does not make a queue forget a stream, either."""
    node = f"/dev/{uacce_name(devices, device)}"
    status, output = devices.run(f"hisi-abuse {node} {kind}", 120 * PATIENCE)
    assert (status, output) == (0, "")


def test_more_than_a_descriptor_can_say_is_refused(devices: Vm) -> None:
    for operation in ("sha256",) if SHORT else ("sha256", "aes-128-cbc",
                                                "async"):
        status, output = run_client(devices, "hisi_sec2.1", operation,
                                    "--size", str(1 << 24))
        assert (status, "hisi_sec2 takes at most 16777215 a descriptor"
                in output) == (1, True), output


def test_the_client_finds_a_queue_of_either_version(devices: Vm,
                                                    tmp_path: Path) -> None:
    for number, version in ((1, 3), (2, 2)):
        name = uacce_name(devices, f"hisi_zip.{number}")
        document = {"version": 1, "node": "n", "grants": [], "links": [],
                    "functions": [{
                        "id": f"uacce-hisi-zip-{number}", "family": "uacce",
                        "interface": "hisi_zip", "api": f"hisi_qm_v{version}",
                        "operations": ["deflate", "gzip", "zlib"],
                        "access": "sva", "queues": [{
                            "id": f"uacce-hisi-zip-{number}",
                            "nodes": [f"/dev/{name}"], "shares": 1}]}]}
        file = tmp_path / "functions.json"
        file.write_text(json.dumps(document), encoding="utf-8")
        devices.put(file, "/run/nacelle/functions.json")
        output = devices.check("hisi-client --operation gzip --size 4096",
                               60 * PATIENCE)
        assert f"ok on {name} (uacce-hisi-zip-{number})" in output


def test_a_version_that_there_is_not_is_wrong_use(vm: Vm) -> None:
    for version in ("0", "1", "4"):
        status, output = vm.run("hisi-client --operation gzip --node /dev/null "
                                f"--api {version}")
        assert (status, f"--api {version}: neither 2 nor 3" in output) == (
            2, True)


@pytest.mark.parametrize("name", DIGESTS)
def test_a_long_digest_in_parts_agrees_with_openssl(devices: Vm,
                                                    name: str) -> None:
    for operation in (name, f"hmac-{name}"):
        check_all(devices, "hisi_sec2.1", operation, "--part", "256")


@pytest.mark.parametrize("mode", CIPHERS)
def test_ciphers_agree_with_openssl(devices: Vm, mode: str) -> None:
    for operation in CIPHERS[mode]:
        check_all(devices, "hisi_sec2.1", operation)
        check_all(devices, "hisi_sec2.1", operation, "--list", "1111")


def test_gcm_in_parts_agrees_with_openssl(devices: Vm) -> None:
    """As UADK does it: what is authenticated only, then blocks, then the tag."""
    for operation in GCM:
        check_all(devices, "hisi_sec2.1", operation, "--part", "1024")
        check_all(devices, "hisi_sec2.1", operation, "--part", "4096",
                  "--list", "777")


def test_what_the_kernel_keeps_for_a_queue_is_charged_to_the_opener(
        devices: Vm) -> None:
    """XTS takes a copy of all data; the client itself has it four times."""
    node = f"/dev/{uacce_name(devices, 'hisi_sec2.1')}"
    size = 8 << 20
    peak = devices.check(
        "cd /sys/fs/cgroup && echo +memory >cgroup.subtree_control && "
        "mkdir -p test && (echo 0 >test/cgroup.procs; hisi-client --operation "
        f"aes-256-xts --node {node} --size {size} >/dev/null) && "
        "cat test/memory.peak && rmdir test", 60 * PATIENCE)
    assert int(peak) >= 4.7 * size


def test_a_full_queue_loses_nothing(devices: Vm) -> None:
    """1,024 deep; ten million of them where that is minutes, not hours."""
    count = 20000 if SHORT else 200000 if DEBUG or ARM64 else 10000000
    status, output = run_client(devices, "hisi_sec2.1", "async", "--size",
                                "64", "--count", str(count), "--timeout",
                                "120000", timeout=max(300, count / 2000))
    assert status == 0, output
    assert statistics(devices, "hisi_sec2.1")["completed"] == count


def test_a_small_ring_wraps_and_loses_nothing(borrowed: Vm) -> None:
    create(borrowed, "hisi_sec2 id=9 node=0 depth=4")
    status, output = run_client(borrowed, "hisi_sec2.9", "async", "--size",
                                "64", "--count", "1003" if SHORT else "2003")
    assert status == 0, output


def test_the_commands_of_the_page_make_devices(quiet: Vm) -> None:
    """Of docs/try-without-hardware.md, from where the modules are built."""
    (commands,) = blocks(section("try-without-hardware.md",
                                 "On your own kernel"))
    quiet.check("for m in swiommu uacce swaccel; do mkdir -p /tmp/kmod/$m; "
                "ln -sf /modules/$m.ko /tmp/kmod/$m; done")
    quiet.check(f"set -e; {commands}", 30 * PATIENCE)
    assert run_client(quiet, "hisi_zip.0", "gzip")[0] == 0
    assert run_client(quiet, "hisi_sec2.0", "sha256")[0] == 0
    quiet.check(UNLOAD)


def test_names_of_real_hardware_need_a_parameter(loaded: Vm) -> None:
    """Without hisi=1 there is no such device."""
    status, _ = loaded.run(f"echo 'hisi_zip id=1 node=0' >{DRIVER}/new_device")
    assert status != 0
    assert "load swaccel with hisi=1" in loaded.dmesg()


@pytest.fixture
def stranger(borrowed: Vm) -> Iterator[Callable[[str], None]]:
    """Adds a PCI function or driver by the parameters of stranger.c."""
    if ARM64:
        pytest.skip("the buses of stranger.c are those of x86")
    yield lambda parameter: borrowed.check(
        f"rmmod stranger 2>/dev/null; insmod /modules/stranger.ko {parameter}")
    borrowed.run("rmmod stranger")


def test_beside_real_hardware_its_names_are_refused(
        borrowed: Vm, stranger: Callable[[str], None]) -> None:
    for parameter, words in (
            ("device=0xa250", "a HiSilicon accelerator is here"),
            ("device=0xa256", "a HiSilicon accelerator is here"),
            ("driver=hisi_zip", "a driver of HiSilicon's accelerators is here"),
            ("driver=hisi_hpre",
             "a driver of HiSilicon's accelerators is here")):
        stranger(parameter)
        for name in ("hisi_zip", "hisi_sec2"):
            said = f"swaccel: {name}: refused, {words}"
            before = borrowed.dmesg().count(said)
            assert borrowed.run(
                f"echo '{name} id=1 node=0' >{DRIVER}/new_device")[0] != 0
            assert borrowed.dmesg().count(said) == before + 1
    # The project's own names are nobody else's.
    create(borrowed, "sw_zip id=1 node=0")


def test_when_real_hardware_comes_later_its_names_step_back(
        devices: Vm, stranger: Callable[[str], None]) -> None:
    create(devices, "sw_zip id=1 node=0")
    isolate = "/sys/devices/platform/{}/uacce/*/isolate"
    for parameter, words in (
            ("device=0xa250", "a HiSilicon accelerator"),
            ("driver=hisi_sec2", "a driver of HiSilicon's accelerators")):
        assert devices.check(f"cat {isolate.format('hisi_zip.1')}") == "0\n"
        stranger(parameter)
        assert devices.check(f"cat {isolate.format('hisi_zip.1')}") == "1\n"
        for device, operation in (("hisi_zip.1", "zlib"),
                                  ("hisi_sec2.1", "sha256")):
            status, output = run_client(devices, device, operation)
            assert (status, "Input/output error" in output) == (1, True)
            assert (f"{device}: no queue, {words} is here: delete this device"
                    in devices.dmesg())
        # The project's own names are nobody else's.
        assert devices.check(f"cat {isolate.format('sw_zip.1')}") == "0\n"
        devices.check("rmmod stranger")
    assert run_client(devices, "hisi_zip.1", "zlib")[0] == 0


def test_beside_other_hardware_of_that_vendor_nothing_is_refused(
        borrowed: Vm, stranger: Callable[[str], None]) -> None:
    stranger("device=0x1822 driver=hinic")
    create(borrowed, "hisi_zip id=1 node=0")
    assert run_client(borrowed, "hisi_zip.1", "zlib")[0] == 0


@pytest.mark.parametrize(("text", "words"), [
    ("hisi_zip id=1", "node= is missing"),
    ("hisi_zip id=1 node=0 api=4", "api=4: not a version of hisi_zip's"),
    ("hisi_sec2 id=1 node=0 api=2", "api=2: not a version of hisi_sec2's"),
    ("sw_zip id=1 node=0 api=3", "api=3: not a version of sw_zip's"),
    ("hisi_hpre id=1 node=0", "hisi_hpre: no such kind of device"),
])
def test_a_wrong_device_is_refused_with_a_reason(borrowed: Vm, text: str,
                                                 words: str) -> None:
    assert borrowed.run(f"echo '{text}' >{DRIVER}/new_device")[0] != 0
    assert words in borrowed.dmesg()


def inject(vm: Vm, device: str, fault: str, value: int) -> None:
    vm.check(f"echo {value} >/sys/devices/platform/{device}/fault_injection/"
             f"{fault}")


def test_an_injected_failure_is_a_status_and_nothing_else(devices: Vm) -> None:
    inject(devices, "hisi_zip.1", "failing_descriptors", 1)
    status, output = run_client(devices, "hisi_zip.1", "zlib")
    assert (status, "status 0x05" in output) == (1, True), output
    assert run_client(devices, "hisi_zip.1", "zlib")[0] == 0
    inject(devices, "hisi_sec2.1", "failing_descriptors", 1)
    status, output = run_client(devices, "hisi_sec2.1", "sha256")
    assert (status, "error 4" in output) == (1, True), output
    assert statistics(devices, "hisi_sec2.1")["failed"] == 1


def test_an_isolated_device_does_not_open(devices: Vm) -> None:
    inject(devices, "hisi_zip.1", "isolate", 1)
    assert "Input/output error" in run_client(devices, "hisi_zip.1", "zlib")[1]


def during_load(vm: Vm, device: str, command: str) -> tuple[int, str]:
    node = f"/dev/{uacce_name(vm, device)}"
    return vm.run(
        f"hisi-client --operation async --count 100000000 --node {node} "
        f">/tmp/out 2>&1 & client=$!; sleep 1; {command}; wait $client; "
        "status=$?; cat /tmp/out; exit $status", 60 * PATIENCE)


def test_a_disabled_queue_ends_in_a_clear_error(devices: Vm) -> None:
    status, output = during_load(
        devices, "hisi_sec2.1", "echo 1 >/sys/devices/platform/hisi_sec2.1/"
        "fault_injection/disable_queues")
    assert (status, "the queue was disabled" in output) == (1, True), output


def test_removal_under_load_ends_in_a_clear_error(devices: Vm) -> None:
    status, output = during_load(
        devices, "hisi_sec2.1", f"echo hisi_sec2.1 >{DRIVER}/delete_device")
    assert status == 1
    assert re.search("the (device was removed|queue was disabled)", output)
    create(devices, "hisi_sec2 id=1 node=0")
    assert run_client(devices, "hisi_sec2.1", "sha256")[0] == 0


def test_clients_survive_devices_that_come_and_go(devices: Vm) -> None:
    status, output = devices.run(
        f"swaccel-fuzz {LOAD_SECONDS} 3 /sys/class/uacce >/tmp/fuzz 2>/dev/null"
        " & fuzz=$!; while kill -0 $fuzz 2>/dev/null; do "
        "for d in 'hisi_zip 1' 'hisi_sec2 1'; do set -- $d; "
        f"echo $1.$2 >{DRIVER}/delete_device || exit 3; sleep 0.05; "
        f"echo $1 id=$2 node=0 >{DRIVER}/new_device || exit 4; "
        "sleep 0.2; done; done; wait $fuzz; cat /tmp/fuzz",
        (LOAD_SECONDS + 60) * PATIENCE)
    assert (status, "done" in output) == (0, True), output


def test_compression_keeps_up_with_zlib(devices: Vm) -> None:
    """Ratios of one run; the machine may be busy with other things."""
    node = f"/dev/{uacce_name(devices, 'hisi_zip.1')}"
    status, output = devices.run(f"hisi-figures {node}", 300 * PATIENCE)
    print(output)
    # KASAN, which zlib in user space does without, makes it another figure.
    assert DEBUG or status == 0, output
    assert re.search(r"gzip-1MiB speed over zlib's [0-9.]+", output), output

# SPDX-License-Identifier: Apache-2.0
"""The software FPGA under the kernel's own FPGA framework, in a real kernel."""

import base64
from collections.abc import Iterator
from itertools import groupby

import pytest

from tests.e2e.kmod.guest import (
    LOAD_SECONDS, PATIENCE, SHORT, during_load, run_client, uacce_name)
from tests.support.vm.fpga_image import image
from tests.support.vm.vm import Vm

CARD = "/sys/devices/platform/swfpga.0"
STATE = f"{CARD}/fpga_manager/fpga0/state"
STATUS = f"{CARD}/fpga_manager/fpga0/status"
PARAMETERS = "/sys/module/swfpga/parameters"
FRAMEWORK = ("for m in fpga-mgr fpga-bridge fpga-region; do "
             "insmod /modules/$m.ko || exit; done")
UNLOAD = ("rmmod swfpga && rmmod fpga-region && rmmod fpga-bridge && "
          "rmmod fpga-mgr")
ZIP = 0x5A1B0000000000000000000000000001
SEC = 0x5EC00000000000000000000000000002


def insert(vm: Vm, parameters: str) -> None:
    vm.check(f"{FRAMEWORK}; insmod /modules/swfpga.ko {parameters}",
             30 * PATIENCE)


@pytest.fixture
def card(loaded: Vm) -> Iterator[Vm]:
    """A card with two regions."""
    insert(loaded, "regions=2")
    yield loaded
    loaded.check(UNLOAD, 60 * PATIENCE)


def region(number: int) -> str:
    return f"{CARD}/swfpga_region.{number}"


def load_command(number: int, data: bytes) -> str:
    """Loads an image by one write."""
    text = base64.b64encode(data).decode()
    return f"echo {text} | base64 -d | cat >{region(number)}/image"


def load(vm: Vm, number: int, data: bytes) -> None:
    vm.check(load_command(number, data), 30 * PATIENCE)


def compat_id(vm: Vm, number: int) -> str:
    return vm.check(f"cat {region(number)}/fpga_region/region*/compat_id")


def bridge(vm: Vm, number: int) -> str:
    return vm.check(f"cat {region(number)}/fpga_bridge/br*/state").strip()


def functions(vm: Vm, number: int) -> list[str]:
    """The platform devices of the functions below a region."""
    found = vm.check(f"cd {region(number)}; ls -d sw_*.* 2>/dev/null || true")
    return found.split()


def sequence_number(vm: Vm) -> int:
    """Of the last uevent of the kernel."""
    return int(vm.check("cat /sys/kernel/uevent_seqnum"))


def test_a_region_without_contents_has_no_function_and_no_compat_id(
        card: Vm) -> None:
    status, output = card.run(
        f"cat {region(0)}/fpga_region/region0/compat_id")
    assert (status, "No such file" in output) == (1, True)
    assert functions(card, 0) == []
    assert bridge(card, 0) == "disabled"
    assert card.check(f"cat {STATE}") == "operating\n"


def test_a_load_replaces_the_function_and_its_operations(card: Vm) -> None:
    parent = "platform/swfpga.0/swfpga_region.1"
    load(card, 1, image(ZIP, "sw_zip"))
    assert functions(card, 1) == ["sw_zip.60001"]
    assert compat_id(card, 1) == f"{ZIP:032x}\n"
    assert run_client(card, "sw_zip.60001", "zlib", parent=parent)[0] == 0

    load(card, 1, image(SEC, "sw_sec"))
    assert functions(card, 1) == ["sw_sec.60001"]
    assert compat_id(card, 1) == f"{SEC:032x}\n"
    assert run_client(card, "sw_sec.60001", "sha256", parent=parent)[0] == 0
    assert functions(card, 0) == []
    assert (bridge(card, 0), bridge(card, 1)) == ("disabled", "enabled")


def test_contents_need_not_make_a_function(card: Vm) -> None:
    load(card, 0, image(ZIP, "sw_zip"))
    load(card, 0, image(7))
    assert functions(card, 0) == []
    assert compat_id(card, 0) == f"{7:032x}\n"
    assert bridge(card, 0) == "enabled"


def test_functions_are_on_the_node_of_their_card(loaded: Vm) -> None:
    insert(loaded, "node=1,0")
    load(loaded, 0, image(ZIP, "sw_zip"))
    name = uacce_name(loaded, "swfpga.0/swfpga_region.0/sw_zip.60000")
    node = loaded.check(f"cat /sys/class/uacce/{name}/device/numa_node")
    second = loaded.check("cat /sys/devices/platform/swfpga.1/numa_node")
    assert (node, second) == ("1\n", "0\n")
    loaded.check(UNLOAD, 60 * PATIENCE)


def test_state_runs_through_the_phases_of_a_load(card: Vm) -> None:
    card.check(f"echo {200 * PATIENCE} >{PARAMETERS}/phase_ms")
    seen = card.check(
        f"{load_command(0, image(ZIP, 'sw_zip'))} & "
        f"while kill -0 $! 2>/dev/null; do cat {STATE}; done; "
        f"cat {STATE}", 60 * PATIENCE)
    states = [state for state, _ in groupby(seen.splitlines())]
    # The header is parsed faster than anybody can look.
    states = [state for state in states if state != "parse header"]
    assert states in (
        ["operating", "write init", "write", "write complete", "operating"],
        ["write init", "write", "write complete", "operating"])


@pytest.mark.parametrize(("data", "reason"), [
    (b"short", "shorter than its header"),
    (b"x" * 100, "not an image of this FPGA"),
    (image(ZIP, "sw_zip")[:-1], "length differs from that of its header"),
    (image(ZIP, "sw_gpu"), "makes a function of an unknown kind"),
    (image(ZIP, "sixteen_letters_"), "makes a function of an unknown kind"),
])
def test_a_bad_image_is_refused_and_leaves_the_bridge_disabled(
        card: Vm, data: bytes, reason: str) -> None:
    load(card, 0, image(ZIP, "sw_zip"))

    status, output = card.run(load_command(0, data), 30 * PATIENCE)

    assert (status, "Invalid argument" in output) == (1, True), output
    assert f"bad image: {reason}" in card.dmesg()
    assert card.check(f"cat {STATE} {STATUS}") == (
        "parse header error\nreconfig incompatible image\n")
    assert bridge(card, 0) == "disabled"
    assert functions(card, 0) == []


def test_a_bad_checksum_is_an_error_of_its_own(card: Vm) -> None:
    status, output = card.run(load_command(0, image(ZIP, "sw_zip", crc=0)),
                              30 * PATIENCE)
    assert (status, "error" in output) == (1, True), output
    assert card.check(f"cat {STATE} {STATUS}") == (
        "write complete error\nreconfig CRC error\n")
    assert functions(card, 0) == []


def test_a_good_image_repairs_what_a_bad_one_left(card: Vm) -> None:
    assert card.run(load_command(0, b"bad"), 30 * PATIENCE)[0] != 0
    load(card, 0, image(SEC, "sw_sec"))
    assert card.check(f"cat {STATE} {STATUS}") == "operating\n"
    assert bridge(card, 0) == "enabled"
    assert functions(card, 0) == ["sw_sec.60000"]


@pytest.mark.parametrize("second", [0, 1])
def test_a_concurrent_load_on_a_card_is_refused_as_busy(
        card: Vm, second: int) -> None:
    load(card, 1, image(ZIP, "sw_zip"))
    card.check(f"echo {500 * PATIENCE} >{PARAMETERS}/phase_ms")
    status, output = card.run(
        f"{load_command(0, image(ZIP, 'sw_zip'))} & "
        f"until grep -q write {STATE}; do :; done; "
        f"{load_command(second, image(SEC, 'sw_sec'))}; second=$?; "
        "wait $! || exit 9; exit $second", 60 * PATIENCE)
    assert (status, "resource busy" in output) == (1, True), output
    assert functions(card, 0) == ["sw_zip.60000"]
    assert functions(card, 1) == ["sw_zip.60001"]


def test_a_load_sends_no_uevent(card: Vm) -> None:
    load(card, 0, image(1))
    before = sequence_number(card)
    load(card, 0, image(2))
    assert compat_id(card, 0) == f"{2:032x}\n"
    assert sequence_number(card) == before


def test_on_request_a_load_sends_a_change_of_the_region(card: Vm) -> None:
    card.check(f"echo 1 >{PARAMETERS}/report_loads")
    card.check("rm -f /tmp/uevents; uevent sh -c "
               "'echo $ACTION $SUBSYSTEM $DEVPATH >>/tmp/uevents' & "
               "echo $! >/tmp/listener; "
               # Until the listener hears one.
               f"until [ -s /tmp/uevents ]; do echo change >{CARD}/uevent; "
               "sleep 0.1; done; >/tmp/uevents")
    load(card, 0, image(3))
    heard = card.check("until grep fpga_region /tmp/uevents; do sleep 0.1; "
                       "done; kill $(cat /tmp/listener)", 30 * PATIENCE)
    path = f"{region(0)}/fpga_region/region".removeprefix("/sys")
    assert heard.startswith(f"change fpga_region {path}")


def test_a_load_ends_the_clients_of_the_old_function(card: Vm) -> None:
    load(card, 0, image(ZIP, "sw_zip"))
    status, output = during_load(card, "sw_zip.60000",
                                 load_command(0, image(SEC, "sw_sec")),
                                 parent="platform/swfpga.0/swfpga_region.0")
    assert (status, "the device was removed" in output) == (1, True), output


def test_a_function_of_a_region_is_not_deleted_by_its_name(card: Vm) -> None:
    load(card, 0, image(ZIP, "sw_zip"))
    status, _ = card.run("echo sw_zip.60000 >/sys/bus/platform/drivers/"
                         "swaccel/delete_device")
    assert status != 0
    assert functions(card, 0) == ["sw_zip.60000"]


def test_a_card_is_unbound_while_it_is_loaded(card: Vm) -> None:
    """The load that is under way ends first."""
    card.check(f"echo {300 * PATIENCE} >{PARAMETERS}/phase_ms")
    driver = "/sys/bus/platform/drivers/swfpga"
    card.check(f"{load_command(0, image(ZIP, 'sw_zip'))} & "
               f"until grep -q write {STATE}; do :; done; "
               f"echo swfpga.0 >{driver}/unbind; wait $!; "
               f"[ ! -e {CARD}/fpga_manager ] || exit 9; "
               f"echo swfpga.0 >{driver}/bind", 60 * PATIENCE)
    assert functions(card, 0) == []


def test_loads_under_load(card: Vm) -> None:
    load(card, 0, image(ZIP, "sw_zip"))
    load(card, 1, image(ZIP, "sw_zip"))
    first, second = (load_command(0, image(number, kind)) for number, kind in
                     ((ZIP, "sw_zip"), (SEC, "sw_sec")))
    status, output = card.run(
        f"swaccel-stress {LOAD_SECONDS} 6 /sys/class/uacce >/tmp/stress 2>&1 & "
        "stress=$!; rounds=0; while kill -0 $stress 2>/dev/null; do "
        f"{{ {second}; }} || exit 3; sleep 0.1; {{ {first}; }} || exit 4; "
        "sleep 0.1; rounds=$((rounds + 1)); done; wait $stress; status=$?; "
        "cat /tmp/stress; echo rounds $rounds; exit $status",
        (LOAD_SECONDS + 60) * PATIENCE)
    assert status == 0, output
    assert int(output.split()[-1]) > 3


def test_modules_load_and_unload_many_times(loaded: Vm) -> None:
    rounds = 10 if SHORT else 50
    command = load_command(0, image(ZIP, "sw_zip"))
    loaded.check(
        f"i=0; while [ $i -lt {rounds} ]; do {FRAMEWORK}; "
        f"insmod /modules/swfpga.ko || exit; {{ {command}; }} || exit; "
        f"{UNLOAD} || exit; i=$((i + 1)); done", 120 * PATIENCE)


@pytest.mark.parametrize(("parameters", "reason"), [
    ("regions=0", "regions=0: not a number from 1 to 4"),
    ("regions=5", "regions=5: not a number from 1 to 4"),
    ("node=9", "node=9: not online"),
])
def test_wrong_parameters_are_refused_with_the_reason(
        loaded: Vm, parameters: str, reason: str) -> None:
    loaded.check(FRAMEWORK, 30 * PATIENCE)
    assert loaded.run(f"insmod /modules/swfpga.ko {parameters}")[0] != 0
    assert f"swfpga: {reason}" in loaded.dmesg()
    loaded.check(UNLOAD.replace("rmmod swfpga && ", ""), 60 * PATIENCE)

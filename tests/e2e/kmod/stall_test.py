# SPDX-License-Identifier: Apache-2.0
"""A page that user space itself serves and never does; see stall.c."""

from collections.abc import Callable, Iterator

import pytest

from tests.e2e.kmod.guest import (
    DEBUG, DRIVER, PATIENCE, create, statistics, uacce_name)
from tests.support.vm.vm import Vm

FOLDER = "/tmp/stall"
# What ends it: the page is refused, and so does whatever waits for it.
LET_GO = (f"umount -f {FOLDER}; kill -9 $(sed 's/waiting //' /tmp/said) "
          "$(cat /tmp/client); true")


@pytest.fixture
def stall(loaded: Vm) -> Iterator[Callable[[str], None]]:
    """Makes a client of sw_dma.1 wait for such a page in the given way."""
    create(loaded, "sw_dma id=1 node=0")
    create(loaded, "sw_dma id=2 node=0")
    node = f"/dev/{uacce_name(loaded, 'sw_dma.1')}"
    yield lambda way: loaded.check(
        f"rm -f /tmp/said; swaccel-stall {node} {way} >/tmp/said 2>&1 & "
        "echo $! >/tmp/client; tries=0; until grep -q waiting /tmp/said; do "
        "tries=$((tries + 1)); [ $tries -lt 100 ] || { cat /tmp/said; exit 1; "
        "}; sleep 0.1; done", 30 * PATIENCE)
    loaded.run(LET_GO)
    # Not before it has let go of the modules.
    loaded.check("tries=0; until [ \"$(cat /sys/module/swaccel/refcnt)\" = 0 "
                 "]; do tries=$((tries + 1)); [ $tries -lt 100 ] || exit 1; "
                 "sleep 0.1; done", 30 * PATIENCE)


def works(vm: Vm, device: str) -> bool:
    status, output = vm.run(
        f"timeout {5 * PATIENCE} swaccel-client --operation memmove --size "
        f"4096 --node /dev/{uacce_name(vm, device)}", 20 * PATIENCE)
    return (status, " ok on " in output) == (0, True)


def delete_in_time(vm: Vm, device: str) -> None:
    status, output = vm.run(
        f"timeout -s KILL {10 * PATIENCE} sh -c 'echo {device} "
        f">{DRIVER}/delete_device'", 20 * PATIENCE)
    assert status == 0, output


def test_a_page_that_never_comes_keeps_its_own_queue_only(
        loaded: Vm, stall: Callable[[str], None]) -> None:
    """Neither its process's end nor the device's waits for it."""
    stall("descriptor")
    loaded.check("kill -9 $(cat /tmp/client)")
    assert works(loaded, "sw_dma.1")
    delete_in_time(loaded, "sw_dma.1")
    assert works(loaded, "sw_dma.2")
    create(loaded, "sw_dma id=1 node=0")
    assert works(loaded, "sw_dma.1")


def test_an_ioctl_that_waits_for_such_a_page_keeps_nobody_else(
        loaded: Vm, stall: Callable[[str], None]) -> None:
    stall("ioctl")
    assert works(loaded, "sw_dma.1")
    assert works(loaded, "sw_dma.2")
    delete_in_time(loaded, "sw_dma.1")


def test_a_page_of_userfaultfd_keeps_its_queue_no_longer_than_its_process(
        loaded: Vm, stall: Callable[[str], None]) -> None:
    if DEBUG:
        pytest.skip("that kernel has no userfaultfd")
    stall("userfaultfd")
    assert statistics(loaded, "sw_dma.1")["threads"] == 1
    loaded.check("kill -9 $(cat /tmp/client)")
    loaded.check("cd /sys/kernel/debug/swaccel/sw_dma.1; tries=0; until grep "
                 "-q '^open_queues 0' statistics; do tries=$((tries + 1)); [ "
                 "$tries -lt 100 ] || exit 1; sleep 0.1; done", 20 * PATIENCE)

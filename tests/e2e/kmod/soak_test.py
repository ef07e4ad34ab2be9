# SPDX-License-Identifier: Apache-2.0
"""Long mixed use of all devices at once, and of none as it should be.

NACELLE_SOAK_SECONDS says for how long, each; ./dev check kmod takes five
minutes, and an hour is what to give a change of the queue core.
"""

import os
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.kmod.guest import (
    DEBUG, LOAD_SECONDS, PATIENCE, UNLOAD, create, statistics)
from tests.support.vm.vm import Vm

SECONDS = int(os.environ.get("NACELLE_SOAK_SECONDS", LOAD_SECONDS))
WARM_UP_SECONDS = min(SECONDS // 2, 30)
LOAD = ("insmod /modules/swiommu.ko && insmod /modules/uacce.ko && "
        "insmod /modules/swaccel.ko hisi=1")
DEVICES = {
    "sw_dma.1": "sw_dma id=1 node=0", "sw_sec.2": "sw_sec id=2 node=1",
    "sw_zip.3": "sw_zip id=3 node=0", "hisi_zip.1": "hisi_zip id=1 node=0",
    "hisi_zip.2": "hisi_zip id=2 node=1 api=2",
    "hisi_sec2.1": "hisi_sec2 id=1 node=0",
    "hisi_sec2.2": "hisi_sec2 id=2 node=1",
}
SCRIPT = Path(__file__).with_name("mixed_load.sh")
# Pages that CPUs and partly used slabs keep vary by some hundred KiB between
# two looks. What a queue has is more after 10,000 queues, each of its parts:
# structures of 512 bytes, buffers of 64 KiB, rings, the stack of a thread.
TOLERANCE_KIB = {"MemAvailable": 6144, "SUnreclaim": 2048, "Slab": 3072,
                 "VmallocUsed": 512, "KernelStack": 256, "Percpu": 256}
# Smaller ones are counted; some dozens differ, of slabs that a CPU has in use.
TOLERANCE_OBJECTS = 1000
# KASAN keeps freed objects for a while, up to 1/32 of all memory.
QUARANTINE_KIB = 20480 if DEBUG else 0


@pytest.fixture
def devices(quiet: Vm) -> Iterator[Vm]:
    quiet.check(LOAD, 30 * PATIENCE)
    for text in DEVICES.values():
        create(quiet, text)
    yield quiet
    quiet.check(UNLOAD, 60 * PATIENCE)


def wait_idle(vm: Vm) -> None:
    """No thread executes, no queue is open, and every instance is free."""
    for device in DEVICES:
        vm.check(f"cd /sys/kernel/debug/swaccel/{device}; tries=0; until "
                 "grep -q '^threads 0' statistics; do tries=$((tries + 1)); "
                 "[ $tries -lt 100 ] || exit 1; sleep 0.1; done",
                 15 * PATIENCE)
        assert statistics(vm, device)["open_queues"] == 0
        free = vm.check("cat /sys/devices/platform/"
                        f"{device}/uacce/*/available_instances").strip()
        assert free == ("8" if device.startswith("sw_") else "64"), device


def memory(vm: Vm) -> dict[str, int]:
    """KiB of /proc/meminfo, of an idle machine without caches."""
    text = vm.check(
        "rm -rf /tmp/soak /tmp/fuzz*; for i in 1 2 3 4 5; do sync; "
        "echo 3 >/proc/sys/vm/drop_caches; sleep 0.5; done; cat /proc/meminfo",
        60 * PATIENCE)
    return {name: int(value) for name, value
            in re.findall(r"^(\w+): +(\d+) kB", text, re.MULTILINE)}


def objects(vm: Vm) -> dict[str, int]:
    """Of each cache that kmalloc takes from; the module has none of its own."""
    return {name: int(active) for name, active in re.findall(
        r"^(kmalloc-\S+) +(\d+)", vm.check("cat /proc/slabinfo"),
        re.MULTILINE)}


def mix(vm: Vm, seconds: int) -> Counter[str]:
    """What the clients count; they must not have complained."""
    vm.check(f"sh /mixed_load.sh {seconds} /tmp/soak >/dev/null 2>&1",
             seconds + 120 * PATIENCE)
    counts: Counter[str] = Counter()
    for name, value in re.findall(r"(\w+) (\d+)",
                                  vm.check("cat /tmp/soak/counts")):
        counts[name] += int(value)
    print(dict(counts))
    assert vm.check("head -20 /tmp/soak/wrong") == ""
    return counts


def test_mixed_clients_leave_nothing_behind(devices: Vm) -> None:
    """Killed or not, on devices that stay and on some that come and go."""
    devices.put(SCRIPT, "/mixed_load.sh")
    mix(devices, WARM_UP_SECONDS)
    wait_idle(devices)
    before, objects_before = memory(devices), objects(devices)
    counts = mix(devices, SECONDS)
    wait_idle(devices)
    after, objects_after = memory(devices), objects(devices)
    grown = {name: count - objects_before[name]
             for name, count in objects_after.items()}
    print(grown)
    print({name: (before[name], after[name]) for name in TOLERANCE_KIB})
    for name in ("good", "killed", "rounds", "opened", "completed"):
        assert counts[name] > 0, counts
    lost = {name: (before[name], after[name])
            for name, most in TOLERANCE_KIB.items()
            if (before[name] - after[name] if name == "MemAvailable"
                else after[name] - before[name]) > most + QUARANTINE_KIB}
    assert lost == {}
    assert DEBUG or {name: count for name, count in grown.items()
                     if count > TOLERANCE_OBJECTS} == {}
    assert devices.run("grep -E '\\[(swaccel|swiommu|uacce)\\]' "
                       "/proc/vmallocinfo")[1] == ""


def test_anything_that_user_space_writes_is_survived(devices: Vm) -> None:
    """Descriptors, lists, ioctls, mappings and doorbells; see fuzz.c."""
    output = devices.check(
        f"swaccel-fuzz {SECONDS} 1 /sys/class/uacce >/tmp/fuzz1 2>&1 & "
        f"swaccel-fuzz {SECONDS} 2 /sys/class/uacce >/tmp/fuzz2 2>&1; "
        "wait; cat /tmp/fuzz1 /tmp/fuzz2", SECONDS + 60 * PATIENCE)
    print(output)
    counts: Counter[str] = Counter()
    for name, value in re.findall(r"([-\w]+) (\d+)", output):
        counts[name] += int(value)
    assert counts["done"] > 100, output
    # The good path of each, or what is changed in it would not be reached. In
    # some seconds not every algorithm has its turn, but every engine.
    accepted: Counter[str] = Counter()
    for kind in set(re.findall(r"accepted (\S+) ", output)):
        accepted[kind if SECONDS >= 60 else kind.split("-")[0]] += counts[kind]
    assert len(accepted) == (62 if SECONDS >= 60 else 5)
    assert [kind for kind, count in accepted.items() if not count] == [], output
    wait_idle(devices)

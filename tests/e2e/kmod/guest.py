# SPDX-License-Identifier: Apache-2.0
"""What tests of the modules do in the virtual machine."""

import os

from tests.support.vm.vm import Vm

SHORT = bool(os.environ.get("NACELLE_SHORT"))
LOAD_SECONDS = 8 if SHORT else 60
DEBUG = os.environ.get("NACELLE_KMOD_KERNEL") == "debug"
ARM64 = os.environ.get("NACELLE_KMOD_KERNEL") == "arm64"
# Debugging kernels, and other architectures, are several times slower.
PATIENCE = 10 if DEBUG or ARM64 else 1

DRIVER = "/sys/bus/platform/drivers/swaccel"
LOAD = "for m in swiommu uacce swaccel; do insmod /modules/$m.ko || exit; done"
UNLOAD = "rmmod swaccel && rmmod uacce && rmmod swiommu"


def create(vm: Vm, text: str) -> None:
    vm.check(f"echo '{text}' >{DRIVER}/new_device")


def delete(vm: Vm, name: str) -> None:
    vm.check(f"echo {name} >{DRIVER}/delete_device", 60)


def uacce_name(vm: Vm, device: str, parent: str = "platform") -> str:
    """Name of the uacce device, whose index the kernel chooses."""
    return vm.check(f"ls /sys/devices/{parent}/{device}/uacce").strip()


def run_client(vm: Vm, device: str, operation: str, *options: str,
               parent: str = "platform",
               timeout: float = 60) -> tuple[int, str]:
    node = f"/dev/{uacce_name(vm, device, parent)}"
    return vm.run(" ".join(["swaccel-client", "--operation", operation,
                            "--node", node, *options]), timeout * PATIENCE)


def during_load(vm: Vm, device: str, command: str,
                parent: str = "platform") -> tuple[int, str]:
    """Ends `command` while a client computes: the client's end."""
    name = uacce_name(vm, device, parent)
    return vm.run(
        f"swaccel-client --operation zlib --node /dev/{name} --seconds 60 "
        f">/tmp/out 2>&1 & client=$!; sleep 1; {command}; wait $client; "
        "status=$?; cat /tmp/out; exit $status", 60 * PATIENCE)


def statistics(vm: Vm, device: str) -> dict[str, int]:
    text = vm.check(f"cat /sys/kernel/debug/swaccel/{device}/statistics")
    return {name: int(value) for name, value in
            (line.split() for line in text.splitlines())}

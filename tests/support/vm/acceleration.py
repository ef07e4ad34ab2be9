# SPDX-License-Identifier: Apache-2.0
"""How QEMU runs the guest: KVM where it really works, else TCG.

That /dev/kvm opens says little: on some nested hosts the kernel starts and
then meets an instruction that the host cannot emulate. So a kernel is booted
once, and the answer is kept a host kernel. NACELLE_VM_ACCEL=tcg or =kvm
decides without a trial.
"""

import os
import subprocess
import tempfile
from pathlib import Path

from tests.support.vm import cache

_TRIAL_SECONDS = 30


def _kvm_boots(image: Path) -> bool:
    if not os.access("/dev/kvm", os.R_OK | os.W_OK):
        return False
    with tempfile.TemporaryDirectory() as folder:
        console = Path(folder) / "console"
        try:
            # Without a root file system the kernel panics, which restarts,
            # which ends QEMU.
            subprocess.run(
                ["qemu-system-x86_64", "-machine", "q35", "-accel", "kvm",
                 "-cpu", "host", "-m", "512", "-display", "none", "-monitor",
                 "none", "-no-reboot", "-serial", f"file:{console}",
                 "-kernel", str(image), "-append", "console=ttyS0 panic=-1"],
                check=False, timeout=_TRIAL_SECONDS, capture_output=True)
        except subprocess.TimeoutExpired:
            return False
        return b"Kernel panic" in console.read_bytes()


def choose(image: Path) -> str:
    """"kvm" or "tcg"."""
    wanted = os.environ.get("NACELLE_VM_ACCEL", "")
    if wanted in ("kvm", "tcg"):
        return wanted
    if wanted:
        raise ValueError(f"NACELLE_VM_ACCEL={wanted}: neither kvm nor tcg")
    file = cache.root() / f"acceleration-{os.uname().release}"
    if not file.exists():
        file.write_text("kvm" if _kvm_boots(image) else "tcg",
                        encoding="ascii")
    return file.read_text(encoding="ascii")


def options(accelerator: str) -> list[str]:
    if accelerator == "kvm":
        return ["-accel", "kvm", "-cpu", "host"]
    # Where "rep movsb" is not said to be fast, nobody copies byte by byte, which
    # it is when it is emulated.
    return ["-accel", "tcg,thread=multi", "-cpu", "max,erms=off,fsrm=off"]


def arm64_options() -> list[str]:
    return ["-accel", "tcg,thread=multi", "-cpu", "max"]


def kernel_words(accelerator: str) -> list[str]:
    """Of the kernel's command line. They save a third of an emulated node's CPU time.

    The emulated TSC is the host's, but a kernel that compares those of emulated
    CPUs takes them for unsynchronized, and each look at a clock becomes a system
    call and an access of the HPET under QEMU's lock. Timers of 4 ms are
    interrupted less often.
    """
    return [] if accelerator == "kvm" else ["tsc=reliable", "highres=off", "mitigations=off"]

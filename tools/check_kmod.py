#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""./dev check kmod: style of the kernel code, then its tests twice.

First on Debian's kernel, then on a small one with KASAN and lockdep, which is
built once (some ten minutes on two cores, kept in the cache). Minutes of kill
and hot plug on each. Options: "debug" or "debian" for one of the two only.
"""

import os
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
KERNELS = ("debian", "debug")


def run_tests(kernel: str) -> bool:
    print(f"kmod: tests on the {kernel} kernel", flush=True)
    done = subprocess.run(
        ["/usr/bin/python3", "-m", "pytest", "-q", "tests/e2e/kmod_test.py"],
        cwd=REPOSITORY, check=False,
        env={**os.environ, "NACELLE_KMOD_KERNEL": kernel})
    return done.returncode == 0


def main(arguments: list[str]) -> int:
    if any(argument not in KERNELS for argument in arguments):
        print(f"Usage: check_kmod.py [{' | '.join(KERNELS)}]", file=sys.stderr)
        return 2
    style = subprocess.run([REPOSITORY / "tools/checkpatch.sh"], check=False)
    if style.returncode:
        return 1
    wanted = arguments or KERNELS
    return 0 if all([run_tests(kernel) for kernel in wanted]) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

# SPDX-License-Identifier: Apache-2.0
"""clang-tidy over the sources of a compilation database: tidy.py BUILD_FOLDER.

A source is left alone where it, all that it includes, the checks and the installed
packages are as they were when it last passed; $NACELLE_CACHE/tidy has an empty file for
each such state. After the moment CHECK_UNTIL (seconds since 1970) no source is begun.
"""

import concurrent.futures
import hashlib
import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

INCLUDE = re.compile(rb'^#include "([^"]+)"', re.MULTILINE)
ROOT = Path.cwd()


def reached_from(source: Path) -> set[Path]:
    """The source and the project's files that it includes, however far away."""
    reached, waiting = set(), [source]
    while waiting:
        file = waiting.pop()
        if file in reached or not file.is_file():  # generated headers: see common_state
            continue
        reached.add(file)
        waiting += [ROOT / name.decode() for name in INCLUDE.findall(file.read_bytes())]
    return reached


def common_state() -> bytes:
    """What every source depends on: checks, generated headers' sources, packages, flags."""
    files = [ROOT / ".clang-tidy", *sorted((ROOT / "api").rglob("*.proto")), *sorted((ROOT / "cmake").iterdir())]
    packages = subprocess.run(["dpkg-query", "-W", "clang-tidy*", "lib*-dev"], capture_output=True, check=True).stdout
    return b"".join(file.read_bytes() for file in files) + packages


def key_of(source: Path, common: bytes) -> str:
    digest = hashlib.sha256(common)
    for file in sorted(reached_from(source)):
        digest.update(str(file.relative_to(ROOT)).encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:32]


def tidy(source: Path, build: str) -> str:
    """What clang-tidy has against the source; empty where that is nothing."""
    command = ["clang-tidy", "-p", build, "--quiet", "--warnings-as-errors=*", str(source)]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    return "" if done.returncode == 0 else done.stdout or done.stderr


def main(build: str) -> int:
    passed = Path(os.environ["NACELLE_CACHE"]) / "tidy"
    passed.mkdir(parents=True, exist_ok=True)
    until = float(os.environ.get("CHECK_UNTIL") or "inf")
    database = json.loads((Path(build) / "compile_commands.json").read_text())
    sources = sorted({Path(entry["file"]) for entry in database} - set((ROOT / build).rglob("*")))
    common = common_state()
    keys = {source: key_of(source, common) for source in sources}
    due = [source for source in sources if not (passed / keys[source]).exists()]
    failed, left_out = [], []

    def check(source: Path) -> None:
        if time.time() >= until:
            left_out.append(source)
        elif complaints := tidy(source, build):
            failed.append(source)
            print(complaints, flush=True)
        else:
            (passed / keys[source]).touch()

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(check, due))
    print(
        f"tidy: {len(sources)} sources: {len(sources) - len(due)} as they were when they last passed, "
        f"{len(due) - len(failed) - len(left_out)} pass now, {len(failed)} fail, {len(left_out)} left out for want of time"
    )
    return 1 if failed or not sources else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))

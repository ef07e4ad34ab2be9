# SPDX-License-Identifier: Apache-2.0
"""The images that a test cluster runs; there is no registry."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from tools.image import products
from tools.image.oci_image import Image
from tools.image.shared_libraries import Libraries

TAG = products.version()
AGENT = products.AGENT.image_name(TAG)
WORKLOAD = "localhost/workload:test"
PAUSE = "localhost/pause:test"

REPOSITORY = Path(__file__).resolve().parents[3]
BUSYBOX = Path("/bin/busybox")
_USERS = "root:x:0:0:root:/:/bin/sh\nuser:x:1000:1000:user:/:/bin/sh\n"


def agent_binary() -> Path:
    """The agent under test; NACELLE_AGENT names another one."""
    named = os.environ.get("NACELLE_AGENT")
    return Path(named) if named else REPOSITORY / "build" / "release" / "bin" / "nacelle-agent"


def write_pause(archive: Path) -> None:
    image = Image(PAUSE, entrypoint=["/bin/busybox", "sleep", "infinity"])
    image.add_program("/bin/busybox", BUSYBOX, Libraries())
    image.write(archive)


def write_workload(archive: Path, tools: tuple[Path, ...]) -> None:
    """busybox, and programs that use accelerators."""
    image = Image(WORKLOAD, entrypoint=["/bin/sh"])
    image.add_program("/bin/busybox", BUSYBOX, Libraries())
    for applet in _applets():
        image.add_link(f"/bin/{applet}", "busybox")
    image.add_file("/etc/passwd", _USERS.encode())
    image.add_folder("/run/nacelle")
    for tool in tools:
        image.add_program(f"/usr/bin/{tool.name}", tool, Libraries())
    image.write(archive)


def write_agent(archive: Path, binary: Path) -> None:
    write_product(archive, products.AGENT, binary)


def write_product(archive: Path, product: products.Product, binary: Path) -> None:
    """As ./dev image makes it, but from any build of the program."""
    with tempfile.TemporaryDirectory() as folder:
        made = products.make(product, binary, Path(folder), TAG)
        shutil.move(made.archive, archive)


def _applets() -> list[str]:
    listed = subprocess.run(
        [str(BUSYBOX), "--list"], capture_output=True, text=True, check=True, timeout=30
    )
    return [name for name in listed.stdout.split() if name != "busybox"]

# SPDX-License-Identifier: Apache-2.0
"""Image archives, as tools/image makes them."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from tests.support.cluster.images import REPOSITORY
from tools.image.oci_image import Image
from tools.image.shared_libraries import Libraries

TOOL = REPOSITORY / "tools" / "image" / "oci_image.py"
# Any program with shared libraries will do.
PROGRAM = Path(sys.executable).resolve()

pytestmark = pytest.mark.skipif(not shutil.which("readelf"), reason="not installed: binutils")


def test_the_same_input_gives_the_same_archive(tmp_path: Path) -> None:
    digests = set()
    for name in ("first", "second"):
        words = ["--name", "localhost/x:1", "--program", f"{PROGRAM}=/usr/bin/x"]
        command = [sys.executable, str(TOOL), "-o", str(tmp_path / name), *words]
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
        digests.add(done.stdout)
    assert len(digests) == 1
    assert (tmp_path / "first").read_bytes() == (tmp_path / "second").read_bytes()


def test_a_program_comes_with_its_loader_and_all_its_libraries(tmp_path: Path) -> None:
    image = Image("localhost/x:1", entrypoint=["/usr/bin/x"])
    image.add_program("/usr/bin/x", PROGRAM, Libraries())
    image.write(tmp_path / "x.tar")

    inside = _layer(tmp_path / "x.tar")
    needed = subprocess.run(["ldd", str(PROGRAM)], capture_output=True, text=True, check=True)
    names = [word for word in needed.stdout.split() if word.startswith("/")]
    assert names
    for path in names:
        assert path.lstrip("/") in inside


def test_what_is_missing_is_named_on_one_line(tmp_path: Path) -> None:
    words = ["-o", str(tmp_path / "x"), "--name", "x:1", "--program", "/no/such=/usr/bin/x"]
    command = [sys.executable, str(TOOL), *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 1
    assert "/no/such" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def _layer(archive: Path) -> set[str]:
    with tarfile.open(archive) as tar:
        index = json.load(tar.extractfile("index.json"))
        manifest = json.load(tar.extractfile(_blob(index["manifests"][0])))
        layer = tar.extractfile(_blob(manifest["layers"][0])).read()
    with tarfile.open(fileobj=io.BytesIO(layer)) as tar:
        return set(tar.getnames())


def _blob(descriptor: dict) -> str:
    return "blobs/" + descriptor["digest"].replace(":", "/")

# SPDX-License-Identifier: Apache-2.0
"""The images of ./dev image arm64, cross-built; qemu-user runs what is in them."""

from __future__ import annotations

import json
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest

from tests.e2e.image_test import open_layer
from tests.support.cluster.images import REPOSITORY
from tools.image import products

IMAGES = REPOSITORY / "build" / "image" / "arm64"
MACHINES = REPOSITORY / "tests" / "golden"
QEMU = "qemu-aarch64-static"

pytestmark = [
    pytest.mark.skipif(not (IMAGES / "nacelle-agent.tar").exists(), reason="./dev image arm64 first; ./dev check arm64 does"),
    pytest.mark.skipif(not shutil.which(QEMU), reason="not installed: qemu-user-static"),
]


@pytest.fixture(scope="module", params=products.PRODUCTS, ids=lambda product: product.name)
def product(request: pytest.FixtureRequest) -> products.Product:
    return request.param


def unpack(product: products.Product, folder: Path) -> Path:
    with open_layer(IMAGES / f"{product.name}.tar") as layer:
        layer.extractall(folder)
    return folder


def run(root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """A program of the image, with the loader and the libraries of the image."""
    command = [QEMU, "-L", str(root), str(root / words[0].lstrip("/")), *words[1:]]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def test_an_image_says_that_it_is_for_arm64(product: products.Product) -> None:
    with tarfile.open(IMAGES / f"{product.name}.tar") as archive:
        blobs = [archive.extractfile(entry).read() for entry in archive if entry.isfile()]
    configurations = [json.loads(blob) for blob in blobs if blob.startswith(b'{"architecture"')]
    assert [one["architecture"] for one in configurations] == ["arm64"]


def test_a_program_starts_with_just_what_its_image_has(product: products.Product, tmp_path: Path) -> None:
    done = run(unpack(product, tmp_path), f"/usr/bin/{product.program}", "--help")
    assert done.returncode == 0, done.stderr
    assert product.program in done.stdout


def test_the_agent_shows_each_recorded_machine_as_it_was_reviewed(tmp_path: Path) -> None:
    root = unpack(products.AGENT, tmp_path)
    machines = sorted(MACHINES.glob("*/machine.txt"))
    assert machines
    for machine in machines:
        words = ("inspect", "-o", "json", "--root", str(machine), "--node", "machine")
        done = run(root, "/usr/bin/nacelle-agent", *words)
        assert done.returncode == 0, done.stderr
        shown = json.loads(done.stdout)
        for function in shown["functions"]:
            # What a policy makes of it; the reviewed files are of the machine alone.
            function.pop("offer", None)
        assert shown == json.loads((machine.parent / "inspect.json").read_text(encoding="utf-8")), machine


def test_the_bill_names_packages_of_arm64(product: products.Product) -> None:
    bill = json.loads((IMAGES / f"{product.name}.spdx.json").read_text(encoding="utf-8"))
    purls = [package["externalRefs"][0]["referenceLocator"] for package in bill["packages"] if "externalRefs" in package]
    assert purls
    assert all(purl.endswith(("arch=arm64", "arch=all")) for purl in purls)

# SPDX-License-Identifier: Apache-2.0
"""Image archives, as tools/image makes them."""

from __future__ import annotations

import dataclasses
import io
import json
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from tests.support import documents
from tests.support.cluster.images import REPOSITORY, agent_binary
from tools.image import products
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


@pytest.fixture(scope="module")
def agent(tmp_path_factory: pytest.TempPathFactory) -> products.Made:
    binary = agent_binary()
    if not binary.exists():
        pytest.fail(f"{binary} is not there: ./dev build release", pytrace=False)
    return products.make(products.AGENT, binary, tmp_path_factory.mktemp("agent"), "1")


def test_the_agent_is_at_most_30_mb_unpacked(agent: products.Made) -> None:
    inside = _files(agent.archive)
    assert "usr/bin/nacelle-agent" in inside
    assert sum(inside.values()) == agent.unpacked_bytes <= 30_000_000


def test_the_bill_names_every_file_and_the_package_of_every_library(agent: products.Made) -> None:
    bill = json.loads(agent.bill.read_text(encoding="utf-8"))
    assert {file["fileName"].removeprefix("./") for file in bill["files"]} == set(
        _files(agent.archive)
    )
    packages = {package["name"]: package for package in bill["packages"]}
    # One that is shared, and one that is linked in.
    for name in ("libc6", "libgrpc++-dev"):
        purl = packages[name]["externalRefs"][0]["referenceLocator"]
        assert purl.startswith(f"pkg:deb/debian/{name}@{packages[name]['versionInfo']}")
    by_id = {package["SPDXID"]: package["name"] for package in bill["packages"]}
    linked = [one for one in bill["relationships"] if one["relationshipType"] == "STATIC_LINK"]
    assert "libgrpc++-dev" in {by_id[one["relatedSpdxElement"]] for one in linked}


def test_the_agents_image_is_the_same_each_time_it_is_packed(agent: products.Made, tmp_path: Path) -> None:
    again = products.make(products.AGENT, agent_binary(), tmp_path, "1")
    assert again.digest == agent.digest
    assert again.archive.read_bytes() == agent.archive.read_bytes()
    assert again.bill.read_bytes() == agent.bill.read_bytes()


def test_no_program_names_the_folder_in_which_it_was_built() -> None:
    # So that another folder gives the same bytes; ./dev check reproducible compares them.
    binaries = agent_binary().parent
    for name in ("nacelle-agent", "nacelle-operator", "kubectl-nacelle"):
        assert str(REPOSITORY).encode() not in (binaries / name).read_bytes(), name


def test_an_image_that_is_too_large_is_not_made(tmp_path: Path) -> None:
    small = dataclasses.replace(products.AGENT, most_bytes=1000)
    with pytest.raises(ValueError, match="nacelle-agent: [0-9]+ bytes unpacked, more than 1000"):
        products.make(small, PROGRAM, tmp_path, "1")
    assert not list(tmp_path.iterdir())


def test_only_the_agent_runs_as_root() -> None:
    users = {product.name: product.user.split(":")[0] for product in products.PRODUCTS}
    assert users.pop("nacelle-agent") == "0"
    assert "0" not in users.values()


def _files(archive: Path) -> dict[str, int]:
    """Path to size."""
    with open_layer(archive) as tar:
        return {entry.name: entry.size for entry in tar.getmembers() if entry.isfile()}


def _layer(archive: Path) -> set[str]:
    with open_layer(archive) as tar:
        return set(tar.getnames())


def open_layer(archive: Path) -> tarfile.TarFile:
    with tarfile.open(archive) as tar:
        index = json.load(tar.extractfile("index.json"))
        manifest = json.load(tar.extractfile(_blob(index["manifests"][0])))
        layer = tar.extractfile(_blob(manifest["layers"][0])).read()
    return tarfile.open(fileobj=io.BytesIO(layer))


def _blob(descriptor: dict) -> str:
    return "blobs/" + descriptor["digest"].replace(":", "/")


def test_the_documented_command_makes_every_image_and_the_plugin() -> None:
    if not agent_binary().exists():
        pytest.skip("./dev build release first")
    words = documents.command("install.md", "./dev image").split()
    done = subprocess.run(words, cwd=REPOSITORY, capture_output=True, text=True, check=False, timeout=600)
    assert done.returncode == 0, done.stderr[-2000:]
    for product in products.PRODUCTS:
        assert product.image_name(products.version()) in done.stdout
    assert (REPOSITORY / "build" / "image" / "kubectl-nacelle").exists()

#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Makes an OCI image archive from files and programs, without a container daemon.

The same input gives the same bytes: entries are sorted, owned by root, dated
0, and the one layer is not compressed, as compressors differ by version.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import sys
import tarfile
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

# Runs as a program from anywhere, and as a module of the tests.
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tools.image.shared_libraries import Libraries  # noqa: E402

_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
_CONFIG = "application/vnd.oci.image.config.v1+json"
_LAYER = "application/vnd.oci.image.layer.v1.tar"
_INDEX = "application/vnd.oci.image.index.v1+json"


@dataclass
class Image:
    """What goes into an image: its files by their path inside, and how it starts."""

    name: str
    entrypoint: list[str] = field(default_factory=list)
    user: str = "0:0"
    architecture: str = "amd64"
    environment: list[str] = field(default_factory=list)
    files: dict[str, tuple[bytes, int]] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)
    folders: set[str] = field(default_factory=set)

    def add_file(self, inside: str, contents: bytes, mode: int = 0o644) -> None:
        self.files[_clean(inside)] = (contents, mode)

    def add_link(self, inside: str, target: str) -> None:
        self.links[_clean(inside)] = target

    def add_folder(self, inside: str) -> None:
        self.folders.add(_clean(inside))

    def add_program(self, inside: str, source: Path, libraries: Libraries) -> None:
        """Adds a program, its loader and every shared library that it needs."""
        self.add_file(inside, source.read_bytes(), 0o755)
        for path, file in libraries.needed_by(source).items():
            self.add_file(path, file.read_bytes(), 0o755)

    def unpacked_bytes(self) -> int:
        return sum(len(data) for data, _ in self.files.values())

    def write(self, archive: Path) -> str:
        """Writes the archive; the digest of the manifest."""
        layer = self._layer()
        config = _json(self._config(_digest(layer)))
        manifest = _json(
            {
                "schemaVersion": 2,
                "mediaType": _MANIFEST,
                "config": _descriptor(_CONFIG, config),
                "layers": [_descriptor(_LAYER, layer)],
            }
        )
        index = _json(
            {
                "schemaVersion": 2,
                "mediaType": _INDEX,
                "manifests": [_descriptor(_MANIFEST, manifest) | {"annotations": self._names()}],
            }
        )
        blobs = {_blob(data): data for data in (layer, config, manifest)}
        entries = blobs | {"index.json": index, "oci-layout": _json({"imageLayoutVersion": "1.0.0"})}
        archive.write_bytes(_tar({path: (data, 0o644) for path, data in entries.items()}, {}, set()))
        return _digest(manifest)

    def _layer(self) -> bytes:
        return _tar(self.files, self.links, self.folders)

    def _config(self, layer_digest: str) -> dict:
        return {
            "architecture": self.architecture,
            "os": "linux",
            "config": {
                "User": self.user,
                "Entrypoint": self.entrypoint,
                "Env": ["PATH=/usr/sbin:/usr/bin:/sbin:/bin", *self.environment],
            },
            "rootfs": {"type": "layers", "diff_ids": [layer_digest]},
            "history": [{"created_by": "tools/image/oci_image.py"}],
        }

    def _names(self) -> dict[str, str]:
        return {
            "io.containerd.image.name": self.name,
            "org.opencontainers.image.ref.name": self.name.rpartition(":")[2],
        }


def _tar(
    files: dict[str, tuple[bytes, int]], links: dict[str, str], folders: set[str]
) -> bytes:
    every = set(files) | set(links)
    parents = {
        str(parent)
        for path in every | folders
        for parent in PurePosixPath(path).parents
        if str(parent) != "."
    }
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.GNU_FORMAT) as tar:
        for path in sorted(every | parents | folders):
            entry = tarfile.TarInfo(path)
            if path in files:
                data, entry.mode = files[path]
                entry.size = len(data)
                tar.addfile(entry, io.BytesIO(data))
                continue
            entry.type = tarfile.SYMTYPE if path in links else tarfile.DIRTYPE
            entry.linkname = links.get(path, "")
            entry.mode = 0o777 if path in links else 0o755
            tar.addfile(entry)
    return out.getvalue()


def _clean(inside: str) -> str:
    return str(PurePosixPath("/") / inside).lstrip("/")


def _json(value: object) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def _digest(data: bytes) -> str:
    return "sha256:" + hashlib.sha256(data).hexdigest()


def _blob(data: bytes) -> str:
    return "blobs/" + _digest(data).replace(":", "/")


def _descriptor(media_type: str, data: bytes) -> dict:
    return {"mediaType": media_type, "digest": _digest(data), "size": len(data)}


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description="Makes an OCI image archive from files and programs.",
        epilog="example: oci_image.py -o agent.tar --name localhost/nacelle-agent:0.1.0"
        " --program build/release/bin/nacelle-agent=/usr/bin/nacelle-agent"
        " --entrypoint /usr/bin/nacelle-agent",
    )
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--name", required=True, help="with its tag")
    parser.add_argument("--program", action="append", default=[], metavar="SOURCE=INSIDE")
    parser.add_argument("--file", action="append", default=[], metavar="SOURCE=INSIDE")
    parser.add_argument("--entrypoint", action="append", default=[], metavar="WORD")
    parser.add_argument("--user", default="0:0")
    parser.add_argument("--architecture", default="amd64", choices=["amd64", "arm64"])
    parser.add_argument("--sysroot", type=Path, default=Path("/"))
    return parser.parse_args()


def main() -> int:
    wanted = _arguments()
    image = Image(wanted.name, wanted.entrypoint, wanted.user, wanted.architecture)
    libraries = Libraries(wanted.sysroot)
    try:
        for pair in wanted.program:
            source, _, inside = pair.partition("=")
            image.add_program(inside, Path(source), libraries)
        for pair in wanted.file:
            source, _, inside = pair.partition("=")
            image.add_file(inside, Path(source).read_bytes())
        print(image.write(wanted.output))
    except (OSError, ValueError) as error:
        print(f"oci_image: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

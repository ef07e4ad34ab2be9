# SPDX-License-Identifier: Apache-2.0
"""A bill of materials: an SPDX 2.3 document in JSON for one image.

It names every file of the image with its digest, the Debian package that each
library comes from, and the packages whose archives are linked into the program.
What is compiled in from headers alone (nlohmann-json) leaves no trace to follow.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tools.image.oci_image import Image

# Fixed, as everything else here: the same image has the same bill.
_CREATED = "1970-01-01T00:00:00Z"


@dataclass(frozen=True, order=True)
class Package:
    name: str
    version: str
    source: str
    architecture: str


class Packages:
    """Which Debian package a file belongs to, here or below a sysroot."""

    def __init__(self, sysroot: Path = Path("/")) -> None:
        self._query = ["dpkg-query", f"--admindir={sysroot}/var/lib/dpkg"]
        self._sysroot = sysroot

    def owner(self, path: str) -> Package | None:
        """None for a file that no package brought."""
        for name in self._names(path):
            found = self._ask("--search", name)
            if found:
                return self._package(found.split(": ", 1)[0].split(",")[0])
        return None

    def owner_of_linked(self, file: str) -> Package | None:
        """Of an archive as the linker named it: below the sysroot, or of this machine's
        compiler."""
        inside = file.removeprefix(str(self._sysroot).rstrip("/"))
        return self.owner(inside) or Packages().owner(file)

    def _names(self, path: str) -> list[str]:
        """A package may have brought a file before /lib became a link to /usr/lib."""
        real = str((self._sysroot / path.lstrip("/")).resolve())
        real = "/" + real.removeprefix(str(self._sysroot.resolve())).lstrip("/")
        both = [path, real]
        merged = [name.removeprefix("/usr") for name in both if name.startswith("/usr/lib")]
        return list(dict.fromkeys(both + merged + [f"/usr{name}" for name in both]))

    def _package(self, name: str) -> Package:
        shown = self._ask("-W", "-f", "${Package}\t${Version}\t${source:Package}\t${Architecture}", name)
        return Package(*shown.split("\t"))

    def _ask(self, *words: str) -> str:
        done = subprocess.run(
            [*self._query, *words], capture_output=True, text=True, check=False, timeout=60
        )
        return done.stdout.strip() if done.returncode == 0 else ""


class Bill:
    """`program` is <build>/bin/NAME as it was linked; what the linker read lies
    in <build>/linked/NAME.d, where the build wrote that."""

    def __init__(
        self, name: str, version: str, image: Image, program: Path, packages: Packages
    ) -> None:
        self._name = name
        self._version = version
        self._image = image
        self._packages = packages
        self._linked = _archives(program.parents[1] / "linked" / f"{program.name}.d")

    def text(self, digest: str) -> bytes:
        files = [self._file(path, data) for path, (data, _) in sorted(self._image.files.items())]
        shared = {owner for path in self._image.files if (owner := self._owner("/" + path))}
        linked = {owner for path in self._linked if (owner := self._packages.owner_of_linked(path))}
        document = {
            "spdxVersion": "SPDX-2.3",
            "dataLicense": "CC0-1.0",
            "SPDXID": "SPDXRef-DOCUMENT",
            "name": f"{self._name}-{self._version}",
            "documentNamespace": f"https://nacelle.dev/spdx/{self._name}/{digest.replace(':', '-')}",
            "creationInfo": {"created": _CREATED, "creators": ["Tool: nacelle-tools-image"]},
            "packages": [
                self._itself(digest),
                *(_package(one) for one in sorted(shared | linked)),
            ],
            "files": files,
            "relationships": [
                _relation("SPDXRef-DOCUMENT", "DESCRIBES", "SPDXRef-Image"),
                *(_relation("SPDXRef-Image", "CONTAINS", file["SPDXID"]) for file in files),
                *(_relation("SPDXRef-Image", "CONTAINS", _id(one)) for one in sorted(shared)),
                *(_relation("SPDXRef-Image", "STATIC_LINK", _id(one)) for one in sorted(linked)),
            ],
        }
        return json.dumps(document, indent=1, sort_keys=True).encode() + b"\n"

    def _owner(self, path: str) -> Package | None:
        return self._packages.owner(path)

    def _itself(self, digest: str) -> dict:
        return {
            "SPDXID": "SPDXRef-Image",
            "name": self._name,
            "versionInfo": self._version,
            "supplier": "Organization: Nacelle",
            "downloadLocation": "NOASSERTION",
            "filesAnalyzed": False,
            "licenseDeclared": "Apache-2.0",
            "licenseConcluded": "NOASSERTION",
            "copyrightText": "NOASSERTION",
            "checksums": [
                {"algorithm": "SHA256", "checksumValue": digest.removeprefix("sha256:")}
            ],
        }

    @staticmethod
    def _file(path: str, data: bytes) -> dict:
        sums = [("SHA1", hashlib.sha1(data)), ("SHA256", hashlib.sha256(data))]
        return {
            "SPDXID": "SPDXRef-File-" + _label(path),
            "fileName": f"./{path}",
            "checksums": [
                {"algorithm": name, "checksumValue": value.hexdigest()} for name, value in sums
            ],
            "licenseConcluded": "NOASSERTION",
            "copyrightText": "NOASSERTION",
        }


def _archives(inputs: Path) -> list[str]:
    """The static libraries among what the linker says that it has read."""
    if not inputs.exists():
        return []
    words = inputs.read_text(encoding="utf-8").replace("\\\n", " ").split()
    return sorted({os.path.normpath(word) for word in words if re.fullmatch(r"/.*\.a", word) and "/usr/lib/" in word})


def _package(package: Package) -> dict:
    reference = f"pkg:deb/debian/{package.name}@{package.version}?arch={package.architecture}"
    return {
        "SPDXID": _id(package),
        "name": package.name,
        "versionInfo": package.version,
        "sourceInfo": f"built from the Debian source package {package.source}",
        "supplier": "Organization: Debian",
        "downloadLocation": "NOASSERTION",
        "filesAnalyzed": False,
        "licenseConcluded": "NOASSERTION",
        "licenseDeclared": "NOASSERTION",
        "copyrightText": "NOASSERTION",
        "externalRefs": [
            {
                "referenceCategory": "PACKAGE-MANAGER",
                "referenceType": "purl",
                "referenceLocator": reference,
            }
        ],
    }


def _relation(one: str, kind: str, other: str) -> dict:
    return {"spdxElementId": one, "relationshipType": kind, "relatedSpdxElement": other}


def _id(package: Package) -> str:
    return "SPDXRef-Package-" + _label(package.name)


def _label(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9.-]", "-", text)

#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The images of Nacelle: what is in each, and as whom it runs.

kubectl-nacelle is in none of them: it runs beside kubectl, on a person's
machine, and is one static file.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

# Runs as a program from anywhere, and as a module of the tests.
_REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(_REPOSITORY))

from tools.image.oci_image import Image  # noqa: E402
from tools.image.sbom import Bill, Packages  # noqa: E402
from tools.image.shared_libraries import Libraries  # noqa: E402

_STRIP = {"amd64": "x86_64-linux-gnu-strip", "arm64": "aarch64-linux-gnu-strip"}
# Nobody in particular; the number that images without a user database use.
_NOBODY = "65532:65532"


@dataclass(frozen=True)
class Product:
    name: str
    program: str
    user: str
    # Unpacked.
    most_bytes: int

    def image_name(self, tag: str) -> str:
        return f"localhost/{self.name}:{tag}"


# The kubelet's folders belong to root, and the agent has no capability.
AGENT = Product("nacelle-agent", "nacelle-agent", "0:0", 30_000_000)
OPERATOR = Product("nacelle-operator", "nacelle-operator", _NOBODY, 30_000_000)
# What `helm test` runs on a queue of the software accelerator.
CLIENT = Product("nacelle-client", "swaccel-client", _NOBODY, 10_000_000)
PRODUCTS = (AGENT, OPERATOR, CLIENT)


def version() -> str:
    """Of the project, as its programs say it."""
    text = (_REPOSITORY / "CMakeLists.txt").read_text(encoding="utf-8")
    found = re.search(r"^project\(nacelle VERSION ([0-9.]+)", text, re.MULTILINE)
    if not found:
        raise ValueError("CMakeLists.txt: no version of the project")
    return found[1]


@dataclass(frozen=True)
class Made:
    archive: Path
    bill: Path
    digest: str
    unpacked_bytes: int


def make(
    product: Product,
    program: Path,
    output: Path,
    tag: str,
    architecture: str = "amd64",
    sysroot: Path = Path("/"),
) -> Made:
    """Writes the archive and its bill of materials; ValueError when it is too large."""
    image = Image(
        product.image_name(tag),
        entrypoint=[f"/usr/bin/{product.program}"],
        user=product.user,
        architecture=architecture,
    )
    with tempfile.TemporaryDirectory() as folder:
        stripped = Path(folder) / product.program
        _strip(program, stripped, architecture)
        image.add_program(f"/usr/bin/{product.program}", stripped, Libraries(sysroot))
    size = image.unpacked_bytes()
    if size > product.most_bytes:
        raise ValueError(f"{product.name}: {size} bytes unpacked, more than {product.most_bytes}")
    archive = output / f"{product.name}.tar"
    digest = image.write(archive)
    bill = output / f"{product.name}.spdx.json"
    bill.write_bytes(Bill(product.name, tag, image, program, Packages(sysroot)).text(digest))
    return Made(archive, bill, digest, size)


def _strip(program: Path, target: Path, architecture: str) -> None:
    command = [_STRIP[architecture], "--strip-all", "-o", str(target), str(program)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    if done.returncode != 0:
        raise ValueError(done.stderr.strip())


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description="Makes the OCI archives of Nacelle and their bills of materials.",
        epilog="example: products.py -o build/image build/release/bin/nacelle-agent",
    )
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--tag", default=version())
    parser.add_argument("--architecture", default="amd64", choices=sorted(_STRIP))
    parser.add_argument("--sysroot", type=Path, default=Path("/"))
    parser.add_argument("program", type=Path, nargs="+", help="one of the known programs")
    return parser.parse_args()


def main() -> int:
    wanted = _arguments()
    known = {product.program: product for product in PRODUCTS}
    try:
        for program in wanted.program:
            if program.name not in known:
                raise ValueError(f"{program}: not one of {', '.join(sorted(known))}")
            product = known[program.name]
            made = make(
                product, program, wanted.output, wanted.tag, wanted.architecture, wanted.sysroot
            )
            print(
                f"{made.archive}: {product.image_name(wanted.tag)} {made.digest},"
                f" {made.unpacked_bytes / 1e6:.1f} MB unpacked"
            )
    except (OSError, ValueError) as error:
        print(f"products: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

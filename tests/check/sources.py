# SPDX-License-Identifier: Apache-2.0
"""The source files that the checks look at."""

import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CPP_SUFFIXES = {".h", ".cc"}
CPP_FOLDERS = ("core", "agent", "plugin", "operator", "tools")


def tracked() -> list[Path]:
    """Every file that git tracks or would track, relative to the root."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    out = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [Path(line) for line in out.splitlines() if (ROOT / line).is_file()]


def product_sources() -> list[Path]:
    """The C++ files of the product, without tests."""
    return [file for file in tracked() if file.suffix in CPP_SUFFIXES and file.parts[0] in CPP_FOLDERS]


def text_of(file: Path) -> str:
    return (ROOT / file).read_text(encoding="utf-8")

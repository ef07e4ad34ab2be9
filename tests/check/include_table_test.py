# SPDX-License-Identifier: Apache-2.0
"""Who may include whom: the sources against the table in docs/design.md."""

import re
from pathlib import Path

import pytest

from tests.check.sources import product_sources, text_of

INCLUDE = re.compile(r'^\s*#\s*include\s+([<"])([^>"]+)[>"]', re.MULTILINE)
# Third-party headers by their first folder or name; what is not here is the
# standard library, POSIX or Linux.
THIRD_PARTY = ("hwloc", "grpcpp", "grpc", "google", "prometheus", "nlohmann", "cpprest", "pplx", "yaml-cpp", "boost")
TOP_FOLDERS = ("core", "agent", "plugin", "operator", "tools", "api", "kmod", "tests")


def read_table(text: str) -> dict[str, tuple[set[str], set[str]]]:
    """layer → (layers it may include, third parties it may include)."""
    rows = {}
    section = text.split("## Who may include whom", 1)[1]
    for line in section.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if line.startswith("|") and len(cells) == 3 and "/" in cells[0]:
            rows[cells[0]] = tuple({part.strip() for part in cell.split(",") if part.strip()} for cell in cells[1:])
    return rows


def layer_of(path: str) -> str:
    return "/".join(path.split("/")[:2])


def violations(layer: str, source: str, table: dict[str, tuple[set[str], set[str]]]) -> list[str]:
    """What a source of `layer` includes against the table."""
    ours, theirs = table.get(layer, (set(), set()))
    found = []
    for _, header in INCLUDE.findall(source):
        first = header.split("/")[0].removesuffix(".h")
        if first in TOP_FOLDERS:
            target = layer_of(header)
            if target != layer and target not in ours and first not in ours | theirs:
                found.append(header)
        elif first in THIRD_PARTY and first not in theirs:
            found.append(header)
    return found


TABLE = read_table(text_of(Path("docs/design.md")))


@pytest.mark.parametrize("layer", sorted({layer_of(str(file)) for file in product_sources()}))
def test_a_layer_includes_only_what_the_table_allows(layer: str) -> None:
    files = [file for file in product_sources() if layer_of(str(file)) == layer]
    wrong = {str(file): bad for file in files if (bad := violations(layer, text_of(file), TABLE))}
    assert not wrong


def test_the_check_sees_a_violation() -> None:
    source = '#include "plugin/grant/grant.h"\n#include <hwloc.h>\n#include <vector>\n#include "core/base/result.h"\n'
    assert violations("core/model", source, TABLE) == ["plugin/grant/grant.h", "hwloc.h"]


def test_the_table_lists_no_layer_that_is_gone() -> None:
    layers = {layer_of(str(file)) for file in product_sources()}
    assert set(TABLE) <= layers

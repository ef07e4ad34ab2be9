# SPDX-License-Identifier: Apache-2.0
"""Files and functions stay of a size that one takes in at once."""

import re
import statistics
from pathlib import Path

from tests.check.sources import product_sources, text_of, tracked

MAX_FILE_LINES = 500
MEDIAN_FILE_LINES = 150
MAX_FUNCTION_LINES = 60
# A definition begins at the left margin or inside a class; its head may take
# several lines, and ends with '{'.
HEAD = re.compile(r"^(?P<indent> {0,2})(?!namespace|class|struct|enum|union|extern|return|using)[A-Za-z_~][^;]*\(")


def function_lengths(source: str) -> list[tuple[int, int]]:
    """(first line, lines) of each function, as far as the layout shows them."""
    lengths = []
    first, closing, inside = 0, "", False
    for number, line in enumerate(source.splitlines(), 1):
        if inside:
            if line.startswith(closing):
                lengths.append((first, number - first + 1))
                first, inside = 0, False
            continue
        if match := HEAD.match(line):
            first, closing = number, match["indent"] + "}"
        if first and line.endswith("{"):
            inside = True
        elif line.endswith((";", "}")):
            first = 0
    return lengths


def code_files() -> list[Path]:
    code = {".h", ".cc", ".c", ".py", ".sh"}
    return [file for file in tracked() if file.suffix in code or file.name == "dev"]


def test_no_file_is_longer_than_500_lines() -> None:
    long = {str(file): lines for file in code_files() if (lines := text_of(file).count("\n")) > MAX_FILE_LINES}
    assert not long


def test_the_median_source_file_is_under_150_lines() -> None:
    assert statistics.median(text_of(file).count("\n") for file in product_sources()) < MEDIAN_FILE_LINES


def test_no_function_is_longer_than_60_lines() -> None:
    long = [
        f"{file}:{first}: {lines} lines"
        for file in product_sources()
        for first, lines in function_lengths(text_of(file))
        if lines > MAX_FUNCTION_LINES
    ]
    assert not long


def test_the_check_sees_a_long_function() -> None:
    body = "".join(f"  Call({i});\n" for i in range(70))
    assert function_lengths("int Short() {\n}\nvoid Long(int a,\n          int b) {\n" + body + "}\n")[-1][1] > 60


def test_the_median_function_is_short() -> None:
    lengths = [lines for file in product_sources() for _, lines in function_lengths(text_of(file))]
    assert statistics.median(lengths) <= 15

# SPDX-License-Identifier: Apache-2.0
"""The queries of queries.txt, beside this file."""

from __future__ import annotations

from pathlib import Path


def listed() -> tuple[list[str], list[str]]:
    """Those that are queries, and the mistakes."""
    lines = Path(__file__).with_suffix(".txt").read_text(encoding="utf-8").splitlines()
    good = [line.removeprefix("good ") for line in lines if line.startswith("good ")]
    bad = [line.removeprefix("bad ") for line in lines if line.startswith("bad ")]
    return good, bad

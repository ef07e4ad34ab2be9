# SPDX-License-Identifier: Apache-2.0
"""Metrics that documents and the dashboard name are those that there are."""

from __future__ import annotations

import re

from tests.check.sources import ROOT


def test_every_metric_that_is_named_is_in_the_reference() -> None:
    known = set(re.findall(r"^\| `(nacelle_\w+)`", (ROOT / "docs" / "metrics-reference.md").read_text("utf-8"), re.MULTILINE))
    assert known
    pages = [ROOT / "README.md", ROOT / "charts" / "nacelle" / "files" / "dashboard.json", *sorted((ROOT / "docs").glob("*.md"))]
    for page in pages:
        named = re.findall(r"\bnacelle_[a-z_]+", page.read_text("utf-8"))
        assert not set(named) - known, page

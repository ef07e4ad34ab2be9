# SPDX-License-Identifier: Apache-2.0
"""Commands of a document, for tests that run them as a reader would."""

import re
from pathlib import Path

_DOCS = Path(__file__).resolve().parents[2] / "docs"


def section(document: str, heading: str) -> str:
    """What a page of docs/ says below `## heading`."""
    text = (_DOCS / document).read_text(encoding="utf-8")
    found = re.search(rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", text, re.M | re.S)
    if not found:
        raise ValueError(f"{document} has no section {heading}")
    return found[1]


def blocks(text: str, language: str = "sh") -> list[str]:
    """The fenced blocks of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.M | re.S)

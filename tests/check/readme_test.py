# SPDX-License-Identifier: Apache-2.0
"""What the documents show of the agent's commands is what they print."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.check.sources import ROOT

AGENT = ROOT / "build" / "dev" / "bin" / "nacelle-agent"
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def shown_commands(document: Path) -> list[tuple[str, str]]:
    """Each command of the agent in a console block, with the output below it."""
    commands = []
    for block in re.findall(r"^```console\n(.*?)^```$", document.read_text(), re.M | re.S):
        for part in re.split(r"^\$ ", block, flags=re.M)[1:]:
            command, _, output = part.partition("\n")
            if command.startswith("build/dev/bin/nacelle-agent ") and output:
                commands.append((command, output))
    return commands


CASES = [case for document in DOCUMENTS for case in shown_commands(document)]


def test_the_readme_shows_commands():
    assert shown_commands(ROOT / "README.md")


@pytest.mark.parametrize(("command", "output"), CASES, ids=[command for command, _ in CASES])
def test_a_document_shows_what_a_command_prints(command, output):
    if not AGENT.exists():
        pytest.skip(f"{AGENT.relative_to(ROOT)} is not built")
    ran = subprocess.run(["bash", "-c", command], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert ran.stdout == output

# SPDX-License-Identifier: Apache-2.0
"""What the documents show of the agent's commands is what they print."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.check.sources import ROOT
from tests.support import documents

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


def test_the_policy_that_a_document_shows_is_without_mistake(tmp_path):
    if not AGENT.exists():
        pytest.skip(f"{AGENT.relative_to(ROOT)} is not built")
    (tmp_path / "policy.yaml").write_text(documents.manifest("policy.md", "default"))
    (tmp_path / "machine.txt").symlink_to(ROOT / "tests" / "golden" / "software-testbed" / "machine.txt")
    shell = documents.Shell(tmp_path / "reader", tmp_path / "none", {"nacelle-agent": AGENT})
    inside = f"cd {tmp_path}; "
    shell.run(inside + documents.command("policy.md", "nacelle-agent check policy.yaml"))
    shown = shell.run(inside + documents.command("policy.md", "nacelle-agent check policy.yaml --root"))
    assert "nacelle.dev/compression" in shown


def test_the_demo_shows_what_the_readme_says():
    if not AGENT.exists() or not (ROOT / "build" / "dev" / "bin" / "contract-kubelet").exists():
        pytest.skip("./dev build dev first")
    command = documents.command("README.md", "./dev demo")
    ran = subprocess.run(["bash", "-c", command], cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert ran.returncode == 0, ran.stderr
    readme = (ROOT / "README.md").read_text()
    shown = re.search(r"^```\n(== The functions.*?)^```$", readme, re.M | re.S)[1]
    missing = [line for line in shown.splitlines() if line and line != "…" and line not in ran.stdout]
    assert missing == []

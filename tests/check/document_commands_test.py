# SPDX-License-Identifier: Apache-2.0
"""Every command that a document shows is run by a test.

With its output it is run by documents_test.py; else some test asks for it, by
documents.command("page.md", "how it starts"), and runs what it gets; else it is in
the table below, with what runs it.
"""

import re

import pytest

from tests.check.sources import ROOT
from tests.support import documents

ELSEWHERE = {
    "./dev test": ".ci/run",
}
# Of another page, which its own tests run.
OTHER = {"try-without-hardware.md"}
PAGES = [page for page in documents.pages() if page.name not in OTHER]
ASKED = re.compile(r"documents\.command\(\s*\"([^\"]+)\",\s*(?:\"([^\"]+)\"|'([^']+)')")


def asked_for() -> set[tuple[str, str]]:
    """What tests and their support ask for: page, and how the command starts."""
    files = [file for file in (ROOT / "tests").rglob("*.py") if file.name != "document_commands_test.py"]
    texts = [file.read_text(encoding="utf-8") for file in files]
    return {(page, one or two) for text in texts for page, one, two in ASKED.findall(text)}


def is_run(one: documents.Shown) -> bool:
    if one.output and one.command.startswith("build/dev/bin/nacelle-agent "):
        return True
    if one.command in ELSEWHERE:
        return one.command in (ROOT / ELSEWHERE[one.command]).read_text(encoding="utf-8")
    # What two pages show is run once.
    return any(documents.command(page, start) == one.command for page, start in asked_for())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_of_a_document_is_run_by_a_test(page):
    assert [one.command for one in documents.shown(page) + documents.tabled(page) if not is_run(one)] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_command_stands_in_a_console_block(page):
    assert documents.unmarked(page) == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_command_in_a_sentence_or_table_is_marked_as_code(page):
    assert documents.bare(page) == []


def test_what_tests_ask_documents_for_is_there():
    for page, start in asked_for():
        assert documents.command(page, start).startswith(start)

# SPDX-License-Identifier: Apache-2.0
"""The doctor looks for what the agent says, by the same constants."""

import re

import pytest

from tests.check.sources import product_sources, text_of

REASONS = re.findall(r"char (k\w+)\[\]", text_of("core/model/reasons.h"))


def users(reason: str, folders: tuple[str, ...]) -> list[str]:
    return [str(file) for file in product_sources() if file.parts[0] in folders and f"reasons::{reason}" in text_of(file)]


@pytest.mark.parametrize("reason", REASONS)
def test_a_reason_is_given_by_the_agent_and_known_to_the_doctor(reason):
    assert users(reason, ("agent", "plugin"))
    assert users(reason, ("tools",))


def test_the_doctor_looks_for_no_words_of_its_own_in_what_functions_say():
    assert not re.search(r'Functions\(view, \{"', text_of("tools/kubectl-nacelle/function_causes.cc"))

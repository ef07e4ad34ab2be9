# SPDX-License-Identifier: Apache-2.0
"""Rules that hold for the whole tree."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.check.sources import ROOT, text_of, tracked

WITH_LICENSE = {".h", ".cc", ".c", ".py", ".sh", ".proto", ".cmake"}
VAGUE = re.compile(r"(^|_)(util|utils|common|helper|helpers|manager)(_|$)")


def test_every_source_names_its_license() -> None:
    sources = [file for file in tracked() if file.suffix in WITH_LICENSE and text_of(file).strip()]
    missing = [str(file) for file in sources if "SPDX-License-Identifier" not in text_of(file)[:300]]
    assert not missing


def test_kernel_code_is_gpl_and_the_rest_is_apache() -> None:
    wrong = []
    for file in tracked():
        if file.suffix not in WITH_LICENSE or not text_of(file).strip():
            continue
        kernel = file.parts[0] == "kmod" and file.parts[1] != "client"
        license_id = re.search(r"SPDX-License-Identifier: (.*?)(\s*\*/)?$", text_of(file), re.MULTILINE)
        if license_id and license_id[1].startswith("GPL-2.0") != kernel:
            wrong.append(str(file))
    assert not wrong


def test_no_file_has_a_name_that_says_nothing() -> None:
    assert not [str(file) for file in tracked() if VAGUE.search(file.stem)]


def test_every_unit_test_file_is_built() -> None:
    built = "".join(text_of(file) for file in tracked() if file.name == "CMakeLists.txt" and file.parts[0] == "tests")
    assert not [str(file) for file in tracked() if file.name.endswith("_test.cc") and file.name not in built]


def test_links_between_documents_lead_somewhere() -> None:
    broken = []
    for file in (f for f in tracked() if f.suffix == ".md"):
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text_of(file)):
            if "://" not in target and not (ROOT / file.parent / target).exists():
                broken.append(f"{file}: {target}")
    assert not broken


@pytest.mark.skipif(shutil.which("shellcheck") is None, reason="shellcheck is not installed")
def test_shell_scripts_pass_shellcheck() -> None:
    scripts = [str(f) for f in tracked() if f.suffix == ".sh" or f in (Path("dev"), Path(".ci/run"))]
    done = subprocess.run(["shellcheck", "-s", "bash", "-e", "SC1091,SC2034", *scripts], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout

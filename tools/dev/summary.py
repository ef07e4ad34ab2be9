# SPDX-License-Identifier: Apache-2.0
"""Sums up JUnit results: summary.py FOLDER prints 'N passed, N failed, N skipped'.

Lists the tests that failed, and those that were skipped with their reasons.
"""

import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path


def outcome(case: ElementTree.Element) -> tuple[str, str]:
    """'passed', 'failed' or 'skipped', and the reason that the runner gives."""
    for child in case:
        if child.tag in ("failure", "error"):
            return "failed", child.get("message") or ""
        if child.tag == "skipped":
            return "skipped", child.get("message") or ""
    # GoogleTest has a status attribute; a test that is disabled has no child element.
    return ("skipped", "not run") if case.get("status") == "notrun" else ("passed", "")


def main(folder: str) -> int:
    counts = {"passed": 0, "failed": 0, "skipped": 0}
    for file in sorted(Path(folder).glob("*.xml")):
        for case in ElementTree.parse(file).iter("testcase"):
            kind, reason = outcome(case)
            counts[kind] += 1
            if kind != "passed":
                first = reason.splitlines()[0] if reason else ""
                print(f"{kind}: {file.stem}: {case.get('name')}" + (f": {first}" if first else ""))
    print("{passed} passed, {failed} failed, {skipped} skipped".format(**counts))
    return 0 if counts["failed"] == 0 and counts["passed"] > 0 else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))

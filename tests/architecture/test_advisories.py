"""No lock has a version with a known vulnerability, and each accepted finding has its reason."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from tests.architecture.tree import files
from tests.support.template import REPOSITORY
from tools import advisories
from tools.advisories import Advisory, advisory_of, findings, is_stale, locked, read_extract, report

EXTRACT = read_extract()
RECORD: dict[str, Any] = {
    "id": "PYSEC-1",
    "aliases": ["CVE-1"],
    "affected": [
        {
            "package": {"name": "A_Package", "ecosystem": "PyPI"},
            "ranges": [
                {"type": "GIT", "events": [{"introduced": "0"}, {"fixed": "abc"}]},
                {"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "1.2"}, {"introduced": "2.0"}]},
            ],
            "versions": ["1.0", "2.0"],
        },
        {"package": {"name": "other", "ecosystem": "PyPI"}, "versions": ["9"]},
    ],
}
NOSEC = re.compile(r"#\s*nosec(?P<rest>.*)")
EXPLAINED = re.compile(r" B\d{3} # \S.{10,}")


def test_no_locked_version_has_an_advisory_that_is_not_accepted() -> None:
    assert findings(EXTRACT, set(locked())) == []


def test_every_lock_is_compared() -> None:
    names = {lock for lock, _, _ in locked()}
    assert {"all.txt", "emulator.txt", "sam.txt", "worker.txt", "schemathesis.txt", "reka-mcp.txt"} <= names
    assert len(set(locked())) > 300


def test_a_version_with_an_advisory_is_named_with_its_lock() -> None:
    (finding,) = findings(EXTRACT, [("all.txt", "starlette", "0.26.1")])
    assert finding.startswith("all.txt: starlette 0.26.1 has PYSEC-2023-83 (CVE-")


def test_an_accepted_advisory_is_no_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(advisories.ACCEPTED, "PYSEC-2023-83", "a test")
    assert findings(EXTRACT, [("all.txt", "starlette", "0.26.1")]) == []


@pytest.mark.parametrize(
    ("version", "is_affected"),
    [("0.1", True), ("1.0", True), ("1.2rc1", True), ("1.2", False), ("1.10", False), ("2.0", True), ("3.1", True)],
)
def test_a_range_ends_before_the_version_with_the_fix(version: str, is_affected: bool) -> None:
    assert advisory_of(RECORD, "a-package").affects(version) is is_affected


def test_a_record_without_ranges_names_its_versions() -> None:
    advisory = advisory_of(RECORD, "other")
    assert advisory == Advisory(id="PYSEC-1", aliases=("CVE-1",), versions=("9",))
    assert (advisory.affects("9"), advisory.affects("10")) == (True, False)


def test_old_data_is_a_warning_and_no_finding() -> None:
    fresh, old = EXTRACT.date + timedelta(days=29), EXTRACT.date + timedelta(days=31)
    assert (is_stale(EXTRACT, fresh), is_stale(EXTRACT, old)) == (False, True)
    assert [line for line in report(EXTRACT, fresh) if "WARNING" in line] == []
    assert len([line for line in report(EXTRACT, old) if "WARNING" in line]) == 1


def test_each_accepted_finding_of_bandit_has_an_id_and_a_reason() -> None:
    accepted = [
        (path, match["rest"])
        for path in files()
        if path.endswith(".py") and not path.startswith("tests/")
        for match in NOSEC.finditer((REPOSITORY / path).read_text(encoding="utf-8"))
    ]
    assert accepted
    assert [found for found in accepted if not EXPLAINED.fullmatch(found[1])] == []

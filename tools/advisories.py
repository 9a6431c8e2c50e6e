"""Known vulnerabilities of the locked packages: an extract of the PyPA advisory database, and the comparison with it.

    python -m tools.advisories update FOLDER    extract from a clone of github.com/pypa/advisory-database
    python -m tools.advisories                  compare all locks with the extract; needs no network

The extract has only the packages that a lock names, and the date of the database. A locked version with an advisory
ends the comparison with 1, unless `ACCEPTED` says why it does not concern Cinedex. Old data is a warning.
"""

from __future__ import annotations

import io
import json
import subprocess
import sys
import tarfile
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml
from packaging.utils import canonicalize_name
from packaging.version import Version
from pydantic import BaseModel, ConfigDict

from requirements.relock import pins

ROOT = Path(__file__).resolve().parents[1]
EXTRACT = ROOT / "requirements/advisories.json"
LOCKS = tuple(sorted((ROOT / "requirements").glob("*.txt")))
NO_LOCKS = frozenset(("overrides.txt",))
STALE_AFTER = timedelta(days=30)
ACCEPTED: dict[str, str] = {}
"""Id of an advisory -> why it does not concern Cinedex."""


class Advisory(BaseModel):
    """`ranges` are pairs of the first affected version and the one with the fix, where there is one."""

    model_config = ConfigDict(frozen=True)

    id: str
    aliases: tuple[str, ...] = ()
    ranges: tuple[tuple[str, str | None], ...] = ()
    versions: tuple[str, ...] = ()

    def affects(self, version: str) -> bool:
        locked = Version(version)
        return version in self.versions or any(
            Version(first) <= locked and (fixed is None or locked < Version(fixed)) for first, fixed in self.ranges
        )


class Extract(BaseModel):
    model_config = ConfigDict(frozen=True)

    source: str
    commit: str
    date: datetime
    packages: dict[str, tuple[Advisory, ...]]


def locked() -> Iterator[tuple[str, str, str]]:
    """Lock, package and version of everything that a lock names."""
    for lock in LOCKS:
        if lock.name not in NO_LOCKS:
            for package, blocks in pins(lock).items():
                yield from ((lock.name, package, block.split("==")[1].split()[0]) for block in blocks if "==" in block)


def findings(extract: Extract, packages: Iterable[tuple[str, str, str]]) -> list[str]:
    """A sentence for each locked version with an advisory that is not accepted."""
    return [
        f"{lock}: {package} {version} has {advisory.id} ({', '.join(advisory.aliases) or 'no other name'})."
        for lock, package, version in packages
        for advisory in extract.packages.get(package, ())
        if advisory.id not in ACCEPTED and advisory.affects(version)
    ]


def is_stale(extract: Extract, now: datetime) -> bool:
    return now - extract.date > STALE_AFTER


def read_extract() -> Extract:
    return Extract.model_validate_json(EXTRACT.read_text(encoding="utf-8"))


def advisory_of(record: dict[str, Any], package: str) -> Advisory:
    """An OSV record, https://ossf.github.io/osv-schema, reduced to what the comparison needs."""
    affected = [a for a in record["affected"] if canonicalize_name(a["package"]["name"]) == package]
    ranges = [pair for a in affected for r in a.get("ranges", ()) if r["type"] == "ECOSYSTEM" for pair in _pairs(r)]
    listed = () if ranges else sorted({str(v) for a in affected for v in a.get("versions", ())})
    return Advisory(
        id=record["id"], aliases=tuple(sorted(record.get("aliases", ()))), ranges=tuple(ranges), versions=tuple(listed)
    )


def _pairs(affected: dict[str, Any]) -> Iterator[tuple[str, str | None]]:
    first: str | None = None
    for event in affected["events"]:
        if "introduced" in event:
            first = str(event["introduced"])
        elif first is not None and "fixed" in event:
            yield first, str(event["fixed"])
            first = None
    if first is not None:
        yield first, None


def extract_from(database: Path) -> Extract:
    """From the newest commit of a clone, bare or not."""
    commit, date = _git(database, "log", "-1", "--format=%H %cI").decode().split()
    wanted = {package for _, package, _ in locked()}
    packages: dict[str, list[Advisory]] = {}
    with tarfile.open(fileobj=io.BytesIO(_git(database, "archive", "--format=tar", "HEAD", "vulns"))) as archive:
        for member in archive:
            package = canonicalize_name(Path(member.name).parent.name)
            if member.isfile() and package in wanted:
                record = yaml.safe_load(archive.extractfile(member) or b"")
                if "withdrawn" not in record:
                    packages.setdefault(package, []).append(advisory_of(record, package))
    ordered = {name: tuple(sorted(packages[name], key=lambda a: a.id)) for name in sorted(packages)}
    return Extract(source="github.com/pypa/advisory-database", commit=commit, date=date, packages=ordered)


def _git(database: Path, *arguments: str) -> bytes:
    return subprocess.run(["git", "-C", database, *arguments], check=True, capture_output=True).stdout


def update(database: Path) -> None:
    document = extract_from(database).model_dump(mode="json")
    EXTRACT.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


def report(extract: Extract, now: datetime) -> Iterator[str]:
    """The findings, the age of the data, and a warning if it is old."""
    yield from sorted(findings(extract, set(locked())))
    yield f"Advisories: {extract.source} of {extract.date:%Y-%m-%d}."
    if is_stale(extract, now):
        command = "python -m tools.advisories update FOLDER"
        yield f"WARNING: the advisories are older than {STALE_AFTER.days} days: {command}"


def main(arguments: list[str]) -> int:
    if arguments[:1] == ["update"]:
        update(Path(arguments[1]))
    extract = read_extract()
    sys.stdout.writelines(f"{line}\n" for line in report(extract, datetime.now(UTC)))
    return 1 if findings(extract, set(locked())) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Adds the calls of a recording to `calls.json`: `python -m tests.permissions FILE`."""

from __future__ import annotations

import json
import re
import sys
from collections import defaultdict
from pathlib import Path

from tests.permissions.calls import CALLS, EXECUTION, MACHINE, SEARCH, TABLE, recorded

PHYSICAL = re.compile(r"cinedex-local-(\w+)-[0-9A-Z]+")
LOWER = {"mediabucket": "MediaBucket", "resultsbucket": "ResultsBucket"}


def resources_of(operation: str, named: dict[str, str]) -> list[tuple[str, str]]:
    """(operation, logical id or `calls` name of the resource), one for each kind of write of a transaction."""
    if "kinds" in named:
        return [(f"dynamodb:{kind}Item", TABLE) for kind in named["kinds"].split(",")]
    if "IndexName" in named:
        return [(operation, f"{TABLE}/index/{named['IndexName']}")]
    if operation.startswith("es:"):
        return [(operation, SEARCH)]
    if "executionArn" in named or operation.startswith("stepfunctions:SendTask"):
        return [(operation, EXECUTION if "executionArn" in named else MACHINE)]
    if operation == "dynamodb:BatchGetItem" or operation == "dynamodb:BatchWriteItem":
        return [(operation, TABLE)]
    physical = " ".join(named.values())
    found = PHYSICAL.search(physical)
    lower = next((name for part, name in LOWER.items() if part in physical), None)
    name = lower or (found[1] if found else physical)
    return [(operation, name)]


def main(path: Path) -> None:
    table: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for process, calls in recorded().items():
        for operation, resource in calls:
            table[process][operation].add(resource)
    for line in path.read_text(encoding="utf-8").splitlines():
        process, service, operation, named = json.loads(line)
        for called, resource in resources_of(f"{service}:{operation}", named):
            table[process][called].add(resource)
    ordered = {p: {o: sorted(r) for o, r in sorted(calls.items())} for p, calls in sorted(table.items())}
    CALLS.write_text(json.dumps(ordered, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))

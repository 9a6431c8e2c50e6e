"""Checks every weight of the catalog and ends with an error when one is not the pinned file."""

from __future__ import annotations

import sys

from gpu_tasks.engines.catalog import WeightCheck, check_weights


def main() -> int:
    rows = check_weights()
    for row in rows:
        sys.stdout.write(f"{_told(row)}\n")
    return 1 if any(row.problem for row in rows) else 0


def _told(row: WeightCheck) -> str:
    verdict = row.problem or f"{row.size_bytes / 1e6:.1f} MB, {row.licence}, {row.origin}"
    return f"{row.name} ({row.source}): {verdict}"


if __name__ == "__main__":
    sys.exit(main())

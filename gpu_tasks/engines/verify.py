"""Checks every weight of the catalog, or pins the weights in a folder; exits with 1 when a check fails."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path

from gpu_tasks.engines.catalog import WeightCheck, check_weights
from gpu_tasks.engines.pinned_folder import PINS, pin
from gpu_tasks.task_errors import EngineUnavailable


def main() -> int:
    parser = ArgumentParser(prog="python -m gpu_tasks.engines.verify", description=__doc__)
    parser.add_argument(
        "--pin", type=Path, metavar="FOLDER", help="write the sha256 of every file in the folder to pins.json"
    )
    folder = parser.parse_args().pin
    return _check() if folder is None else _pin(folder)


def _pin(folder: Path) -> int:
    try:
        hashes = pin(folder).sha256
    except EngineUnavailable as failure:
        sys.stderr.write(f"{failure}\n")
        return 1
    sys.stdout.writelines(f"{sha256}  {name}\n" for name, sha256 in hashes.items())
    sys.stdout.write(f"Hashes written to {folder / PINS}\n")
    return 0


def _check() -> int:
    rows = check_weights()
    for row in rows:
        sys.stdout.write(f"{_line(row)}\n")
    return 1 if any(row.problem for row in rows) else 0


def _line(row: WeightCheck) -> str:
    status = row.problem or f"{row.size_bytes / 1e6:.1f} MB, {row.licence}, {row.origin}"
    return f"{row.name} ({row.source}): {status}"


if __name__ == "__main__":
    sys.exit(main())

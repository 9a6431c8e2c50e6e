"""The emulator's S3 objects on disk: finds objects that a power loss truncated, and moves them to quarantine."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

SIDECAR = ".meta.json"


def truncated(folder: Path) -> list[Path]:
    """Objects whose length differs from the recorded one."""
    return [data for data, size_bytes in _recorded_sizes(folder) if data.stat().st_size != size_bytes]


def move_to_quarantine(data: Path, folder: Path, quarantine: Path) -> Path:
    """Move an object and its metadata out of the bucket, with the same relative path; returns its new path."""
    target = quarantine / data.relative_to(folder)
    target.parent.mkdir(parents=True, exist_ok=True)
    data.replace(target)
    _sidecar(data).replace(_sidecar(target))
    return target


def _recorded_sizes(folder: Path) -> Iterator[tuple[Path, int]]:
    for sidecar in folder.rglob(f"*{SIDECAR}"):
        data = sidecar.with_name(sidecar.name.removesuffix(SIDECAR))
        size_bytes = _size_bytes(sidecar)
        if size_bytes is not None and data.is_file():
            yield data, size_bytes


def _size_bytes(sidecar: Path) -> int | None:
    try:
        document = json.loads(sidecar.read_bytes())
    except ValueError:
        return -1
    size_bytes = document.get("size")
    return None if document.get("is_delete_marker") else size_bytes


def _sidecar(data: Path) -> Path:
    return data.with_name(data.name + SIDECAR)

"""The emulator's S3 objects on disk: finds those that a power loss cut short and sets them aside."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

SIDECAR = ".meta.json"


def truncated(folder: Path) -> list[Path]:
    """Objects whose length is not the one that was acknowledged."""
    return [data for data, size_bytes in _recorded_sizes(folder) if data.stat().st_size != size_bytes]


def set_aside(objects: Path, folder: Path, quarantine: Path) -> Path:
    """Move an object and its metadata out of the bucket, keeping its path; returns where it lies now."""
    target = quarantine / objects.relative_to(folder)
    target.parent.mkdir(parents=True, exist_ok=True)
    objects.replace(target)
    _sidecar(objects).replace(_sidecar(target))
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

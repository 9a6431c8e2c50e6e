"""The emulator's S3 objects on disk.

An object is a data file and a sidecar with its metadata. A new object is staged: its bytes are synchronised in a file
of their own, its metadata is a record of the journal, and only a checkpoint or the next start moves both into place.
So an object is never half there, and an earlier object of the same key stays until the new one is durable.
"""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.emulator.durability.journal import read_records, synchronise_folder

SIDECAR = ".meta.json"
OBJECT, DELETED = "object", "deleted"
# The emulator loads nothing from below `.versions` at its start.
STAGED, UPLOADS = ".versions/.staged", ".versions/.uploads"
# More than the metadata of an object has: S3 allows 2 KB of it, and 8 KB of headers.
METADATA_BYTES_MAX = 64 * 1024


@dataclass(frozen=True)
class StagedObject:
    """A stored object whose files are not in place yet. Paths are relative to the folder of the objects.

    `staged` is None if only the metadata changes. `upload` is the multipart upload that the object completes.
    """

    target: str
    staged: str | None
    size_bytes: int
    metadata: dict[str, Any]
    upload: str | None = None

    def place(self, folder: Path) -> None:
        """Move the data into place and write the sidecar; may be repeated. Nothing if the object was deleted since."""
        if self.move(folder):
            self.describe(folder)

    def move(self, folder: Path) -> bool:
        """False if the object was deleted since."""
        data = folder / self.target
        if self.staged is not None and (folder / self.staged).exists():
            data.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            (folder / self.staged).replace(data)
        return data.exists() and data.stat().st_size == self.size_bytes

    def describe(self, folder: Path) -> None:
        sidecar, metadata = _sidecar(folder / self.target), json.dumps(self.metadata).encode()
        if not (sidecar.exists() and sidecar.read_bytes() == metadata):
            write_durably(sidecar, metadata)


def stage(folder: Path, body: Iterable[Any]) -> Path:
    """Write pieces of bytes to a new file and synchronise it. Raises `OSError` when the disk is full."""
    staged = folder / STAGED / uuid.uuid4().hex
    staged.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        with _private(staged) as file:
            for piece in body:
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        synchronise_folder(staged.parent)
    except OSError:
        staged.unlink(missing_ok=True)
        raise
    return staged


def take_name(data: Path) -> None:
    """Create an empty file if there is none: the emulator looks at names to decide where it stores other keys."""
    with suppress(OSError):  # the disk is full: the name is taken when the object is placed
        data.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        data.touch(mode=0o600)


def write_durably(path: Path, content: bytes) -> None:
    """Replace a file, so that after a power loss it has the old or the new content."""
    new = path.with_name(path.name + ".tmp")
    try:
        with _private(new) as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
    except OSError:
        new.unlink(missing_ok=True)
        raise
    synchronise_folder(path.parent)


def replay(folder: Path, journal: Path) -> None:
    """Place the objects of the journal, and delete what no record mentions.

    Only the last record of a key counts: the files of the earlier ones have been replaced or deleted.
    """
    last: dict[str, StagedObject | None] = {}
    for payload in read_records(journal):
        kind, *content = json.loads(payload)
        if kind == OBJECT:
            stored = StagedObject(*content)
            last[stored.target] = stored
            if stored.upload:
                remove_upload(folder, stored.upload)
        elif kind == DELETED:
            last[content[0]] = None
    for target, final in last.items():
        if final is None:
            remove_object(folder / target)
        else:
            final.place(folder)
    _remove_unrecorded(folder)


def remove_object(data: Path) -> None:
    """The data first: a sidecar alone is no object."""
    data.unlink(missing_ok=True)
    _sidecar(data).unlink(missing_ok=True)


def remove_upload(folder: Path, upload: str) -> None:
    parts = folder / UPLOADS / upload
    with suppress(FileNotFoundError):
        for file in list(parts.iterdir()):
            file.unlink(missing_ok=True)
        parts.rmdir()


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


def _remove_unrecorded(folder: Path) -> None:
    """What a request left behind that was not acknowledged: staged bytes, reserved names, sidecars without data."""
    for staged in (folder / STAGED).glob("*"):
        staged.unlink()
    for file in list(folder.rglob("*")):
        if file.name.endswith(SIDECAR):
            if not _data_of(file).exists() and not _is_delete_marker(file):
                file.unlink()
        elif file.is_file() and file.stat().st_size == 0 and not _sidecar(file).exists() and _is_current(file, folder):
            file.unlink()


def _is_current(file: Path, folder: Path) -> bool:
    return not file.relative_to(folder).parts[0].startswith(".")


def _is_delete_marker(sidecar: Path) -> bool:
    try:
        return bool(json.loads(sidecar.read_bytes()).get("is_delete_marker"))
    except ValueError:
        return False


def _recorded_sizes(folder: Path) -> Iterator[tuple[Path, int]]:
    for sidecar in folder.rglob(f"*{SIDECAR}"):
        data = _data_of(sidecar)
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


def _private(path: Path) -> Any:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")


def _data_of(sidecar: Path) -> Path:
    return sidecar.with_name(sidecar.name.removesuffix(SIDECAR))


def _sidecar(data: Path) -> Path:
    return data.with_name(data.name + SIDECAR)

"""Brings a local folder into the drop folder of a deployment: sends what is new or changed, and nothing twice."""

from __future__ import annotations

import hashlib
import json
import math
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from cinedex_client.connection import Connection, Json
from cinedex_client.upload import FileUpload, OnProgress, Progress, UploadDetails
from cinedex_client.upload_records import UploadRecord, UploadRecords

MEBIBYTE = 1024**2
PART_BYTES_MIN = 16 * MEBIBYTE
"""A file up to this size is sent in one part."""
PARTS_MAX = 1100
HIDDEN_NAMES = frozenset({"thumbs.db", "desktop.ini", "ehthumbs.db", "__macosx", "$recycle.bin"})


def is_hidden(name: str) -> bool:
    """What a deployment ignores."""
    return name.startswith((".", "~$")) or name.lower() in HIDDEN_NAMES


def files_below(folder: Path) -> Iterator[Path]:
    """In the order of their names; links to folders are not followed."""
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not is_hidden(name))
        for name in sorted(names):
            path = Path(parent, name)
            if not is_hidden(name) and path.is_file():
                yield path


def etag_of(path: Path) -> str:
    """The ETag that S3 gives the file when it is sent as `DropUpload` sends it."""
    size_bytes = path.stat().st_size
    part_bytes = max(PART_BYTES_MIN, math.ceil(math.ceil(size_bytes / PARTS_MAX) / MEBIBYTE) * MEBIBYTE)
    with path.open("rb") as file:
        digests = [
            hashlib.md5(part, usedforsecurity=False).digest() for part in iter(lambda: file.read(part_bytes), b"")
        ]
    if size_bytes <= PART_BYTES_MIN:
        return (digests[0] if digests else hashlib.md5(usedforsecurity=False).digest()).hex()
    return f"{hashlib.md5(b''.join(digests), usedforsecurity=False).hexdigest()}-{len(digests)}"


@dataclass(frozen=True)
class DropUpload(FileUpload):
    """The upload of one file into the drop folder. `upload` is null in the result if the file was there already."""

    place: str = ""

    def _request(self) -> Json:
        return {"path": self.place, "size_bytes": self.path.stat().st_size, "etag": etag_of(self.path)}

    def _create(self, request: Json) -> Json:
        return self.connection.post("/v2/drop/uploads", request)

    def _complete(self, record: UploadRecord) -> Json:
        if record.is_in_parts:
            parts = [{"part_number": number, "etag": etag} for number, etag in sorted(record.etags.items())]
            completion = {"path": self.place, "upload_id": record.created["upload"]["upload_id"], "parts": parts}
            self.connection.post("/v2/drop/uploads/complete", completion)
        return record.created


class SentFiles:
    """Size and time of each file that was sent, on disk, so that an unchanged file is not even read."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._known: dict[str, list[int]] = {}
        with suppress(OSError, ValueError):
            loaded = json.loads(file.read_text(encoding="utf-8"))
            self._known = loaded if isinstance(loaded, dict) else {}

    def has(self, place: str, path: Path) -> bool:
        return self._known.get(place) == _version(path)

    def add(self, place: str, version: list[int]) -> None:
        self._known[place] = version
        with suppress(OSError):  # without the record, the file is compared by its ETag the next time
            self._file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            temporary = self._file.with_suffix(".tmp")
            temporary.write_text(json.dumps(self._known), encoding="utf-8")
            temporary.replace(self._file)


@dataclass
class DropSync:
    """`group` is the video group of the files; the folders below `folder` become their metadata `path`."""

    connection: Connection
    folder: Path
    group: str
    sent: SentFiles
    records: UploadRecords | None = None
    uploaded: list[str] = field(default_factory=list)

    def place_of(self, path: Path) -> str:
        return f"{self.group}/{path.relative_to(self.folder).as_posix()}"

    def is_due(self, path: Path) -> bool:
        return path.stat().st_size > 0 and not self.sent.has(self.place_of(path), path)

    def send(self, path: Path, on_progress: OnProgress) -> bool:
        """False if the drop folder has the file already."""
        place, version = self.place_of(path), _version(path)
        upload = DropUpload(self.connection, path, UploadDetails(), Progress(on_progress), self.records, place=place)
        is_new = upload().get("upload") is not None
        self.sent.add(place, version)
        if is_new:
            self.uploaded.append(place)
        return is_new


def record_file(folder: Path, url: str, root: Path, group: str) -> Path:
    """Below `folder`: one for each deployment, local folder and group."""
    name = hashlib.sha256(json.dumps([url, str(root.resolve()), group]).encode()).hexdigest()
    return folder / f"{name}.json"


def _version(path: Path) -> list[int]:
    stat = path.stat()
    return [stat.st_size, stat.st_mtime_ns]

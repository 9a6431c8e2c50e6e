"""Multipart uploads in progress: the parts are files, so that an acknowledged part survives the emulator."""

from __future__ import annotations

import json
import mmap
import re
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from local.emulator.object_folder import UPLOADS, remove_upload, write_durably

UPLOAD = "upload.json"
_PART_NUMBER = re.compile(rb"<(?:\w+:)?PartNumber>\s*(\d+)\s*<")


class MultipartFolder:
    """`uploads` is the emulator's dictionary of open uploads by account and id."""

    def __init__(self, folder: Path, uploads: Any) -> None:
        self._folder = folder / UPLOADS
        self._root = folder
        self._uploads = uploads

    def has(self, upload: str) -> bool:
        return upload in self._uploads

    def create(self, upload: str) -> None:
        """Raises `OSError`."""
        (account,) = (account for account, known in list(self._uploads._data) if known == upload)
        record = {name: value for name, value in self._uploads[upload].items() if name != "parts"}
        (self._folder / upload).mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            write_durably(self._folder / upload / UPLOAD, json.dumps({"account": account, "record": record}).encode())
        except OSError:
            remove_upload(self._root, upload)
            raise

    def keep(self, upload: str, number: int, staged: Path) -> None:
        """Keep the bytes of a part in its file instead of in memory. Raises `OSError`."""
        parts = self._uploads[upload]["parts"]
        record, data = parts[number], self._folder / upload / f"{number}.{uuid.uuid4().hex}.part"
        described = {name: value for name, value in record.items() if name != "body"} | {"file": data.name}
        try:
            staged.replace(data)
            write_durably(self._folder / upload / f"{number}.json", json.dumps(described).encode())
        except OSError:
            parts.pop(number, None)
            data.unlink(missing_ok=True)
            raise
        record["body"] = _mapped(data)
        for earlier in (self._folder / upload).glob(f"{number}.*.part"):
            if earlier != data:
                earlier.unlink(missing_ok=True)

    def bodies(self, upload: str, numbers: Sequence[int]) -> Iterator[Any]:
        parts = self._uploads[upload]["parts"]
        return (parts[number]["body"] for number in numbers if number in parts)

    def restore(self) -> None:
        """Read the open uploads back after a restart."""
        for folder in self._folder.glob("*"):
            upload = _read(folder / UPLOAD)
            if upload is None:
                remove_upload(self._root, folder.name)
                continue
            parts = dict(_parts_in(folder))
            self._uploads._data[(upload["account"], folder.name)] = {**upload["record"], "parts": parts}


def numbers_of(body: bytes) -> list[int]:
    """The numbers of the parts that a CompleteMultipartUpload names, in order."""
    return sorted(set(map(int, _PART_NUMBER.findall(body))))


def _parts_in(folder: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    for file in folder.glob("*.json"):
        record = _read(file) if file.name != UPLOAD else None
        data = folder / record.pop("file") if record else None
        if record and data and data.exists() and data.stat().st_size == record["size"]:
            yield int(file.stem), {**record, "body": _mapped(data)}


def _read(file: Path) -> dict[str, Any] | None:
    try:
        document: dict[str, Any] = json.loads(file.read_bytes())
    except (FileNotFoundError, ValueError):
        return None
    return document


def _mapped(data: Path) -> Any:
    """The bytes of a file without reading it into memory; an empty file cannot be mapped."""
    if data.stat().st_size == 0:
        return b""
    with data.open("rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)

"""Records of unfinished uploads on disk, so that an interrupted upload continues with the missing parts."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import re
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from pydantic import BaseModel, Field, ValidationError

LIFETIME_S = 24 * 3600
"""A deployment fails an upload that is not completed within a day."""
RETENTION_S = 7 * 24 * 3600
"""Records of this age are deleted: nothing else deletes the record of an upload that is never repeated."""

_RECORD_NAME = re.compile(r"[0-9a-f]{64}\.(json|tmp)")

_log = logging.getLogger(__name__)


class UploadRecord(BaseModel):
    """`created` is the response that started the upload, `etags` the tag of each stored part by its number.

    `size_bytes` is the announced size of the file.
    """

    created: dict[str, Any]
    size_bytes: int = 0
    etags: dict[int, str] = Field(default_factory=dict)
    started_at: float = Field(default_factory=time.time)

    @property
    def is_in_parts(self) -> bool:
        return bool(self.created["upload"]["method"] != "single")


class UploadRecords:
    """One JSON file per unfinished upload, readable by its owner only: it contains presigned URLs.

    When the folder cannot be used, uploads work but cannot be resumed.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._warned = False

    def find(self, key: str) -> UploadRecord | None:
        """None when there is no record, when it cannot be read, or when it has expired."""
        try:
            record = UploadRecord.model_validate_json(self._file(key).read_bytes())
        except (OSError, ValidationError):
            return None
        return record if time.time() - record.started_at < LIFETIME_S else None

    def add_part(self, key: str, record: UploadRecord, part_number: int, etag: str) -> None:
        with self._lock:
            record.etags[part_number] = etag
            self.save(key, record)

    def save(self, key: str, record: UploadRecord) -> None:
        """Also deletes records older than `RETENTION_S`. Logs one warning when the folder cannot be used."""
        try:
            self._write(key, record)
            self._remove_old()
        except OSError as error:
            if not self._warned:
                _log.warning("This upload cannot be resumed if it is interrupted: %s.", error)
            self._warned = True

    def remove(self, key: str) -> None:
        with suppress(OSError):
            self._file(key).unlink()

    def _write(self, key: str, record: UploadRecord) -> None:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        temporary = self._file(key).with_suffix(".tmp")
        temporary.unlink(missing_ok=True)
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(record.model_dump_json())
        temporary.replace(self._file(key))

    def _remove_old(self) -> None:
        oldest = time.time() - RETENTION_S
        for file in self._folder.iterdir():
            with suppress(OSError):
                if _RECORD_NAME.fullmatch(file.name) and file.stat().st_mtime < oldest:
                    file.unlink()

    def _file(self, key: str) -> Path:
        return self._folder / f"{key}.json"


def key_of(url: str, path: Path, request: dict[str, Any]) -> str:
    """Another deployment, another file, a changed file or other details make another upload."""
    facts = [url, str(path.resolve()), path.stat().st_mtime_ns, request]
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()

"""Every key of an S3 object: files of videos, dropped files, and results of their analysis. No other module spells a
key.

A test checks that no two objects can have the same key.
"""

from __future__ import annotations

import re

from pydantic import BaseModel, ConfigDict

UPLOADS = "uploads/"
RESULTS = "results/"
DROP = "drop/"
"""Clients write below this prefix, and the product only reads and deletes there: what it wrote would be an event."""
FILENAME_BYTES_MAX = 512  # S3 allows 1,024 bytes for the whole key
_UNSAFE = re.compile(r"[\x00-\x1f\x7f/\\]+")


class UploadKey(BaseModel):
    """`uploads/{account_id}/{video_id}/{filename}`, the file of a video. A filename contains no `/`."""

    model_config = ConfigDict(frozen=True)

    account_id: str
    video_id: str
    filename: str

    def __str__(self) -> str:
        return f"{UPLOADS}{self.account_id}/{self.video_id}/{self.filename}"


def parse_upload_key(key: str) -> UploadKey | None:
    """None for a key that is not that of a file of a video."""
    parts = key.removeprefix(UPLOADS).split("/", 2)
    if not key.startswith(UPLOADS) or len(parts) != 3 or not all(parts):
        return None
    return UploadKey(account_id=parts[0], video_id=parts[1], filename=parts[2])


def drop_prefix(account_id: str) -> str:
    """How the keys of the dropped files of an account begin."""
    return _join(DROP, account_id, "")


def is_drop_key(key: str) -> bool:
    return key.startswith(DROP)


def results_prefix(account_id: str, video_id: str) -> str:
    """How the keys of all results of a video begin."""
    return _join(RESULTS, account_id, video_id, "")


def task_result_key(account_id: str, video_id: str, scope: str, step: str, name: str) -> str:
    """The result of a step of a task. `scope` is `shared`, or the run to which the result belongs."""
    return _join(results_prefix(account_id, video_id), scope, step, f"{name}.json")


def plan_key(account_id: str, video_id: str, run_id: str) -> str:
    """The plan of a run: the chunks of its video."""
    return _join(results_prefix(account_id, video_id), run_id, "plan.json")


def documents_key(account_id: str, video_id: str, run_id: str) -> str:
    """The texts of a run that are to be embedded."""
    return _join(results_prefix(account_id, video_id), run_id, "documents.json")


def subtitles_key(account_id: str, video_id: str, track_id: str) -> str:
    """The cues of a subtitle file that was sent with a video."""
    return _join(results_prefix(account_id, video_id), f"subtitles-{track_id}.json")


def _join(prefix: str, *components: str) -> str:
    """Raises `ValueError` for a component with the delimiter, which could make two keys equal."""
    if any("/" in component for component in components):
        raise ValueError(f"A component of an object key contains '/': {components}")
    return prefix + "/".join(components)


def safe_filename(name: str | None) -> str:
    """The last component of a path of any operating system, without control characters. Never empty."""
    last = re.split(r"[/\\]", (name or "").strip())[-1]
    clean = _UNSAFE.sub("_", last).strip(". ")
    return _cut_bytes(clean, FILENAME_BYTES_MAX) or "video"


def _cut_bytes(text: str, bytes_max: int) -> str:
    """Keeps the end, where the suffix is, and whole characters."""
    return text.encode()[-bytes_max:].decode(errors="ignore")

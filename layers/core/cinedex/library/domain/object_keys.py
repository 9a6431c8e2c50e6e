"""The one codec of object keys: where the files of a video lie, and whose a key is."""

from __future__ import annotations

import re

from pydantic import BaseModel, ConfigDict

UPLOADS = "uploads/"
FILENAME_BYTES_MAX = 512  # S3 allows 1,024 bytes for the whole key
_UNSAFE = re.compile(r"[\x00-\x1f\x7f/\\]+")


class UploadKey(BaseModel):
    """`uploads/{account_id}/{video_id}/{filename}`; the filename may hold anything but `/`."""

    model_config = ConfigDict(frozen=True)

    account_id: str
    video_id: str
    filename: str

    def __str__(self) -> str:
        return f"{UPLOADS}{self.account_id}/{self.video_id}/{self.filename}"


def parse_upload_key(key: str) -> UploadKey | None:
    """None for a key that is not a video's file; such a key is somebody else's business."""
    parts = key.removeprefix(UPLOADS).split("/", 2)
    if not key.startswith(UPLOADS) or len(parts) != 3 or not all(parts):
        return None
    return UploadKey(account_id=parts[0], video_id=parts[1], filename=parts[2])


def safe_filename(name: str | None) -> str:
    """The last component of a path in any system's spelling, without control characters; never empty."""
    last = re.split(r"[/\\]", (name or "").strip())[-1]
    clean = _UNSAFE.sub("_", last).strip(". ")
    return _cut_bytes(clean, FILENAME_BYTES_MAX) or "video"


def _cut_bytes(text: str, bytes_max: int) -> str:
    """Keep the end, where the suffix is, and never half a character."""
    return text.encode()[-bytes_max:].decode(errors="ignore")

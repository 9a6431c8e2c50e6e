"""What the key of a dropped file says: its account, its collection, its folders and its name.

`drop/{account}/{collection name}/any/path/clip.mp4`. A file of a backfill has a root of its own instead.
"""

from __future__ import annotations

import hashlib
import re
from typing import Final

from pydantic import BaseModel, ConfigDict

from cinedex.imports.domain.rejection import Rejection
from cinedex.library.domain.object_keys import drop_prefix, is_drop_key

COLLECTION_CHARS_MAX = 200
HIDDEN_NAMES: Final = frozenset({"thumbs.db", "desktop.ini", "ehthumbs.db", "__macosx", "$recycle.bin"})
"""What operating systems write beside the files of users."""
SUBTITLE_SUFFIXES: Final = (".srt", ".vtt", ".ass", ".ssa")
DETAILS_SUFFIX: Final = ".json"
_LANGUAGE = re.compile(r"[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8}){0,3}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class DropRoot(BaseModel):
    """Where the folders of an account begin. With `collection_name`, no folder names the collection."""

    model_config = ConfigDict(frozen=True)

    account_id: str
    bucket: str
    prefix: str
    collection_name: str | None = None


class DropFile(BaseModel):
    """A file and the place that its key gives it."""

    model_config = ConfigDict(frozen=True)

    account_id: str
    bucket: str
    key: str
    collection_name: str
    folders: tuple[str, ...]
    filename: str

    @property
    def key_id(self) -> str:
        return key_id_of(self.bucket, self.key)

    @property
    def stem_id(self) -> str:
        return stem_id_of(self.bucket, self.key)

    @property
    def folder_path(self) -> str:
        return "/".join(self.folders)

    @property
    def suffix(self) -> str:
        return suffix_of(self.filename)

    @property
    def is_sidecar(self) -> bool:
        return self.suffix == DETAILS_SUFFIX or self.suffix in SUBTITLE_SUFFIXES

    @property
    def belongs_to(self) -> tuple[tuple[str, str | None], ...]:
        """The stems of the videos that a sidecar describes, each with the language of the subtitles.

        `clip.en.srt` belongs to `clip.mp4`, and to `clip.en.mp4` if there is such a file.
        """
        own = (self.stem_id, None)
        stem, _, language = without_suffix(self.filename).rpartition(".")
        if self.suffix not in SUBTITLE_SUFFIXES or not stem or not _LANGUAGE.fullmatch(language):
            return (own,)
        folder = self.key[: len(self.key) - len(self.filename)]
        return own, (_digest(self.bucket, folder + stem), language)


def drop_root(key: str, bucket: str) -> DropRoot | None:
    """That of the account whose drop folder has the key; None for a key outside every drop folder of an account."""
    account_id = key.split("/")[1] if is_drop_key(key) and key.count("/") > 1 else ""
    return DropRoot(account_id=account_id, bucket=bucket, prefix=drop_prefix(account_id)) if account_id else None


def is_ignored(key: str) -> bool:
    """Objects that stand for a folder, hidden files and what is in hidden folders."""
    return key.endswith("/") or any(_is_hidden(part) for part in key.split("/"))


def locate(root: DropRoot, key: str) -> DropFile | Rejection:
    """The place of a file that is not ignored; a rejection with a reason if the key gives it none."""
    parts = key.removeprefix(root.prefix).split("/")
    fault = _fault(parts)
    if fault is not None:
        return fault
    folders, filename = parts[:-1], parts[-1]
    name = root.collection_name if root.collection_name is not None else next(iter(folders), None)
    if name is None:
        return Rejection(code="bad_path", reason="The file is in no folder: the first folder names the group.")
    if not 0 < len(name.strip()) <= COLLECTION_CHARS_MAX:
        reason = f"The name of the group must have 1 to {COLLECTION_CHARS_MAX} characters."
        return Rejection(code="bad_path", reason=reason)
    return DropFile(
        account_id=root.account_id,
        bucket=root.bucket,
        key=key,
        collection_name=name.strip(),
        folders=tuple(folders if root.collection_name is not None else folders[1:]),
        filename=filename,
    )


def _fault(parts: list[str]) -> Rejection | None:
    if any(part in ("", ".", "..") for part in parts):
        return Rejection(code="bad_path", reason="A folder or the file has no name, or its name is '.' or '..'.")
    if any(_CONTROL.search(part) for part in parts):
        return Rejection(code="bad_path", reason="The path contains control characters.")
    return None


def key_id_of(bucket: str, key: str) -> str:
    """Identifies an object; a fixed length, because a key may have 1,024 bytes."""
    return _digest(bucket, key)


def stem_id_of(bucket: str, key: str) -> str:
    """The same for files of one folder whose names differ only in the suffix."""
    folder, slash, filename = key.rpartition("/")
    return _digest(bucket, folder + slash + without_suffix(filename))


def without_suffix(filename: str) -> str:
    return filename.removesuffix(suffix_of(filename, as_written=True))


def suffix_of(filename: str, *, as_written: bool = False) -> str:
    """With its dot, in small letters; empty for a name without one."""
    stem, dot, suffix = filename.rpartition(".")
    found = f"{dot}{suffix}" if stem and suffix else ""
    return found if as_written else found.lower()


def _is_hidden(part: str) -> bool:
    """`.` and `..` are no hidden files: they are refused with a reason."""
    return (part.startswith((".", "~$")) and part not in (".", "..")) or part.lower() in HIDDEN_NAMES


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:32]

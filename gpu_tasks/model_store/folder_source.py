"""Copies the files of a model from a folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from gpu_tasks.engines.pinned_folder import PINS
from gpu_tasks.model_store.manifest import PullFailed, RemoteFile

BLOCK_BYTES = 1024 * 1024


class FolderSource:
    """`ModelSource` of a folder; the files of a catalogued model may lie in it without their subfolders."""

    def __init__(self, folder: Path) -> None:
        if not folder.is_dir():
            raise PullFailed(f"The folder {folder} does not exist.")
        self._folder = folder

    def list_files(self) -> tuple[RemoteFile, ...]:
        paths = (p for p in self._folder.iterdir() if p.is_file() and p.name != PINS and not p.name.startswith("."))
        return tuple(RemoteFile(path.name, path.stat().st_size) for path in sorted(paths))

    def read(self, file: RemoteFile, from_byte: int) -> Iterator[bytes]:
        with self._located(file).open("rb") as source:
            source.seek(from_byte)
            while block := source.read(BLOCK_BYTES):
                yield block

    def _located(self, file: RemoteFile) -> Path:
        for path in (self._folder / file.path, self._folder / file.name):
            if path.is_file():
                return path
        raise PullFailed(f"The folder {self._folder} has no file {file.name}.")

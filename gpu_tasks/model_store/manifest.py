"""What a pull installs: the files of one model, with the hashes that are known before it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Protocol

from gpu_tasks.engines.catalog import PinnedModel
from gpu_tasks.engines.pinned_folder import WEIGHTS, may_be_data


class PullFailed(Exception):
    """The message is a sentence for the operator, with what to do."""


@dataclass(frozen=True)
class RemoteFile:
    """`path` is that in the source. Without `sha256`, the hash is computed at the first pull and pinned from then on.

    `git_sha1` is the object id of a file that a hub stores in Git itself.
    """

    path: str
    size_bytes: int
    sha256: str | None = None
    git_sha1: str | None = None

    @property
    def name(self) -> str:
        return PurePosixPath(self.path).name


@dataclass(frozen=True)
class Manifest:
    """`licence` is None when the source states none."""

    name: str
    source: str
    revision: str | None
    licence: str | None
    files: tuple[RemoteFile, ...] = field(repr=False)

    @property
    def size_bytes(self) -> int:
        return sum(file.size_bytes for file in self.files)


class ModelSource(Protocol):
    """Where the files of a model come from."""

    def list_files(self) -> tuple[RemoteFile, ...]:
        """The files of a model that is not in the catalog. Raises `PullFailed`."""

    def read(self, file: RemoteFile, from_byte: int) -> Iterator[bytes]:
        """The bytes of the file, the first of them at `from_byte`, which is 0 or less than its size.

        Raises:
            PullFailed: the source does not have the file, or refuses it.
            ConnectionError: the transfer broke off and can be resumed.
            RangeIgnored: the source only sends whole files.
        """


class RangeIgnored(Exception):
    """The source does not resume: the file has to be read from its first byte."""


def catalog_manifest(name: str, model: PinnedModel) -> Manifest:
    files = tuple(RemoteFile(path, file.size_bytes, file.sha256) for path, file in model.files.items())
    return Manifest(name, model.repository, model.revision, model.licence, files)


def data_files(name: str, files: tuple[RemoteFile, ...]) -> tuple[RemoteFile, ...]:
    """Those that an engine may read; the others may contain code and are not installed.

    Raises `PullFailed` when there are no weights among them, or two files of the same name.
    """
    data = tuple(file for file in files if may_be_data(file.name))
    names = [file.name for file in data]
    if not any(file.endswith(WEIGHTS) for file in names):
        have = ", ".join(sorted(file.name for file in files)) or "none"
        raise PullFailed(f"{name} has no weights that can be read: {' or '.join(WEIGHTS)}. Its files: {have}.")
    if twice := sorted({file for file in names if names.count(file) > 1}):
        raise PullFailed(
            f"{name} has several files of the same name: {', '.join(twice)}. Copy one of each to a folder."
        )
    return data

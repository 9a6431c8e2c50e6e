"""Install a model: transfer, compare, pin, and move the complete folder into place."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from cinedex.kernel.retry import RetryPolicy

from gpu_tasks.engines.catalog import sha256_of
from gpu_tasks.engines.pinned_folder import Pins, is_data, write_pins
from gpu_tasks.model_store.manifest import Manifest, ModelSource, PullFailed, RangeIgnored, RemoteFile

Report = Callable[[RemoteFile, int], None]
"""Called with the file and the bytes of it that are there."""
RESUME = RetryPolicy(attempts_max=6, pause_s=0.5, pause_s_max=8.0)
FREE_BYTES_MIN = 64 * 1024 * 1024
PARTIAL = ".partial"


@dataclass(frozen=True)
class Pull:
    """Transfers into `.NAME.pull`; an interrupted pull continues there. The model appears when it is complete."""

    source: ModelSource
    root: Path
    report: Report = lambda _file, _done: None
    resume: RetryPolicy = field(default=RESUME)

    def __call__(self, manifest: Manifest, licence: str) -> Path:
        """The folder of the model. Raises `PullFailed`."""
        staging = self.root / f".{manifest.name}.pull"
        with _locked(self.root, manifest.name):
            staging.mkdir(exist_ok=True)
            self._remove_others(staging, manifest)
            self._require_space(staging, manifest)
            hashes = {file.name: self._transfer(file, staging) for file in manifest.files}
            write_pins(
                staging, Pins(sha256=hashes, source=manifest.source, revision=manifest.revision, licence=licence)
            )
            return _replace(self.root / manifest.name, staging)

    def _transfer(self, file: RemoteFile, staging: Path) -> str:
        target, partial = staging / file.name, staging / f"{file.name}{PARTIAL}"
        if not _is_complete(target, file):
            for _ in self.resume.attempts(f"transfer {file.path}"):
                if self._append(file, partial):
                    break
            else:
                raise PullFailed(f"The transfer of {file.path} broke off several times. Run the command again.")
            os.replace(partial, target)
        self.report(file, file.size_bytes)
        return _checked(target, file)

    def _append(self, file: RemoteFile, partial: Path) -> bool:
        """Whether the file is complete afterwards."""
        start = partial.stat().st_size if partial.exists() else 0
        if start > file.size_bytes:
            partial.unlink()
            start = 0
        try:
            self._write(file, partial, start)
        except RangeIgnored:
            partial.unlink()
            self._append(file, partial)
        except ConnectionError:
            return False
        return partial.stat().st_size == file.size_bytes

    def _write(self, file: RemoteFile, partial: Path, start: int) -> None:
        with partial.open("ab") as target:
            for block in self.source.read(file, start) if start < file.size_bytes else ():
                target.write(block)
                start += len(block)
                if start > file.size_bytes:
                    target.truncate(0)
                    raise PullFailed(
                        f"{file.path} is larger than {file.size_bytes} bytes: it is not the expected file."
                    )
                self.report(file, start)
            target.flush()
            os.fsync(target.fileno())

    def _remove_others(self, staging: Path, manifest: Manifest) -> None:
        """Files of an interrupted pull of another revision."""
        names = {file.name for file in manifest.files}
        for path in staging.iterdir():
            if path.name.removesuffix(PARTIAL) not in names:
                path.unlink()

    def _require_space(self, staging: Path, manifest: Manifest) -> None:
        there = sum(path.stat().st_size for path in staging.iterdir())
        needed, free = manifest.size_bytes - there + FREE_BYTES_MIN, shutil.disk_usage(staging).free
        if needed > free:
            raise PullFailed(
                f"{manifest.name} needs {needed / 1e6:.0f} MB, but the disk with {self.root} has {free / 1e6:.0f} MB"
                " free. Free some space, or set MODEL_WEIGHTS_DIR to a folder on another disk."
            )


def _is_complete(target: Path, file: RemoteFile) -> bool:
    return target.exists() and target.stat().st_size == file.size_bytes


def _checked(target: Path, file: RemoteFile) -> str:
    """The hash of the file; a file that is not as expected is deleted, so that the next pull transfers it again."""
    sha256 = sha256_of(target)
    problem = None
    if file.sha256 not in (None, sha256):
        problem = f"its sha256 is {sha256}, expected {file.sha256}"
    elif file.git_sha1 not in (None, _git_sha1(target)):
        problem = f"it is not the object {file.git_sha1} that the hub lists"
    elif not is_data(target):
        problem = "its format is not that of weights, and it may contain code"
    if problem:
        target.unlink()
        raise PullFailed(f"{file.path} is not the expected file: {problem}. Nothing was installed.")
    return sha256


def _git_sha1(path: Path) -> str:
    content = path.read_bytes()
    header = f"blob {len(content)}\0".encode()
    return hashlib.sha1(header + content, usedforsecurity=False).hexdigest()


def _replace(folder: Path, staging: Path) -> Path:
    """The folder is absent for an instant when it replaces an older one; a reader never sees a part of either."""
    old = folder.with_name(f".{folder.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        os.rename(folder, old)
    os.rename(staging, folder)
    shutil.rmtree(old, ignore_errors=True)
    return folder


@contextmanager
def _locked(root: Path, name: str) -> Iterator[None]:
    """One pull of a model at a time. Raises `PullFailed` when another process pulls it, or the folder is not usable."""
    try:
        root.mkdir(parents=True, exist_ok=True)
        with (root / f".{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield
    except BlockingIOError:
        raise PullFailed(f"Another process pulls {name} into {root} now.") from None
    except OSError as error:
        raise PullFailed(f"The model cannot be stored in {root}: {error}") from error

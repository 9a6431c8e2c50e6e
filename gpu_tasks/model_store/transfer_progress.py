"""Progress of a pull: a line that is rewritten on a terminal, otherwise a line for each tenth of a file."""

from __future__ import annotations

from typing import TextIO

from gpu_tasks.model_store.manifest import RemoteFile


class TransferProgress:
    def __init__(self, output: TextIO) -> None:
        self._output, self._shown = output, ("", -1)

    def __call__(self, file: RemoteFile, done_bytes: int) -> None:
        percent = 100 * done_bytes // max(file.size_bytes, 1)
        step = percent if self._output.isatty() else percent // 10
        if (file.path, step) == self._shown:
            return
        self._shown = (file.path, step)
        line = f"{file.path}: {done_bytes / 1e6:.1f} of {file.size_bytes / 1e6:.1f} MB ({percent} %)"
        if self._output.isatty():
            self._output.write(f"\r{line}\x1b[K" + ("\n" if done_bytes >= file.size_bytes else ""))
        else:
            self._output.write(f"{line}\n")
        self._output.flush()

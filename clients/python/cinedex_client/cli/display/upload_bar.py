"""Shows the progress of an upload: a bar in a terminal, one line at the end in a pipe."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn
from rich.text import Text

from cinedex_client.cli.display.times import length, size
from cinedex_client.upload import OnProgress


@contextmanager
def upload_bar(console: Console, path: Path) -> Iterator[OnProgress]:
    """Yields the progress callback of the upload."""
    size_bytes, started_s = path.stat().st_size, time.monotonic()
    columns = (TextColumn("  {task.description}"), BarColumn(32), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(path.name, total=size_bytes)
        yield lambda sent_bytes: progress.advance(task, sent_bytes)
    elapsed = length(time.monotonic() - started_s)
    console.print(Text.assemble("  ", (path.name, "bold"), f"  {size(size_bytes)} uploaded in {elapsed}"))

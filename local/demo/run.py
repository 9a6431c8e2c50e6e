"""Runs the demo, from an empty folder to a cited answer, and says how long each part took."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cinedex_client import Client, Connection
from cinedex_client.cli.display.times import length
from rich.console import Console
from rich.table import Table
from rich.text import Text

from local.demo.sample import CLIP, Sample, load_sample
from local.demo.steps import Chapters
from local.home import Home
from local.stack import running_stack

_NEXT = (
    ("cinedex up", "start the stack and keep it running"),
    ("cinedex upload YOUR_VIDEO.mp4", "make a video of yours searchable"),
    ('cinedex search "a red car"', "find the moments"),
    ('cinedex ask "what is said about the budget?"', "get an answer that cites them"),
    ("cinedex --help", "everything else"),
)


@dataclass(frozen=True)
class Timings:
    """Seconds; `analysis_s` runs from asking for the features until all of them are ready."""

    stack_s: float
    analysis_s: float
    total_s: float
    video_s: float

    @property
    def times_real_time(self) -> float:
        return self.video_s / self.analysis_s


def run_demo(console: Console, home: Path) -> Timings:
    """Start a stack with fresh data in `home`, show everything on the sample clip, stop the stack.

    The data stays until the next demo.

    Raises:
        LocalStackError: the stack did not start.
        ClientError: the deployment refused something, or an analysis failed.
    """
    sample, began_s = load_sample(), time.monotonic()
    _open(console, sample)
    with _fresh_stack(console, home) as library:
        stack_s = time.monotonic() - began_s
        analysis_s = tell(Chapters(console, library), sample)
    timings = Timings(stack_s, analysis_s, time.monotonic() - began_s, sample.duration_s)
    _close(console, timings, home)
    return timings


def tell(chapters: Chapters, sample: Sample) -> float:
    """All chapters in order; returns the seconds that the analysis took."""
    video = chapters.upload(CLIP)
    analysis_s = chapters.analyze(video)
    chapters.findings(video)
    chapters.searches(sample)
    chapters.questions(sample)
    return analysis_s


def _open(console: Console, sample: Sample) -> None:
    console.print(Text("Cinedex demo", style="bold"))
    console.print(f"A clip of {sample.duration_s:.0f} seconds goes in; what it holds comes out.")


@contextmanager
def _fresh_stack(console: Console, home: Path) -> Iterator[Client]:
    began_s = time.monotonic()
    console.print(Text("\nStart the stack", style="bold"))
    if home.exists() and Home(home).running() is None:
        shutil.rmtree(home)
    with running_stack(home, report=lambda sentence: console.print(f"  {sentence}")) as stack:
        console.print(f"  It listens on {stack.url} after {length(time.monotonic() - began_s)}.")
        with Client(Connection(stack.url, stack.api_key or "")) as library:
            yield library


def _close(console: Console, timings: Timings, home: Path) -> None:
    console.print(Text("\nTimings", style="bold"))
    console.print(f"  stack       {length(timings.stack_s)}")
    console.print(f"  analysis    {length(timings.analysis_s)}, {timings.times_real_time:.1f} x real time")
    console.print(f"  everything  {length(timings.total_s)}")
    console.print(Text("\nNext", style="bold"))
    console.print(_commands())
    console.print(f"\n  The library of this demo stays until the next one: CINEDEX_HOME={_short(home)} cinedex up")


def _commands() -> Table:
    table = Table.grid(padding=(0, 2))
    for command, purpose in _NEXT:
        table.add_row(Text(f"  {command}", style="cyan"), purpose)
    return table


def _short(path: Path) -> Path:
    """As one would type it from here."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path

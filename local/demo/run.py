"""Runs the demo, from an empty folder to a cited answer, and prints how long each part took."""

from __future__ import annotations

import shlex
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
from local.demo.steps import DemoSteps
from local.home import Home
from local.stack import running_stack

_NEXT = (
    ("cinedex up", "start the stack and keep it running"),
    ("cinedex upload YOUR_VIDEO.mp4", "make your own video searchable"),
    ('cinedex search "a red car"', "find the moments"),
    ('cinedex ask "what is said about the budget?"', "get an answer with citations"),
    ("cinedex --help", "everything else"),
)


@dataclass(frozen=True)
class Timings:
    """Seconds; `analysis_s` runs from the request for the features until all are ready."""

    stack_s: float
    analysis_s: float
    total_s: float
    video_s: float

    @property
    def times_real_time(self) -> float:
        return self.video_s / self.analysis_s


def run_demo(console: Console, home: Path) -> Timings:
    """Start a stack with empty data in `home`, show every operation on the sample clip, stop the stack.

    The data is kept until the next demo.

    Raises:
        LocalStackError: the stack did not start.
        ClientError: the deployment rejected a request, or an analysis failed.
    """
    sample, started_s = load_sample(), time.monotonic()
    _print_title(console, sample)
    with _empty_stack(console, home) as library:
        stack_s = time.monotonic() - started_s
        analysis_s = run_steps(DemoSteps(console, library), sample)
    timings = Timings(stack_s, analysis_s, time.monotonic() - started_s, sample.duration_s)
    print_summary(console, timings, home)
    return timings


def run_steps(steps: DemoSteps, sample: Sample) -> float:
    """All steps in order; returns the seconds that the analysis took."""
    video = steps.upload(CLIP)
    analysis_s = steps.analyze(video)
    steps.results(video)
    steps.searches(sample)
    steps.questions(sample)
    return analysis_s


def _print_title(console: Console, sample: Sample) -> None:
    console.print(Text("Cinedex demo", style="bold"))
    console.print(f"A clip of {sample.duration_s:.0f} seconds is uploaded, analysed, searched and questioned.")


@contextmanager
def _empty_stack(console: Console, home: Path) -> Iterator[Client]:
    started_s = time.monotonic()
    console.print(Text("\nStart the stack", style="bold"))
    if home.exists() and Home(home).running() is None:
        shutil.rmtree(home)
    with running_stack(home, report=lambda message: console.print(f"  {message}")) as stack:
        console.print(f"  It listens on {stack.url} after {length(time.monotonic() - started_s)}.")
        with Client(Connection(stack.url, stack.api_key or "")) as library:
            yield library


def print_summary(console: Console, timings: Timings, home: Path) -> None:
    console.print(Text("\nTimings", style="bold"))
    console.print(f"  stack       {length(timings.stack_s)}")
    console.print(f"  analysis    {length(timings.analysis_s)}, {timings.times_real_time:.1f} x real time")
    console.print(f"  everything  {length(timings.total_s)}")
    console.print(Text("\nNext", style="bold"))
    console.print(_commands())
    again = f"CINEDEX_HOME={shlex.quote(str(_short(home)))} cinedex up"
    console.print(Text(f"\n  The library of this demo is kept until the next one: {again}"), soft_wrap=True)


def _commands() -> Table:
    table = Table.grid(padding=(0, 2))
    for command, purpose in _NEXT:
        table.add_row(Text(f"  {command}", style="cyan"), purpose)
    return table


def _short(path: Path) -> Path:
    """Relative to the current folder where possible."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path

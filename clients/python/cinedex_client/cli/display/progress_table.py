"""Shows the progress of an analysis: a bar per feature in a terminal, a line per status change in a pipe."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from cinedex_client.cli.display.times import length
from cinedex_client.models import BROKEN, FeatureDetail, Video

_BAR_WIDTH = 32
_STYLES = {"ready": "green", "failed": "bold red", "blocked": "red", "processing": "cyan"}
_WORDS = {"none": "not requested", "pending": "waiting", "processing": "working"}


@dataclass
class _Row:
    """The last state of one feature, and when its computation started and ended."""

    detail: FeatureDetail
    started_s: float | None = None
    ended_s: float | None = None

    def update(self, detail: FeatureDetail, now_s: float) -> None:
        self.detail = detail
        if self.started_s is None and detail.status == "processing":
            self.started_s = now_s
        if self.ended_s is None and (detail.status == "ready" or detail.status in BROKEN):
            self.ended_s = now_s

    def elapsed(self, now_s: float) -> str:
        return "" if self.started_s is None else length((self.ended_s or now_s) - self.started_s)


class ProgressTable:
    """Shows `features` of one video while `watch` consumes the states of the video."""

    def __init__(self, console: Console, features: Sequence[str], *, now: Callable[[], float] = time.monotonic) -> None:
        self._console = console
        self._now = now
        self._rows = {feature: _Row(FeatureDetail()) for feature in features}

    def watch(self, snapshots: Iterable[Video]) -> Video:
        """Show each of `snapshots` as it arrives; returns the last one."""
        return self._watch_live(snapshots) if self._console.is_terminal else self._watch_lines(snapshots)

    def _watch_live(self, snapshots: Iterable[Video]) -> Video:
        with Live(self._table(), console=self._console, refresh_per_second=8) as live:
            for video in snapshots:
                self._update(video)
                live.update(self._table())
        return video

    def _watch_lines(self, snapshots: Iterable[Video]) -> Video:
        for video in snapshots:
            for feature in self._update(video):
                self._console.print(self._line(feature))
        return video

    def _update(self, video: Video) -> list[str]:
        """Update the rows; returns the features whose status changed."""
        changed = [name for name, row in self._rows.items() if row.detail.status != video.detail(name).status]
        for name, row in self._rows.items():
            row.update(video.detail(name), self._now())
        return changed

    def _line(self, feature: str) -> Text:
        row = self._rows[feature]
        return Text.assemble(
            f"  {feature:<12}", _status(row.detail), f"  {row.elapsed(self._now())}" if row.ended_s else ""
        )

    def _table(self) -> Table:
        table = Table.grid(padding=(0, 2))
        for feature, row in self._rows.items():
            table.add_row(f"  {feature}", _bar(row.detail), _status(row.detail), row.elapsed(self._now()))
        return table


def _bar(detail: FeatureDetail) -> ProgressBar:
    done = 1.0 if detail.status == "ready" else detail.progress or 0.0
    unknown = detail.status == "processing" and not detail.progress
    return ProgressBar(total=1.0, completed=done, width=_BAR_WIDTH, pulse=unknown)


def _status(detail: FeatureDetail) -> Text:
    word = _WORDS.get(detail.status, detail.status)
    if detail.status == "processing" and detail.progress:
        word = f"{detail.progress:.0%}"
    text = Text(f"{word:<7}", style=_STYLES.get(detail.status, "dim"))
    if detail.status == "processing" and detail.remaining_s:
        text.append(f" about {length(round(detail.remaining_s))} left", style="dim")
    return text.append(f" {detail.error}", style="red") if detail.error else text

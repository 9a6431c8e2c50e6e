"""Formats videos as a table and one video as a sheet."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Group
from rich.table import Table
from rich.text import Text

from cinedex_client.cli.display.times import length
from cinedex_client.models import Video

_STYLES = {"ready": "green", "uploaded": "green", "failed": "red", "blocked": "red", "none": "dim"}
_NEVER_WRAPPED = ("video", "length", "upload")


def video_table(videos: Iterable[Video]) -> Table:
    table = _table("video", "name", "length", "upload", "ready")
    for video in videos:
        table.add_row(
            Text(video.video_id, style="dim"),
            Text(video.name),
            Text(length(video.duration_s) if video.duration_s is not None else ""),
            _status(video.status or ""),
            Text(", ".join(name for name, status in (video.features or {}).items() if status == "ready")),
        )
    return table


def video_sheet(video: Video) -> Group:
    """The facts about a video and the state of each feature."""
    facts = Table.grid(padding=(0, 2))
    for name, value in _facts(video):
        facts.add_row(Text(name, style="dim"), Text(value))
    return Group(facts, "", _feature_table(video))


def _facts(video: Video) -> Iterable[tuple[str, str]]:
    yield "name", video.name
    yield "video", video.video_id
    yield "upload", " ".join(filter(None, [video.status, video.error]))
    if (metadata := video.metadata) is not None:
        yield from _fact(length(metadata.duration) if metadata.duration is not None else None, "length")
        yield from _fact(f"{metadata.width} x {metadata.height}" if metadata.width else None, "picture")
        yield from _fact(f"{metadata.avg_fps:.4g} a second" if metadata.avg_fps else None, "frames")
        yield from _fact(metadata.description, "about")
    yield from _fact(video.group_id, "group")


def _fact(value: str | None, name: str) -> Iterable[tuple[str, str]]:
    return [(name, value)] if value else []


def _feature_table(video: Video) -> Table:
    table = _table("feature", "status", "models")
    for name in video.features or {}:
        detail = video.detail(name)
        table.add_row(name, _status(detail.status, detail.error), Text(", ".join(detail.models), style="dim"))
    return table


def _status(status: str, error: str | None = None) -> Text:
    return Text(f"{status}: {error}" if error else status, style=_STYLES.get(status, "cyan"))


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for column in columns:
        table.add_column(column, no_wrap=column in _NEVER_WRAPPED)
    return table

"""Formats timeline entries of a video, one line per time range."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich.table import Table
from rich.text import Text

from cinedex_client.cli.display.times import time_range
from cinedex_client.models import Caption, Line, ObjectSegment, Scene


@dataclass(frozen=True)
class Entry:
    """Text about a time range, in seconds from the start of the video."""

    start_s: float
    end_s: float
    text: str


def timeline(entries: Iterable[Entry]) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True, style="cyan")
    for entry in entries:
        table.add_row(time_range(entry.start_s, entry.end_s), Text(entry.text))
    return table


def of_lines(lines: Iterable[Line]) -> list[Entry]:
    return [Entry(line.start, line.end, line.text) for line in lines]


def of_captions(captions: Iterable[Caption]) -> list[Entry]:
    return [Entry(caption.start, caption.end, caption.caption) for caption in captions]


def of_scenes(scenes: Iterable[Scene]) -> list[Entry]:
    return [Entry(scene.start, scene.end, f"scene {scene.index + 1}") for scene in scenes]


def of_objects(segments: Iterable[ObjectSegment]) -> list[Entry]:
    """Each segment with its labels and their counts; segments without detections are omitted."""
    return [Entry(segment.start, segment.end, labels) for segment in segments if (labels := _labels(segment))]


def _labels(segment: ObjectSegment) -> str:
    counts = Counter(detection.type for detection in segment.detections)
    return ", ".join(_counted(label, times) for label, times in counts.most_common())


def _counted(label: str, times: int) -> str:
    return label if times == 1 else f"{label} x{times}"


def in_columns(entries: Sequence[Entry]) -> str:
    """The times only, on one line."""
    return "  ".join(time_range(entry.start_s, entry.end_s) for entry in entries)

"""Speed of the cpu profile for real videos, as ratios that are comparable between machines.

Usage: python -m benchmarks.cpu_pipeline [CLIP ...]; without clips, the test media.
"""

from __future__ import annotations

import os
import resource
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from gpu_tasks.engines.registry import EngineRegistry
from gpu_tasks.engines.thread_budget import limit_openmp_threads
from gpu_tasks.media.frames import decode_frames
from tests.support.analysis import analyse
from tests.support.media import media_folder

CLIPS = (
    "nasa_narration_13s.mp4",
    "people_139s.mp4",
    "big_buck_bunny_30s.webm",
    "cars_30s.mp4",
    "frog_8s.mp4",
    "two_cities.wav",
)
TASKS = ("transcribe_speech", "detect_shots", "analyze_chunk", "embed_segments")
BAR_REAL_TIME = 3.0
BAR_RSS_MB = 2048


@dataclass(frozen=True)
class Row:
    """One clip. `decode_s` is the time of a sequential decoding in the same run; `cpu_s` is the sum over all cores."""

    name: str
    length_s: float
    total_s: float
    decode_s: float
    cpu_s: float
    seconds: dict[str, float]
    rss_mb: int

    @property
    def real_time(self) -> float:
        return self.length_s / self.total_s

    @property
    def decodes(self) -> float | None:
        """The time of the analysis divided by that of one decoding; None for an audio file."""
        return self.total_s / self.decode_s if self.decode_s > 0.05 else None


def measure(path: Path, engines: EngineRegistry) -> Row:
    started_at = time.monotonic()
    frames = sum(1 for _ in decode_frames(path))
    decode_s = time.monotonic() - started_at if frames else 0.0
    cpu_before_s = time.process_time()
    analysis = analyse(path, engines)
    return Row(
        name=path.name,
        length_s=analysis.plan.duration_s,
        total_s=sum(analysis.seconds.values()),
        decode_s=decode_s,
        cpu_s=time.process_time() - cpu_before_s,
        seconds=analysis.seconds,
        rss_mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    )


def table(rows: Iterable[Row]) -> str:
    """Markdown: `x real time` is the duration of the video divided by the time of the analysis, `x decode` that time
    divided by the time of one decoding, `cpu s / s` the CPU time for each second of video. The columns of the tasks
    are shares of the time.
    """
    head = ["clip", "length s", "x real time", "x decode", "cpu s / s", *TASKS, "peak MB"]
    lines = [head, ["---"] * len(head)]
    for row in rows:
        shares = [f"{row.seconds[task] / row.total_s:.0%}" for task in TASKS]
        decodes = f"{row.decodes:.1f}" if row.decodes else "-"
        speed = [f"{row.real_time:.1f}", decodes, f"{row.cpu_s / row.length_s:.2f}"]
        lines.append([row.name, f"{row.length_s:.1f}", *speed, *shares, str(row.rss_mb)])
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def main(arguments: list[str] | None = None) -> None:
    limit_openmp_threads()
    arguments = sys.argv[1:] if arguments is None else arguments
    paths = [Path(a) for a in arguments] or [media_folder() / name for name in CLIPS]
    started_at = time.monotonic()
    engines = EngineRegistry("cpu")
    engines.warm_up()
    print(f"{os.cpu_count()} cores; engines loaded and verified in {time.monotonic() - started_at:.1f} s\n")
    rows = [measure(path, engines) for path in paths if path.is_file()]
    print(table(rows))
    print(f"\nbar: {BAR_REAL_TIME:.0f} x real time on nasa_narration_13s and people_139s, {BAR_RSS_MB} MB")


if __name__ == "__main__":
    main()

"""Speed of the cpu profile for real videos, as ratios that are comparable between machines.

Usage: python -m benchmarks.cpu_pipeline [CLIP ...]; without clips, the test media and a clip in 1080p made from them.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TypeVar

from benchmarks.full_hd_clip import write_full_hd
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
Result = TypeVar("Result")
TASKS = ("transcribe_speech", "detect_shots", "analyze_chunk", "embed_segments")
BAR_REAL_TIME = 5.0
BAR_DECODES = 2.2
BAR_RSS_MB = 2048


@dataclass(frozen=True)
class Row:
    """One clip. `decode` is a sequential decoding in the same run, `plain` the script of `benchmarks.plain_script`.

    `seconds` has those of each task.
    """

    name: str
    length_s: float
    total: Cost
    decode: Cost
    plain: Cost | None
    seconds: dict[str, float]
    rss_mb: int


@dataclass(frozen=True)
class Cost:
    """Seconds by the clock, and CPU seconds of all cores."""

    clock_s: float
    cpu_s: float

    def times(self, other: Cost | None) -> str:
        """How many times the other one, by the clock and by CPU seconds."""
        if other is None or other.cpu_s < 0.05:
            return "-"
        return f"{self.clock_s / other.clock_s:.1f}, {self.cpu_s / other.cpu_s:.1f}"


def measure(path: Path, engines: EngineRegistry) -> Row:
    decode, _ = _cost(lambda: sum(1 for _ in decode_frames(path)))
    total, analysis = _cost(lambda: analyse(path, engines))
    return Row(
        name=path.name,
        length_s=analysis.plan.duration_s,
        total=total,
        decode=decode,
        plain=_plain(path),
        seconds=analysis.seconds,
        rss_mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    )


def _cost(work: Callable[[], Result]) -> tuple[Cost, Result]:
    began_at, cpu_s = time.monotonic(), time.process_time()
    result = work()
    return Cost(time.monotonic() - began_at, time.process_time() - cpu_s), result


def _plain(path: Path) -> Cost | None:
    """None without `benchmarks/requirements.txt`. Includes the start of the script, about 2 s with its models."""
    if find_spec("scenedetect") is None:
        return None
    before, began_at = _children_s(), time.monotonic()
    subprocess.run([sys.executable, "-m", "benchmarks.plain_script", str(path)], check=True, stdout=subprocess.DEVNULL)
    return Cost(time.monotonic() - began_at, _children_s() - before)


def _children_s() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def table(rows: Iterable[Row]) -> str:
    """Markdown: `x real time` is the length of the video divided by the time of the analysis, `x decode` that time
    divided by the time of one decoding, and `plain` the time of the plain script divided by that of the analysis; both
    by the clock and by CPU seconds. `cpu s / s` are the CPU seconds for each second of video, `cores` how many were
    used on average. The columns of the tasks are shares of the time; speech and shots run at the same time.
    """
    head = ["clip", "length s", "x real time", "x decode", "plain", "cpu s / s", "cores", *TASKS, "peak MB"]
    lines = [head, ["---"] * len(head)]
    for row in rows:
        shares = [f"{row.seconds[task] / row.total.clock_s:.0%}" for task in TASKS]
        plain = row.plain.times(row.total) if row.plain else "-"
        speed = [f"{row.length_s / row.total.clock_s:.1f}", row.total.times(row.decode), plain]
        used = [f"{row.total.cpu_s / row.length_s:.2f}", f"{row.total.cpu_s / row.total.clock_s:.1f}"]
        lines.append([row.name, f"{row.length_s:.1f}", *speed, *used, *shares, str(row.rss_mb)])
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def main(arguments: list[str] | None = None) -> None:
    limit_openmp_threads()
    arguments = sys.argv[1:] if arguments is None else arguments
    paths = [Path(a) for a in arguments] or [media_folder() / name for name in CLIPS]
    started_at = time.monotonic()
    engines = EngineRegistry("cpu")
    engines.warm_up()
    print(f"{os.cpu_count()} cores; engines loaded and verified in {time.monotonic() - started_at:.1f} s\n")
    with tempfile.TemporaryDirectory() as folder:
        if not arguments and media_folder().is_dir():
            paths.append(write_full_hd(Path(folder) / "full_hd_24s.mp4", media_folder()))
        print(table([measure(path, engines) for path in paths if path.is_file()]))
    print(f"\nbar: {BAR_REAL_TIME:.0f} x real time and {BAR_DECODES} x decode in 1080p with speech, {BAR_RSS_MB} MB")


if __name__ == "__main__":
    main()

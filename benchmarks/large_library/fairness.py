"""How long the analysis of one account takes while another account has hundreds that wait.

python -m benchmarks.large_library.fairness [--waiting 200]

Starts a temporary stack. An account uploads many short clips and starts their analyses; then another one uploads one.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx

from local.stack import RunningStack, running_stack
from tests.support.callers import client, key_of_another_account, upload
from tests.support.clips import FPS, textured, tone, write_video

WAITING = 200
SENDERS = 4
ENDED = ("ready", "failed")
CLIP_S = 4


def make_clip(path: Path) -> Path:
    """A few seconds of one picture, and of a tone."""
    write_video(path, [textured(1)] * FPS * CLIP_S, sound=tone(CLIP_S))
    return path


def analyse(api: httpx.Client, clip: Path) -> str:
    video_id = upload(api, clip)
    api.post(f"/v2/videos/{video_id}/features", json={"desired": ["transcript"]}).raise_for_status()
    return video_id


def state(api: httpx.Client, video_id: str) -> str:
    video = api.get(f"/v2/videos/{video_id}").json()
    return str(video["features"]["transcript"])


def wait_until_ended(api: httpx.Client, video_id: str) -> float:
    started = time.perf_counter()
    while state(api, video_id) not in ENDED:
        time.sleep(0.5)
    return time.perf_counter() - started


def count_ended(api: httpx.Client, videos: Sequence[str]) -> int:
    return sum(state(api, video_id) in ENDED for video_id in videos)


def measure(stack: RunningStack, folder: Path, waiting: int) -> None:
    clip = make_clip(folder / "clip.mp4")
    with client(stack) as busy, client(stack, key_of_another_account(stack, "other")) as other:
        alone_s = wait_until_ended(busy, analyse(busy, clip))
        print(f"alone {alone_s:.1f} s", flush=True)
        with ThreadPoolExecutor(SENDERS) as senders:
            videos = list(senders.map(lambda _: analyse(busy, clip), range(waiting)))
        before = count_ended(busy, videos)
        print(f"{waiting - before} of {waiting} analyses wait", flush=True)
        behind_s = wait_until_ended(other, analyse(other, clip))
        after = count_ended(busy, videos)
    print(f"load of the machine {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores")
    print(f"behind them, the analysis of another account took {behind_s:.1f} s")
    print(f"meanwhile {after - before} of them ended, and {waiting - after} still waited")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--waiting", type=int, default=WAITING)
    waiting = options.parse_args().waiting
    with tempfile.TemporaryDirectory() as folder, running_stack(Path(folder) / "home") as stack:
        measure(stack, Path(folder), waiting)


if __name__ == "__main__":
    main()

"""How long the analysis of one account takes while another account has many that wait.

python -m benchmarks.large_library.fairness [--waiting 60]

Starts a temporary stack. An account uploads the sample many times and starts the transcripts; then another account does
so once.
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

WAITING = 60
SENDERS = 4
ENDED = ("ready", "failed")
SAMPLE = Path(__file__).parents[2] / "samples/demo.mp4"
"""A minute with speech."""


def analyse(api: httpx.Client) -> str:
    video_id = upload(api, SAMPLE)
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


def measure(stack: RunningStack, waiting: int) -> None:
    with client(stack) as busy, client(stack, key_of_another_account(stack, "other")) as other:
        alone_s = wait_until_ended(busy, analyse(busy))
        print(f"alone {alone_s:.1f} s", flush=True)
        with ThreadPoolExecutor(SENDERS) as senders:
            videos = list(senders.map(lambda _: analyse(busy), range(waiting)))
        before = count_ended(busy, videos)
        print(f"{waiting - before} of {waiting} analyses wait", flush=True)
        behind_s = wait_until_ended(other, analyse(other))
        after = count_ended(busy, videos)
    print(f"load of the machine {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores")
    print(f"behind them, the analysis of another account took {behind_s:.1f} s")
    print(f"meanwhile {after - before} of them ended, and {waiting - after} still waited")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--waiting", type=int, default=WAITING)
    waiting = options.parse_args().waiting
    with tempfile.TemporaryDirectory() as folder, running_stack(Path(folder) / "home") as stack:
        measure(stack, waiting)


if __name__ == "__main__":
    main()

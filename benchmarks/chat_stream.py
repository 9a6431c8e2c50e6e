"""Latency of the events of a chat turn, through the gateway of a running stack.

python -m benchmarks.chat_stream                        a temporary stack with the demo clip
python -m benchmarks.chat_stream --url URL --key KEY    a running stack with its own library
"""

from __future__ import annotations

import argparse
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median

import httpx
from cinedex_client import Client, Connection
from cinedex_client.upload import UploadDetails
from httpx_sse import connect_sse

from local.stack import running_stack

SAMPLE = Path(__file__).parents[1] / "samples/demo.mp4"
QUESTION = "What is the name of the cat?"
WARM_UP, REPETITIONS = 3, 30
STREAMS = 50
FIRST_EVENT_MS_MAX, FIRST_ANSWER_MS_MAX = 150.0, 500.0


def measure(library: httpx.Client, session: str) -> dict[str, float]:
    """Milliseconds from the question to the first event of each name."""
    started, elapsed_ms = time.perf_counter(), dict[str, float]()
    path = f"/api/v2/chat/sessions/{session}/turns/stream"
    with connect_sse(library, "POST", path, json={"message": QUESTION}) as source:
        for event in source.iter_sse():
            elapsed_ms.setdefault(event.event, (time.perf_counter() - started) * 1000)
    return elapsed_ms


def new_session(library: httpx.Client) -> str:
    return str(library.post("/api/v2/chat/sessions", json={}).raise_for_status().json()["session_id"])


def measure_sequentially(library: httpx.Client) -> list[dict[str, float]]:
    """Each turn is in a new session, so that all turns have the same history."""
    for _ in range(WARM_UP):
        measure(library, new_session(library))
    return [measure(library, new_session(library)) for _ in range(REPETITIONS)]


def measure_concurrently(library: httpx.Client) -> list[dict[str, float]]:
    sessions = [new_session(library) for _ in range(STREAMS)]
    with ThreadPoolExecutor(STREAMS) as pool:
        return list(pool.map(lambda session: measure(library, session), sessions))


def report(title: str, measured: list[dict[str, float]], name: str, bar_ms: float | None = None) -> None:
    times = sorted(times[name] for times in measured if name in times)
    p95 = times[int(len(times) * 0.95)]
    bar = "" if bar_ms is None else f"   bar {bar_ms:.0f} ms: {'met' if median(times) < bar_ms else 'MISSED'}"
    print(f"{title:<38} p50 {median(times):7.1f} ms   p95 {p95:7.1f} ms   n {len(times)}{bar}")


def run(url: str, key: str) -> None:
    limits = httpx.Limits(max_connections=STREAMS + 1)
    with httpx.Client(base_url=url, headers={"x-api-key": key}, timeout=120, limits=limits, trust_env=False) as library:
        sequential = measure_sequentially(library)
        report("first event", sequential, "turn_started", FIRST_EVENT_MS_MAX)
        report("first delta of the answer", sequential, "answer_delta", FIRST_ANSWER_MS_MAX)
        report("end of the turn", sequential, "turn_completed")
        concurrent = measure_concurrently(library)
        report(f"first event, {STREAMS} concurrent", concurrent, "turn_started")
        report(f"end of the turn, {STREAMS} concurrent", concurrent, "turn_completed")


def run_with_demo_clip() -> None:
    with tempfile.TemporaryDirectory() as home, running_stack(Path(home)) as stack:
        with Client(Connection(stack.url, stack.api_key or "")) as deployment:
            video_id = deployment.upload(SAMPLE, UploadDetails(), lambda _: None).video_id
            deployment.wait_until_uploaded(video_id)
            deployment.analyze(video_id)
            for _ in deployment.follow(video_id):
                pass
        run(stack.url, stack.api_key or "")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--url")
    options.add_argument("--key", default="")
    chosen = options.parse_args()
    if chosen.url:
        run(chosen.url, chosen.key)
    else:
        run_with_demo_clip()


if __name__ == "__main__":
    main()

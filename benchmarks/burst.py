"""Many requests at once: uploads, reads right after the start, and throughput by the number of clients.

python -m benchmarks.burst                        a temporary stack
python -m benchmarks.burst --seconds 60           longer measurements
python -m benchmarks.burst --url URL --key KEY    a running stack
"""

from __future__ import annotations

import argparse
import asyncio
import os
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import httpx
import psutil

from local.stack import running_stack

SAMPLE = Path(__file__).parents[1] / "samples/demo.mp4"
READS = ("/v2/videos", "/v2/features", "/v2/video-groups", "/v2/usage")
UPLOADS = 30
CLIENTS = (1, 4, 20, 50, 200)
REFERENCE = 4
PER_S_MIN, P99_S_MAX = 60.0, 5.0
UPLOADED_S_MAX = 300.0


@dataclass
class Measured:
    """Answers by status, and the seconds that each took."""

    clients: int
    statuses: Counter[int] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    elapsed_s: float = 0.0
    cpu_s: float = 0.0

    @property
    def per_s(self) -> float:
        return self.statuses[200] / self.elapsed_s

    @property
    def p99_s(self) -> float:
        return sorted(self.seconds)[int(len(self.seconds) * 0.99)]


@dataclass(frozen=True)
class Target:
    url: str
    key: str

    def client(self) -> httpx.AsyncClient:
        """Each simulated client has a connection of its own: the shared pool of httpx is slow with 200 of them."""
        headers = {"x-api-key": self.key}
        return httpx.AsyncClient(base_url=self.url, headers=headers, timeout=120, verify=False, trust_env=False)


async def read_at_once(deployment: Target, clients: int) -> Measured:
    return await _measure(deployment, clients, lambda answers: answers < 1)


async def read_for(deployment: Target, clients: int, seconds: float) -> Measured:
    deadline = time.perf_counter() + seconds
    return await _measure(deployment, clients, lambda _: time.perf_counter() < deadline)


async def _measure(deployment: Target, clients: int, goes_on: Callable[[int], bool]) -> Measured:
    measured, started, cpu_s = Measured(clients), time.perf_counter(), _cpu_s()
    await asyncio.gather(*(_read(deployment, number, measured, goes_on) for number in range(clients)))
    measured.elapsed_s, measured.cpu_s = time.perf_counter() - started, _cpu_s() - cpu_s
    return measured


def _cpu_s() -> float:
    """Of the processes of a temporary stack so far; other work on the machine changes it less than the time."""
    times = [process.cpu_times() for process in psutil.Process().children(recursive=True)]
    return float(sum(spent.user + spent.system for spent in times))


async def _read(deployment: Target, number: int, measured: Measured, goes_on: Callable[[int], bool]) -> None:
    answers = 0
    async with deployment.client() as client:
        while goes_on(answers):
            sent = time.perf_counter()
            answer = await client.get(READS[(number + answers) % len(READS)])
            measured.seconds.append(time.perf_counter() - sent)
            measured.statuses[answer.status_code] += 1
            answers += 1


async def upload_at_once(deployment: Target) -> tuple[Counter[int], Counter[str], float]:
    """Statuses of the uploads, and of the videos when each has one that stays, after how many seconds."""
    started, content = time.perf_counter(), SAMPLE.read_bytes()
    async with deployment.client() as client:
        files = {"file": (SAMPLE.name, content, "video/mp4")}
        sent = [client.post("/v2/videos", data={"title": f"burst {n}"}, files=files) for n in range(UPLOADS)]
        answers = await asyncio.gather(*sent)
        accepted = [answer.json()["video_id"] for answer in answers if answer.status_code == httpx.codes.ACCEPTED]
        states = await _settled(client, accepted, started + UPLOADED_S_MAX)
    return Counter(answer.status_code for answer in answers), states, time.perf_counter() - started


async def _settled(client: httpx.AsyncClient, videos: list[str], deadline: float) -> Counter[str]:
    """Waits for one video after the other, so that the waiting costs few requests."""
    states: Counter[str] = Counter()
    for video_id in videos:
        while True:
            state = (await client.get(f"/v2/videos/{video_id}")).json()["status"]
            if state in ("uploaded", "failed") or time.perf_counter() > deadline:
                break
            await asyncio.sleep(0.5)
        states[state] += 1
    return states


async def measure(deployment: Target, seconds: float) -> None:
    print(f"load of the machine {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores")
    first = await read_at_once(deployment, max(CLIENTS))
    print(f"{max(CLIENTS)} reads at once, right after the start: {dict(first.statuses)}, p99 {first.p99_s:.2f} s")
    accepted, states, elapsed_s = await upload_at_once(deployment)
    print(f"{UPLOADS} uploads at once: {dict(accepted)}, then {dict(states)} after {elapsed_s:.1f} s")
    results = [await read_for(deployment, clients, seconds) for clients in CLIENTS]
    reference = next(result.per_s for result in results if result.clients == REFERENCE)
    for result in results:
        _report(result, reference)


def _report(measured: Measured, reference: float) -> None:
    others = {status: count for status, count in measured.statuses.items() if status != 200}
    bar = ""
    if measured.clients == max(CLIENTS):
        met = measured.per_s >= PER_S_MIN and measured.p99_s <= P99_S_MAX and not others
        bar = f"   bar {PER_S_MIN:.0f}/s, p99 {P99_S_MAX:.0f} s: {'met' if met else 'MISSED'}"
    cpu_ms = 1000 * measured.cpu_s / max(1, sum(measured.statuses.values()))
    print(
        f"{measured.clients:>4} clients   {measured.per_s:6.1f} answers/s ({measured.per_s / reference:.2f} of "
        f"{REFERENCE} clients)   p50 {median(measured.seconds):6.3f} s   p99 {measured.p99_s:6.3f} s   "
        f"CPU {cpu_ms:5.1f} ms   load {os.getloadavg()[0]:4.1f}   "
        f"other statuses {others or 'none'}{bar}"
    )


def main(arguments: list[str] | None = None) -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--url")
    options.add_argument("--key", default="")
    options.add_argument("--seconds", type=float, default=10.0, help="duration of each measurement of throughput")
    chosen = options.parse_args(arguments)
    if chosen.url:
        asyncio.run(measure(Target(chosen.url, chosen.key), chosen.seconds))
    else:
        with tempfile.TemporaryDirectory() as home, running_stack(Path(home)) as stack:
            asyncio.run(measure(Target(stack.url, stack.api_key or ""), chosen.seconds))


if __name__ == "__main__":
    main()

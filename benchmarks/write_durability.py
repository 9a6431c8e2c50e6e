"""Cost of durable writes: latency and throughput of the emulator's table and its object store.

python -m benchmarks.write_durability [--seconds 5] [--folder FOLDER]

Run it alternately in two checkouts to compare versions; the folder selects the disk.
"""

from __future__ import annotations

import argparse
import os
import signal
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

from local.emulator.access import EmulatorAccess
from local.emulator.clients import EmulatorClients
from local.home import Home
from local.ports import free_port
from local.process_specs import ProcessSpecs
from local.processes.child import Child

TABLE, BUCKET = "library", "media"
WRITERS = (1, 8)
ITEM_BYTES, OBJECT_BYTES = 1_000, 100_000

Write = Callable[[Any, Any, str], None]


def put_item(dynamodb: Any, _s3: Any, name: str) -> None:
    dynamodb.put_item(TableName=TABLE, Item={"pk": {"S": name}, "text": {"S": "x" * ITEM_BYTES}})


def put_object(_dynamodb: Any, s3: Any, name: str) -> None:
    s3.put_object(Bucket=BUCKET, Key=name, Body=bytes(OBJECT_BYTES))


def measure(clients: EmulatorClients, write: Write, writers: int, seconds: float) -> tuple[float, float, float]:
    """Median and 99th percentile of the latency in milliseconds, and writes a second."""
    latencies: list[float] = []
    end = time.perf_counter() + seconds

    def repeat(worker: int) -> None:
        s3, dynamodb = (clients.session.client(s, endpoint_url=clients.endpoint_url) for s in ("s3", "dynamodb"))
        number = 0
        while (started := time.perf_counter()) < end:
            write(dynamodb, s3, f"{write.__name__}-{writers}-{worker}-{number}")
            latencies.append(time.perf_counter() - started)
            number += 1

    threads = [threading.Thread(target=repeat, args=(worker,)) for worker in range(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return 1000 * median(latencies), 1000 * sorted(latencies)[int(len(latencies) * 0.99)], len(latencies) / seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--folder", type=Path, default=None)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        access = EmulatorAccess.create(free_port())
        emulator = Child(ProcessSpecs(Home(Path(folder)).prepare(), access).emulator())
        try:
            emulator.wait_until_healthy()
            clients = EmulatorClients(access)
            create_stores(clients)
            for write in (put_item, put_object):
                for writers in WRITERS:
                    p50, p99, rate = measure(clients, write, writers, options.seconds)
                    print(f"{write.__name__:10} {writers} writers: p50 {p50:.1f} ms, p99 {p99:.1f} ms, {rate:.0f}/s")
        finally:
            os.kill(emulator.pid, signal.SIGTERM)
            emulator.end()


def create_stores(clients: EmulatorClients) -> None:
    clients.dynamodb.create_table(
        TableName=TABLE,
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    clients.s3.create_bucket(Bucket=BUCKET)


if __name__ == "__main__":
    main()

"""Latency of lists and reads by the number of videos of the account, as ratios to the smallest account.

python -m benchmarks.large_library.lists [--sizes 10 1000 10000]

Fills accounts of these sizes in one table of the emulator, without HTTP and without analysis, and calls the handlers of
the library and of chat in this process. Search has a benchmark of its own, `benchmarks.large_library.search`.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from cinedex.adapters.dynamodb.table import DynamoDbTable
from cinedex.observability import logger

from benchmarks.large_library.filled_library import TABLE, Library
from benchmarks.large_library.report import report
from local.emulator.access import EmulatorAccess
from local.emulator.clients import EmulatorClients
from local.emulator.launch import client_environment
from local.home import Home
from local.ports import free_port
from local.process_specs import ProcessSpecs
from local.processes.child import Child

SIZES = (10, 1_000, 10_000)
RATIO_MAX = 1.5
REPETITIONS = 20


def routes(video_id: str, group_id: str, session: str, job: str) -> dict[str, str]:
    """The same number of items is in each answer, whatever the size of the account."""
    sessions, video = "/api/v2/chat/sessions", f"/v2/videos/{video_id}"
    return {
        "list videos": "/v2/videos?page_limit=10",
        "list videos by name": "/v2/videos?page_limit=10&sort=name",
        "list videos with a name": "/v2/videos?page_limit=10&name=clip%2000000",
        "list videos by status": "/v2/videos?page_limit=10&status=uploaded&sort=created_at",
        "list videos by metadata": '/v2/videos?page_limit=10&metadata={"camera":"north"}',
        "list videos of a group": f"/v2/video-groups/{group_id}/videos",
        "list groups": "/v2/video-groups",
        "list videos by their ids": f"/v2/videos?ids={video_id}",
        "list keys": "/v2/api-keys",
        "list jobs": "/v2/jobs?page_limit=10",
        "list sessions": f"{sessions}?limit=10",
        "list turns": f"{sessions}/{session}/turns?limit=10",
        "get a session and its turns": f"{sessions}/{session}",
        "get a group": f"/v2/video-groups/{group_id}",
        "get a video": video,
        "get a job": f"/v2/jobs/{job}",
        "transcript": f"{video}/transcript",
        "words": f"{video}/transcript?format=words&page_limit=10",
        "captions": f"{video}/captions",
        "screen text": f"{video}/screen-text",
        "scenes": f"{video}/scenes",
        "objects": f"{video}/objects",
        "subtitles": f"{video}/subtitles",
        "features": "/v2/features",
        "usage": "/v2/usage",
    }


def event(account_id: str, address: str) -> dict[str, Any]:
    url = urlsplit(address)
    http = {"method": "GET", "path": url.path, "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1", "userAgent": ""}
    caller = {"account_id": account_id, "key_id": f"key-{account_id}", "scope": "admin"}
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": url.path,
        "rawQueryString": url.query,
        "queryStringParameters": dict(parse_qsl(url.query)),
        "headers": {"host": "api", "x-api-key": "k"},
        "requestContext": {"http": http, "stage": "$default", "authorizer": {"lambda": caller}},
        "isBase64Encoded": False,
    }


def measure(library: Library, sizes: Sequence[int]) -> dict[str, list[float]]:
    """Route -> p50 in milliseconds for each size. The sizes take turns, so that other load meets all of them."""
    from functions import chat_api, library_api

    accounts = [library.fill(size) for size in sizes]
    requests: dict[str, list[dict[str, Any]]] = {}
    for account_id, group_id in accounts:
        newest = library.newest(account_id)
        for name, address in routes(newest, group_id, **library.of_one(account_id, newest)).items():
            requests.setdefault(name, []).append(event(account_id, address))
    return {
        name: _p50(chat_api.handler if "/chat/" in events[0]["rawPath"] else library_api.handler, events)
        for name, events in requests.items()
    }


def _p50(handler: Any, events: Sequence[dict[str, Any]]) -> list[float]:
    times: list[list[float]] = [[] for _ in events]
    for _ in range(REPETITIONS):
        for one, taken in zip(events, times, strict=True):
            started = time.perf_counter()
            response = handler(one, None)
            taken.append(1000 * (time.perf_counter() - started))
            if response["statusCode"] != 200:
                raise SystemExit(f"{one['rawPath']}: {response['body']}")
    return [median(taken) for taken in times]


def create_table(clients: EmulatorClients) -> None:
    from tests.support.template import resource

    properties = resource("LibraryTable")["Properties"]
    names = ("AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes", "BillingMode")
    clients.dynamodb.create_table(TableName=TABLE, **{name: properties[name] for name in names})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    sizes = parser.parse_args().sizes
    logger.setLevel("ERROR")
    with tempfile.TemporaryDirectory() as folder:
        access = EmulatorAccess.create(free_port())
        emulator = Child(ProcessSpecs(Home(Path(folder)).prepare(), access).emulator())
        try:
            emulator.wait_until_healthy()
            create_table(EmulatorClients(access))
            stores = {"LIBRARY_TABLE": TABLE, "MEDIA_BUCKET": "media", "RESULTS_BUCKET": "results"}
            os.environ.update(client_environment(access) | stores)
            measured = measure(Library(DynamoDbTable(TABLE)), sizes)
        finally:
            os.kill(emulator.pid, signal.SIGTERM)
            emulator.end()
    print(json.dumps(measured))
    if not report(sizes, measured, RATIO_MAX):
        raise SystemExit(f"A ratio is over {RATIO_MAX}.")


if __name__ == "__main__":
    main()

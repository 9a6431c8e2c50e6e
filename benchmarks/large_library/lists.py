"""Latency of lists and reads by the number of videos of the account, as ratios to the smallest account.

python -m benchmarks.large_library.lists [--sizes 10 1000 10000]

Fills accounts of these sizes in one table of the emulator, without HTTP and without analysis, and calls the handler of
the library API in this process.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from cinedex.adapters.dynamodb.library.backfill import DynamoDbListBackfill
from cinedex.adapters.dynamodb.library.stores import stored_collections, stored_videos
from cinedex.adapters.dynamodb.lists.accounts import LibraryAccount
from cinedex.adapters.dynamodb.lists.video_refs import ENTITIES, count_of, refs_of
from cinedex.adapters.dynamodb.repository import DynamoDbRepository
from cinedex.adapters.dynamodb.table import DynamoDbTable
from cinedex.adapters.dynamodb.videos import VIDEO, StoredVideos
from cinedex.kernel.ids import new_id
from cinedex.library.domain.collection import Collection
from cinedex.library.domain.feature import Feature, FeatureState, FeatureStatus
from cinedex.library.domain.list_backfill import ListBackfill
from cinedex.library.domain.probe import Probe
from cinedex.library.domain.video import StoredMedia, UploadStatus, Video
from cinedex.observability import logger

from local.emulator.access import EmulatorAccess
from local.emulator.clients import EmulatorClients
from local.emulator.launch import client_environment
from local.home import Home
from local.ports import free_port
from local.process_specs import ProcessSpecs
from local.processes.child import Child

SIZES = (10, 1_000, 10_000)
RATIO_MAX = 1.5
REPETITIONS = 40
PER_GROUP = 10
READY = FeatureState(status=FeatureStatus.READY, generation=1)
FEATURES = {f: READY for f in (Feature.TRANSCRIPT, Feature.CAPTIONS, Feature.OBJECTS, Feature.EMBEDDINGS)}
TABLE = "library"


def videos_of(account_id: str, count: int, group_id: str) -> Iterator[Video]:
    """The first `PER_GROUP` are in the group, so that the answer is as long in every account."""
    for number in range(count):
        video_id = new_id()
        yield Video(
            video_id=video_id,
            account_id=account_id,
            media=StoredMedia(bucket="media", key=f"uploads/{account_id}/{video_id}/clip.mp4", etag="e", size_bytes=1),
            status=UploadStatus.UPLOADED,
            created_at=datetime.now(UTC),
            name=f"clip {number:06d}.mp4",
            description="A short tour of five photographs.",
            collection_id=group_id if number < PER_GROUP else None,
            user_metadata={"floor": number % 7, "camera": "north"},
            probe=Probe(duration_s=60.0, format="mp4", width=1920, height=1080, video_codec="h264"),
            features=FEATURES,
            revision=1,
        )


class Library:
    """One table with an account for each size."""

    def __init__(self, table: DynamoDbTable) -> None:
        self._table = table
        self._videos = DynamoDbRepository(table, VIDEO)
        self._refs = {kind: DynamoDbRepository(table, entity) for kind, entity in ENTITIES.items()}
        self._stored, self._collections = stored_videos(table, StoredVideos), stored_collections(table)
        DynamoDbListBackfill(table).save(ListBackfill(is_done=True))

    def fill(self, count: int) -> tuple[str, str]:
        """The account and its group. The items are those that `StoredVideos.add` writes, in batches."""
        now, account = datetime.now(UTC), LibraryAccount(account_id=f"account-{count}").account_id
        group = Collection(collection_id=new_id(), account_id=account, name="Tours", created_at=now, updated_at=now)
        self._collections.add(group)
        videos = list(videos_of(account, count, group.collection_id))
        first, *others = videos
        self._stored.add(first)
        requests = (request for video in others for request in self._requests(video))
        while batch := list(islice(requests, 25)):
            self._table._client.batch_write_item(RequestItems={TABLE: batch})
        for name, members in ((count_of(), count), (count_of(UploadStatus.UPLOADED), count)):
            self._table.add(self._stored._refs.counts.addition(account, name, first.video_id, members - 1)["Update"])
        return account, group.collection_id

    def _requests(self, video: Video) -> Iterator[dict[str, Any]]:
        puts = [self._videos.creation(video), *(self._refs[kind].creation(r) for kind, r in refs_of(video).items())]
        yield from ({"PutRequest": {"Item": put["Item"]}} for put in puts)

    def newest(self, account_id: str) -> str:
        return self._videos.page(VIDEO.pattern.key(account_id=account_id, video_id="").pk, 1).items[0].video_id


def routes(video_id: str, group_id: str) -> dict[str, str]:
    """The same number of items is in each answer, whatever the size of the account."""
    return {
        "list videos": "/v2/videos?page_limit=10",
        "list videos by name": "/v2/videos?page_limit=10&sort=name",
        "list videos with a name": "/v2/videos?page_limit=10&name=clip%2000000",
        "list videos by status": "/v2/videos?page_limit=10&status=uploaded&sort=created_at",
        "list videos by metadata": '/v2/videos?page_limit=10&metadata={"camera":"north"}',
        "list videos of a group": f"/v2/video-groups/{group_id}/videos",
        "list groups": "/v2/video-groups",
        "list keys": "/v2/api-keys",
        "get a group": f"/v2/video-groups/{group_id}",
        "get a video": f"/v2/videos/{video_id}",
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
    from functions.library_api import handler

    accounts = [library.fill(size) for size in sizes]
    requests: dict[str, list[dict[str, Any]]] = {}
    for account_id, group_id in accounts:
        for name, address in routes(library.newest(account_id), group_id).items():
            requests.setdefault(name, []).append(event(account_id, address))
    return {name: _p50(handler, events) for name, events in requests.items()}


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


def report(sizes: Sequence[int], measured: dict[str, list[float]]) -> bool:
    """Prints the table; True if every ratio is within the bar."""
    print(f"{'p50, ms':28}" + "".join(f"{size:>10,}" for size in sizes) + "     ratio")
    for name, times in measured.items():
        print(f"{name:28}" + "".join(f"{one:10.1f}" for one in times) + f"{times[-1] / times[0]:10.2f}")
    return all(times[-1] <= RATIO_MAX * times[0] for times in measured.values())


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
            stores = {"LIBRARY_TABLE": TABLE, "MEDIA_BUCKET": "media", "RESULT_BUCKET": "results"}
            os.environ.update(client_environment(access) | stores)
            measured = measure(Library(DynamoDbTable(TABLE)), sizes)
        finally:
            os.kill(emulator.pid, signal.SIGTERM)
            emulator.end()
    print(json.dumps(measured))
    if not report(sizes, measured):
        raise SystemExit(f"A ratio is over {RATIO_MAX}.")


if __name__ == "__main__":
    main()

"""`/v2/events`: a client gets every event once, in order, and continues where it stopped."""

from __future__ import annotations

import asyncio
import gc
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from cinedex.access.domain.api_keys import Scope
from cinedex.api.event_routes import render
from cinedex.api.event_stream import HEARTBEAT_S, EventFeed
from cinedex.events.event_types import EVENT_TYPES
from cinedex.events.follow_events import CONNECTION_S_MAX, FollowEvents
from cinedex.events.read_events import EventFilter, ReadEvents
from cinedex.kernel.errors import TooManyRequests
from cinedex.kernel.ids import new_id
from starlette.testclient import TestClient

from functions.chat_stream import app
from functions.publish_events import handler as publish
from tests.architecture.test_template import TIMEOUTS_S
from tests.support.golden import ACCOUNT, received
from tests.support.memory.app_fixture import YOURS, InMemoryApp
from tests.support.published_events import TYPES


@pytest.fixture
def call(memory_app: InMemoryApp) -> Iterator[TestClient]:
    _, secret = memory_app.manage_api_keys.create(ACCOUNT, "laptop", Scope.READ)
    with TestClient(app, headers={"X-Api-Key": secret}) as client:
        yield client


@pytest.fixture
def upload(memory_app: InMemoryApp) -> Callable[..., str]:
    def uploaded_and_published(**fields: Any) -> str:
        video_id: str = memory_app.uploaded(account_id=ACCOUNT, **fields).video_id
        publish(received("dynamodb_stream_outbox"), None)
        return video_id

    return uploaded_and_published


def events_of(text: str) -> list[tuple[int, str, dict[str, Any]]]:
    """(id, name, data) of each event with data."""
    found = []
    for block in text.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines() if ": " in line and not line.startswith(":"))
        if "data" in fields:
            found.append((int(fields["id"]), fields["event"], json.loads(fields["data"])))
    return found


def read(call: TestClient, after: int | None = 0, last_event_id: str | None = None, **query: Any) -> Any:
    headers = {} if last_event_id is None else {"Last-Event-ID": last_event_id}
    position = {} if after is None else {"after": after}
    return call.get("/v2/events", params={"follow": False, **position, **query}, headers=headers)


def test_events_are_sent_in_order_with_their_positions(call: TestClient, upload: Callable[..., str]) -> None:
    videos = [upload() for _ in range(3)]
    response = read(call)
    assert response.headers["content-type"].startswith("text/event-stream")
    sent = events_of(response.text)
    assert [(number, name) for number, name, _ in sent] == [(n, "VideoUploaded") for n in (1, 2, 3)]
    assert [data["video_id"] for _, _, data in sent] == videos
    assert set(sent[0][2]) == {
        "event_id", "event_type", "version", "account_id", "video_id", "group_id", "occurred_at", "data",
    }  # fmt: skip


def test_a_client_continues_after_its_last_event(call: TestClient, upload: Callable[..., str]) -> None:
    for _ in range(3):
        upload()
    assert [number for number, _, _ in events_of(read(call, None, last_event_id="2").text)] == [3]
    assert [number for number, _, _ in events_of(read(call, 0, last_event_id="1").text)] == [2, 3]
    assert events_of(read(call, None, last_event_id="3").text) == []


def test_without_a_position_only_later_events_are_sent(call: TestClient, upload: Callable[..., str]) -> None:
    upload()
    assert events_of(read(call, None).text) == []


def test_events_are_selected_by_type_group_and_video(
    memory_app: InMemoryApp, call: TestClient, upload: Callable[..., str]
) -> None:
    group = new_id()
    memory_app.collections.add(_collection(group))
    first, second = upload(), upload(collection_id=group)
    memory_app.delete(ACCOUNT, first)
    publish(received("dynamodb_stream_outbox"), None)
    assert [n for n, _, _ in events_of(read(call, event_type=["VideoDeleted"]).text)] == [3]
    assert [n for n, _, _ in events_of(read(call, event_type=["VideoDeleted", "VideoUploaded"]).text)] == [1, 2, 3]
    assert [n for n, _, _ in events_of(read(call, group_id=group.upper()).text)] == [2]
    assert [n for n, _, _ in events_of(read(call, video_id=first).text)] == [1, 3]
    assert [n for n, _, _ in events_of(read(call, video_id=second).text)] == [2]


def _collection(collection_id: str) -> Any:
    from cinedex.library.domain.collection import Collection

    from tests.support.memory.scenario import NOON

    ids = {"account_id": ACCOUNT, "collection_id": collection_id, "name": "G"}
    return Collection.model_validate({**ids, "created_at": NOON, "updated_at": NOON})


def test_what_a_filter_does_not_select_is_not_read_again(call: TestClient, upload: Callable[..., str]) -> None:
    for _ in range(3):
        upload()
    assert read(call, event_type=["VideoDeleted"]).text.endswith("id: 3\n\n")


@pytest.mark.parametrize("position", ["4", "99999999"])
def test_a_position_beyond_the_log_is_refused(call: TestClient, upload: Callable[..., str], position: str) -> None:
    upload()
    response = read(call, None, last_event_id=position)
    assert (response.status_code, response.json()["error"]["param"]) == (400, "Last-Event-ID")


def test_a_position_whose_next_event_has_expired_is_refused_and_the_oldest_that_is_kept_is_offered(
    memory_app: InMemoryApp, call: TestClient, upload: Callable[..., str]
) -> None:
    for _ in range(2):
        upload()
    memory_app.clock.advance(days=8)
    for _ in range(2):
        upload()
    response = read(call, None, last_event_id="1")
    assert response.status_code == 400
    assert "expire after 7 days" in response.json()["error"]["message"]
    assert [n for n, _, _ in events_of(read(call, 0).text)] == [3, 4]
    assert [n for n, _, _ in events_of(read(call, None, last_event_id="2").text)] == [3, 4]


@pytest.mark.parametrize("query", [{"event_type": ["media.created"]}, {"after": -1}, {"types": "x"}], ids=str)
def test_an_invalid_request_is_refused_before_the_stream_opens(
    memory_app: InMemoryApp, call: TestClient, query: dict[str, Any]
) -> None:
    assert call.get("/v2/events", params=query).status_code in (400, 422)
    assert memory_app.slots.leases == {}


def test_an_account_gets_its_own_events_only(
    memory_app: InMemoryApp, call: TestClient, upload: Callable[..., str]
) -> None:
    upload()
    _, secret = memory_app.manage_api_keys.create(YOURS, "laptop", Scope.ADMIN)
    other = TestClient(app, headers={"X-Api-Key": secret})
    assert events_of(read(other).text) == []
    assert read(other, None, last_event_id="1").status_code == 400
    assert TestClient(app).get("/v2/events").status_code == 401


def test_a_key_for_search_alone_may_not_read_events(memory_app: InMemoryApp) -> None:
    _, secret = memory_app.manage_api_keys.create(ACCOUNT, "laptop", Scope.SEARCH)
    assert TestClient(app, headers={"X-Api-Key": secret}).get("/v2/events").status_code == 403


def test_a_connection_is_released_when_it_ends(
    memory_app: InMemoryApp, call: TestClient, upload: Callable[..., str]
) -> None:
    upload()
    read(call)
    assert memory_app.slots.leases == {}


def test_a_client_that_wants_the_headers_only_keeps_no_connection(
    call: TestClient,
) -> None:
    gc.disable()
    try:
        assert [call.head("/v2/events").status_code for _ in range(6)] == [200] * 6
    finally:
        gc.enable()


def test_more_connections_than_the_limit_are_refused_until_one_ends(memory_app: InMemoryApp) -> None:
    follow = FollowEvents(memory_app.slots, memory_app.clock, per_account=2, per_deployment=3)
    close, _ = follow.open("mine"), follow.open("mine")
    with pytest.raises(TooManyRequests):
        follow.open("mine")
    other = follow.open("yours")
    with pytest.raises(TooManyRequests):
        follow.open("third")
    close()
    follow.open("third")
    other()
    follow.open("yours")
    memory_app.clock.advance(seconds=CONNECTION_S_MAX + 30)
    follow.open("mine")


def test_a_connection_ends_before_the_timeout_of_its_function() -> None:
    assert TIMEOUTS_S["ChatStreamFunction"] > CONNECTION_S_MAX


def feed_of(memory_app: InMemoryApp, seconds_max: float, closed: list[bool]) -> EventFeed:
    reader = ReadEvents(memory_app.event_log, memory_app.clock)
    return EventFeed(reader, ACCOUNT, EventFilter(), render, lambda: closed.append(True), seconds_max)


async def _collect(response: Any, memory_app: InMemoryApp, upload: Callable[..., str]) -> str:
    parts = []
    async for part in response.body_iterator:
        parts.append(part)
        if len(parts) == 1:
            await asyncio.to_thread(upload)
    return "".join(parts)


def test_an_event_is_sent_while_a_client_is_connected(memory_app: InMemoryApp, upload: Callable[..., str]) -> None:
    closed: list[bool] = []
    response = feed_of(memory_app, 0.0, closed).response(after=0, until=None)
    text = asyncio.run(_collect(response, memory_app, upload))
    assert [name for _, name, _ in events_of(text)] == ["VideoUploaded"]
    assert closed == [True]


def test_a_silent_stream_has_heartbeats(
    memory_app: InMemoryApp, upload: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cinedex.api.event_stream.HEARTBEAT_S", 0.0)
    monkeypatch.setattr("cinedex.api.event_stream.POLL_S_MIN", 0.001)
    response = feed_of(memory_app, 0.01, []).response(after=0, until=None)

    async def everything() -> str:
        return "".join([str(part) async for part in response.body_iterator])

    assert ": ping\n\n" in asyncio.run(everything())
    assert HEARTBEAT_S == 15


def test_an_expired_event_that_the_table_still_has_is_not_sent(
    memory_app: InMemoryApp, call: TestClient, upload: Callable[..., str]
) -> None:
    upload()
    memory_app.clock.advance(days=7, seconds=1)
    assert events_of(read(call).text) == []


def test_the_types_of_events_are_those_that_are_published_and_each_has_a_name_for_webhooks() -> None:
    from cinedex.api.videovector.webhook_events import NAMES

    assert set(EVENT_TYPES) == set(TYPES.values()) == set(NAMES)

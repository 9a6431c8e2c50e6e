"""The feed of events: parsed, filtered by the deployment, and continued where it ended."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from cinedex_client import ClientError
from cinedex_client.cli import remote
from cinedex_client.cli.main import app
from typer.testing import CliRunner

from tests.support.wire import Wire


def block(position: int, event_type: str = "VideoUploaded") -> str:
    ids = {"event_id": f"evt_{position}", "event_type": event_type, "video_id": "v", "group_id": None}
    data = json.dumps({**ids, "occurred_at": "2026-11-28T12:00:00Z", "data": {"duration_s": 5.0}})
    return f"id: {position}\nevent: {event_type}\ndata: {data}\n\n"


def stream(*blocks: str) -> httpx.Response:
    return httpx.Response(200, text="retry: 1000\n\n" + "".join(blocks), headers={"content-type": "text/event-stream"})


def test_all_events_that_are_kept_are_read_once(wire: Wire) -> None:
    wire.in_turn(stream(block(1), ": ping\n\n", block(2, "VideoDeleted")))
    events = list(wire.deployment().events(0, follow=False))
    assert [(e.position, e.event_type) for e in events] == [(1, "VideoUploaded"), (2, "VideoDeleted")]
    assert dict(wire.requests[0].url.params) == {"after": "0", "follow": "false"}


def test_a_stream_that_ends_is_continued_after_the_last_position(wire: Wire) -> None:
    wire.in_turn(stream(block(1), "id: 7\n\n"), stream(block(8)), httpx.Response(401, json={}))
    events = wire.deployment().events(event_types=["VideoUploaded"], video_id="v")
    assert [next(events).position, next(events).position] == [1, 8]
    with pytest.raises(ClientError):
        next(events)
    assert [r.headers.get("last-event-id") for r in wire.requests] == [None, "7", "8"]
    assert wire.requests[0].url.params.get_list("event_type") == ["VideoUploaded"]


def test_a_stream_that_breaks_is_continued_and_one_that_breaks_every_time_is_an_error(wire: Wire) -> None:
    broken = [httpx.ReadError("reset") for _ in range(5)]
    wire.in_turn(httpx.ReadError("reset"), stream(block(1)), *broken)
    events = wire.deployment().events()
    assert next(events).position == 1
    with pytest.raises(ClientError, match="broke 5 times"):
        next(events)


@pytest.fixture
def cinedex(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(remote, "connect", lambda _url, _key: wire.deployment())
    return lambda *arguments: CliRunner().invoke(app, list(arguments))


def test_the_command_prints_an_event_a_line(wire: Wire, cinedex: Any) -> None:
    wire.in_turn(stream(block(1), block(2)), stream(block(3)))
    lines = cinedex("events").output.splitlines()
    assert lines[0] == "1  2026-11-28 12:00:00  VideoUploaded  v  duration_s=5.0"
    assert len(lines) == 2
    assert json.loads(cinedex("events", "--json", "--after", "2").output)["position"] == 3
    assert wire.requests[1].headers["last-event-id"] == "2"


WEBHOOK = {"webhook_id": "w", "name": "N", "url": "https://h.test/", "events": ["media.created"], "status": "active"}
DELIVERY = {"delivery_id": "w_1", "webhook_id": "w", "event_type": "media.created", "status": "failed", "attempts": 3}


def test_a_webhook_is_created_for_all_events_and_its_secret_is_printed(wire: Wire, cinedex: Any) -> None:
    names = httpx.Response(200, json=["media.created", "media.deleted"])
    wire.in_turn(names, httpx.Response(201, json=WEBHOOK | {"secret": "whsec_x"}))
    result = cinedex("webhooks", "create", "https://h.test/", "--group", "g")
    assert result.exit_code == 0, result.output
    assert "whsec_x" in result.output
    sent = json.loads(wire.requests[1].content)
    assert (sent["events"], sent["index_ids"]) == (["media.created", "media.deleted"], ["g"])


def test_webhooks_and_deliveries_are_listed(wire: Wire, cinedex: Any) -> None:
    wire.in_turn(httpx.Response(200, json=[WEBHOOK | {"status": "disabled", "disabled_reason": "20 attempts"}]))
    assert "20 attempts" in " ".join(cinedex("webhooks", "list").output.split())
    wire.in_turn(httpx.Response(200, json=[DELIVERY | {"error_message": "HTTP status 500"}]))
    assert "500" in cinedex("webhooks", "deliveries", "w", "--status", "failed").output
    assert wire.requests[-1].url.params["status"] == "failed"


def test_a_test_that_fails_ends_with_an_error(wire: Wire, cinedex: Any) -> None:
    wire.in_turn(httpx.Response(200, json={"success": False, "status_code": 404, "error": "HTTP status 404."}))
    assert cinedex("webhooks", "test", "w").exit_code == 1
    wire.in_turn(httpx.Response(200, json={"success": True, "status_code": 200, "error": None}))
    assert cinedex("webhooks", "test", "w").exit_code == 0


@pytest.mark.parametrize(
    ("command", "method", "path"),
    [
        (("pause", "w"), "PATCH", "/api/v2/webhooks/w"),
        (("activate", "w"), "PATCH", "/api/v2/webhooks/w"),
        (("delete", "w"), "DELETE", "/api/v2/webhooks/w"),
        (("rotate-secret", "w"), "POST", "/api/v2/webhooks/w/rotate-secret"),
        (("retry", "w_1"), "POST", "/api/v2/webhooks/deliveries/w_1/retry"),
    ],
)
def test_a_command_makes_its_request(wire: Wire, cinedex: Any, command: Any, method: str, path: str) -> None:
    wire.answers = lambda _: httpx.Response(200, json={**WEBHOOK, **DELIVERY, "new_secret": "whsec_y", "message": "ok"})
    result = cinedex("webhooks", *command)
    assert (result.exit_code, wire.requests[0].method, wire.requests[0].url.path) == (0, method, path)

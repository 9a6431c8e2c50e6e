"""Sends events to a bus of Amazon EventBridge. Their `detail` keeps to the schemas in `events/published`."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import Any

import boto3

from cinedex.adapters.aws_errors import AWS_ERRORS, domain_error
from cinedex.adapters.time_limits import aws_config
from cinedex.kernel.errors import Unavailable
from cinedex.kernel.events import AnyEvent
from cinedex.kernel.retry import RetryPolicy, Sleep

SOURCE = "cinedex"
ENTRIES_MAX = 10
"""A limit of PutEvents. An event has at most a few KB, the request 256 KB."""
REFUSED = RetryPolicy(attempts_max=5, pause_s=0.1, pause_s_max=2.0)


class EventBridgePublisher:
    """`EventPublisher`. EventBridge may accept a part of a request: the rest is sent again."""

    def __init__(self, bus_name: str, sleep: Sleep = time.sleep) -> None:
        self._bus_name, self._sleep = bus_name, sleep
        self._client = boto3.client("events", config=aws_config())

    def publish(self, events: Sequence[AnyEvent]) -> None:
        entries = [self._entry(event) for event in events]
        for start in range(0, len(entries), ENTRIES_MAX):
            self._send(entries[start : start + ENTRIES_MAX])

    def _send(self, entries: list[dict[str, Any]]) -> None:
        for _ in REFUSED.attempts("send events to EventBridge", self._sleep):
            entries = list(self._refused(entries))
            if not entries:
                return
        raise Unavailable(f"EventBridge accepts no events on the bus {self._bus_name} now.")

    def _refused(self, entries: list[Any]) -> Iterator[dict[str, Any]]:
        try:
            results = self._client.put_events(Entries=entries)["Entries"]
        except AWS_ERRORS as error:
            raise domain_error(error) or error from error
        return (entry for entry, result in zip(entries, results, strict=True) if result.get("ErrorCode"))

    def _entry(self, event: AnyEvent) -> dict[str, Any]:
        return {
            "EventBusName": self._bus_name,
            "Source": SOURCE,
            "DetailType": event.event_type,
            "Time": event.occurred_at,
            "Resources": [],
            "Detail": event.model_dump_json(),
        }

"""Publishes the events of the outbox: those that the stream of the table reports, and on a schedule what was left."""

from __future__ import annotations

from cinedex.adapters.dynamodb.events.stream_records import OutboxStreamEvent
from cinedex.bootstrap.events import publish_events
from cinedex.observability import lambda_handler


@lambda_handler(OutboxStreamEvent)
def handler(event: OutboxStreamEvent) -> dict[str, int]:
    publish = publish_events()
    return {"published": publish.of_accounts(event.account_ids) if event.records else publish.overdue()}

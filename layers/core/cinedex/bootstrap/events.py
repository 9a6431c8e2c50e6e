"""Events that leave the product."""

from __future__ import annotations

from collections.abc import Sequence

from cinedex.adapters.dynamodb.events.event_log import StoredEventLog, stored_event_log
from cinedex.bootstrap import providers, webhooks
from cinedex.bootstrap.once import once
from cinedex.events.follow_events import FollowEvents
from cinedex.events.publish_events import PublishEvents
from cinedex.events.read_events import ReadEvents
from cinedex.kernel.events import EventPublisher
from cinedex.settings import EventSettings


@once
def event_log() -> StoredEventLog:
    return stored_event_log(providers.table())


def event_publishers() -> Sequence[EventPublisher]:
    from cinedex.adapters.eventbridge import EventBridgePublisher

    bus_name = EventSettings().bus_name
    return (webhooks.dispatch_events(), *((EventBridgePublisher(bus_name),) if bus_name else ()))


def read_events() -> ReadEvents:
    return ReadEvents(event_log(), providers.clock)


def follow_events() -> FollowEvents:
    settings = EventSettings()
    return FollowEvents(webhooks.slots(), providers.clock, settings.streams_per_account, settings.streams_max)


def publish_events() -> PublishEvents:
    return PublishEvents(event_log(), event_publishers(), providers.clock)

"""Webhooks. The format of their requests is that of an API, which passes it in."""

from __future__ import annotations

from datetime import timedelta

from cinedex.adapters.dynamodb.events.webhooks import (
    DELIVERY,
    WEBHOOK,
    DynamoDbSlots,
    StoredDeliveries,
    StoredWebhooks,
)
from cinedex.adapters.dynamodb.repository import DynamoDbRepository
from cinedex.adapters.sqs.delivery_queue import SqsDeliveryQueue
from cinedex.bootstrap import providers
from cinedex.bootstrap.once import once
from cinedex.settings import WebhookSettings
from cinedex.webhooks.deliver_event import DeliverEvent, DeliveryLimits
from cinedex.webhooks.dispatch_events import DispatchEvents
from cinedex.webhooks.manage_webhooks import ManageWebhooks
from cinedex.webhooks.ports import RequestFormat, WebhookSender


@once
def webhooks() -> StoredWebhooks:
    return StoredWebhooks(DynamoDbRepository(providers.table(), WEBHOOK))


@once
def deliveries() -> StoredDeliveries:
    return StoredDeliveries(DynamoDbRepository(providers.table(), DELIVERY))


@once
def slots() -> DynamoDbSlots:
    return DynamoDbSlots(providers.table())


@once
def delivery_queue() -> SqsDeliveryQueue:
    return SqsDeliveryQueue(WebhookSettings().queue_url)


@once
def webhook_sender() -> WebhookSender:
    from cinedex.adapters.web.webhook_sender import HttpxWebhookSender

    return HttpxWebhookSender(WebhookSettings().allowed)


def dispatch_events() -> DispatchEvents:
    return DispatchEvents(webhooks(), deliveries(), delivery_queue())


def manage_webhooks(request_format: RequestFormat) -> ManageWebhooks:
    return ManageWebhooks(webhooks(), deliveries(), delivery_queue(), webhook_sender(), request_format, providers.clock)


def deliver_event(request_format: RequestFormat) -> DeliverEvent:
    settings = WebhookSettings()
    limits = DeliveryLimits(
        attempts_max=settings.attempts_max,
        pause_s=settings.pause_s,
        failures_max=settings.failures_max,
        failing_max=timedelta(hours=settings.failing_hours),
    )
    stores = webhooks(), deliveries()
    return DeliverEvent(*stores, webhook_sender(), slots(), request_format, providers.clock, limits)

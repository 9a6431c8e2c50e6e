"""Webhooks and deliveries as tables."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table

from cinedex_client.webhooks import Webhook, WebhookDelivery


def webhook_table(webhooks: Sequence[Webhook]) -> Table:
    table = Table(box=None, header_style="dim")
    for column in ("id", "status", "name", "url", "events"):
        table.add_column(column, overflow="fold")
    for webhook in webhooks:
        status = f"{webhook.status}: {webhook.disabled_reason}" if webhook.disabled_reason else webhook.status
        table.add_row(webhook.webhook_id, status, webhook.name, webhook.url, ", ".join(webhook.events))
    return table


def delivery_table(deliveries: Sequence[WebhookDelivery]) -> Table:
    table = Table(box=None, header_style="dim")
    for column in ("id", "event", "status", "attempts", "answer"):
        table.add_column(column, overflow="fold")
    for delivery in deliveries:
        answer = delivery.error_message or str(delivery.response_status_code or "")
        table.add_row(delivery.delivery_id, delivery.event_type, delivery.status, str(delivery.attempts), answer)
    return table

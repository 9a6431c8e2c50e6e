"""Every item of events and webhooks, as in `keys`: its keys, its index entry, its expiry and how it is read."""

from __future__ import annotations

from cinedex.adapters.dynamodb.items import Key, KeyPattern

OUTBOX = KeyPattern(
    "event in the outbox",
    "EO#{account_id}",
    "V#{video_id}#{revision:08d}#{position:03d}",
    "of an account, by video in order; all by age",
    work="event",
)
EVENT = KeyPattern("event of the log", "EL#{account_id}", "E#{sequence:012d}", "of an account, in order", ttl="7 days")
EVENT_LOG_HEAD = KeyPattern("head of the event log", "EL#{account_id}", "HEAD", "by account")
WEBHOOK = KeyPattern("webhook", "A#{account_id}", "WEBHOOK#{webhook_id}", "by id; of an account")
DELIVERY = KeyPattern(
    "delivery to a webhook", "WD#{webhook_id}", "D#{delivery_id}", "by id; of a webhook, by time", ttl="14 days"
)
SLOT = KeyPattern("slot of an owner", "WS#{owner}", "SLOT#{slot_number:02d}", "by owner", ttl="minutes")

EVENT_PATTERNS = tuple(value for value in list(vars().values()) if isinstance(value, KeyPattern))
SEQUENCE_MAX = 10**12 - 1


def outbox_of(account_id: str) -> str:
    """The partition of the events of an account that are not published yet."""
    return OUTBOX.key(account_id=account_id, video_id="", revision=0, position=0).pk


def event_log_head(account_id: str) -> Key:
    return EVENT_LOG_HEAD.key(account_id=account_id)


def event_log_of(account_id: str) -> str:
    """The partition of the log of an account."""
    return event_log_head(account_id).pk


def event_position(sequence: int) -> str:
    """The sort key of an event of the log, without its prefix."""
    return EVENT.key(account_id="", sequence=sequence).sk.removeprefix(EVENT.sort_prefix)


def webhook(account_id: str, webhook_id: str) -> Key:
    return WEBHOOK.key(account_id=account_id, webhook_id=webhook_id)


def account_of_webhooks(account_id: str) -> str:
    """The partition of an account, in which its webhooks are."""
    return webhook(account_id, "").pk


def delivery(webhook_id: str, delivery_id: str) -> Key:
    return DELIVERY.key(webhook_id=webhook_id, delivery_id=delivery_id)


def deliveries_of(webhook_id: str) -> str:
    """The partition of the log of a webhook."""
    return delivery(webhook_id, "").pk


def slot(owner: str, number: int) -> Key:
    return SLOT.key(owner=owner, slot_number=number)

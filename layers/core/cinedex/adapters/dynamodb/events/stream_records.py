"""What Lambda sends from the stream of the table: the keys of new items, of which a filter passes the outbox."""

from __future__ import annotations

from pydantic import BaseModel, Field

from cinedex.adapters.dynamodb.events import event_keys


class _Text(BaseModel):
    text: str = Field(alias="S")


class _Keys(BaseModel):
    pk: _Text


class _Change(BaseModel):
    keys: _Keys = Field(alias="Keys")


class TableRecord(BaseModel):
    change: _Change = Field(alias="dynamodb")


class OutboxStreamEvent(BaseModel):
    """Without records, an event of the schedule."""

    records: list[TableRecord] = Field(alias="Records", default=[])

    @property
    def account_ids(self) -> list[str]:
        """Each once, in order; what is not in the outbox is ignored."""
        prefix = event_keys.OUTBOX.partition_prefix
        partitions = [record.change.keys.pk.text for record in self.records]
        return list(dict.fromkeys(pk.removeprefix(prefix) for pk in partitions if pk.startswith(prefix)))

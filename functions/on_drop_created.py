"""Messages of the drop queue: objects of the drop folder that were created or removed, and those of a backfill."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from cinedex.adapters.sqs.drop_queue import parse_message
from cinedex.bootstrap.imports import receive_drop
from cinedex.imports.usecases.receive_drop import ReceiveDrop
from cinedex.observability import lambda_handler, logger
from pydantic import BaseModel, Field

AT_ONCE = 4
RECEIVES_MAX = 5
"""As the redrive policy of the queue: after the last attempt, the file has a reason, and its message is kept."""
GIVEN_UP = "An internal error occurred while the file was received; the log has its traceback."


class DropAttributes(BaseModel):
    receive_count: int = Field(alias="ApproximateReceiveCount", default=1)


class DropMessage(BaseModel):
    message_id: str = Field(alias="messageId")
    body: str
    attributes: DropAttributes = DropAttributes()


class DropBatch(BaseModel):
    records: list[DropMessage] = Field(alias="Records")


@lambda_handler(DropBatch)
def handler(batch: DropBatch) -> dict[str, list[dict[str, str]]]:
    """A message that fails is delivered again, and the others of its batch are not."""
    receive = receive_drop()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        succeeded = list(pool.map(lambda message: _received(receive, message), batch.records))
    failed = [m.message_id for m, success in zip(batch.records, succeeded, strict=True) if not success]
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failed]}


def _received(receive: ReceiveDrop, message: DropMessage) -> bool:
    try:
        for notice in parse_message(message.body):
            receive(notice)
    except Exception:  # the outermost frame of a message
        logger.exception("a dropped file was not received", extra={"message_id": message.message_id})
        _give_up(receive, message)
        return False
    return True


def _give_up(receive: ReceiveDrop, message: DropMessage) -> None:
    if message.attributes.receive_count < RECEIVES_MAX:
        return
    try:
        for notice in parse_message(message.body):
            receive.fail(notice, GIVEN_UP)
    except Exception:  # the message is in the dead-letter queue, and the log has both errors
        logger.exception("a dropped file was not rejected", extra={"message_id": message.message_id})

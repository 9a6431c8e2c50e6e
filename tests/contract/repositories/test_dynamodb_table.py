"""What only the DynamoDB table has to get right: its limits, and writes that come together."""

from __future__ import annotations

import time

import boto3
import pytest
from cinedex.adapters.dynamodb import keys
from cinedex.adapters.dynamodb.batches import UNPROCESSED, write_batches
from cinedex.adapters.dynamodb.items import ITEM_BYTES_MAX
from cinedex.adapters.dynamodb.library.stores import stored_collections
from cinedex.adapters.dynamodb.progress import DynamoDbProgress
from cinedex.adapters.dynamodb.table import ConditionFailed, DynamoDbTable
from cinedex.adapters.dynamodb.timeline import DynamoDbTimeline
from cinedex.analysis.domain.timeline_entries import DETECTIONS_PER_ENTRY_MAX
from cinedex.kernel.errors import TooLarge, Unavailable
from cinedex.kernel.retry import CONFLICT
from cinedex.kernel.span import span
from cinedex.timeline.entries import TimelineEntry, Track

from tests.contract.repositories.test_collections_and_keys import collection
from tests.support.aws import new_table
from tests.support.memory.app_fixture import MINE

BOX = [1919, 1079, 1919, 1079]
DETECTION = {"type": "refrigerator", "score": 0.999, "bbox": BOX, "frame_idx": 9_999_999, "at_s": 86399.999}


@pytest.fixture
def table(aws: None) -> DynamoDbTable:
    return DynamoDbTable(new_table())


def test_items_written_together_are_all_stored_or_none(table: DynamoDbTable) -> None:
    table.put({"pk": "a", "sk": "1", "n": 1})
    refused = table.put_request({"pk": "a", "sk": "1", "n": 2}, "n = :before", {":before": 7})
    with pytest.raises(ConditionFailed):
        table.write_together([table.put_request({"pk": "a", "sk": "2"}), refused])
    assert list(table.query("a")) == [{"pk": "a", "sk": "1", "n": 1}]


def test_more_items_than_one_batch_are_stored_and_deleted(table: DynamoDbTable) -> None:
    stored = [("a", f"{i:03d}") for i in range(51)]
    table.put_all({"pk": pk, "sk": sk} for pk, sk in stored)
    assert [(str(i["pk"]), str(i["sk"])) for i in table.query("a", keys_only=True)] == stored
    table.delete_all(stored)
    assert list(table.query("a")) == []


def test_a_value_that_is_too_large_for_an_item_is_refused_with_its_size(table: DynamoDbTable) -> None:
    with pytest.raises(TooLarge, match="the limit is 409,600"):
        table.put({"pk": "a", "sk": "1", "body": "é" * (ITEM_BYTES_MAX // 2)})
    with pytest.raises(TooLarge):
        table.put_all([{"pk": "a", "sk": "2"}, {"pk": "a", "sk": "3", "body": "x" * ITEM_BYTES_MAX}])
    assert list(table.query("a")) == []


def test_a_large_item_that_fits_is_stored(table: DynamoDbTable) -> None:
    table.put({"pk": "a", "sk": "1", "body": "x" * 400_000})
    assert table.get("a", "1") is not None


def test_metadata_of_a_collection_that_is_too_large_is_refused(table: DynamoDbTable) -> None:
    collections = stored_collections(table)
    huge = collection().model_copy(update={"metadata": {"x": "y" * ITEM_BYTES_MAX}})
    with pytest.raises(TooLarge):
        collections.add(huge)
    assert collections.list(MINE) == []


def test_the_fullest_entry_of_objects_fits(table: DynamoDbTable) -> None:
    detections = [{**DETECTION, "until_s": 86399.999}] * DETECTIONS_PER_ENTRY_MAX
    entry = TimelineEntry(index=0, span=span(0, 25), body={"detections": detections})
    timeline = DynamoDbTimeline(table)
    timeline.replace("v", Track.OBJECTS, 1, [entry])
    assert list(timeline.entries("v", Track.OBJECTS, 1)) == [entry]


def test_a_range_that_ends_before_it_starts_is_empty_and_not_queried(
    table: DynamoDbTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table, "_pages", lambda *_, **__: pytest.fail("DynamoDB was queried"))
    assert list(table.query("a", between=("2", "1"))) == []


def test_progress_that_is_not_deleted_expires(table: DynamoDbTable) -> None:
    DynamoDbProgress(table).report("v", "r", "detect_shots", None, 0.5)
    (item,) = table.query("V#v")
    assert time.time() < int(item["expires_at"]) <= time.time() + 8 * 86_400
    assert DynamoDbProgress(table).read("v", "r") == {"detect_shots": 0.5}


def test_finished_work_is_no_longer_in_the_index_of_unfinished_work(table: DynamoDbTable) -> None:
    table.put({"pk": "a", "sk": "1", "work": "run", "since": "2026"})
    assert [i["sk"] for i in table.query_work("run")] == ["1"]
    table.put({"pk": "a", "sk": "1"})
    assert list(table.query_work("run")) == []


def test_a_fault_of_the_service_is_not_mistaken_for_a_condition(aws: None) -> None:
    missing = DynamoDbTable("no-such-table")
    with pytest.raises(boto3.client("dynamodb").exceptions.ResourceNotFoundException):
        missing.put({"pk": "a", "sk": "1"})


def test_an_addition_is_made_once_for_its_mark(table: DynamoDbTable) -> None:
    mark = keys.ledger_mark("v", "r")
    for _ in range(2):
        table.add_once(mark, {}, table.update_request("a", "1", "ADD n :n", {":n": 5}))
    assert table.get("a", "1") == {"pk": "a", "sk": "1", "n": 5}


def test_an_addition_that_always_conflicts_is_given_up(aws: None, monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    table = DynamoDbTable(new_table(), slept.append)

    def conflict(*_: object) -> None:
        raise ConditionFailed

    monkeypatch.setattr(table, "write_together", conflict)
    with pytest.raises(Unavailable, match="12 attempts"):
        table.add_once(keys.ledger_mark("v", "r"), {}, table.update_request("a", "1", "ADD n :n", {":n": 5}))
    assert len(slept) == CONFLICT.attempts_max - 1


@pytest.mark.parametrize("left_over", [1, 99])
def test_items_that_a_batch_leaves_unprocessed_are_sent_again_for_a_limited_number_of_times(left_over: int) -> None:
    class ThrottledClient:
        """Leaves the first `left_over` requests unprocessed."""

        requests = 0

        def batch_write_item(self, RequestItems: object) -> dict[str, object]:  # noqa: N803
            self.requests += 1
            return {"UnprocessedItems": RequestItems if self.requests <= left_over else {}}

    client, slept = ThrottledClient(), list[float]()
    if left_over == 1:
        write_batches(client, "t", [{}], slept.append)
        assert (client.requests, len(slept)) == (2, 1)
    else:
        with pytest.raises(Unavailable, match="did not write a batch"):
            write_batches(client, "t", [{}], slept.append)
        assert client.requests == UNPROCESSED.attempts_max

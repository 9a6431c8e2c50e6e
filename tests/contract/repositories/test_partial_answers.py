"""What DynamoDB may do at any time and moto never does: process a part of a batch, report a conflict, read old data."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
from botocore.exceptions import ClientError
from botocore.stub import ANY, Stubber
from cinedex.adapters.dynamodb.budgets import DynamoDbTokenBudget
from cinedex.adapters.dynamodb.table import ConditionFailed, DynamoDbTable
from cinedex.kernel.errors import Unavailable

from tests.support.aws import new_table
from tests.support.aws_limits import READ_BATCH_MAX, WRITE_BATCH_MAX

Params = dict[str, Any]


class PartialAnswers:
    """Processes half of each batch of more than one item, as DynamoDB does when the table is throttled."""

    def __init__(self, client: Any) -> None:
        events = client.meta.events
        events.register("provide-client-params.dynamodb.BatchWriteItem", self._halve_writes)
        events.register("provide-client-params.dynamodb.BatchGetItem", self._halve_reads)
        events.register("after-call.dynamodb.BatchWriteItem", self._add_writes)
        events.register("after-call.dynamodb.BatchGetItem", self._add_reads)
        self._rest: Params = {}

    def _halve_writes(self, params: Params, **_: Any) -> Params:
        ((table, requests),) = params["RequestItems"].items()
        half = (len(requests) + 1) // 2
        self._rest = {table: requests[half:]} if requests[half:] else {}
        return {"RequestItems": {table: requests[:half]}}

    def _halve_reads(self, params: Params, **_: Any) -> Params:
        ((table, read),) = params["RequestItems"].items()
        half = (len(read["Keys"]) + 1) // 2
        rest = read["Keys"][half:]
        self._rest = {table: {**read, "Keys": rest}} if rest else {}
        return {"RequestItems": {table: {**read, "Keys": read["Keys"][:half]}}}

    def _add_writes(self, parsed: Params, **_: Any) -> None:
        parsed["UnprocessedItems"] = self._rest

    def _add_reads(self, parsed: Params, **_: Any) -> None:
        parsed["UnprocessedKeys"] = self._rest


@pytest.fixture
def table(aws: None) -> DynamoDbTable:
    return DynamoDbTable(new_table(), sleep=lambda _: None)


@contextmanager
def recorded(table: DynamoDbTable, operation: str) -> Iterator[list[Params]]:
    """The requests of an operation."""
    requests: list[Params] = []

    def record(params: Params, **_: Any) -> None:
        requests.append(params)

    events, event = table._client.meta.events, f"provide-client-params.dynamodb.{operation}"
    events.register(event, record)
    yield requests
    events.unregister(event, record)


@pytest.mark.parametrize("count", [1, 2, 25, 26, 60])
def test_a_batch_that_is_processed_in_parts_is_written_read_and_deleted_completely(
    table: DynamoDbTable, count: int
) -> None:
    PartialAnswers(table._client)
    stored = [("a", f"{i:03d}") for i in range(count)]
    table.put_all({"pk": pk, "sk": sk} for pk, sk in stored)
    assert [(i["pk"], i["sk"]) for i in table.query("a")] == stored
    assert sorted((str(i["pk"]), str(i["sk"])) for i in table.get_many(stored)) == stored
    table.delete_all(stored)
    assert list(table.query("a")) == []


def test_a_batch_of_which_dynamodb_processes_nothing_is_given_up(table: DynamoDbTable) -> None:
    nothing = {"t": {"Keys": [{"pk": {"S": "a"}, "sk": {"S": "1"}}]}}
    with Stubber(table._client) as dynamodb:
        for _ in range(12):
            dynamodb.add_response(
                "batch_get_item", {"Responses": {}, "UnprocessedKeys": nothing}, {"RequestItems": ANY}
            )
        with pytest.raises(Unavailable, match="12 attempts"):
            table.get_many([("a", "1")])
        dynamodb.assert_no_pending_responses()


def test_no_batch_has_more_items_than_dynamodb_accepts(table: DynamoDbTable) -> None:
    stored = [("a", f"{i:03d}") for i in range(201)]
    with recorded(table, "BatchWriteItem") as writes, recorded(table, "BatchGetItem") as reads:
        table.put_all({"pk": pk, "sk": sk} for pk, sk in stored)
        assert len(table.get_many(stored)) == 201
    sizes = [len(requests) for write in writes for requests in write["RequestItems"].values()]
    assert (max(sizes), sum(sizes)) == (WRITE_BATCH_MAX, 201)
    assert max(len(r["Keys"]) for read in reads for r in read["RequestItems"].values()) == READ_BATCH_MAX


def test_an_item_and_a_batch_are_read_with_every_earlier_write(table: DynamoDbTable) -> None:
    with recorded(table, "GetItem") as gets, recorded(table, "BatchGetItem") as batches:
        table.get("a", "1")
        table.get_many([("a", "1")])
    assert [get["ConsistentRead"] for get in gets] == [True]
    assert [read["ConsistentRead"] for batch in batches for read in batch["RequestItems"].values()] == [True]


@pytest.mark.parametrize("consistent", [True, False])
def test_a_query_is_consistent_when_its_caller_needs_it(table: DynamoDbTable, consistent: bool) -> None:
    with recorded(table, "Query") as queries:
        assert list(table.query("a", consistent=consistent)) == []
    assert [query["ConsistentRead"] for query in queries] == [consistent]


@contextmanager
def conflicting(table: DynamoDbTable, times: int) -> Iterator[None]:
    """The first single writes meet a transaction on the same item."""
    left = times

    def refuse(model: Any, **_: Any) -> None:
        nonlocal left
        if model.name in ("UpdateItem", "DeleteItem") and left > 0:
            left -= 1
            code = "TransactionConflictException"
            raise table._client.exceptions.from_code(code)({"Error": {"Code": code, "Message": code}}, model.name)

    events = table._client.meta.events
    events.register("before-parameter-build.dynamodb", refuse)
    yield
    events.unregister("before-parameter-build.dynamodb", refuse)


def cancelled(*reasons: str) -> Params:
    return {
        "service_error_code": "TransactionCanceledException",
        "service_message": "Transaction cancelled",
        "modeled_fields": {"CancellationReasons": [{"Code": reason} for reason in reasons]},
    }


@pytest.mark.parametrize(
    "error",
    [
        cancelled("None", "ConditionalCheckFailed"),
        cancelled("None", "TransactionConflict"),
        cancelled("TransactionConflict", "None"),
        {"service_error_code": "TransactionConflictException"},
    ],
)
def test_a_transaction_that_meets_another_one_is_a_condition_that_failed(table: DynamoDbTable, error: Params) -> None:
    puts = [table.put_request({"pk": "a", "sk": sk}) for sk in "12"]
    with Stubber(table._client) as dynamodb:
        dynamodb.add_client_error("transact_write_items", **error)
        with pytest.raises(ConditionFailed):
            table.write_together(puts)
        dynamodb.add_client_error("transact_write_items", **error)
        with pytest.raises(ConditionFailed):
            table.write_together([puts[0], {"Update": table.update_request("a", "1", "ADD n :n", {":n": 1})}])


@pytest.mark.parametrize("operation", ["put_item", "update_item", "delete_item"])
def test_a_single_write_that_meets_a_transaction_is_a_condition_that_failed(
    table: DynamoDbTable, operation: str
) -> None:
    writes = {
        "put_item": lambda: table.put({"pk": "a", "sk": "1"}),
        "update_item": lambda: table.change("a", "1", "ADD n :n", "attribute_exists(pk)", {":n": 1}),
        "delete_item": lambda: table.delete_if("a", "1", "n = :n", {":n": 1}),
    }
    with Stubber(table._client) as dynamodb:
        dynamodb.add_client_error(operation, "TransactionConflictException")
        with pytest.raises(ConditionFailed):
            writes[operation]()


@pytest.mark.parametrize(
    "write",
    [
        lambda table: table.add(table.update_request("a", "1", "ADD n :n", {":n": 5})),
        lambda table: table.update("a", "1", "ADD #n :n", {"#n": "n"}, {":n": 5}),
        lambda table: table.delete("a", "1"),
    ],
)
def test_a_write_without_a_condition_that_meets_a_transaction_is_repeated_until_it_is_applied(
    table: DynamoDbTable, write: Callable[[DynamoDbTable], None]
) -> None:
    table.put({"pk": "a", "sk": "1", "n": 0})
    with conflicting(table, 2):
        write(table)
    assert table.get("a", "1") in (None, {"pk": "a", "sk": "1", "n": 5})
    with conflicting(table, 99), pytest.raises(Unavailable, match="12 attempts"):
        write(table)


def test_a_conflict_is_no_exhausted_budget(table: DynamoDbTable) -> None:
    budget, day = DynamoDbTokenBudget(table), date(2026, 3, 1)
    with conflicting(table, 2):
        assert budget.reserve("mine", day, 60, 100)
    with conflicting(table, 2):
        assert not budget.reserve("mine", day, 60, 100)
    with conflicting(table, 99), pytest.raises(Unavailable, match="12 attempts"):
        budget.reserve("mine", day, 40, 100)


@pytest.mark.parametrize("reason", ["ThrottlingError", "ValidationError", "ProvisionedThroughputExceeded"])
def test_a_transaction_that_fails_for_another_reason_is_no_failed_condition(table: DynamoDbTable, reason: str) -> None:
    puts = [table.put_request({"pk": "a", "sk": sk}) for sk in "12"]
    with Stubber(table._client) as dynamodb:
        dynamodb.add_client_error("transact_write_items", **cancelled("None", reason))
        with pytest.raises(ClientError, match="TransactionCanceled"):
            table.write_together(puts)

"""The patches fit the emulator that is installed: every symbol they touch exists in the pinned version."""

from __future__ import annotations

import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from local.emulator import PINNED_VERSION
from local.emulator.launch import PYTHON
from local.emulator.patches import LARGE_SERVICES
from local.settings import PYTHONPATH

PATCHED = [
    "hypercorn.asyncio.run:TCPServer",
    "hypercorn.protocol.h11:H11Protocol._check_protocol",
    "ministack.app:app",
    "ministack.app:main",
    "ministack.app:save_all",
    "ministack.app:_build_persistence_save_dict",
    "ministack.core.iam_actions:access_denied_response",
    "ministack.core.persistence:save_state",
    "ministack.core.persistence:_state_format_version",
    "ministack.core.persistence:_json_default",
    "ministack.core.responses:AccountRegionScopedDict",
    "ministack.core.router:detect_service",
    "ministack.services.lambda_svc:_emit_lambda_logs",
    "ministack.services.eventbridge:_dispatch_to_lambda",
    "ministack.services.lambda_svc:_emit_lambda_metrics",
    "ministack.services.lambda_svc:_execute_function_provided",
    "ministack.services.lambda_svc:_execute_function_provided_warm",
    "ministack.services.lambda_svc:_execution_record_for_config",
    "ministack.services.lambda_svc:_get_func_record_for_ref",
    "ministack.services.lambda_svc:_provided_worker_env",
    "ministack.services.lambda_svc:_throttle_response",
    "ministack.services.lambda_svc:invoke_async_with_retry",
    "ministack.app:_load_persisted_state",
    "ministack.services.dynamodb:_emit_stream_event",
    "ministack.services.lambda_svc:get_state",
    "ministack.services.dynamodb:_items_replaced",
    "ministack.services.dynamodb:_query",
    "ministack.services.dynamodb:_remove_item",
    "ministack.services.dynamodb:_set_item",
    "ministack.services.dynamodb:_tables.all_values",
    "ministack.services.dynamodb:error_response_json",
    "ministack.services.dynamodb:handle_request",
    "ministack.services.s3:_abort_multipart_upload",
    "ministack.services.s3:_create_multipart_upload",
    "ministack.services.s3:_delete_persisted_object",
    "ministack.services.s3:_error",
    "ministack.services.s3:_get_object",
    "ministack.services.s3:_key_history_meta",
    "ministack.services.s3:_multipart_uploads._data",
    "ministack.services.s3:_object_meta_from_record",
    "ministack.services.s3:_persist_object",
    "ministack.services.s3:handle_request",
    "ministack.services.s3:_object_disk_path",
    "ministack.services.s3:_read_body",
    "ministack.services.sqs:_collect_msgs",
    "ministack.services.s3:cors_preflight",
    "ministack.services.s3:cors_response_headers",
    "ministack.services.stepfunctions:_executions._data",
    "ministack.services.stepfunctions:_run_sub_machine",
    "ministack.services.stepfunctions:_executions.all_values",
    *(f"ministack.services.{service}:get_state" for service in LARGE_SERVICES),
]


def in_emulator(code: str) -> str:
    return subprocess.check_output([str(PYTHON), "-c", code], text=True).strip()


RESOLVE = """
import pkgutil, sys
for symbol in sys.argv[1:]:
    try:
        pkgutil.resolve_name(symbol)
        print(symbol)
    except (ImportError, AttributeError) as missing:
        print(missing, file=sys.stderr)
"""


@cache
def existing_symbols() -> list[str]:
    """One process for all of them."""
    return subprocess.check_output([str(PYTHON), "-c", RESOLVE, *PATCHED], text=True).splitlines()


@pytest.mark.parametrize("symbol", PATCHED)
def test_a_patched_symbol_exists(symbol: str) -> None:
    assert symbol in existing_symbols()


def test_the_pinned_version_is_installed() -> None:
    assert in_emulator("from importlib.metadata import version; print(version('ministack'))") == PINNED_VERSION


def test_invocations_of_clients_run_in_threads_of_a_known_name() -> None:
    code = (
        "from local.emulator.function_pools import _CLIENT_THREAD; from ministack.services import lambda_svc; "
        "print(_CLIENT_THREAD in lambda_svc._invoke.__code__.co_consts)"
    )
    assert in_emulator(code) == "True"


def test_every_execution_of_a_function_uses_the_pools() -> None:
    code = """
import threading
from local.emulator import function_pools
from ministack.services import lambda_svc

class Pools:
    def invoke(self, config, event, *, bounded):
        return {"body": [config["FunctionName"], event, bounded], "log": ""}

function_pools.run_functions_in_pools(Pools())
lambda_svc._emit_lambda_logs = lambda *_, **__: None
arn = "arn:aws:lambda:us-east-1:000000000000:function:f"
function = {"config": {"FunctionName": "f", "FunctionArn": arn, "Runtime": "provided.al2023"}, "code_zip": b"x"}
run = lambda: print(lambda_svc._execute_function(function, 1)["body"])
for name in ("ministack-lambda-invoke", "an event"):
    thread = threading.Thread(target=run, name=name)
    thread.start()
    thread.join()
"""
    assert in_emulator(code) == "['f', 1, True]\n['f', 1, False]"


def test_saving_looks_its_function_up_where_it_is_patched() -> None:
    code = "from ministack.core.persistence import save_all; print('save_state' in save_all.__code__.co_names)"
    assert in_emulator(code) == "True"


def test_a_request_to_the_table_is_handled_without_suspending_so_that_its_changes_are_one_record() -> None:
    code = """
import inspect
from ministack.services import dynamodb

handler = inspect.getsource(dynamodb.handle_request)
print("await" not in handler and "status, resp_headers, resp_body = handler(data)" in handler)
"""
    assert in_emulator(code) == "True"


def test_a_function_that_an_event_invokes_is_retried_and_its_failure_goes_to_its_destination() -> None:
    code = """
import json, threading
from local.emulator import patches
from ministack.services import eventbridge, lambda_svc

tries, called = [], threading.Event()
arn = "arn:aws:lambda:us-east-1:000000000000:function:f"
config = {"FunctionName": "f", "FunctionArn": arn}
function = {"config": config, "event_invoke_config": {"DestinationConfig": {"OnFailure": {"Destination": "there"}}}}
lambda_svc._LAMBDA_ASYNC_RETRY_BASE_SECONDS = 0
lambda_svc._get_func_record_for_ref = lambda _: (function, config, "f")
lambda_svc._execute_function = lambda _, event: tries.append(event) or {"error": True}
lambda_svc._route_async_failure = lambda arn, *_: arn == "there" and called.set()
patches.retry_functions_that_events_invoke()
eventbridge._dispatch_to_lambda(arn, json.dumps({"detail": 1}))
print(called.wait(10), tries)
"""
    assert in_emulator(code) == f"True {[{'detail': 1}] * 3}"


def test_parallel_branches_have_their_own_tokens() -> None:
    """Each branch waits until the other has its token, and then looks at its own again."""
    code = """
import threading
from local.emulator import patches
from ministack.services import stepfunctions as machine

met, tokens = threading.Barrier(2), []

def task(state, data, execution, context):
    context["Task"] = {"Token": state["mine"]}
    met.wait(10)
    tokens.append(context["Task"]["Token"] == state["mine"])
    return data, None

machine._execute_task = task
patches.give_each_branch_its_own_token()
branches = [{"StartAt": "A", "States": {"A": {"Type": "Task", "mine": name, "End": True}}} for name in "xy"]
machine._run_parallel_branches({"Branches": branches}, {}, None, {"State": {}})
print(tokens)
"""
    assert in_emulator(code) == "[True, True]"


def test_a_client_is_refused_as_by_lambda_when_too_many_invocations_wait(tmp_path: Path) -> None:
    code = f"""
import threading, time
from functools import cache
from pathlib import Path
from local.emulator.function_pools import FunctionPools
from local.functions.limits import PoolLimits

arn = "arn:aws:lambda:us-east-1:000000000000:function:f"
config = {{"FunctionName": "f", "FunctionArn": arn, "Handler": "tests.support.lambda_handlers.hang", "Timeout": 3}}
pools = FunctionPools({sys.executable!r}, {PYTHONPATH!r}, Path({str(tmp_path)!r}), PoolLimits(waiting=0))
first = []
running = threading.Thread(target=lambda: first.append(pools.invoke(config, 1, bounded=True)))
running.start()
time.sleep(0.5)
refused = pools.invoke(config, 2, bounded=True)
print(refused["throttle"], refused["body"]["__type"], refused["body"]["retryAfterSeconds"])
running.join()
print(first[0]["error"], first[0]["body"]["errorType"])
pools.close()
"""
    assert in_emulator(code) == "True TooManyRequestsException 10\nTrue Sandbox.Timedout"


FAIR_QUEUE = """
import asyncio, json
from local.emulator import fair_queue
from ministack.services import sqs

fair_queue.take_turns_between_message_groups()
url = sqs._act_create_queue({"QueueName": "tasks"}, "")["QueueUrl"]

def send(group, body):
    sqs._act_send_message({"QueueUrl": url, "MessageBody": body, "MessageGroupId": group}, url)

def receive(count=1):
    got = asyncio.run(sqs._act_receive_message({"QueueUrl": url, "MaxNumberOfMessages": count}, url))
    return [(m["Body"], m["ReceiptHandle"]) for m in got.get("Messages", [])]

def done(receipt):
    sqs._act_delete_message({"QueueUrl": url, "ReceiptHandle": receipt}, url)

for number in range(4):
    send("mine", f"mine {number}")
"""


def test_the_queue_takes_turns_between_accounts_and_keeps_the_order_of_each() -> None:
    code = """
first = receive()[0]
send("yours", "yours 0")
done(first[1])
order = [first[0]]
while got := receive():
    order.append(got[0][0])
    done(got[0][1])
print(order)
"""
    assert in_emulator(FAIR_QUEUE + code) == "['mine 0', 'yours 0', 'mine 1', 'mine 2', 'mine 3']"


def test_an_account_with_messages_in_flight_waits_for_one_without() -> None:
    code = """
receive(2)
send("yours", "yours 0")
print([body for body, _ in receive(3)])
"""
    assert in_emulator(FAIR_QUEUE + code) == "['yours 0', 'mine 2', 'mine 3']"


EQUAL_QUERIES = r"""
import itertools, json, random
import ministack.services.dynamodb as service
from local.emulator.ordered_partitions import OrderedPartitions

attributes = [{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")]
schema = [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}]
service._create_table({"TableName": "table", "AttributeDefinitions": attributes, "KeySchema": schema,
                       "BillingMode": "PAY_PER_REQUEST"})
original = service._query
OrderedPartitions().install()
texts = random.Random(7)

def sort_key():
    return texts.choice("VN") + "#" + "".join(texts.choice("ab\u00e9\U0001f600#") for _ in range(texts.randint(1, 5)))

def change():
    item = {"pk": {"S": "p"}, "sk": {"S": sort_key()}}
    if texts.random() < 0.7:
        service._put_item({"TableName": "table", "Item": item})
    else:
        service._delete_item({"TableName": "table", "Key": item})

def queries():
    low, high = sorted((sort_key(), sort_key()))
    ranges = ("pk = :pk", {}), ("pk = :pk AND begins_with(sk, :a)", {":a": {"S": low[:3]}}), (
        "pk = :pk AND sk BETWEEN :a AND :b", {":a": {"S": low}, ":b": {"S": high}})
    for (condition, values), limit, forward in itertools.product(ranges, (None, 1, 7), (True, False)):
        query = {"TableName": "table", "KeyConditionExpression": condition, "ScanIndexForward": forward,
                 "ExpressionAttributeValues": {":pk": {"S": "p"}, **values}}
        yield query if limit is None else query | {"Limit": limit}

def page(run, query):
    status, _, body = run(query)
    return status, json.loads(body)

compared = 0
for _ in range(3):
    for _ in range(100):
        change()
    for query in queries():
        for _ in range(2):
            answer = page(service._query, query)
            assert answer == page(original, query), query
            compared += 1
            if "LastEvaluatedKey" not in answer[1]:
                break
            query = query | {"ExclusiveStartKey": answer[1]["LastEvaluatedKey"]}
print(compared > 60, len(service._tables.get("table")["items"]["p"]) > 100)
"""


def test_a_query_that_reads_its_range_only_has_the_same_answer() -> None:
    assert in_emulator(EQUAL_QUERIES) == "True True"

"""Patches of ministack 1.5.33, one function per patch.

`tests/integration/local_stack/test_emulator_contract.py` checks every symbol that is used here.
"""

from __future__ import annotations

import copy
import json
import os
import threading
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from importlib import import_module
from pathlib import Path
from typing import Any

from local.emulator import state_folder

LARGE_SERVICES = ("dynamodb", "s3", "sqs", "stepfunctions")

_saving = threading.local()


def discard_invocation_logs() -> None:
    """ministack keeps logs and metrics of every invocation in memory: 600 KB per analysis, never read here."""
    functions: Any = import_module("ministack.services.lambda_svc")
    functions._emit_lambda_logs = functions._emit_lambda_metrics = lambda *_args, **_options: None


def read_only_the_requested_range(open_range: Callable[[str, str], Any]) -> None:
    """A ranged GET reads the whole file: 320 MB in ranges of 8 MB take 12 s, with this patch less than one."""
    s3: Any = import_module("ministack.services.s3")
    get_object, read_body = s3._get_object, s3._read_body
    reading = threading.local()

    def get_range(bucket: str, key: str, headers: Mapping[str, str], *arguments: Any) -> Any:
        reading.range_only = "range" in headers
        try:
            return get_object(bucket, key, headers, *arguments)
        finally:
            reading.range_only = False

    def read_range(bucket: str, key: str, record: Mapping[str, Any]) -> Any:
        if getattr(reading, "range_only", False) and record.get("body") is None:
            return open_range(bucket, key)
        return read_body(bucket, key, record)

    s3._get_object, s3._read_body = get_range, read_range


def give_each_branch_its_own_token() -> None:
    """Parallel branches share one context, and with it the task token of the branch that started last.

    Two tasks then use the same token, and the other branch never ends.
    """
    machine: Any = import_module("ministack.services.stepfunctions")
    run = machine._run_sub_machine

    def run_alone(states: Any, start_at: str, data: Any, execution: Any, context: Mapping[str, Any]) -> Any:
        return run(states, start_at, data, execution, dict(context))

    machine._run_sub_machine = run_alone


def retry_functions_that_events_invoke() -> None:
    """EventBridge invokes a function once; in AWS Lambda retries it and then calls its destination on failure."""
    events: Any = import_module("ministack.services.eventbridge")
    functions: Any = import_module("ministack.services.lambda_svc")

    def dispatch(arn: str, payload: str) -> None:
        function, config, _ = functions._get_func_record_for_ref(arn)
        if function and config:
            record = functions._execution_record_for_config(function, config)
            functions.invoke_async_with_retry(record, json.loads(payload))

    events._dispatch_to_lambda = dispatch


def copy_nothing_while_saving() -> None:
    """A service deep-copies its state before saving: 260 ms for 10,000 items, while encoding them takes 70 ms.

    The copy is not needed for consistency: `save_durably` encodes while no request changes an item.
    Only services that can grow large are patched; unlike others, none of them modifies its copy.
    """
    deep_copy = copy.deepcopy

    def deepcopy(value: Any, memo: dict[int, Any] | None = None) -> Any:
        return value if getattr(_saving, "active", False) else deep_copy(value, memo)

    copy.deepcopy = deepcopy  # type: ignore[assignment]
    for name in LARGE_SERVICES:
        service: Any = import_module(f"ministack.services.{name}")
        service.get_state = _without_copies(service.get_state)


def save_durably(unchanged: AbstractContextManager[Any]) -> None:
    """ministack saves only at a clean exit, without fsync, and overwrites its only copy.

    Args:
        unchanged: while it is held, no request changes items, so that no half of a transaction is saved.
    """
    persistence: Any = import_module("ministack.core.persistence")
    folder = Path(os.environ["STATE_DIR"])
    saved: dict[str, int] = {}

    def save_state(service: str, state: Mapping[str, Any]) -> None:
        version = persistence._state_format_version(service)
        document = {"__ministack_format__": version, "payload": state}
        with unchanged:
            text = json.dumps(document, default=lambda value: persistence._json_default(_frozen(value)))
        if saved.get(service) != hash(text):
            state_folder.write(folder, service, text)
            saved[service] = hash(text)

    persistence.save_state = save_state


def _frozen(store: Any) -> Any:
    """A copy of a store of the emulator, whose keys no other thread can change; other values unchanged."""
    if not hasattr(store, "_data"):
        return store
    frozen = type(store)()
    frozen._data.update(store._data)
    return frozen


def _without_copies(get_state: Callable[[], Any]) -> Callable[[], Any]:
    def get_shared_state() -> Any:
        _saving.active = True
        try:
            return get_state()
        finally:
            _saving.active = False

    return get_shared_state

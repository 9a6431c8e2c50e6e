"""Python imports this module at its start: it records the AWS calls of each process of the local stack.

`tests.permissions.record` puts this folder on the path of the functions, the worker and the streaming server. Each
process appends a line of JSON for each kind of call to the file that `CINEDEX_AWS_CALLS` names: the function, the
service, the operation and the parameters that name resources. Presigned URLs count as the call that they permit.
"""

from __future__ import annotations

import json
import os
import re
import sys
from typing import Any

RESOURCES = (
    "TableName", "IndexName", "Bucket", "FunctionName", "QueueUrl", "stateMachineArn", "executionArn", "modelId",
)  # fmt: skip
STREAMING = "ChatStreamFunction"
LOGICAL_ID = re.compile(r"^(?:.*:)?cinedex-local-(?P<name>\w+)-[0-9A-Z]+$")
_recorded: set[str] = set()


def _process() -> str:
    function = LOGICAL_ID.match(os.environ.get("AWS_LAMBDA_FUNCTION_NAME", ""))
    if "gpu_tasks.worker" in sys.orig_argv:
        return "WorkerRole"
    if any(argument.startswith("functions.chat_stream") for argument in sys.orig_argv):
        return STREAMING
    return function["name"] if function else ""


def _record(service: str, operation: str, params: dict[str, Any]) -> None:
    process, named = _process(), {name: str(params[name]) for name in RESOURCES if name in params}
    if operation == "TransactWriteItems":
        named["kinds"] = ",".join(sorted({kind for item in params["TransactItems"] for kind in item}))
    line = json.dumps([process, service, operation, named], sort_keys=True)
    if process and line not in _recorded:
        _recorded.add(line)
        with open(os.environ["CINEDEX_AWS_CALLS"], "a", encoding="utf-8") as calls:
            calls.write(line + "\n")


def _install() -> None:
    from botocore.client import BaseClient
    from botocore.session import Session

    make_api_call, create_client = BaseClient._make_api_call, Session.create_client

    def recorded(self: Any, operation: str, params: dict[str, Any]) -> Any:
        _record(self.meta.service_model.service_name, operation, params)
        return make_api_call(self, operation, params)

    def with_recorded_urls(self: Any, *args: Any, **options: Any) -> Any:
        client = create_client(self, *args, **options)
        presign = client.generate_presigned_url

        def presigned(ClientMethod: str, Params: dict[str, Any] | None = None, **rest: Any) -> Any:  # noqa: N803
            operation = client.meta.method_to_api_mapping[ClientMethod]
            _record(client.meta.service_model.service_name, operation, Params or {})
            return presign(ClientMethod, Params=Params, **rest)

        client.generate_presigned_url = presigned
        return client

    BaseClient._make_api_call = recorded
    Session.create_client = with_recorded_urls
    _install_for_search()


def _install_for_search() -> None:
    """The local search store is a file: a process that opens it needs the search store of a deployment."""
    from cinedex.adapters.sqlite import SqliteSegmentIndex

    initialize = SqliteSegmentIndex.__init__

    def recorded(self: Any, *args: Any, **options: Any) -> None:
        _record("es", "ESHttpPost", {})
        initialize(self, *args, **options)

    SqliteSegmentIndex.__init__ = recorded  # type: ignore[method-assign]


if "CINEDEX_AWS_CALLS" in os.environ:
    _install()

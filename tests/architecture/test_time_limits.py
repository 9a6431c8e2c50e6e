"""Every client and server has a time limit: a connection on which nothing arrives must end."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.tree import parsed

REPOSITORY = Path(__file__).resolve().parents[2]
SOURCES = ("layers", "functions", "gpu_tasks", "local", "clients/python")
# Constructor or function -> keyword that limits its time.
LIMITS = {
    "boto3.client": "config",
    "boto3.resource": "config",
    "session.client": "config",
    "httpx.Client": "timeout",
    "httpx.AsyncClient": "timeout",
    "httpx.get": "timeout",
    "httpx.post": "timeout",
    "httpx.put": "timeout",
    "httpx.request": "timeout",
    "httpx.stream": "timeout",
    "socket.create_connection": "timeout",
    "sqlite3.connect": "timeout",
    "urlopen": "timeout",
    "urllib.request.urlopen": "timeout",
    "OpenSearch": "connection_class",
    "uvicorn.run": "http",  # the protocol limits the time of the headers
}
IN_MEMORY = ":memory:"


def calls() -> Iterator[tuple[str, str, ast.Call]]:
    for source in SOURCES:
        for path in sorted((REPOSITORY / source).rglob("*.py")):
            for node in ast.walk(parsed(str(path.relative_to(REPOSITORY)))):
                if isinstance(node, ast.Call) and (name := called(node)) in LIMITS:
                    yield f"{path.relative_to(REPOSITORY)}:{node.lineno}", name, node


def called(node: ast.Call) -> str:
    """`boto3.client` for `boto3.client(…)`; `session.client` for `self.session.client(…)`."""
    return ".".join(ast.unparse(node.func).split(".")[-2:])


def is_limited(name: str, node: ast.Call) -> bool:
    if node.args and isinstance(node.args[0], ast.Constant) and node.args[0].value == IN_MEMORY:
        return True
    value = next((keyword.value for keyword in node.keywords if keyword.arg == LIMITS[name]), None)
    return value is not None and not (isinstance(value, ast.Constant) and value.value is None)


def test_every_client_is_built_with_a_time_limit() -> None:
    assert [place for place, name, node in calls() if not is_limited(name, node)] == []


def test_every_configuration_of_an_aws_client_has_all_limits() -> None:
    missing = []
    for source in SOURCES:
        for path in sorted((REPOSITORY / source).rglob("*.py")):
            tree = parsed(str(path.relative_to(REPOSITORY)))
            for node in ast.walk(tree):
                if isinstance(node, ast.Call) and ast.unparse(node.func) == "Config":
                    if f".merge({ast.unparse(node)})" in ast.unparse(tree):
                        continue  # the limits are those of the configuration that it is added to
                    names = {keyword.arg for keyword in node.keywords}
                    if not {"connect_timeout", "read_timeout", "retries"} <= names:
                        missing.append(f"{path.relative_to(REPOSITORY)}:{node.lineno}")
    assert missing == []


def test_all_attempts_of_a_small_call_end_before_the_timeout_of_the_gateway() -> None:
    from cinedex.adapters.time_limits import ATTEMPTS_MAX, READ_TIMEOUT_S, aws_config

    config = aws_config()
    pauses = sum(2**attempt for attempt in range(ATTEMPTS_MAX - 1))  # the longest pauses of botocore
    assert ATTEMPTS_MAX * READ_TIMEOUT_S + pauses < 29
    assert (config.connect_timeout, config.read_timeout) == (2.0, READ_TIMEOUT_S)


@pytest.mark.parametrize(
    ("code", "limited"),
    [
        ("boto3.client('s3')", False),
        ("boto3.client('s3', config=aws_config())", True),
        ("httpx.Client()", False),
        ("httpx.Client(timeout=None)", False),
        ("self.session.client('s3', config=c)", True),
        ("sqlite3.connect(path)", False),
        ("sqlite3.connect(':memory:')", True),
    ],
)
def test_a_client_without_a_limit_is_found(code: str, limited: bool) -> None:
    (node,) = [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Call) and called(node) in LIMITS]
    assert is_limited(called(node), node) is limited

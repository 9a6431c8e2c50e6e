"""No other user of the machine, and no page of another origin in a browser, gets at anything through any port.

The ports are those on which the processes of the stack listen, as the operating system lists them.
"""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from local.stack import RunningStack
from tests.support import attacker, browser
from tests.support.listening_sockets import tcp_ports, unix_sockets

SECRET_DATA = "data that only the owner may read"
KEY, OTHER_USER = "media/secret film.mp4", 65534
EVIL_HEADERS = {"Origin": "http://evil.example"}
REFUSED = {400, 401, 403, 404, 405, 421}


@dataclass(frozen=True)
class Library:
    """A stack with an object and an item, each with `SECRET_DATA`."""

    stack: RunningStack
    bucket: str
    table: str
    media_url: str

    def attempts(self) -> list[dict[str, Any]]:
        """What gave everything away before the emulator checked signatures; see docs/02."""
        media = f"/{self.bucket}/{KEY.replace(' ', '%20')}"
        function = {
            "FunctionName": "attack",
            "Runtime": "python3.12",
            "Handler": "index.handler",
            "Role": "arn:aws:iam::000000000000:role/any",
            "Code": {"ZipFile": ""},
        }
        json_1_0, form = "application/x-amz-json-1.0", "application/x-www-form-urlencoded"
        scan = json.dumps({"TableName": self.table})
        return [
            _attempt("GET", "/"),
            _attempt("GET", f"/{self.bucket}?list-type=2"),
            _attempt("GET", media),
            _attempt("HEAD", media),
            _attempt("GET", media + "?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=" + "0" * 64),
            _attempt("GET", media + "?" + self.media_url.split("?")[1].replace("X-Amz-Expires=", "X-Amz-Expires=9")),
            _attempt("PUT", f"/{self.bucket}/planted", body="x"),
            _attempt("DELETE", media),
            _attempt("POST", "/", {"X-Amz-Target": "DynamoDB_20120810.Scan", "Content-Type": json_1_0}, scan),
            _attempt("POST", "/", {"Content-Type": form}, "Action=ListStacks&Version=2010-05-15"),
            _attempt("POST", "/2015-03-31/functions", {"Content-Type": "application/json"}, json.dumps(function)),
            _attempt("GET", "/2015-03-31/functions/"),
            *(_attempt("POST", f"/2015-03-31/functions/{name}/invocations", body="{}") for name in self._functions()),
            _attempt("POST", "/_ministack/reset"),
            _attempt("POST", "/_ministack/config", body="{}"),
            *(_attempt("GET", f"/_ministack/{name}") for name in ("ready", "sqs/messages", "ses/messages")),
            _attempt("GET", "/2018-06-01/runtime/invocation/next"),
            _attempt("POST", "/2018-06-01/runtime/invocation/1/response", body="{}"),
            _attempt("POST", "/2018-06-01/runtime/init/error", body="{}"),
            _attempt("OPTIONS", media, {"Access-Control-Request-Method": "GET"}),
        ]

    def _functions(self) -> list[str]:
        return list(self.stack.deployment.functions.values())[:2]


def _attempt(method: str, path: str, headers: dict[str, str] | None = None, body: str = "") -> dict[str, Any]:
    return {"method": method, "path": path, "headers": headers or {}, "body": body}


@pytest.fixture(scope="module")
def library(fixture_stack: RunningStack) -> Iterator[Library]:
    outputs, emulator = fixture_stack.deployment.outputs, fixture_stack.emulator
    bucket, table = outputs["BucketName"], outputs["TableName"]
    emulator.s3.put_object(Bucket=bucket, Key=KEY, Body=SECRET_DATA.encode())
    emulator.dynamodb.put_item(TableName=table, Item={"pk": {"S": SECRET_DATA}})
    httpx.get(f"{fixture_stack.url}/v2/echo/x", trust_env=False, timeout=60)  # so that a function runs
    media_url = emulator.s3.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": KEY})
    yield Library(fixture_stack, bucket, table, media_url)
    emulator.dynamodb.delete_item(TableName=table, Key={"pk": {"S": SECRET_DATA}})


@pytest.fixture
def another_user() -> Iterator[list[str]]:
    """A command that runs Python as `nobody`."""
    if os.geteuid() != 0:
        pytest.skip("only root can run a program as another user")
    for python in (shutil.which("python3", path=os.defpath), shutil.which("python3")):
        command = [str(python), "-I", "-c", "import ssl, http.client, concurrent.futures"]
        if (
            python
            and subprocess.run(command, user=OTHER_USER, group=OTHER_USER, extra_groups=(), check=False).returncode == 0
        ):
            yield [str(python), "-I", "-c", Path(attacker.__file__).read_text(encoding="utf-8")]
            return
    pytest.skip("no Python that another user may run; on Debian: apt-get install python3")


def attacked(command: list[str], attempts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    ended = subprocess.run(
        command,
        input=json.dumps(attempts),
        capture_output=True,
        text=True,
        check=True,
        timeout=200,
        cwd="/",
        user=OTHER_USER,
        group=OTHER_USER,
        extra_groups=(),
    )
    answers: list[dict[str, Any]] = json.loads(ended.stdout)
    return answers


def test_another_user_is_refused_at_every_port(library: Library, another_user: list[str]) -> None:
    ports = tcp_ports(library.stack.home)
    assert len(ports) >= 3, "emulator, gateway and streaming application"
    attempts = [{"port": port, **each} for port in ports for each in library.attempts()]
    answers = attacked(another_user, attempts)
    got_in = [
        (ports[attempt["port"]], attempt["method"], attempt["path"], answer["status"], answer["text"][:100])
        for attempt, answer in zip(attempts, answers, strict=True)
        if answer["status"] not in REFUSED or SECRET_DATA in answer["text"]
    ]
    assert got_in == []
    _nothing_has_changed(library)


def test_a_page_of_another_origin_or_with_a_rebound_name_is_refused_at_every_port(
    library: Library, another_user: list[str]
) -> None:
    """The headers that a browser sends; the next test uses a browser."""
    ports = tcp_ports(library.stack.home)
    rebound = [{"Host": f"rebind.evil.example:{port}"} for port in ports]
    hostile = [{"port": port, "extra": headers} for port in ports for headers in (EVIL_HEADERS, *rebound)]
    attempts = [
        {"port": each["port"], **attempt, "headers": attempt["headers"] | each["extra"]}
        for each in hostile
        for attempt in library.attempts()[:9]
    ]
    answers = attacked(another_user, attempts)
    allowed = [
        (ports[attempt["port"]], attempt["path"], attempt["headers"], answer)
        for attempt, answer in zip(attempts, answers, strict=True)
        if answer["status"] not in REFUSED or "access-control-" in answer["headers"] or SECRET_DATA in answer["text"]
    ]
    assert allowed == []


def test_another_user_can_connect_to_no_socket_file(library: Library, another_user: list[str]) -> None:
    attempts = [{"unix": path, **_attempt("GET", "/")} for path in unix_sockets(library.stack.home)]
    assert [answer for answer in attacked(another_user, attempts) if answer["status"]] == []


def test_a_page_in_a_browser_reads_and_changes_nothing(library: Library, tmp_path: Path) -> None:
    ports = tcp_ports(library.stack.home)
    attempts = [
        {"url": f"http://127.0.0.1:{port}{each['path']}", **_options(each), **mode}
        for port in ports
        for each in library.attempts()
        for mode in ({}, {"mode": "no-cors"})
        if each["method"] in ("GET", "POST", "PUT", "DELETE")
    ]
    answers = browser.answers_in_a_page(attempts, tmp_path)
    read = [
        (attempt["url"], answer)
        for attempt, answer in zip(attempts, answers, strict=True)
        if answer["type"] not in ("refused", "opaque") or (answer["text"] and answer["type"] == "opaque")
    ]
    assert len(answers) == len(attempts)
    assert read == []
    _nothing_has_changed(library)


def test_a_rebound_name_shows_no_data_in_a_browser(library: Library, tmp_path: Path) -> None:
    media = library.media_url.split("/", 3)[3]
    for port in tcp_ports(library.stack.home):
        shown = browser.text_of_page(f"http://rebind.evil.example:{port}/{media}", tmp_path / str(port))
        assert SECRET_DATA not in shown
        assert "rebind.evil.example" in shown or "<body></body>" in shown


def test_a_page_may_read_and_store_files_at_presigned_urls(library: Library, tmp_path: Path) -> None:
    target = {"Bucket": library.bucket, "Key": "from a page.mp4", "ContentType": "video/mp4"}
    upload_url = library.stack.emulator.s3.generate_presigned_url("put_object", Params=target)
    read, part, stored = browser.answers_in_a_page(
        [
            {"url": library.media_url},
            {"url": library.media_url, "headers": {"range": "bytes=0-3"}},
            {"url": upload_url, "method": "PUT", "headers": {"content-type": "video/mp4"}, "body": "film"},
        ],
        tmp_path,
    )
    assert (read["status"], read["text"]) == (200, SECRET_DATA)
    assert (part["status"], part["text"]) == (206, SECRET_DATA[:4])
    assert stored["status"] == 200
    assert stored["headers"]["etag"]


def test_no_file_of_the_stack_is_accessible_to_other_users(library: Library) -> None:
    root = library.stack.home.root
    assert stat.S_IMODE(root.stat().st_mode) == 0o700
    created = [path for path in root.rglob("*") if not path.is_relative_to(library.stack.home.temporary)]
    assert [path for path in created if path.lstat().st_mode & 0o077] == []


def test_the_secret_is_in_one_file_and_in_no_command(library: Library) -> None:
    home, secret = library.stack.home, library.stack.emulator.access.secret.encode()
    files = [path for path in home.root.rglob("*") if path.is_file() and secret in path.read_bytes()]
    assert files == [home.emulator_secret]
    assert stat.S_IMODE(home.emulator_secret.stat().st_mode) == 0o600
    commands = [path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline") if path.exists()]
    assert not [command for command in commands if secret in command]


def _options(attempt: dict[str, Any]) -> dict[str, Any]:
    """For `fetch`, which sends a body with POST and PUT only; a header of its own asks the server first."""
    body = {"body": attempt["body"]} if attempt["method"] in ("POST", "PUT") else {}
    return {"method": attempt["method"], "headers": attempt["headers"], **body}


def _nothing_has_changed(library: Library) -> None:
    emulator = library.stack.emulator
    listed = emulator.s3.list_objects_v2(Bucket=library.bucket)["Contents"]
    keys = {entry["Key"] for entry in listed}
    assert KEY in keys
    assert "planted" not in keys
    assert "attack" not in {function["FunctionName"] for function in emulator.functions.list_functions()["Functions"]}

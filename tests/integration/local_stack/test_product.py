"""template.yaml itself on the local stack."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
from typing import Any

import httpx

from local.api_key import ensure_api_key
from local.settings import REPOSITORY
from local.stack import RunningStack


def test_the_created_key_is_accepted_and_a_request_without_a_key_is_not(stack: RunningStack) -> None:
    assert stack.api_key is not None
    videos = f"{stack.url}/v2/videos"
    with httpx.Client(trust_env=False, timeout=60) as client:
        assert client.get(videos, headers={"x-api-key": stack.api_key}).status_code == 200
        refused = client.get(videos)
    assert (refused.status_code, refused.json()["error"]["type"]) == (401, "authentication_error")


def test_the_key_file_is_readable_by_its_owner_only_and_is_used_again(stack: RunningStack) -> None:
    assert stat.S_IMODE(stack.home.api_key.stat().st_mode) == 0o600
    assert ensure_api_key(stack.home, stack.url) == stack.api_key


def test_an_unknown_key_is_replaced(stack: RunningStack) -> None:
    stored = stack.home.api_key.read_text()
    stack.home.api_key.write_text("sk_live_" + "0" * 48 + "\n")
    try:
        replaced = ensure_api_key(stack.home, stack.url)
        assert replaced not in (stack.api_key, "sk_live_" + "0" * 48)
    finally:
        stack.home.api_key.write_text(stored)


def test_keys_are_created_listed_and_revoked_on_the_command_line(stack: RunningStack) -> None:
    made = _keys(stack, "create", "for a test", "--scope", "read", "--json")
    assert made["secret"].startswith("sk_live_")
    assert made["key_id"] in [key["key_id"] for key in _keys(stack, "list", "--json")]
    _run(stack, "revoke", made["key_id"])
    (revoked,) = [key for key in _keys(stack, "list", "--json") if key["key_id"] == made["key_id"]]
    assert revoked["revoked_at"] is not None


def test_the_stack_has_every_output_that_local_programs_read(stack: RunningStack) -> None:
    assert set(stack.deployment.outputs) >= {
        "LibraryTableName",
        "MediaBucketName",
        "ResultsBucketName",
        "TaskQueueUrl",
        "AnalyzeVideoArn",
        "ResumeAnalysesFunctionName",
        "AuthorizeRequestFunctionName",
    }
    assert stack.deployment.worker is not None


def _keys(stack: RunningStack, *arguments: str) -> Any:
    return json.loads(_run(stack, *arguments))


def _run(stack: RunningStack, *arguments: str) -> str:
    environment = {
        "CINEDEX_HOME": str(stack.home.root),
        "PYTHONPATH": f"{REPOSITORY}:{REPOSITORY}/layers/core:{REPOSITORY}/clients/python",
    }
    command = [sys.executable, "-m", "cinedex_client.cli", "keys", *arguments]
    return subprocess.check_output(command, cwd=REPOSITORY, env=environment, text=True)

"""Schemathesis generates thousands of requests from the OpenAPI document, which must describe every response."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from local.stack import RunningStack
from tests.support.callers import key_of_another_account
from tests.support.environments import environment

DOCUMENT = Path(__file__).parents[2] / "docs/openapi.json"
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
SECONDS_MAX = 60


@pytest.mark.timeout(600)
def test_every_response_to_a_generated_request_is_documented(fetching_stack: RunningStack, tmp_path: Path) -> None:
    # A key of its own: among what it makes up is that the key which it uses is revoked.
    key = key_of_another_account(fetching_stack, "generated")
    command = [
        environment("schemathesis") / "bin/schemathesis", "run", DOCUMENT, "--url", fetching_stack.url,
        "--header", f"X-Api-Key: {key}", "--phases", "coverage,fuzzing", "--checks", CHECKS,
        "--max-examples", "5", "--max-time", str(SECONDS_MAX), "--generation-deterministic", "--no-shrink",
    ]  # fmt: skip
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout[-8000:]

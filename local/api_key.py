"""The API key of the local stack: made at the first start, kept in its home, checked at every start."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from local.deploy.deployment import Deployment
from local.emulator.clients import EmulatorClients
from local.errors import ChildFailed, LocalStackError
from local.home import Home
from local.settings import REPOSITORY

ACCOUNT_ID = "local"


def ensure_api_key(home: Home, deployment: Deployment, emulator: EmulatorClients) -> str:
    """The key in the home folder, or a new one when there is none or this data does not know it."""
    if home.api_key.exists():
        kept = home.api_key.read_text().strip()
        if _is_known(kept, deployment.outputs["AuthorizeRequestFunctionName"], emulator):
            return kept
    secret = _create(home)
    _write_private(home.api_key, secret + "\n")
    return secret


def _is_known(key: str, authorizer: str, emulator: EmulatorClients) -> bool:
    event = json.dumps({"headers": {"x-api-key": key}})
    answer = emulator.functions.invoke(FunctionName=authorizer, Payload=event.encode())
    verdict = json.loads(answer["Payload"].read())
    if answer.get("FunctionError"):
        raise ChildFailed(f"The authorizer failed: {verdict.get('errorMessage')}", mend="See .cinedex/logs.")
    return "account_id" in verdict["context"]


def _create(home: Home) -> str:
    """In a process of its own, because the use case finds its table and its AWS in the environment."""
    command = [sys.executable, "-m", "cinedex_client.cli", "keys", "create", "first key", "--scope", "admin", "--json"]
    environment = {**os.environ, "CINEDEX_HOME": str(home.root), "PYTHONPATH": _pythonpath()}
    made = subprocess.run(command, cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=False)
    if made.returncode != 0:
        raise LocalStackError(f"The first API key could not be made:\n{made.stderr.strip()}")
    secret: str = json.loads(made.stdout)["secret"]
    return secret


def _pythonpath() -> str:
    return f"{REPOSITORY}:{REPOSITORY}/layers/core:{REPOSITORY}/clients/python"


def _write_private(file: Path, text: str) -> None:
    file.unlink(missing_ok=True)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as opened:
        opened.write(text)

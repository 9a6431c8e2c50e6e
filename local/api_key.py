"""The API key of the local stack: created at the first start, stored in its home folder, checked at every start."""

from __future__ import annotations

import json
import os
import subprocess
import sys

from cinedex_client.local_stack import api_key

from local.deploy.deployment import Deployment
from local.emulator.clients import EmulatorClients
from local.errors import ChildFailed, LocalStackError
from local.home import Home
from local.private_files import write_private
from local.settings import PYTHONPATH, REPOSITORY


def ensure_api_key(home: Home, deployment: Deployment, emulator: EmulatorClients) -> str:
    """The key in the home folder; a new one when there is none, or when the data of the stack does not contain it."""
    stored = api_key(home.root)
    if stored and _is_valid(home, stored, deployment.outputs["AuthorizeRequestFunctionName"], emulator):
        return stored
    secret = _create(home)
    write_private(home.api_key, secret + "\n")
    return secret


def _is_valid(home: Home, key: str, authorizer: str, emulator: EmulatorClients) -> bool:
    event = json.dumps({"headers": {"x-api-key": key}})
    response = emulator.functions.invoke(FunctionName=authorizer, Payload=event.encode())
    payload = json.loads(response["Payload"].read())
    if response.get("FunctionError"):
        raise ChildFailed(f"The authorizer failed: {payload.get('errorMessage')}", hint=f"See {home.logs}.")
    return "account_id" in payload["context"]


def _create(home: Home) -> str:
    command = [sys.executable, "-m", "local.first_api_key"]
    environment = {**os.environ, "CINEDEX_HOME": str(home.root), "PYTHONPATH": PYTHONPATH}
    ended = subprocess.run(command, cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=False)
    if ended.returncode != 0:
        raise LocalStackError(f"The first API key could not be created:\n{ended.stderr.strip()}")
    return ended.stdout

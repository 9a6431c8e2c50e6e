"""The API key of the local stack: created at the first start, stored in its home folder, checked at every start."""

from __future__ import annotations

import os
import subprocess
import sys

import httpx
from cinedex_client.local_stack import api_key

from local.errors import ChildFailed, LocalStackError
from local.home import Home
from local.private_files import write_private
from local.settings import PYTHONPATH, REPOSITORY

TIMEOUT_S = 30.0


def ensure_api_key(home: Home, url: str) -> str:
    """The key in the home folder; a new one when there is none, or when the data of the stack does not contain it.

    Raises:
        LocalStackError: the stack at `url` does not answer as it should, or the key cannot be created.
    """
    stored = api_key(home.root)
    if stored and _is_valid(home, stored, url):
        return stored
    secret = _create(home)
    write_private(home.api_key, secret + "\n")
    return secret


def _is_valid(home: Home, key: str, url: str) -> bool:
    response = httpx.get(f"{url}/v2/features", headers={"x-api-key": key}, timeout=TIMEOUT_S, trust_env=False)
    if response.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
        raise ChildFailed(f"The API answers {response.status_code}: {response.text}", hint=f"See {home.logs}.")
    return response.status_code != httpx.codes.UNAUTHORIZED


def _create(home: Home) -> str:
    command = [sys.executable, "-m", "local.first_api_key"]
    environment = {**os.environ, "CINEDEX_HOME": str(home.root), "PYTHONPATH": PYTHONPATH}
    ended = subprocess.run(command, cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=False)
    if ended.returncode != 0:
        raise LocalStackError(f"The first API key could not be created:\n{ended.stderr.strip()}")
    return ended.stdout

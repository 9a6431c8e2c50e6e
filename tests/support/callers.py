"""Short ways to call a running stack as different accounts and keys."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx

from local.stack import RunningStack

RATE_HEADERS = (
    "x-ratelimit-requests-limit",
    "x-ratelimit-requests-remaining",
    "x-ratelimit-requests-reset",
    "retry-after",
)
REPOSITORY = Path(__file__).resolve().parents[2]
FOREIGN_KEY = """
import sys
from pathlib import Path
from local.home import Home
from local.stack_environment import use_stack_environment
use_stack_environment(Home(Path(sys.argv[1])))
from cinedex.bootstrap.access import manage_api_keys
from cinedex.access.domain.api_keys import Scope
print(manage_api_keys().create(sys.argv[2], "a test", Scope.ADMIN)[1])
"""


def client(stack: RunningStack, key: str | None = None) -> httpx.Client:
    """Calls with the stack's own key, or with another."""
    headers = {"x-api-key": key or stack.api_key or ""}
    return httpx.Client(base_url=stack.url, headers=headers, timeout=120, trust_env=False)


def key_of_another_account(stack: RunningStack, account_id: str) -> str:
    command = [sys.executable, "-c", FOREIGN_KEY, str(stack.home.root), account_id]
    environment = {"PYTHONPATH": f"{REPOSITORY}:{REPOSITORY / 'layers/core'}", "PATH": ""}
    made = subprocess.run(command, cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=True)
    return made.stdout.strip()


def upload(api: httpx.Client, path: Path, **fields: str) -> str:
    """The id of the video, which is `uploaded` when this returns."""
    with path.open("rb") as file:
        sent = api.post("/v2/videos", files={"file": (path.name, file)}, data=fields)
    video_id = str(sent.json()["video_id"])
    assert settled(api, video_id)["status"] == "uploaded"
    return video_id


def settled(api: httpx.Client, video_id: str) -> dict[str, Any]:
    for _ in range(240):
        video: dict[str, Any] = api.get(f"/v2/videos/{video_id}").json()
        if video["status"] != "uploading":
            return video
        time.sleep(0.25)
    raise TimeoutError(f"The upload of {video_id} did not come to an end.")

"""The event files of this repository, and whom they speak of."""

from __future__ import annotations

import json
from typing import Any

from tests.support.template import REPOSITORY

EVENTS = REPOSITORY / "events"
ACCOUNT = "0198c1de-1111-7000-8000-00000000000a"
VIDEO = "0198c1de-2222-7000-8000-00000000000b"


def received(name: str) -> Any:
    return json.loads((EVENTS / "received" / f"{name}.json").read_text(encoding="utf-8"))


def published(name: str) -> Any:
    return json.loads((EVENTS / "published" / f"{name}.json").read_text(encoding="utf-8"))

"""Writes the OpenAPI document of all HTTP functions: `python -m tests.support.openapi`."""

from __future__ import annotations

import json
from pathlib import Path

from cinedex.adapters.fastapi_openapi import merged

from functions.chat_api.app import app as chat_api
from functions.chat_stream.app import app as chat_stream
from functions.library_api.app import app as library_api

DOCUMENT = Path(__file__).parents[2] / "functions/library_api/openapi.json"


def document() -> str:
    """As it is committed: the functions in the order in which the API tries them."""
    apps = (library_api, chat_api, chat_stream)
    return json.dumps(merged(apps), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    DOCUMENT.write_text(document(), encoding="utf-8")

"""Writes the OpenAPI document of all HTTP functions: `python -m tools.openapi`."""

from __future__ import annotations

import json
from pathlib import Path

from cinedex.api.openapi import merge_documents

from functions.chat_api import app as chat_api
from functions.chat_stream import app as chat_stream
from functions.library_api import app as library_api

DOCUMENT = Path(__file__).parents[1] / "layers/core/cinedex/api/openapi.json"


def document() -> str:
    """The content of the committed file; the functions are in the order in which the API routes to them."""
    apps = (library_api, chat_api, chat_stream)
    return json.dumps(merge_documents(apps), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    DOCUMENT.write_text(document(), encoding="utf-8")

"""The API key that the local stack stores in its home folder."""

from __future__ import annotations

import io
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from local.api_key import ensure_api_key
from local.errors import ChildFailed
from local.home import Home


def test_an_authorizer_that_fails_is_reported_with_the_logs_of_the_home_in_use(tmp_path: Path) -> None:
    home = Home(tmp_path).prepare()
    home.api_key.write_text("sk_live_local")
    response = {"FunctionError": "Unhandled", "Payload": io.BytesIO(b'{"errorMessage": "no table"}')}
    emulator: Any = SimpleNamespace(functions=SimpleNamespace(invoke=lambda **_: response))
    deployment: Any = SimpleNamespace(outputs={"AuthorizeRequestFunctionName": "authorizer"})
    with pytest.raises(ChildFailed, match="The authorizer failed: no table") as error:
        ensure_api_key(home, deployment, emulator)
    assert error.value.hint == f"See {tmp_path}/logs."

"""What `cinedex keys` shows of a key, and the lifetimes that it accepts."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
import typer
from cinedex_client.models import ApiKey, KeyScope
from typer.testing import CliRunner

from local.cli import keys

NOW = datetime.now(UTC)
KEY = ApiKey(key_id="k1", name="notebook", scope="read", hint="4c1e", created_at=NOW)


class FakeClient:
    def __init__(self, *listed: ApiKey) -> None:
        self.listed, self.expires_at = list(listed), None

    def __enter__(self) -> FakeClient:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def api_keys(self) -> list[ApiKey]:
        return self.listed

    def create_api_key(
        self, name: str, scope: KeyScope, requests_per_day: int | None, expires_at: datetime | None
    ) -> ApiKey:
        return KEY.model_copy(update={"name": name, "expires_at": expires_at, "secret": "sk_live_x"})


def run(monkeypatch: pytest.MonkeyPatch, client: FakeClient, *arguments: str) -> str:
    monkeypatch.setattr(keys, "_running_stack", lambda: client)
    result = CliRunner().invoke(keys.app, arguments)
    assert result.exit_code == 0, result.output
    return result.output


@pytest.mark.parametrize(
    ("text", "expected"),
    [("12h", timedelta(hours=12)), ("30d", timedelta(days=30)), (" 4W ", timedelta(weeks=4))],
)
def test_a_lifetime_is_a_number_of_hours_days_or_weeks(text: str, expected: timedelta) -> None:
    assert keys.lifetime(text) == expected


@pytest.mark.parametrize("text", ["", "0d", "-1d", "d", "1.5d", "30", "1y", "999999d"])
def test_any_other_lifetime_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(typer.BadParameter, match="30d"):
        keys.lifetime(text)


def test_a_key_is_created_with_its_lifetime(monkeypatch: pytest.MonkeyPatch) -> None:
    before = datetime.now(UTC)
    output = run(monkeypatch, FakeClient(), "create", "guest", "--expires-in", "30d", "--json")
    expires_at = datetime.fromisoformat(json.loads(output)["expires_at"])
    assert before <= expires_at - timedelta(days=30) <= datetime.now(UTC)


def test_a_list_tells_the_end_and_the_last_use_of_each_key(monkeypatch: pytest.MonkeyPatch) -> None:
    used = datetime(2026, 11, 28, 9, 30, tzinfo=UTC)
    listed = FakeClient(
        KEY.model_copy(update={"last_used_at": used}),
        KEY.model_copy(update={"expires_at": NOW + timedelta(days=1)}),
        KEY.model_copy(update={"expires_at": NOW - timedelta(days=1)}),
        KEY.model_copy(update={"revoked_at": NOW}),
    )
    first, second, third, fourth = run(monkeypatch, listed, "list").splitlines()
    assert "used 2026-11-28T09h" in first
    assert "read, expires" in second
    assert "expired" in third
    assert "revoked" in fourth
    assert "no use recorded" in fourth

"""`cinedex keys`: the API keys of the stack on this machine, through its HTTP API."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer
from cinedex_client import Client, Connection
from cinedex_client.errors import NotFound
from cinedex_client.local_stack import api_key
from cinedex_client.models import ApiKey, KeyScope

from local.errors import LocalStackError, StackNotRunning
from local.settings import LocalSettings

app = typer.Typer(
    help="Create, list and revoke the API keys of the running local stack.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)
_LIFETIME = re.compile(r"([1-9]\d{0,4})\s*([hdw])")
_UNITS = {"h": "hours", "d": "days", "w": "weeks"}
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]


def lifetime(text: str) -> timedelta:
    """`12h`, `30d` or `4w`."""
    matched = _LIFETIME.fullmatch(text.strip().lower())
    if matched is None:
        raise typer.BadParameter(f"{text!r} is no lifetime; write a number with h, d or w, such as 30d.")
    return timedelta(**{_UNITS[matched[2]]: int(matched[1])})


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="What the key is for, for example 'my notebook'.")],
    scope: Annotated[KeyScope, typer.Option(help="What the key may do; each scope includes those before it.")] = (
        KeyScope.WRITE
    ),
    requests_per_day: Annotated[
        int | None,
        typer.Option(help="Requests allowed in 24 hours. Default: the limit of the deployment.", min=1),
    ] = None,
    expires_in: Annotated[
        timedelta | None,
        typer.Option(parser=lifetime, metavar="TIME", help="Lifetime, such as 12h, 30d or 4w. Default: no end."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Create a key. Its secret is shown once and not stored.

    **Examples**

    - `cinedex keys create "my notebook" --scope read`
    - `cinedex keys create "a guest" --scope search --expires-in 30d`

    **Exit codes**: 0 created, 3 no stack runs.
    """
    with _running_stack() as stack:
        expires_at = datetime.now(UTC) + expires_in if expires_in else None
        key = stack.create_api_key(name, scope, requests_per_day, expires_at)
    if as_json:
        typer.echo(json.dumps({**_shown(key), "secret": key.secret}))
    else:
        typer.echo(key.secret)


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """List the keys, newest first, including revoked and expired ones.

    The last use of a key is shown to the hour.

    **Exit codes**: 0 listed, 3 no stack runs.
    """
    with _running_stack() as stack:
        keys = stack.api_keys()
    if as_json:
        typer.echo(json.dumps([_shown(key) for key in keys]))
        return
    for key in keys:
        typer.echo(f"{key.key_id}  …{key.hint}  {_state(key, datetime.now(UTC)):<8}  {_last_use(key)}  {key.name}")


@app.command()
def revoke(key_id: Annotated[str, typer.Argument(help="The id that `cinedex keys list` shows.")]) -> None:
    """Revoke a key; it is rejected from the next request on.

    **Exit codes**: 0 revoked, 1 no such key, 3 no stack runs.
    """
    try:
        with _running_stack() as stack:
            key = stack.revoke_api_key(key_id)
    except NotFound as error:
        raise LocalStackError(error.message, hint="See: cinedex keys list") from error
    typer.echo(f"Revoked: {key.name}")


def _state(key: ApiKey, now: datetime) -> str:
    if key.revoked_at:
        return f"revoked {key.revoked_at.isoformat()}"
    if key.expires_at is None:
        return key.scope
    return f"{'expired' if key.expires_at <= now else f'{key.scope}, expires'} {key.expires_at.isoformat()}"


def _last_use(key: ApiKey) -> str:
    return f"used {key.last_used_at:%Y-%m-%dT%H}h" if key.last_used_at else "no use recorded"


def _running_stack() -> Client:
    """A client of the running stack with the key in its home folder.

    Raises:
        StackNotRunning: no stack runs with this home.
    """
    from local.home import Home

    home = Home(LocalSettings().home)
    running = home.running()
    if running is None or not running.url:
        raise StackNotRunning(home.root)
    return Client(Connection(running.url, api_key(home.root)))


def _shown(key: ApiKey) -> dict[str, str | int | None]:
    return {
        "key_id": key.key_id,
        "name": key.name,
        "scope": key.scope,
        "hint": key.hint,
        "requests_max": key.requests_max,
        "created_at": key.created_at.isoformat(),
        "revoked_at": _iso(key.revoked_at),
        "expires_at": _iso(key.expires_at),
        "last_used_at": _iso(key.last_used_at),
    }


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None

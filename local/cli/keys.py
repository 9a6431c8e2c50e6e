"""`cinedex keys`: the API keys of the stack on this machine."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from local.settings import LocalSettings

if TYPE_CHECKING:
    from cinedex.access.domain.api_keys import ApiKey
    from cinedex.access.usecases.manage_api_keys import ManageApiKeys

app = typer.Typer(
    help="Make, list and revoke the API keys of the running local stack.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]


class ScopeName(StrEnum):
    SEARCH = "search"
    READ = "read"
    WRITE = "write"
    ADMIN = "admin"


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="What the key is for, for instance 'my notebook'.")],
    scope: Annotated[ScopeName, typer.Option(help="What it may do; each scope includes those before it.")] = (
        ScopeName.WRITE
    ),
    requests_per_day: Annotated[
        int | None,
        typer.Option(help="How often it may be used in 24 hours; left out, as the deployment allows.", min=1),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Make a key. Its secret is shown once and stored nowhere.

    **Example**: `cinedex keys create "my notebook" --scope read`

    **Exit codes**: 0 made, 3 no stack runs.
    """
    from cinedex.access.domain.api_keys import Scope

    from local.api_key import ACCOUNT_ID

    key, secret = _manage_keys().create(ACCOUNT_ID, name, Scope.parse(scope.value), requests_per_day)
    if as_json:
        typer.echo(json.dumps({**_shown(key), "secret": secret}))
    else:
        typer.echo(secret)


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """List the keys, newest first, revoked ones too.

    **Exit codes**: 0 listed, 3 no stack runs.
    """
    from local.api_key import ACCOUNT_ID

    keys = [_shown(key) for key in _manage_keys().list(ACCOUNT_ID)]
    if as_json:
        typer.echo(json.dumps(keys))
        return
    for key in keys:
        state = f"revoked {key['revoked_at']}" if key["revoked_at"] else key["scope"]
        typer.echo(f"{key['key_id']}  …{key['hint']}  {state:<8}  {key['name']}")


@app.command()
def revoke(key_id: Annotated[str, typer.Argument(help="The id that `cinedex keys list` shows.")]) -> None:
    """Revoke a key; it stops working with the next request.

    **Exit codes**: 0 revoked, 1 no such key, 3 no stack runs.
    """
    from cinedex.kernel.errors import NotFound

    from local.api_key import ACCOUNT_ID
    from local.errors import LocalStackError

    try:
        key = _manage_keys().revoke(ACCOUNT_ID, key_id)
    except NotFound as error:
        raise LocalStackError(error.message, mend="See: cinedex keys list") from error
    typer.echo(f"Revoked: {key.name}")


def _manage_keys() -> ManageApiKeys:
    """The use case, acting on the data of the running stack."""
    from local.home import Home
    from local.stack_environment import step_inside

    step_inside(Home(LocalSettings().home))
    from cinedex.bootstrap.access import manage_api_keys

    return manage_api_keys()


def _shown(key: ApiKey) -> dict[str, str | int | None]:
    return {
        "key_id": key.key_id,
        "name": key.name,
        "scope": key.scope.label,
        "hint": key.hint,
        "requests_max": key.requests_max,
        "created_at": key.created_at.isoformat(),
        "revoked_at": key.revoked_at.isoformat() if key.revoked_at else None,
    }

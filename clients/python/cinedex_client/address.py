"""Which deployment to talk to: the one asked for, else the environment's, else the stack on this machine."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from cinedex_client.errors import Unreachable
from local.home import Home
from local.settings import LocalSettings


class ClientSettings(BaseSettings):
    """Read when a command starts."""

    model_config = SettingsConfigDict(env_prefix="CINEDEX_", extra="ignore")

    url: str | None = Field(default=None, description="Address of a deployment.")
    api_key: str | None = Field(default=None, description="Key of an account there.")


@dataclass(frozen=True)
class Address:
    url: str
    key: str


def find_deployment(url: str | None = None, key: str | None = None) -> Address:
    """The address given, else `CINEDEX_URL`, else the local stack; the same order for the key.

    The key of the local stack is never sent anywhere else.

    Raises:
        Unreachable: no address was given and no stack runs here.
    """
    settings = ClientSettings()
    home = Home(LocalSettings().home)
    url, key = url or settings.url, key or settings.api_key
    local_url = _local_url(home)
    if url is None and local_url is None:
        raise Unreachable(
            f"No stack runs with the data in {home.root}, and no other address was given.",
            mend="Start one with `cinedex up`, or give an address with --url or CINEDEX_URL.",
        )
    if url is None or url.rstrip("/") == local_url:
        return Address(local_url or "", key or _local_key(home))
    return Address(url.rstrip("/"), key or "")


def _local_url(home: Home) -> str | None:
    held = home.running()
    return str(held["url"]).rstrip("/") if held and held.get("url") else None


def _local_key(home: Home) -> str:
    return home.api_key.read_text().strip() if home.api_key.exists() else ""

"""Chooses the deployment to talk to: the address given, then the environment, then the stack on this machine."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from cinedex_client.errors import Unreachable
from cinedex_client.local_stack import api_key, default_home, running_process


class ClientSettings(BaseSettings):
    """Read when a command starts."""

    model_config = SettingsConfigDict(env_prefix="CINEDEX_", extra="ignore")

    url: str | None = Field(default=None, description="Address of a deployment.")
    api_key: str | None = Field(default=None, description="API key of an account of that deployment.")
    home: Path = Field(default_factory=default_home, description="Home folder of a local stack.")


@dataclass(frozen=True)
class Address:
    url: str
    key: str


def find_deployment(url: str | None = None, key: str | None = None) -> Address:
    """The first of: `url`, `CINEDEX_URL`, the local stack. The same order applies to the key.

    The key of the local stack is sent to the local stack only.

    Raises:
        Unreachable: no address is given and no local stack runs.
    """
    settings = ClientSettings()
    url, key = url or settings.url, key or settings.api_key
    running = running_process(settings.home)
    local_url = running.url if running else ""
    if not url and not local_url:
        raise Unreachable(
            f"No deployment is named, and no stack runs with the data in {settings.home}.",
            hint="Name one with --url or CINEDEX_URL, or start the local stack with `cinedex up`.",
        )
    if not url or url.rstrip("/") == local_url:
        return Address(local_url, key or api_key(settings.home))
    return Address(url.rstrip("/"), key or "")

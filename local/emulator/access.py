"""How processes reach the emulator of one start: its port, and the secret with which they sign their requests."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

from local.errors import StackNotRunning
from local.home import Home
from local.loopback import LOOPBACK
from local.private_files import write_private

ACCOUNT_ID = "000000000000"
REGION = "us-east-1"
ACCESS_KEY = ACCOUNT_ID
"""ministack takes the account from an access key of twelve digits, and gives its functions the key of their account."""
_SECRET_BYTES = 32


@dataclass(frozen=True)
class EmulatorAccess:
    """Processes get the secret in their environment, commands from a file that exists while the stack runs."""

    port: int
    secret: str = field(repr=False)

    @classmethod
    def create(cls, port: int) -> EmulatorAccess:
        return cls(port, secrets.token_urlsafe(_SECRET_BYTES))

    @classmethod
    def of_running_stack(cls, home: Home) -> EmulatorAccess:
        """Raises `StackNotRunning` when no stack runs with this home."""
        try:
            port, secret = home.emulator_port.read_text(encoding="utf-8"), home.emulator_secret.read_text()
        except FileNotFoundError as error:
            raise StackNotRunning(home.root) from error
        return cls(int(port), secret)

    @property
    def endpoint_url(self) -> str:
        return f"http://{LOOPBACK}:{self.port}"

    def store(self, home: Home) -> None:
        write_private(home.emulator_secret, self.secret)

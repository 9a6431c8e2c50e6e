"""An emulator without an application, that tests end and start again."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Any

from local.data_check import repair_data
from local.emulator.access import EmulatorAccess
from local.emulator.clients import EmulatorClients
from local.home import Home
from local.ports import free_port
from local.process_specs import ProcessSpecs
from local.processes.child import Child

TABLE, BUCKET = "library", "media"


class Emulator:
    def __init__(self, home: Path) -> None:
        self.home = Home(home).prepare()
        access = EmulatorAccess.create(free_port())
        self._spec = ProcessSpecs(self.home, access).emulator()
        self.clients = EmulatorClients(access)
        self.start()

    def start(self) -> None:
        """As the stack does: the data is checked before."""
        repair_data(self.home)
        self._child = Child(self._spec)
        self._child.wait_until_healthy()

    def end_by(self, ending: signal.Signals) -> None:
        if ending == signal.SIGKILL:
            self._child._process.kill()
        else:
            self._child.terminate()
        self._child.end()

    def kill_and_start(self) -> None:
        self.end_by(signal.SIGKILL)
        self.start()

    def send(self, stop_or_continue: signal.Signals) -> None:
        self._child._process.send_signal(stop_or_continue)

    def client(self, service: Any) -> Any:
        return self.clients.session.client(service, endpoint_url=self.clients.endpoint_url)

    def create_table(self) -> None:
        self.client("dynamodb").create_table(
            TableName=TABLE,
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )

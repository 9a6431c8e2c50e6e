"""Steps inside a running stack: use cases called from here act on its data, as its functions do."""

from __future__ import annotations

import os

from local.deploy.deployment import Deployment
from local.emulator import launch
from local.errors import NoStack
from local.home import Home


def step_inside(home: Home) -> None:
    """Give this process the environment that the library's functions have.

    Raises:
        NoStack: no stack runs with this home.
    """
    deployment = Deployment.read(home.deployment)
    if home.running() is None or deployment is None:
        raise NoStack(home.root)
    environment = launch.client_environment(int(home.emulator_port.read_text()))
    # Everything else goes, so that no AWS profile of the person's own is used by mistake.
    os.environ.clear()
    os.environ.update(environment | {"LIBRARY_TABLE": deployment.outputs["LibraryTableName"]})

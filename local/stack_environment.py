"""The process environment in which a use case, called from here, works on the data of the running stack."""

from __future__ import annotations

import os

from local.deploy.deployment import Deployment
from local.emulator import launch
from local.emulator.access import EmulatorAccess
from local.errors import StackNotRunning
from local.home import Home


def use_stack_environment(home: Home) -> None:
    """Replace the environment of this process by the one that the stack's functions have.

    Raises:
        StackNotRunning: no stack runs with this home.
    """
    deployment = Deployment.read(home.deployment)
    if home.running() is None or deployment is None:
        raise StackNotRunning(home.root)
    environment = launch.client_environment(EmulatorAccess.of_running_stack(home))
    # All other variables are removed, so that no AWS profile of the user is used by mistake.
    os.environ.clear()
    os.environ.update(environment | {"LIBRARY_TABLE": deployment.outputs["LibraryTableName"]})

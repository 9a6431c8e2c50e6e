"""Command, environment and address of the emulator process."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from local.emulator.access import ACCESS_KEY, ACCOUNT_ID, REGION, EmulatorAccess
from local.emulator.signed_requests import HEALTH_PATH
from local.home import Home
from local.loopback import LOOPBACK, no_proxy
from local.settings import PYTHONPATH, REPOSITORY

PYTHON = REPOSITORY / ".venv-emulator/bin/python"


def command() -> list[str]:
    return [str(PYTHON), "-m", "local.emulator"]


def health_url(access: EmulatorAccess) -> str:
    return access.endpoint_url + HEALTH_PATH


def client_environment(access: EmulatorAccess, inherited: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The environment in which every AWS client talks to the emulator only.

    Profiles of the user's shell are removed and its proxies bypassed: no call to AWS leaves this machine. Proxies apply
    to other traffic, such as downloads by `video_url`. Python reads and writes UTF-8 in every locale.
    """
    kept = {name: value for name, value in inherited.items() if not name.startswith("AWS_")}
    return kept | {
        "AWS_ENDPOINT_URL": access.endpoint_url,
        "AWS_ACCESS_KEY_ID": ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": access.secret,
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "PYTHONUTF8": "1",
        **no_proxy(inherited),
    }


def environment(home: Home, access: EmulatorAccess, function_processes: int = 2) -> dict[str, str]:
    """The environment of the emulator; the functions it runs inherit it."""
    own = {**_listening(access.port), **_persistence(home), **_functions(home, function_processes), **models(home)}
    return client_environment(access) | own | {"PYTHONPATH": str(REPOSITORY)}


def models(home: Home) -> dict[str, str]:
    """Where the worker and the functions that run models find those that were pulled."""
    return {"MODEL_WEIGHTS_DIR": os.environ.get("MODEL_WEIGHTS_DIR") or str(home.models.absolute())}


def _listening(port: int) -> dict[str, str]:
    """Loopback only; SFTP, MQTT and Docker are switched off."""
    return {
        "BIND_HOST": LOOPBACK,
        "GATEWAY_PORT": str(port),
        "MINISTACK_HOST": LOOPBACK,
        "MINISTACK_ACCOUNT_ID": ACCOUNT_ID,
        "MINISTACK_REGION": REGION,
        "LOG_LEVEL": "WARNING",
        "SFTP_ENABLED": "0",
        "IOT_MTLS_ENABLED": "0",
        "LAMBDA_EXECUTOR": "local",
        "DOCKER_HOST": f"unix://{Path(os.devnull)}/absent",
    }


def _functions(home: Home, processes: int) -> dict[str, str]:
    """Read by `function_pools`."""
    return {
        "FUNCTION_PYTHON": sys.executable,
        "FUNCTION_PYTHONPATH": PYTHONPATH,
        "FUNCTION_LOGS": str(home.logs.resolve()),
        "FUNCTION_PROCESSES": str(processes),
    }


def _persistence(home: Home) -> dict[str, str]:
    return {
        "PERSIST_STATE": "1",
        "STATE_DIR": str(home.state),
        "S3_PERSIST": "1",
        "S3_DATA_DIR": str(home.objects),
        "TMPDIR": str(home.temporary),
    }

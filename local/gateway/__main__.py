"""Run the gateway: `python -m local.gateway DEPLOYMENT PORT [PATH=UPSTREAM ...]`."""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path

import uvicorn

from local.deploy.deployment import Deployment
from local.emulator.signed_requests import HEALTH_PATH
from local.gateway.address import gateway_address
from local.gateway.app import build
from local.gateway.health import StackHealth
from local.gateway.invocation import Functions
from local.gateway.streaming import StreamingProxy
from local.home import Home
from local.http_limits.uvicorn_connection import LimitedConnection
from local.http_limits.waiting_connections import raise_descriptor_limit
from local.loopback import LOOPBACK
from local.settings import LocalSettings


def main() -> None:
    deployment_file, port, *streams = sys.argv[1:]
    deployment = Deployment.read(Path(deployment_file))
    if deployment is None:
        raise SystemExit(f"{deployment_file} contains no deployment of this version.")
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")
    upstreams = dict(stream.split("=", 1) for stream in streams)
    settings, home = LocalSettings(), Home(Path(deployment_file).parent)
    api_key = home.api_key if deployment.has_api_keys else None
    app = build(
        deployment.api,
        Functions(deployment, home.logs),
        {path: StreamingProxy(upstream) for path, upstream in upstreams.items()},
        address=gateway_address(int(port), settings, deployment.api.cors),
        body_bytes_max=settings.body_bytes_max,
        health=StackHealth(os.environ["AWS_ENDPOINT_URL"] + HEALTH_PATH, home.temporary, api_key),
    )
    raise_descriptor_limit()
    uvicorn.run(
        app,
        host=LOOPBACK,
        port=int(port),
        http=LimitedConnection,
        log_level="warning",
        timeout_graceful_shutdown=3,
    )


if __name__ == "__main__":
    main()

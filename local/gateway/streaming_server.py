"""Serves the web application of a streaming function to the gateway: `… APPLICATION PORT`, as the Web Adapter does."""

from __future__ import annotations

import sys

import uvicorn
from uvicorn.importer import import_from_string

from local.http_limits.request_body import LimitedBodies
from local.http_limits.uvicorn_connection import LimitedConnection
from local.http_limits.waiting_connections import raise_descriptor_limit
from local.loopback import LOOPBACK
from local.own_address import OwnAddress, OwnAddressOnly


def main() -> None:
    application, port = sys.argv[1], int(sys.argv[2])
    guarded = OwnAddressOnly(LimitedBodies(import_from_string(application)), OwnAddress(port))
    raise_descriptor_limit()
    uvicorn.run(guarded, host=LOOPBACK, port=port, http=LimitedConnection, log_level="warning")


if __name__ == "__main__":
    main()

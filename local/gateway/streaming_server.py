"""Serves the web application of a streaming function to the gateway: `… APPLICATION PORT`, as the Web Adapter does."""

from __future__ import annotations

import sys

import uvicorn
from uvicorn.importer import import_from_string

from local.gateway.http_protocol import HeaderTimeLimit
from local.loopback import LOOPBACK
from local.own_address import OwnAddress, OwnAddressOnly


def main() -> None:
    application, port = sys.argv[1], int(sys.argv[2])
    guarded = OwnAddressOnly(import_from_string(application), OwnAddress(port))
    uvicorn.run(guarded, host=LOOPBACK, port=port, http=HeaderTimeLimit, log_level="warning")


if __name__ == "__main__":
    main()

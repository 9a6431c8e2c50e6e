"""A client of any deployment, by URL and key."""

from cinedex_client.address import Address, find_deployment
from cinedex_client.client import FEATURES, Client
from cinedex_client.connection import Connection
from cinedex_client.errors import ClientError

__all__ = ["FEATURES", "Address", "Client", "ClientError", "Connection", "connect", "find_deployment"]


def connect(url: str | None = None, key: str | None = None) -> Client:
    """The deployment that `find_deployment` finds; raises `ClientError` when there is none."""
    address = find_deployment(url, key)
    return Client(Connection(address.url, address.key))

"""A client of any deployment, by URL and key."""

from local.client.address import Address, find_deployment
from local.client.connection import Connection
from local.client.deployment import FEATURES, Deployment
from local.client.errors import ClientError

__all__ = ["FEATURES", "Address", "ClientError", "Connection", "Deployment", "connect", "find_deployment"]


def connect(url: str | None = None, key: str | None = None) -> Deployment:
    """The deployment that `find_deployment` finds; raises `ClientError` when there is none."""
    address = find_deployment(url, key)
    return Deployment(Connection(address.url, address.key))

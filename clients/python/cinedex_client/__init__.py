"""A client of any Cinedex deployment, by address and API key."""

from cinedex_client.address import Address, find_deployment
from cinedex_client.client import FEATURES, Client
from cinedex_client.connection import Connection
from cinedex_client.errors import ClientError
from cinedex_client.upload import UploadDetails

__all__ = ["FEATURES", "Address", "Client", "ClientError", "Connection", "UploadDetails", "connect", "find_deployment"]


def connect(url: str | None = None, key: str | None = None) -> Client:
    """A client of the deployment that `find_deployment` chooses; raises `ClientError` when there is none."""
    address = find_deployment(url, key)
    return Client(Connection(address.url, address.key))

"""Connections to OpenSearch: a plain server, a managed domain, or a serverless collection."""

from __future__ import annotations

from typing import Any, Literal

import urllib3
from opensearchpy import OpenSearch, Urllib3AWSV4SignerAuth, Urllib3HttpConnection

CONNECT_S = 2.0
TIMEOUT_S = 30.0
RETRIES_MAX = 1
"""For a connection that the server has closed while nobody used it; a timeout is not repeated."""


class ShortConnectTimeoutConnection(Urllib3HttpConnection):
    """Waits for an answer as long as the request may take, and for a connection a short time only.

    Else a server that has vanished without a word costs every search its whole time.
    """

    def perform_request(self, *args: Any, **told: Any) -> Any:
        told["timeout"] = urllib3.Timeout(connect=CONNECT_S, read=told.get("timeout") or TIMEOUT_S)
        return super().perform_request(*args, **told)


def connect(url: str, *, sign_for: Literal["es", "aoss"] | None = None, region: str | None = None) -> OpenSearch:
    """`sign_for` signs requests with SigV4: "es" for a managed domain, "aoss" for a serverless collection.

    User and password may stand in `url`. Nothing is sent before the first use.
    """
    auth = None
    if sign_for is not None:
        from boto3 import Session

        session = Session()
        auth = Urllib3AWSV4SignerAuth(session.get_credentials(), region or session.region_name, sign_for)
    return OpenSearch(
        hosts=[url],
        http_auth=auth,
        connection_class=ShortConnectTimeoutConnection,
        http_compress=url.startswith("https"),
        max_retries=RETRIES_MAX,
        retry_on_timeout=False,
    )

"""Connections to OpenSearch: a plain server, a managed domain, or a serverless collection."""

from __future__ import annotations

from typing import Any, Literal

import urllib3
from opensearchpy import OpenSearch, Urllib3AWSV4SignerAuth, Urllib3HttpConnection

CONNECT_S = 2.0
TIMEOUT_S = 30.0
RETRIES_MAX = 1
"""Retries of a connection that the server closed while it was idle; a timeout is not retried."""


class ShortConnectTimeoutConnection(Urllib3HttpConnection):
    """Uses a shorter timeout for connecting than for reading.

    Without a short connect timeout, an unreachable server would use up the whole request timeout.
    """

    def perform_request(self, *args: Any, **options: Any) -> Any:
        options["timeout"] = urllib3.Timeout(connect=CONNECT_S, read=options.get("timeout") or TIMEOUT_S)
        return super().perform_request(*args, **options)


def connect(url: str, *, sign_for: Literal["es", "aoss"] | None = None, region: str | None = None) -> OpenSearch:
    """`sign_for` signs requests with SigV4: "es" for a managed domain, "aoss" for a serverless collection.

    `url` may contain user and password. No request is sent before the first use.
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

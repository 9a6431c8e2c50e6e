"""Connections to OpenSearch: a plain server, a managed domain, or a serverless collection."""

from __future__ import annotations

from typing import Literal

from opensearchpy import OpenSearch, Urllib3AWSV4SignerAuth, Urllib3HttpConnection

TIMEOUT_S = 10
RETRIES_MAX = 2


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
        connection_class=Urllib3HttpConnection,
        http_compress=url.startswith("https"),
        timeout=TIMEOUT_S,
        max_retries=RETRIES_MAX,
        retry_on_timeout=True,
    )

"""`POST /v2/search`: moments of a library, by meaning or by literal text."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Response

from cinedex.api.auth import Searcher
from cinedex.api.reka.schemas.search_request import SearchBody
from cinedex.api.reka.schemas.search_results import SearchResponse
from cinedex.api.signed_urls import Body, signed_again_by
from cinedex.bootstrap.access import record_usage
from cinedex.bootstrap.library import read_videos
from cinedex.bootstrap.search import search_moments
from cinedex.usage.operations import Operation

router = APIRouter(prefix="/v2", tags=["search"])

SERVER_TIMING: dict[int | str, dict[str, Any]] = {
    200: {
        "headers": {
            "Server-Timing": {
                "schema": {"type": "string"},
                "description": "Extension: duration of each stage in milliseconds (W3C Server Timing).",
            }
        }
    }
}


def _sign_again(account_id: str, body: Body, _request: Body) -> Body:
    """Null for a video that was deleted since."""
    urls = read_videos().urls_of(account_id, [result["video_id"] for result in body["data"]])
    return body | {"data": [result | {"video_url": urls.get(result["video_id"])} for result in body["data"]]}


@router.post("/search", responses=SERVER_TIMING)
@signed_again_by(_sign_again)
def search(caller: Searcher, body: SearchBody, response: Response) -> SearchResponse:
    """Search moments, best first. The result is empty if nothing matches above the threshold."""
    results = search_moments()(body.request(caller.account_id))
    response.headers["Server-Timing"] = ", ".join(f"{stage};dur={ms:.2f}" for stage, ms in results.stage_ms.items())
    urls = {video.video_id: read_videos().url_of(video) for video in results.videos.values()}
    record_usage().count(caller.account_id, Operation.SEARCH)
    return SearchResponse.of(results, urls, body.unserved())

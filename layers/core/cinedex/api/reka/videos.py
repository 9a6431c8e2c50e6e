"""`/v2/videos`: list, read, update and delete videos."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from cinedex.api.auth import Admin, Reader, Writer
from cinedex.api.reka.lists import PagedResponse, PageRequest, Paging, Videos
from cinedex.api.reka.schemas.library import StatusResponse, VideoResponse, VideoUpdate
from cinedex.api.response_size import PageBuilder
from cinedex.bootstrap.analysis import read_feature_status
from cinedex.bootstrap.library import delete_video, read_videos
from cinedex.bootstrap.library import update_video as update_video_usecase
from cinedex.library.domain.list_query import PAGE_LIMIT_MAX, VideoQuery
from cinedex.library.domain.video import Video

router = APIRouter(prefix="/v2/videos", tags=["videos"])


class VideoListResponse(PagedResponse):
    results: list[VideoResponse]


@router.get("")
def list_videos(
    caller: Reader,
    query: Videos,
    paging: Paging,
    ids: Annotated[list[UUID] | None, Query(max_length=PAGE_LIMIT_MAX)] = None,
) -> VideoListResponse:
    """List the videos of the account, newest first, or those with the given `ids`; unknown ids are ignored."""
    if not ids:
        return video_page(caller.account_id, query, paging)
    built = PageBuilder(video_response)
    requested = read_videos().requested(
        caller.account_id, [str(i) for i in ids], query, paging.limit, paging.token, built.admits
    )
    return VideoListResponse(results=built.responses, **paging.link(requested))


@router.get("/{video_id}")
def get_video(caller: Reader, video_id: UUID) -> VideoResponse:
    """Get one video and the status of each of its features."""
    return video_response(read_videos().get(caller.account_id, str(video_id)))


@router.patch("/{video_id}")
def update_video(caller: Writer, video_id: UUID, update: VideoUpdate) -> VideoResponse:
    """Change the name, title, description, recording start, metadata or group of a video."""
    return video_response(update_video_usecase()(caller.account_id, str(video_id), update.changes()))


@router.delete("/{video_id}")
def remove_video(caller: Admin, video_id: UUID) -> StatusResponse:
    """Delete a video with its files and all results. This cannot be undone."""
    delete_video()(caller.account_id, str(video_id))
    return StatusResponse(message="Video deleted")


def video_page(account_id: str, query: VideoQuery, paging: PageRequest) -> VideoListResponse:
    """Only the videos of the page get a download URL."""
    built = PageBuilder(video_response)
    page = read_videos().page(account_id, query, paging.limit, paging.token, built.admits)
    return VideoListResponse(results=built.responses, **paging.link(page))


def video_response(video: Video) -> VideoResponse:
    return VideoResponse.of(video, read_videos().url_of(video), read_feature_status()(video))

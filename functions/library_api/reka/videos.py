"""`/v2/videos`: list, look at, describe and delete videos."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from cinedex.bootstrap.analysis import follow_features
from cinedex.bootstrap.library import browse_library, delete_video, describe_video
from cinedex.domain.video import Video
from fastapi import APIRouter, Query

from ..caller import Admin, Reader, Writer
from .shapes import (
    StatusResponse,
    VideoListResponse,
    VideoResponse,
    VideoUpdate,
)

router = APIRouter(prefix="/v2/videos", tags=["videos"])


@router.get("")
def list_videos(caller: Reader, ids: Annotated[list[UUID] | None, Query()] = None) -> VideoListResponse:
    """All videos of the account, newest first, or those named by `ids`; unknown ids are left out."""
    found = browse_library().list(caller.account_id, [str(i) for i in ids or []])
    return VideoListResponse(results=[shown(v) for v in found])


@router.get("/{video_id}")
def get_video(caller: Reader, video_id: UUID) -> VideoResponse:
    """One video, with where each of its features stands."""
    return shown(browse_library().get(caller.account_id, str(video_id)))


@router.patch("/{video_id}")
def update_video(caller: Writer, video_id: UUID, update: VideoUpdate) -> VideoResponse:
    """Change name, title, description or group."""
    return shown(describe_video()(caller.account_id, str(video_id), update.changes()))


@router.delete("/{video_id}")
def remove_video(caller: Admin, video_id: UUID) -> StatusResponse:
    """Remove a video and every trace of it; this cannot be undone."""
    delete_video()(caller.account_id, str(video_id))
    return StatusResponse(message="Video deleted")


def shown(video: Video) -> VideoResponse:
    return VideoResponse.of(video, browse_library().url_of(video), follow_features()(video))

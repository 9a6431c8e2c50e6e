"""`/v2/video-groups`: collections, in Reka's words."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, Field

from cinedex.api.auth import Admin, Reader, Writer
from cinedex.api.reka.schemas.library import StatusResponse, VideoListResponse
from cinedex.api.reka.videos import shown
from cinedex.bootstrap.library import manage_collections
from cinedex.library.domain.collection import Collection

router = APIRouter(prefix="/v2/video-groups", tags=["video groups"])


class GroupResponse(BaseModel):
    group_id: str
    name: str
    metadata: dict[str, Any]
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, collection: Collection) -> GroupResponse:
        return cls(group_id=collection.collection_id, **collection.model_dump(exclude={"collection_id"}))


class GroupListResponse(BaseModel):
    results: list[GroupResponse]


class NewGroup(BaseModel):
    name: str
    metadata: dict[str, Any] | None = None


class GroupUpdate(BaseModel):
    """What is null or left out stays; metadata is replaced as a whole."""

    name: str | None = None
    metadata: dict[str, Any] | None = None


class Move(BaseModel):
    video_ids: list[str] = Field(min_length=1, max_length=1000)


class MoveResponse(BaseModel):
    status: str = "success"
    moved_count: int
    group_id: str
    video_ids: list[str]


@router.get("")
def list_groups(caller: Reader) -> GroupListResponse:
    """All groups of the account, newest first."""
    found = manage_collections().list(caller.account_id)
    return GroupListResponse(results=[GroupResponse.of(c) for c in found])


@router.post("")
def create_group(caller: Writer, group: NewGroup) -> GroupResponse:
    """Make a group; its name must be new."""
    return GroupResponse.of(manage_collections().create(caller.account_id, group.name, group.metadata or {}))


@router.get("/{group_id}")
def get_group(caller: Reader, group_id: str) -> GroupResponse:
    """One group."""
    return GroupResponse.of(manage_collections().get(caller.account_id, group_id))


@router.patch("/{group_id}")
def update_group(caller: Writer, group_id: str, update: GroupUpdate) -> GroupResponse:
    """Rename a group or replace its metadata."""
    changed = manage_collections().update(caller.account_id, group_id, update.name, update.metadata)
    return GroupResponse.of(changed)


@router.delete("/{group_id}")
def delete_group(caller: Admin, group_id: str) -> StatusResponse:
    """Remove a group; its videos stay."""
    manage_collections().delete(caller.account_id, group_id)
    return StatusResponse()


@router.get("/{group_id}/videos")
def list_group_videos(caller: Reader, group_id: str) -> VideoListResponse:
    """The videos of a group, newest first."""
    found = manage_collections().videos_of(caller.account_id, group_id)
    return VideoListResponse(results=[shown(v) for v in found])


@router.post("/{group_id}/videos")
def move_videos(caller: Writer, group_id: str, move: Move) -> MoveResponse:
    """Put videos into a group: all of them, or none if one is unknown."""
    moved = list(manage_collections().move(caller.account_id, group_id, move.video_ids))
    return MoveResponse(moved_count=len(moved), group_id=group_id, video_ids=moved)

"""`/v2/videos/{id}/…`: what was heard, seen and read, by time."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field

from cinedex.api.auth import Reader
from cinedex.bootstrap.library import read_timeline
from cinedex.timeline.entries import TimelineEntry, Track
from cinedex.timeline.read_timeline import TrackQuery

router = APIRouter(prefix="/v2/videos/{video_id}", tags=["video insights"])


class SpokenItem(BaseModel):
    start: float
    end: float
    text: str


class SpokenPage(BaseModel):
    data: list[SpokenItem]
    next_page_token: str | None = None


class WholeText(BaseModel):
    text: str


class CaptionItem(BaseModel):
    start: float
    end: float
    caption: str
    model: str = Field(description="Extension: what wrote it.")

    @classmethod
    def of(cls, entry: TimelineEntry) -> CaptionItem:
        told = entry.body
        return cls(start=entry.span.start_s, end=entry.span.end_s, caption=told["caption"], model=told["model"])


class CaptionPage(BaseModel):
    data: list[CaptionItem]
    next_page_token: str | None = None


class SceneItem(BaseModel):
    index: int
    start: float
    end: float


class ScenePage(BaseModel):
    data: list[SceneItem]
    next_page_token: str | None = None


class DetectionItem(BaseModel):
    """`bbox` is [x1, y1, x2, y2] in pixels of the stored video."""

    type: str
    bbox: list[int]
    frame_idx: int
    frame_timestamp_start: float
    frame_timestamp_end: float
    person_id: int | None = None
    score: float | None = None


class ObjectItem(BaseModel):
    start: float
    end: float
    detections: list[DetectionItem]


class ObjectPage(BaseModel):
    data: list[ObjectItem]
    next_page_token: str | None = None


def track_query(
    start: Annotated[float | None, Query(description="Seconds; entries that reach beyond it.")] = None,
    end: Annotated[float | None, Query(description="Seconds; entries that begin before it.")] = None,
    page_limit: int = 50,
    page_token: str | None = None,
) -> TrackQuery:
    return TrackQuery(start_s=start, end_s=end, page_limit=page_limit, page_token=page_token)


Range = Annotated[TrackQuery, Depends(track_query)]


@router.get("/transcript")
def transcript(
    caller: Reader,
    video_id: UUID,
    query: Range,
    format: Literal["segments", "words", "text"] = "segments",  # the contract's own name
) -> SpokenPage | WholeText:
    """What was said: sentence by sentence, word by word, or as one text, which is never paged."""
    if format == "text":
        return WholeText(text=read_timeline().text(caller.account_id, str(video_id), query))
    if format == "words":
        words, token = read_timeline().words(caller.account_id, str(video_id), query)
        spoken = [SpokenItem(start=w.span.start_s, end=w.span.end_s, text=w.text) for w in words]
        return SpokenPage(data=spoken, next_page_token=token)
    entries, token = read_timeline().page(caller.account_id, str(video_id), Track.TRANSCRIPT, query)
    return SpokenPage(data=[_spoken(e) for e in entries], next_page_token=token)


@router.get("/captions")
def captions(caller: Reader, video_id: UUID, query: Range) -> CaptionPage:
    """What each segment shows."""
    entries, token = read_timeline().page(caller.account_id, str(video_id), Track.CAPTIONS, query)
    return CaptionPage(data=[CaptionItem.of(e) for e in entries], next_page_token=token)


@router.get("/screen-text")
def screen_text(caller: Reader, video_id: UUID, query: Range) -> SpokenPage:
    """Extension: lines of text on the picture, and how long each stands."""
    entries, token = read_timeline().page(caller.account_id, str(video_id), Track.SCREEN_TEXT, query)
    return SpokenPage(data=[_spoken(e) for e in entries], next_page_token=token)


@router.get("/scenes")
def scenes(caller: Reader, video_id: UUID, query: Range) -> ScenePage:
    """The shots of the video, without gaps."""
    entries, token = read_timeline().page(caller.account_id, str(video_id), Track.SCENES, query)
    data = [SceneItem(index=e.index, start=e.span.start_s, end=e.span.end_s) for e in entries]
    return ScenePage(data=data, next_page_token=token)


@router.get("/objects")
def objects(caller: Reader, video_id: UUID, query: Range, type: str | None = None) -> ObjectPage:
    """Objects in sampled frames, segment by segment; `type` keeps one kind, such as `person`."""
    entries, token = read_timeline().page(caller.account_id, str(video_id), Track.OBJECTS, query)
    items = [
        ObjectItem(
            start=e.span.start_s,
            end=e.span.end_s,
            detections=[_detection(d) for d in e.body["detections"] if type in (None, d["type"])],
        )
        for e in entries
    ]
    return ObjectPage(data=[i for i in items if i.detections], next_page_token=token)


def _spoken(entry: TimelineEntry) -> SpokenItem:
    return SpokenItem(start=entry.span.start_s, end=entry.span.end_s, text=entry.body["text"])


def _detection(found: dict[str, Any]) -> DetectionItem:
    return DetectionItem(
        type=found["type"],
        bbox=found["bbox"],
        frame_idx=found["frame_idx"],
        frame_timestamp_start=found["at_s"],
        frame_timestamp_end=found["until_s"],
        score=found["score"],
    )

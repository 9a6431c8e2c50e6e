"""A refusal names what is wrong in the request, and an option without effect is named in the response."""

from __future__ import annotations

import json
from typing import Any

import pytest
from cinedex.library.domain.video import Video

from tests.support.api import Api
from tests.support.memory.stores import PART_BYTES

RANGE = "must be a range with gte and lte, not"


@pytest.mark.parametrize("depth", [250, 5000, 100_000])
@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}")])
def test_a_body_that_is_nested_too_deeply_is_named(library: Api, depth: int, opening: str, closing: str) -> None:
    text = '{"name": "g", "metadata": ' + opening * depth + "1" + closing * depth + "}"
    response = library.call("POST", "/v2/video-groups", body=text.encode())
    assert (response.status, response.error["message"]) == (
        400,
        "The body has more than 200 objects or lists inside each other.",
    )


def test_a_body_is_read_up_to_that_depth(library: Api) -> None:
    text = '{"name": "g", "metadata": {"a": ' + "[" * 190 + "]" * 190 + "}}"
    assert library.call("POST", "/v2/video-groups", body=text.encode()).status == 200


@pytest.mark.parametrize(
    ("size_bytes", "message"),
    [
        (PART_BYTES + 1, "upload_id is not that of this video's upload, which POST /v2/videos/uploads returned."),
        (5, "The file of this video is sent with one PUT; omit upload_id."),
    ],
)
def test_the_upload_id_of_another_video_is_refused(library: Api, size_bytes: int, message: str) -> None:
    foreign, own = (
        library.post("/v2/videos/uploads", {"video_name": "a.mp4", "size_bytes": size}).body
        for size in (PART_BYTES + 1, size_bytes)
    )
    finished = {"upload_id": foreign["upload"]["upload_id"], "parts": []}
    response = library.post(f"/v2/videos/{own['video_id']}/uploads/complete", finished)
    assert (response.status, response.error["param"], response.error["message"]) == (422, "upload_id", message)


@pytest.mark.parametrize("operator", ["gt", "lt", "eq", "$gte", "in"])
def test_an_unknown_operator_of_a_metadata_filter_is_named(library: Api, chat: Api, operator: str) -> None:
    wanted = {"floor": {operator: 2}}
    searched = chat.post("/v2/search", {"query": "rocket", "filter": {"metadata": wanted}})
    listed = library.get("/v2/videos", metadata=json.dumps(wanted))
    assert searched.error["message"] == f"filter.metadata.floor {RANGE} {operator!r}."
    assert listed.error["message"] == f"metadata.floor {RANGE} {operator!r}."
    assert listed.error["param"] == "metadata"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"floor": [1]}', "metadata.floor must be a string, a number, a boolean or a range of numbers."),
        ('{"floor": {"gte": "2"}}', "metadata.floor is not valid: gte must be a number."),
        ("[1]", "metadata must be an object."),
        ("no json", "metadata must be valid JSON."),
    ],
)
def test_a_metadata_filter_of_a_list_says_what_is_wrong(library: Api, text: str, message: str) -> None:
    assert library.get("/v2/videos", metadata=text).error["message"] == message


@pytest.mark.parametrize("name", ["language", "translate_to"])
def test_an_unavailable_option_of_speech_is_named_with_its_place(library: Api, video: Video, name: str) -> None:
    options = {"chunking_config": {name: {"language": "xx", "translate_to": "en"}[name]}, "force": True}
    response = library.post(f"/v2/videos/{video.video_id}/features/transcript", options)
    assert (response.status, response.error["param"]) == (422, f"chunking_config.{name}")


@pytest.mark.parametrize("route", ["features", "features/plan"])
def test_null_in_place_of_a_required_list_has_one_message(library: Api, video: Video, route: str) -> None:
    response = library.post(f"/v2/videos/{video.video_id}/{route}", {"desired": None})
    assert (response.status, response.error["message"]) == (400, "desired must be a list.")


def test_a_priority_is_without_effect_when_nothing_is_started(library: Api, video: Video) -> None:
    def unserved(document: dict[str, Any]) -> Any:
        return library.post(f"/v2/videos/{video.video_id}/features/transcript", document).body["unserved_options"]

    assert unserved({"priority": "bulk"}) == ["priority"]
    assert unserved({}) == []
    assert unserved({"priority": "bulk", "force": True}) == []


@pytest.mark.parametrize(
    ("options", "unserved"),
    [
        ({"strategy": "text", "rerank": True, "fusion": "rrf", "signals": ["words"]}, ["signals", "fusion", "rerank"]),
        ({"strategy": "text", "threshold": "low", "group": False}, ["threshold", "group"]),
        ({"strategy": "text", "parse_query": False, "fields": ["transcript"]}, ["parse_query"]),
        ({"strategy": "text", "rerank": False, "fusion": None, "group": True}, []),
        ({"fields": ["transcript"]}, ["fields"]),
        ({"rerank": True, "fusion": "rrf"}, []),
        ({"rerank": True, "signals": ["words", "vectors"]}, []),
        ({"rerank": True, "fusion": "rrf", "signals": ["words"]}, ["rerank", "fusion"]),
        ({"threshold": "low", "group": False, "parse_query": False}, []),
    ],
)
def test_options_of_a_search_without_effect_are_named(chat: Api, options: dict[str, Any], unserved: list[str]) -> None:
    assert chat.post("/v2/search", {"query": "rocket"} | options).body["unserved_options"] == unserved

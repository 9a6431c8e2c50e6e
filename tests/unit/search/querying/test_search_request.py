"""The limits and defaults of a search, and what follows from its options."""

from __future__ import annotations

from typing import Any

import pytest
from cinedex.kernel.errors import InvalidInput
from cinedex.library.domain.feature import Feature
from cinedex.search.domain.ranking.confidence import Threshold
from cinedex.search.domain.ranking.signal import ALL_SIGNALS, SINGLE_SIGNALS
from cinedex.search.usecases.querying.page_moments import SnapshotToken
from cinedex.search.usecases.querying.search_request import SearchRequest, Strategy, TextField
from cinedex.timeline.modality import Modality
from pydantic import ValidationError

EVERY_SIGNAL = SINGLE_SIGNALS


def request(**fields: Any) -> SearchRequest:
    return SearchRequest.model_validate({"account_id": "mine", "query": "rocket"} | fields)


def test_a_plain_request_has_the_documented_defaults() -> None:
    plain = request()
    assert (plain.strategy, plain.threshold, plain.signals, plain.fusion) == (
        Strategy.SEMANTIC,
        Threshold.MEDIUM,
        ALL_SIGNALS,
        None,
    )
    assert (plain.rerank, plain.include_report, plain.parse_query, plain.rewrite) == (False, False, True, None)
    assert (plain.group, plain.page_limit, plain.page_token, plain.fields) == (True, 10, None, tuple(TextField))


@pytest.mark.parametrize("fields", [{"query": "x" * 2000}, {"query": ""}, {"page_limit": 1}, {"page_limit": 50}])
def test_a_value_at_its_limit_is_accepted(fields: dict[str, Any]) -> None:
    assert fields.items() <= request(**fields).model_dump().items()


@pytest.mark.parametrize("fields", [{"query": "x" * 2001}, {"page_limit": 0}, {"page_limit": 51}])
def test_a_value_beyond_its_limit_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        request(**fields)


@pytest.mark.parametrize("rank", [0, -1])
def test_a_page_token_has_a_rank_from_one_on(rank: int) -> None:
    assert SnapshotToken(query="q", list_id="l", rank=1).rank == 1
    with pytest.raises(ValidationError):
        SnapshotToken(query="q", list_id="l", rank=rank)


def test_a_field_of_a_literal_search_has_its_feature_and_its_texts() -> None:
    assert {field: (field.feature, field.modalities) for field in TextField} == {
        TextField.TRANSCRIPT: (Feature.TRANSCRIPT, (Modality.SPEECH,)),
        TextField.CAPTIONS: (Feature.CAPTIONS, (Modality.CAPTION, Modality.SCREEN_TEXT)),
        TextField.SUBTITLES: (Feature.SCENES, (Modality.SUBTITLE,)),
    }


def test_a_search_needs_the_features_of_its_strategy() -> None:
    assert request().features == (Feature.EMBEDDINGS,)
    assert request(strategy="text").features == (Feature.TRANSCRIPT, Feature.CAPTIONS, Feature.SCENES)
    assert request(strategy="text", fields=("captions",)).features == (Feature.CAPTIONS,)


@pytest.mark.parametrize(
    ("fields", "is_parsed", "can_be_rewritten", "reranks"),
    [
        ({}, True, True, False),
        ({"rerank": True}, True, True, True),
        ({"rerank": True, "parse_query": False}, False, False, True),
        ({"rerank": True, "strategy": "text"}, False, False, True),
        ({"rerank": True, "signals": ("words",)}, True, False, False),
        ({"rerank": True, "signals": ("words", "speech_vectors")}, True, False, False),
        ({"rerank": True, "signals": EVERY_SIGNAL}, True, True, True),
        ({"signals": EVERY_SIGNAL}, True, True, False),
    ],
)
def test_selected_signals_are_neither_rewritten_nor_reranked(
    fields: dict[str, Any], is_parsed: bool, can_be_rewritten: bool, reranks: bool
) -> None:
    asked = request(**fields)
    assert (asked.is_parsed, asked.can_be_rewritten, asked.reranks) == (is_parsed, can_be_rewritten, reranks)


def test_only_a_literal_search_needs_a_field() -> None:
    request(fields=()).require_fields()
    request(strategy="text", fields=("transcript",)).require_fields()
    with pytest.raises(InvalidInput) as refusal:
        request(strategy="text", fields=()).require_fields()
    assert refusal.value.field == "fields"


def test_spaces_around_a_query_are_not_searched() -> None:
    assert request(query="  a  rocket ").literal == "a  rocket"

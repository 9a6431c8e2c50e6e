"""The requests of an evaluation, and the report that it makes of the replies."""

from __future__ import annotations

import io
import json
from typing import Any

import httpx
import pytest
from cinedex_client.cli.display.evaluation import report_tables
from cinedex_client.evaluation.evaluator import Evaluator
from cinedex_client.evaluation.labelled_set import LabelledQuery, LabelledSet, RelevantSpan
from cinedex_client.evaluation.measures import interval
from cinedex_client.evaluation.ranking_variants import SIGNAL_GROUPS, SINGLE_SIGNALS, ranking_variants
from cinedex_client.evaluation.report import Report
from rich.console import Console

from tests.support.wire import Wire

CAT = LabelledQuery(query="cat", kind="misremembered", relevant=(RelevantSpan(video="a.mp4", start=0, end=10),))
DOG = LabelledQuery(query="dog", kind="words", relevant=(RelevantSpan(video="a.mp4", start=20, end=30),))
EEL = LabelledQuery(query="eel", none=True)
SET = LabelledSet((CAT, DOG, EEL), ())
TIMING = "pool;dur=2.5, store;dur=4.25, total;dur=8"


def _hit(video_id: str, start: float) -> dict[str, Any]:
    return {"video_id": video_id, "start": start, "end": start + 10, "score": 0.5, "rank": 1}


RIGHT = {"cat": _hit("v1", 0), "dog": _hit("v1", 20)}
NOISE = _hit("v1", 40)


def _deployment(request: httpx.Request) -> httpx.Response:
    """Calibrated ranks perfectly, rrf ranks noise before the cat, words find the dog only, other signals nothing."""
    body = json.loads(request.content)
    right = [RIGHT[body["query"]]] if body["query"] in RIGHT else []
    by_fusion = {"rrf": [NOISE, *right] if body["query"] == "cat" else right, "normalized": right[:0]}
    hits = by_fusion.get(body.get("fusion"), right)
    if signals := body.get("signals"):
        hits = right if signals == ["words"] and body["query"] == "dog" else []
    pool = {"video_count": 1, "total_duration": 60}
    return httpx.Response(200, json={"data": hits, "search_pool": pool}, headers={"Server-Timing": TIMING})


@pytest.fixture
def report() -> Report:
    wire = Wire()
    wire.answers = _deployment
    return Evaluator(wire.deployment(), {"v1": "a.mp4"}).evaluate(SET)


def test_the_variants_are_every_signal_every_group_of_signals_and_every_fusion() -> None:
    names = [variant.name for variant in ranking_variants(["rrf"])]
    assert names == [*SINGLE_SIGNALS, *SIGNAL_GROUPS, "rrf"]


def test_every_query_with_an_answer_is_sent_in_every_variant_after_a_default_request() -> None:
    wire = Wire()
    wire.answers = _deployment
    done: list[None] = []
    Evaluator(wire.deployment(), {"v1": "a.mp4"}, ["rrf"]).evaluate(SET, lambda: done.append(None))
    bodies = [json.loads(request.content) for request in wire.requests]
    assert len(done) == len(SET.queries)
    assert [b["query"] for b in bodies] == ["cat"] * 11 + ["dog"] * 11 + ["eel"]
    assert (bodies[0]["threshold"], "signals" in bodies[0], "fusion" in bodies[0]) == ("medium", False, False)
    assert {b["threshold"] for b in bodies[1:11]} == {"none"}
    assert [b.get("signals") or b["fusion"] for b in bodies[1:11]] == [
        *([s] for s in (*SINGLE_SIGNALS, *SIGNAL_GROUPS)),
        "rrf",
    ]


def test_each_variant_has_its_own_figures(report: Report) -> None:
    ndcg = {way: quality.ndcg_10 for way, quality in report.quality.items()}
    assert (ndcg["calibrated"], ndcg["words"], ndcg["speech"]) == (1.0, 0.5, 0.0)
    assert ndcg["rrf"] == pytest.approx((0.6309 + 1) / 2, abs=1e-4)
    assert report.quality["rrf"].recall == {1: 0.5, 5: 1.0, 10: 1.0}
    assert report.by_kind["misremembered"]["rrf"] == pytest.approx(0.6309, abs=1e-4)
    assert report.kinds == {"misremembered": 1, "words": 1}


def test_a_gain_is_over_the_best_signal_and_over_the_better_group(report: Report) -> None:
    assert (report.best_half, report.gains["calibrated"].over_half) == ("words", pytest.approx(100))
    assert report.gains["calibrated"].over_signal is None, "no single signal found anything"


def test_the_vectors_of_one_kind_of_evidence_may_be_the_best_signal() -> None:
    def deployment(request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content)
        hits = [RIGHT[body["query"]]]
        if signals := body.get("signals"):
            hits = {"caption_vectors": hits, "vectors": [NOISE, *hits]}.get(signals[0], [])
        return httpx.Response(200, json={"data": hits, "search_pool": {"video_count": 1, "total_duration": 60}})

    wire = Wire()
    wire.answers = deployment
    report = Evaluator(wire.deployment(), {"v1": "a.mp4"}).evaluate(LabelledSet((CAT, DOG), ()))
    assert (report.best_signal, report.gains["calibrated"].over_signal) == ("caption_vectors", pytest.approx(0))


def test_fusions_are_compared_query_by_query(report: Report) -> None:
    against = report.compared["rrf"]
    assert (against.better, against.worse) == (0, 1)
    assert against.difference == pytest.approx(-0.1845, abs=1e-4)
    assert against.low <= against.difference <= against.high
    assert report.compared["normalized"].worse == 2


def test_no_match_is_evaluated_on_the_default_request(report: Report) -> None:
    assert (report.no_match.reported, report.no_match.precision, report.no_match.recall) == (1, 1.0, 1.0)


def test_stages_are_reported_as_the_deployment_measured_them(report: Report) -> None:
    assert report.stages_ms == {
        "pool": {"p50": 2.5, "p95": 2.5},
        "store": {"p50": 4.25, "p95": 4.25},
        "total": {"p50": 8.0, "p95": 8.0},
    }


def test_the_json_report_has_figures_of_every_query(report: Report) -> None:
    document = json.loads(report.model_dump_json())
    assert [(q["query"], q["kind"], q["ndcg_10"]["words"]) for q in document["queries"]] == [
        ("cat", "misremembered", 0.0),
        ("dog", "words", 1.0),
    ]


def test_the_tables_fit_into_a_hundred_columns(report: Report) -> None:
    page = io.StringIO()
    Console(file=page, width=100).print(report_tables(report))
    lines = [line.rstrip() for line in page.getvalue().splitlines()]
    assert max(map(len, lines)) <= 100
    assert any(line.split()[:3] == ["words", "0.500", "0.500"] for line in lines)
    assert any(line.split() == ["calibrated", *["1.000"] * 5, "+100.0", "%"] for line in lines)
    assert any(line.split() == ["store", "4.2", "4.2"] for line in lines)
    assert "rrf against calibrated: 0 queries better, 1 worse" in page.getvalue()
    assert all("…" not in line for line in lines)


def test_a_set_without_answers_measures_only_no_match(report: Report) -> None:
    wire = Wire()
    wire.answers = _deployment
    alone = Evaluator(wire.deployment(), {}).evaluate(LabelledSet((EEL,), ()))
    assert (alone.quality, alone.no_match.correct) == ({}, 1)
    page = io.StringIO()
    Console(file=page).print(report_tables(alone))
    assert page.getvalue().startswith("“No confident match” at medium: precision 1.000")


def test_precision_and_recall_are_omitted_without_queries() -> None:
    wire = Wire()
    wire.answers = _deployment
    report = Evaluator(wire.deployment(), {}).evaluate(LabelledSet((DOG,), ()))
    page = io.StringIO()
    Console(file=page, width=200).print(report_tables(report))
    assert "medium: never reported; the set has no query without an answer." in page.getvalue()


def test_an_interval_holds_the_mean_and_narrows_with_more_queries() -> None:
    few, many = interval([0.0, 0.1, 0.2, 0.3]), interval([0.0, 0.1, 0.2, 0.3] * 50)
    assert few[0] < 0.15 < few[1]
    assert few[1] - few[0] > 3 * (many[1] - many[0])
    assert interval([0.2] * 5) == pytest.approx((0.2, 0.2))

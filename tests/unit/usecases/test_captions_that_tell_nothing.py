"""A caption that nothing was recognised is to be read, and not to be found."""

from __future__ import annotations

import pytest
from cinedex.domain.confidence import FLOORS, Threshold
from cinedex.domain.feature import Feature
from cinedex.domain.findings import NO_PICTURE, NOTHING_RECOGNISED, SegmentCaptions
from cinedex.domain.fusion import fuse
from cinedex.domain.moment import Modality, QueryVector, SegmentDocument
from cinedex.domain.query import Query
from cinedex.domain.run import AnalysisRun
from cinedex.domain.timeline import Track
from cinedex.domain.vectors import pack_vectors
from cinedex.domain.video import Video

from tests.support.memory.house import MINE, House
from tests.support.moments import seen, segment

NEAR = QueryVector(model="toy-3d", values=(1.0, 0.0, 0.0))


def described(house: House, told: str) -> AnalysisRun:
    """A silent video without text on the picture, of which every caption is `told`; not embedded yet."""
    _, run = house.started()
    house.begin(*house.order(run))
    plan_key = house.plan_chunks(run, speech=())["plan_key"]
    parts = house.watch_parts(run, plan_key)
    for part in parts:
        key = part["results"]["describe_segments"]
        captions = SegmentCaptions.model_validate(house.results.get(key))
        retold = [c.model_copy(update={"text": told}) for c in captions.captions]
        house.results.put(key, captions.model_copy(update={"captions": tuple(retold)}).model_dump(mode="json"))
    house.merge(*house.order(run), plan_key, parts)
    return run


def documents(house: House, video: Video) -> list[SegmentDocument]:
    return [
        document for (_, video_id), of in house.moments._videos.items() if video_id == video.video_id for document in of
    ]


@pytest.mark.parametrize("told", [NOTHING_RECOGNISED, NO_PICTURE])
def test_it_is_neither_embedded_nor_found_and_stays_readable(house: House, told: str) -> None:
    run = described(house, told)
    assert house.write_documents(*house.order(run))["count"] == 0
    house.embed(run)
    house.finish(*house.order(run))
    video = house.now(run)
    assert all(Modality.CAPTION not in d.texts and not d.vectors for d in documents(house, video))
    assert house.moments.search("nothing recognised", NEAR, seen(video.video_id), 10).words == ()
    captions = house.timeline.entries(video.video_id, Track.CAPTIONS, video.feature(Feature.CAPTIONS).generation)
    assert {entry.body["caption"] for entry in captions} == {told}


def test_a_vector_that_older_results_have_of_it_is_not_searched(house: House) -> None:
    run = described(house, NOTHING_RECOGNISED)
    written = house.write_documents(*house.order(run))
    slots, texts = [[0, "caption"], [1, "caption"]], [NOTHING_RECOGNISED, "A frog sits."]
    house.results.put(written["documents_key"], {"slots": slots, "texts": texts})
    packed = pack_vectors("toy-3d", [NEAR.values, NEAR.values])
    house.results.put("embeddings", packed.model_dump(mode="json"))
    house.finish_embeddings(*house.order(run), written["documents_key"], "embeddings")
    hits = house.moments.search("frog", NEAR, seen(run.video_id), 10).vectors
    assert [hit.document.segment_index for hit in hits] == [1]


def test_a_video_that_only_its_title_tells_of_is_found_by_it_beside_others(house: House) -> None:
    """No vector of it could be near, so its words are judged by themselves, however far off the others are."""
    run = described(house, NOTHING_RECOGNISED)
    house.embed(run)
    house.finish(*house.order(run))
    frog = house.describe(MINE, run.video_id, {"title": "Toy frog"})
    assert {d.model for d in documents(house, frog)} == {None}
    far = segment("other", 0, "A car passes.", model="toy-3d", vector=(0, 0, 1))
    house.moments.replace_video(MINE, "other", [far])
    hits = house.moments.search("frog", NEAR, seen("other", frog.video_id), 10)
    best = fuse(Query(text="frog"), hits, tuple(Modality))[0]
    assert best.document.video_id == frog.video_id
    assert best.score >= FLOORS[Threshold.HIGH]


def test_a_caption_that_tells_something_is_found_as_before(house: House) -> None:
    run = described(house, "A frog sits on a stone.")
    house.embed(run)
    hits = house.moments.search("frog", NEAR, seen(run.video_id), 10)
    assert len(hits.words) == len(hits.vectors) > 0

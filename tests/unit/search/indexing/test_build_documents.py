"""A placeholder caption is readable, and is not indexed."""

from __future__ import annotations

import pytest
from cinedex.analysis.domain.model_results import NO_PICTURE, NOTHING_RECOGNISED, SegmentCaptions
from cinedex.analysis.domain.run import AnalysisRun
from cinedex.analysis.domain.vectors import pack_vectors
from cinedex.library.domain.feature import Feature, FeatureStatus
from cinedex.library.domain.video import Video
from cinedex.search.domain.index.segment_document import QueryVector, SegmentDocument
from cinedex.search.domain.query.query import Query
from cinedex.search.domain.ranking.confidence import FLOORS, Threshold
from cinedex.search.domain.ranking.fusion import fuse
from cinedex.search.usecases.indexing.erase_documents import DocumentEraser
from cinedex.search.usecases.indexing.index_video import IndexVideo
from cinedex.timeline.entries import Track
from cinedex.timeline.modality import Modality

from tests.support.memory.app_fixture import MINE, InMemoryApp
from tests.support.segments import segment, segment_filter

NEAR = QueryVector(model="toy-3d", values=(1.0, 0.0, 0.0))


def described(memory_app: InMemoryApp, caption: str) -> AnalysisRun:
    """A silent video without text on the picture, of which every caption is `caption`; not embedded yet."""
    _, run = memory_app.started()
    memory_app.begin(*memory_app.order(run))
    plan_key = memory_app.plan_chunks(run, speech=()).plan_key
    chunks = memory_app.analyze_chunks(run, plan_key)
    for chunk in chunks:
        key = chunk.results["describe_segments"]
        captions = SegmentCaptions.model_validate(memory_app.results.get(key))
        replaced = [c.model_copy(update={"text": caption}) for c in captions.captions]
        memory_app.results.put(key, captions.model_copy(update={"captions": tuple(replaced)}).model_dump(mode="json"))
    memory_app.merge(*memory_app.order(run), plan_key, chunks)
    return run


def documents(memory_app: InMemoryApp, video: Video) -> list[SegmentDocument]:
    return [
        document
        for (_, video_id), of in memory_app.moments._videos.items()
        if video_id == video.video_id
        for document in of
    ]


@pytest.mark.parametrize("caption", [NOTHING_RECOGNISED, NO_PICTURE])
def test_a_placeholder_caption_is_not_indexed_and_stays_readable(memory_app: InMemoryApp, caption: str) -> None:
    run = described(memory_app, caption)
    assert memory_app.build_documents(*memory_app.order(run)).count == 0
    memory_app.embed(run)
    memory_app.finish(*memory_app.order(run))
    video = memory_app.now(run)
    assert all(Modality.CAPTION not in d.texts and not d.vectors for d in documents(memory_app, video))
    assert memory_app.moments.search("nothing recognised", NEAR, segment_filter(video.video_id), 10).words == ()
    captions = memory_app.timeline.entries(video.video_id, Track.CAPTIONS, video.feature(Feature.CAPTIONS).generation)
    assert {entry.body["caption"] for entry in captions} == {caption}


def test_a_vector_that_older_results_have_of_it_is_not_searched(memory_app: InMemoryApp) -> None:
    run = described(memory_app, NOTHING_RECOGNISED)
    written = memory_app.build_documents(*memory_app.order(run))
    slots, texts = [[0, "caption"], [1, "caption"]], [NOTHING_RECOGNISED, "A frog sits."]
    memory_app.results.put(written.documents_key, {"slots": slots, "texts": texts})
    packed = pack_vectors("toy-3d", [NEAR.values, NEAR.values])
    memory_app.results.put("embeddings", packed.model_dump(mode="json"))
    memory_app.publish_documents(*memory_app.order(run), written.documents_key, "embeddings")
    hits = memory_app.moments.search("frog", NEAR, segment_filter(run.video_id), 10).vectors
    assert [hit.document.segment_index for hit in hits] == [1]


def test_a_video_is_found_by_its_title_alone(memory_app: InMemoryApp) -> None:
    """No vector of it could be near, so its words are judged by themselves, however far off the others are."""
    run = described(memory_app, NOTHING_RECOGNISED)
    memory_app.embed(run)
    memory_app.finish(*memory_app.order(run))
    frog = memory_app.describe(MINE, run.video_id, {"title": "Toy frog"})
    assert {d.model for d in documents(memory_app, frog)} == {None}
    far = segment("other", 0, "A car passes.", model="toy-3d", vector=(0, 0, 1))
    memory_app.moments.replace_video(MINE, "other", [far])
    hits = memory_app.moments.search("frog", NEAR, segment_filter("other", frog.video_id), 10)
    best = fuse(Query(text="frog"), hits, tuple(Modality))[0]
    assert best.document.video_id == frog.video_id
    assert best.score >= FLOORS[Threshold.HIGH]


def test_a_caption_with_content_is_still_indexed(memory_app: InMemoryApp) -> None:
    run = described(memory_app, "A frog sits on a stone.")
    memory_app.embed(run)
    hits = memory_app.moments.search("frog", NEAR, segment_filter(run.video_id), 10)
    assert len(hits.words) == len(hits.vectors) > 0


# What is embedded and indexed


def embedded_texts(memory_app: InMemoryApp, run: AnalysisRun) -> dict[str, str]:
    stored = memory_app.results.get(memory_app.build_documents(*memory_app.order(run)).documents_key)
    return {modality: text for (_, modality), text in zip(stored["slots"], stored["texts"], strict=True)}


@pytest.mark.parametrize("length", [299, 300, 301])
def test_a_caption_is_embedded_with_300_characters_of_the_metadata(memory_app: InMemoryApp, length: int) -> None:
    video = memory_app.uploaded(title="t" * length)
    _, run = memory_app.analysing(video)
    memory_app.begin(*memory_app.order(run))
    memory_app.merge_chunks(run, memory_app.plan_chunks(run).plan_key)
    texts = embedded_texts(memory_app, run)
    assert texts["caption"].endswith("\n" + "t" * min(length, 300))
    assert "t" * 20 not in texts["speech"]


def test_a_video_without_a_plan_or_segments_has_no_documents(memory_app: InMemoryApp) -> None:
    video = memory_app.analysed()
    assert memory_app.gather(video) != []
    assert memory_app.gather(video.changed(plan_key=None)) == []
    unready = video.feature(Feature.TRANSCRIPT).model_copy(update={"status": FeatureStatus.PROCESSING})
    without_speech = video.with_feature(Feature.TRANSCRIPT, unready)
    assert {Modality.SPEECH in d.texts for d in memory_app.gather(without_speech)} == {False}
    assert memory_app.gather(without_speech.with_feature(Feature.SCENES, unready)) == []


@pytest.mark.parametrize(
    ("feature", "absent"),
    [(Feature.CAPTIONS, {Modality.CAPTION, Modality.SCREEN_TEXT}), (Feature.OBJECTS, {Modality.OBJECTS})],
)
@pytest.mark.parametrize("status", [FeatureStatus.PROCESSING, FeatureStatus.FAILED, FeatureStatus.NONE])
def test_texts_of_a_feature_that_is_not_ready_are_not_indexed(
    memory_app: InMemoryApp, feature: Feature, absent: set[Modality], status: FeatureStatus
) -> None:
    video = memory_app.analysed(title="Title")
    found = {m for document in memory_app.gather(video) for m in document.texts}
    assert found == set(Modality) - {Modality.SUBTITLE}
    unready = video.feature(feature).model_copy(update={"status": status})
    without = memory_app.gather(video.with_feature(feature, unready))
    assert {m for document in without for m in document.texts} == found - absent


@pytest.mark.parametrize("missing", ["embeddings_key", "documents_key", "status"])
def test_vectors_are_indexed_when_all_of_them_are_ready(memory_app: InMemoryApp, missing: str) -> None:
    video = memory_app.analysed()
    assert any(d.vectors and d.model for d in documents(memory_app, video))
    state = video.feature(Feature.EMBEDDINGS)
    unready = state.model_copy(update={"status": FeatureStatus.PROCESSING})
    changed = (
        video.with_feature(Feature.EMBEDDINGS, unready) if missing == "status" else video.changed(**{missing: None})
    )
    index_video = IndexVideo(memory_app.results, memory_app.gather, memory_app.moments)
    assert index_video.publish(changed) == len(documents(memory_app, video))
    assert not any(d.vectors or d.model for d in documents(memory_app, video))


def test_texts_of_a_segment_are_joined_as_they_are_read(memory_app: InMemoryApp) -> None:
    video = memory_app.analysed(title="Title", description="More.", user_metadata={"camera": "north", "floor": 3})
    texts = memory_app.gather(video)[0].texts
    assert texts[Modality.METADATA] == "Title More. north"
    assert "\n" not in texts[Modality.SPEECH]


def test_documents_of_a_deleted_video_are_erased_at_once(memory_app: InMemoryApp) -> None:
    video = memory_app.analysed()
    assert DocumentEraser(memory_app.moments).erase(MINE, video.video_id) is False
    assert documents(memory_app, video) == []

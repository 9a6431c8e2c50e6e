"""The states of the analysis machine, played one after the other."""

from __future__ import annotations

import json
from typing import Any

import pytest
from cinedex.domain.analysis_plan import AnalysisPlan
from cinedex.domain.errors import AnalysisFailed, NotFound, Unavailable
from cinedex.domain.feature import Feature, FeatureStatus
from cinedex.domain.moment import Modality, SegmentDocument
from cinedex.domain.run import AnalysisRun
from cinedex.domain.segmenting import SegmentingOptions
from cinedex.domain.span import span
from cinedex.domain.timeline import TimelineEntry, Track
from cinedex.domain.video import Video
from cinedex.usecases.edit_video import edit_video
from cinedex.usecases.gather_segments import CONTEXT_CHARS_MAX

from tests.support.memory.house import MINE, SHOTS, House, spoken
from tests.support.memory.world import TALKING_CLIP
from tests.support.moments import seen, unavailable

T, C, E, O = Feature.TRANSCRIPT, Feature.CAPTIONS, Feature.EMBEDDINGS, Feature.OBJECTS  # noqa: E741
STATE_PAYLOAD_BYTES_MAX = 32 * 1024


def track(house: House, video: Video, which: Track, feature: Feature) -> list[TimelineEntry]:
    return list(house.timeline.entries(video.video_id, which, video.feature(feature).generation))


def documents(house: House, video: Video) -> list[SegmentDocument]:
    return list(house.moments.documents(seen(video.video_id), 100))


def test_a_whole_analysis_leaves_every_feature_ready_and_no_run_behind(house: House) -> None:
    video = house.analysed()
    assert {f.value for f, s in video.features.items() if s.status is FeatureStatus.READY} == {
        "transcript",
        "scenes",
        "captions",
        "embeddings",
        "objects",
    }
    assert house.runs.list_open() == []


def test_each_feature_says_which_models_made_it(house: House) -> None:
    video = house.analysed()
    assert {f.value: s.models for f, s in video.features.items()} == {
        "transcript": ("whisper@1", "cutter@1"),
        "scenes": ("whisper@1", "cutter@1"),
        "captions": ("teller@1", "reader@1"),
        "objects": ("spotter@1",),
        "embeddings": ("toy-3d",),
    }


# BeginAnalysis


def test_the_work_order_holds_references_and_switches(house: House) -> None:
    video, run = house.started(T, E)
    order = house.begin(*house.order(run))
    assert (order["transcribe"], order["watch"], order["embed"]) == (True, True, True)
    assert order["media"] == {"bucket": "media", "key": video.media.key, "etag": video.media.etag}
    assert (order["scope"], order["plan_key"], order["parts"]) == ("shared", "", [])
    assert house.now(video).feature(T).status is FeatureStatus.PROCESSING


def test_a_run_without_transcript_works_with_the_plan_that_is_there(house: House) -> None:
    video, run = house.analysing(house.analysed(T), O)
    order = house.begin(*house.order(run))
    assert (order["transcribe"], order["embed"]) == (False, False)
    assert (order["plan_key"], len(order["parts"])) == (video.plan_key, video.part_count)
    assert order["options"]["watch_part"]["steps"] == ["detect_objects"]


def test_captions_and_objects_together_look_at_each_frame_once(house: House) -> None:
    _, run = house.started(C, O)
    steps = house.begin(*house.order(run))["options"]["watch_part"]["steps"]
    assert steps == ["detect_objects", "read_text", "describe_segments"]


def test_sound_without_pictures_is_described_and_not_looked_at(house: House) -> None:
    radio = house.uploaded()
    silent = TALKING_CLIP.model_copy(update={"video_codec": None, "width": None, "height": None})
    house.videos.save(radio.changed(probe=silent))
    _, run = house.analysing(radio, C, O)
    assert house.begin(*house.order(run))["options"]["watch_part"]["steps"] == ["describe_segments"]


def test_beginning_twice_changes_nothing_more(house: House) -> None:
    _, run = house.started(T)
    assert house.begin(*house.order(run)) == house.begin(*house.order(run))


def test_a_work_order_for_a_day_of_video_stays_small(house: House) -> None:
    video = house.uploaded()
    house.videos.save(video.changed(probe=TALKING_CLIP.model_copy(update={"duration_s": 86_400.0})))
    _, first = house.analysing(video, T)
    house.begin(*house.order(first))
    house.plan_chunks(first, speech=(), shots=(span(0, 86_400),))
    _, run = house.analysing(video, C)
    assert len(json.dumps(house.begin(*house.order(run)))) < STATE_PAYLOAD_BYTES_MAX


# PlanChunks


def begun(house: House, *features: Feature) -> AnalysisRun:
    _, run = house.started(*features)
    house.begin(*house.order(run))
    return run


def test_the_plan_lets_transcript_and_scenes_be_read(house: House) -> None:
    run = begun(house, T)
    house.plan_chunks(run)
    video = house.now(run)
    told = [e.body["text"] for e in track(house, video, Track.TRANSCRIPT, T)]
    assert told == ["The rocket is ready.", "A cat drinks coffee."]
    assert [e.span for e in track(house, video, Track.SCENES, Feature.SCENES)] == list(SHOTS)
    assert (video.language, video.part_count) == ("en", 1)


def test_what_was_said_can_be_searched_before_anything_was_seen(house: House) -> None:
    run = begun(house, T)
    house.plan_chunks(run)
    found = documents(house, house.now(run))
    assert found[0].texts[Modality.SPEECH] == "The rocket is ready."
    assert Modality.CAPTION not in found[0].texts


def test_the_longer_of_probe_and_decode_decides_how_long_the_video_is(house: House) -> None:
    run = begun(house, T)
    planned = house.plan_chunks(run, shots=(span(0, 20), span(20, 45)))
    plan = AnalysisPlan.model_validate(house.results.get(planned["plan_key"]))
    assert (plan.duration_s, plan.shots[-1], plan.segments[-1].span.end_s) == (60.0, span(20, 60), 60.0)


def test_a_video_is_cut_as_asked_when_it_was_started(house: House) -> None:
    run = begun(house, T)
    house.videos.save(house.now(run).changed(segmenting=SegmentingOptions(use_scene_detection=True, max_len_s=600)))
    planned = house.plan_chunks(run)
    plan = AnalysisPlan.model_validate(house.results.get(planned["plan_key"]))
    assert [s.span for s in plan.segments] == list(SHOTS)


def test_planning_twice_gives_the_same_answer_and_one_transcript(house: House) -> None:
    run = begun(house, T)
    assert house.plan_chunks(run) == house.plan_chunks(run)
    assert len(track(house, house.now(run), Track.TRANSCRIPT, T)) == 2


def test_a_late_plan_of_an_old_generation_is_not_published(house: House) -> None:
    run = begun(house, T)
    house.fail(*house.order(run), "Interrupted", "")
    _, newer = house.analysing(house.now(run), T)
    house.begin(*house.order(newer))
    house.plan_chunks(newer, speech=(spoken(1, 2, "New words."),))
    house.runs.open(house.now(run), run)  # the old machine still runs, and comes late
    house.plan_chunks(run, speech=(spoken(1, 2, "Old words."),))
    after = house.now(run)
    assert [e.body["text"] for e in track(house, after, Track.TRANSCRIPT, T)] == ["New words."]
    assert after.plan_key is not None
    assert newer.run_id in after.plan_key


def test_a_file_replaced_meanwhile_makes_the_plan_of_the_old_one_void(house: House) -> None:
    run = begun(house, T)
    other = house.now(run).media.model_copy(update={"etag": "other"})
    house.videos.save(house.now(run).uploaded(other, TALKING_CLIP))
    house.plan_chunks(run)
    assert house.now(run).feature(T).status is FeatureStatus.NONE
    assert documents(house, house.now(run)) == []


# MergeChunks


def watched(house: House, *features: Feature) -> tuple[AnalysisRun, str]:
    run = begun(house, *features)
    return run, house.plan_chunks(run)["plan_key"]


def test_parts_become_captions_screen_text_and_objects(house: House) -> None:
    run, plan_key = watched(house, C, O)
    house.merge_chunks(run, plan_key)
    video = house.now(run)
    assert [e.body["caption"] for e in track(house, video, Track.CAPTIONS, C)][:2] == ["Segment 0.", "Segment 1."]
    assert [e.body["text"] for e in track(house, video, Track.SCREEN_TEXT, C)] == ["PART 0"]
    assert track(house, video, Track.OBJECTS, O)[0].body["detections"][0]["type"] == "person"


def test_each_caption_is_found_in_its_own_segment_only(house: House) -> None:
    run = begun(house, C)
    odd = tuple(span(t / 30_000 * 1001 * 17, (t + 1) / 30_000 * 1001 * 17) for t in range(100))
    house.videos.save(house.now(run).changed(segmenting=SegmentingOptions(min_len_s=5, max_len_s=8)))
    house.merge_chunks(run, house.plan_chunks(run, shots=odd)["plan_key"])
    told = {d.segment_index: d.texts[Modality.CAPTION] for d in documents(house, house.now(run))}
    assert told == {i: f"Segment {i}." for i in told}
    assert len(told) > 5


def test_captions_alone_leave_objects_untouched(house: House) -> None:
    run, plan_key = watched(house, C)
    house.merge_chunks(run, plan_key)
    assert house.now(run).feature(O).status is FeatureStatus.NONE
    assert track(house, house.now(run), Track.OBJECTS, O) == []


def test_a_bad_part_is_named_with_its_time_and_its_reason(house: House) -> None:
    video = house.uploaded()
    house.videos.save(video.changed(probe=TALKING_CLIP.model_copy(update={"duration_s": 400.0})))
    _, run = house.analysing(video, C)
    house.begin(*house.order(run))
    plan_key = house.plan_chunks(run, shots=(span(0, 400),))["plan_key"]
    parts = house.watch_parts(run, plan_key)
    parts[1] = {"part": 1, "error": "CorruptMedia", "cause": "The picture at 130 s cannot be decoded."}
    with pytest.raises(AnalysisFailed, match=r"Part 1 \(\d+-\d+ s\) failed, 1 of 4 parts.*cannot be decoded"):
        house.merge(*house.order(run), plan_key, parts)
    assert house.now(run).feature(C).status is FeatureStatus.PROCESSING


def test_a_bad_part_without_a_cause_is_told_by_its_error(house: House) -> None:
    run, plan_key = watched(house, C)
    with pytest.raises(AnalysisFailed, match=r"States\.Timeout"):
        house.merge(*house.order(run), plan_key, [{"part": 0, "error": "States.Timeout"}])


def test_merging_twice_gives_the_same_answer(house: House) -> None:
    run, plan_key = watched(house, C, O)
    first, video = house.merge_chunks(run, plan_key), house.now(run)
    assert house.merge_chunks(run, plan_key) == first
    assert house.now(run) == video


def test_a_late_merge_of_a_reset_feature_is_dropped(house: House) -> None:
    run, plan_key = watched(house, C, O)
    other = house.now(run).media.model_copy(update={"etag": "other"})
    house.videos.save(house.now(run).uploaded(other, TALKING_CLIP))
    house.merge_chunks(run, plan_key)
    after = house.now(run)
    assert (after.feature(C).status, after.feature(O).status) == (FeatureStatus.NONE, FeatureStatus.NONE)
    assert track(house, after, Track.CAPTIONS, C) == track(house, after, Track.OBJECTS, O) == []


# GatherSegments, IndexSegments, FinishAnalysis


def test_the_texts_to_embed_are_what_was_said_and_described(house: House) -> None:
    run, plan_key = watched(house, E)
    house.merge_chunks(run, plan_key)
    written = house.write_documents(*house.order(run))
    stored = house.results.get(written["documents_key"])
    assert stored["slots"][:2] == [[0, "speech"], [0, "caption"]]
    assert stored["texts"][:2] == ["The rocket is ready.", "Segment 0."]
    assert written["count"] == len(stored["texts"]) == len(stored["slots"])


def test_a_caption_is_embedded_together_with_what_its_video_is_about(house: House) -> None:
    run, plan_key = watched(house, E)
    told = "Far probes. " + "Machines that never came home. " * 20
    edit_video(house.videos, *house.order(run)[:2], lambda v: v.changed(title="Tour", description=told))
    house.merge_chunks(run, plan_key)
    stored = house.results.get(house.write_documents(*house.order(run))["documents_key"])
    speech, caption = stored["texts"][:2]
    assert (speech, caption[:27]) == ("The rocket is ready.", "Segment 0.\nTour Far probes.")
    assert len(caption) == len("Segment 0.\n") + CONTEXT_CHARS_MAX


def test_vectors_stand_beside_the_text_that_they_were_made_from(house: House) -> None:
    first = documents(house, house.analysed())[0]
    hits = house.moments.search("rocket", None, seen(first.video_id), 10)
    assert [h.document.segment_index for h in hits.words] == [0]


def test_a_new_title_is_searchable_at_once_and_costs_no_new_vectors(house: House) -> None:
    video = house.analysed()
    after = house.describe(MINE, video.video_id, {"title": "Liftoff"})
    found = documents(house, after)
    assert {d.texts[Modality.ABOUT] for d in found} == {"Liftoff"}
    assert (after.embeddings_key, {d.model for d in found}) == (video.embeddings_key, {"toy-3d"})


def test_a_change_that_the_search_store_cannot_take_changes_nothing(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    video = house.analysed()
    with monkeypatch.context() as down:
        down.setattr(house.moments, "replace_video", unavailable)
        with pytest.raises(Unavailable):
            house.describe(MINE, video.video_id, {"title": "Liftoff"})
    assert house.videos.get(MINE, video.video_id) == video


def test_a_title_given_while_another_change_is_stored_is_searchable(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    video, replace = house.analysed(), house.moments.replace_video

    def while_indexing(*arguments: Any) -> None:
        replace(*arguments)
        monkeypatch.setattr(house.moments, "replace_video", replace)
        house.describe(MINE, video.video_id, {"title": "Liftoff"})

    monkeypatch.setattr(house.moments, "replace_video", while_indexing)
    after = house.describe(MINE, video.video_id, {"description": "At night."})
    assert {d.texts[Modality.ABOUT] for d in documents(house, after)} == {"Liftoff At night."}


def test_vectors_of_an_old_generation_are_dropped(house: House) -> None:
    run, plan_key = watched(house, E)
    house.merge_chunks(run, plan_key)
    other = house.now(run).media.model_copy(update={"etag": "other"})
    house.videos.save(house.now(run).uploaded(other, TALKING_CLIP))
    house.embed(run)
    after = house.now(run)
    assert (after.feature(E).status, after.embeddings_key) == (FeatureStatus.NONE, None)


def test_finishing_twice_is_no_error(house: House) -> None:
    run, _ = watched(house, T)
    house.finish(*house.order(run))
    house.finish(*house.order(run))
    assert house.runs.list_of(run.video_id) == []


def test_a_run_that_is_over_cannot_go_on(house: House) -> None:
    run, plan_key = watched(house, C)
    house.finish(*house.order(run))
    with pytest.raises(NotFound):
        house.merge_chunks(run, plan_key)

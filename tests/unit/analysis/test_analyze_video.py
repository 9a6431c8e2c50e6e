"""The states of the analysis machine, run one after the other."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from cinedex.analysis.domain.analysis_plan import AnalysisPlan
from cinedex.analysis.domain.model_results import EmbeddedSubtitles, Shots, Transcript, Utterance
from cinedex.analysis.domain.run import AnalysisRun, Priority, run_id_of
from cinedex.analysis.domain.state_events import ChunkResult, PlanInputs, TaskFailure
from cinedex.analysis.domain.task_message import MediaReference, TaskCost
from cinedex.analysis.usecases.plan_chunks import make_plan
from cinedex.analysis.usecases.start_analysis import AnalysisRequest
from cinedex.kernel.errors import InternalError, NotFound, Unavailable
from cinedex.kernel.span import span
from cinedex.library.domain.analysis_cost import analysis_cost_s
from cinedex.library.domain.feature import CATALOG, Feature, FeatureStatus
from cinedex.library.domain.probe import Probe
from cinedex.library.domain.segmenting import SegmentingOptions
from cinedex.library.domain.subtitle_track import SubtitleSource, SubtitleTrack
from cinedex.library.domain.video import Video
from cinedex.library.usecases.update_with_retry import update_with_retry
from cinedex.search.domain.index.segment_document import SegmentDocument
from cinedex.search.usecases.indexing.build_documents import CONTEXT_CHARS_MAX
from cinedex.subtitles.cue import Cue
from cinedex.timeline.entries import TimelineEntry, Track
from cinedex.timeline.modality import Modality

from tests.support.memory.app_fixture import MINE, SHOTS, InMemoryApp, spoken
from tests.support.memory.scenario import TALKING_CLIP
from tests.support.segments import segment_filter, unavailable

T, C, E, O = Feature.TRANSCRIPT, Feature.CAPTIONS, Feature.EMBEDDINGS, Feature.OBJECTS  # noqa: E741
STATE_PAYLOAD_BYTES_MAX = 32 * 1024


def track(memory_app: InMemoryApp, video: Video, which: Track, feature: Feature) -> list[TimelineEntry]:
    return list(memory_app.timeline.entries(video.video_id, which, video.feature(feature).generation))


def documents(memory_app: InMemoryApp, video: Video) -> list[SegmentDocument]:
    return list(memory_app.moments.documents(segment_filter(video.video_id), 100))


def test_a_whole_analysis_leaves_every_feature_ready_and_no_run_behind(memory_app: InMemoryApp) -> None:
    video = memory_app.analysed()
    assert {f.value for f, s in video.features.items() if s.status is FeatureStatus.READY} == {
        "transcript",
        "scenes",
        "captions",
        "embeddings",
        "objects",
    }
    assert memory_app.runs.list_open() == []


def test_each_feature_says_which_models_made_it(memory_app: InMemoryApp) -> None:
    video = memory_app.analysed()
    assert {f.value: s.models for f, s in video.features.items()} == {
        "transcript": ("whisper@1", "cutter@1"),
        "scenes": ("whisper@1", "cutter@1"),
        "captions": ("captioner@1", "reader@1"),
        "objects": ("spotter@1",),
        "embeddings": ("toy-3d",),
    }


# BeginAnalysis


def test_the_job_holds_references_and_switches(memory_app: InMemoryApp) -> None:
    video, run = memory_app.started(T, E)
    job = memory_app.begin(*memory_app.order(run))
    assert (job.transcribe, job.analyze_chunks, job.embed) == (True, True, True)
    assert job.media == MediaReference(bucket="media", key=video.media.key, etag=video.media.etag)
    assert (job.scope, job.plan_key, job.chunks) == ("shared", "", ())
    assert memory_app.now(video).feature(T).status is FeatureStatus.PROCESSING


@pytest.mark.parametrize(
    "probe", [None, TALKING_CLIP.model_copy(update={"duration_s": 0.0})], ids=["none", "no length"]
)
def test_the_estimate_of_a_video_without_a_known_length_is_zero(memory_app: InMemoryApp, probe: Probe | None) -> None:
    video, run = memory_app.started(T)
    memory_app.videos.save(memory_app.now(video).changed(probe=probe))
    assert memory_app.begin(*memory_app.order(run)).cost == TaskCost(per_s=0.0, video_s=0.0)


def test_the_job_has_the_priority_of_the_run_and_the_chunks_of_the_deployment(memory_app: InMemoryApp) -> None:
    video = memory_app.uploaded()
    memory_app.start.analyze(MINE, video.video_id, AnalysisRequest((T,), priority=Priority.BULK))
    (run,) = memory_app.runs.list_of(video.video_id)
    job = memory_app.begin(*memory_app.order(run))
    assert (job.priority, job.chunks_at_once) == (Priority.BULK, 2)
    assert memory_app.begin(*memory_app.order(memory_app.started(T)[1])).priority is Priority.LIVE


def test_a_run_without_transcript_works_with_the_plan_that_is_there(memory_app: InMemoryApp) -> None:
    video, run = memory_app.analysing(memory_app.analysed(T), O)
    job = memory_app.begin(*memory_app.order(run))
    assert (job.transcribe, job.embed) == (False, False)
    assert (job.plan_key, len(job.chunks)) == (video.plan_key, video.chunk_count)
    assert job.options["analyze_chunk"]["steps"] == ["detect_objects"]


def test_captions_and_objects_together_look_at_each_frame_once(memory_app: InMemoryApp) -> None:
    _, run = memory_app.started(C, O)
    steps = memory_app.begin(*memory_app.order(run)).options["analyze_chunk"]["steps"]
    assert steps == ["detect_objects", "read_text", "describe_segments"]


@pytest.mark.parametrize(
    ("chunks_at_once", "features", "steps"),
    [(1, (C,), ["detect_objects", "read_text"]), (1, (O,), ["detect_objects"]), (1, (T,), None), (2, (C, O), None)],
)
def test_frames_are_sampled_with_the_shots_if_one_worker_has_all_chunks(
    memory_app: InMemoryApp, chunks_at_once: int, features: tuple[Feature, ...], steps: list[str] | None
) -> None:
    begin = replace(memory_app.begin, chunks_at_once=chunks_at_once)
    _, run = memory_app.started(T, *features)
    options = begin(*memory_app.order(run)).options["detect_shots"]
    size = (TALKING_CLIP.width, TALKING_CLIP.height)
    expected = {"sample_frames": {"steps": steps, "detection": {}, "frame_size": size}} if steps else {}
    assert options == expected


def test_stored_shots_are_not_detected_again_for_samples(memory_app: InMemoryApp) -> None:
    begin = replace(memory_app.begin, chunks_at_once=1)
    _, run = memory_app.analysing(memory_app.analysed(T), O)
    assert begin(*memory_app.order(run)).options["detect_shots"] == {}


def test_sound_without_pictures_is_described_and_not_looked_at(memory_app: InMemoryApp) -> None:
    radio = memory_app.uploaded()
    silent = TALKING_CLIP.model_copy(update={"video_codec": None, "width": None, "height": None})
    memory_app.videos.save(radio.changed(probe=silent))
    _, run = memory_app.analysing(radio, C, O)
    assert memory_app.begin(*memory_app.order(run)).options["analyze_chunk"]["steps"] == ["describe_segments"]


def test_beginning_twice_changes_nothing_more(memory_app: InMemoryApp) -> None:
    _, run = memory_app.started(T)
    assert memory_app.begin(*memory_app.order(run)) == memory_app.begin(*memory_app.order(run))


def test_the_plan_for_a_day_of_video_stays_small(memory_app: InMemoryApp) -> None:
    video = memory_app.uploaded()
    memory_app.videos.save(video.changed(probe=TALKING_CLIP.model_copy(update={"duration_s": 86_400.0})))
    _, first = memory_app.analysing(video, T)
    memory_app.begin(*memory_app.order(first))
    memory_app.plan_chunks(first, speech=(), shots=(span(0, 86_400),))
    _, run = memory_app.analysing(video, C)
    assert len(memory_app.begin(*memory_app.order(run)).model_dump_json()) < STATE_PAYLOAD_BYTES_MAX


# PlanChunks


def begun(memory_app: InMemoryApp, *features: Feature) -> AnalysisRun:
    _, run = memory_app.started(*features)
    memory_app.begin(*memory_app.order(run))
    return run


def test_the_plan_lets_transcript_and_scenes_be_read(memory_app: InMemoryApp) -> None:
    run = begun(memory_app, T)
    memory_app.plan_chunks(run)
    video = memory_app.now(run)
    texts = [e.body["text"] for e in track(memory_app, video, Track.TRANSCRIPT, T)]
    assert texts == ["The rocket is ready.", "A cat drinks coffee."]
    assert [e.span for e in track(memory_app, video, Track.SCENES, Feature.SCENES)] == list(SHOTS)
    assert (video.language, video.chunk_count) == ("en", 1)


def test_speech_in_an_unknown_language_is_undetermined_and_has_its_length(memory_app: InMemoryApp) -> None:
    run = begun(memory_app, T)
    keys = PlanInputs(transcribe_speech="speech", detect_shots="shots")
    memory_app.transcribe_and_detect_shots(keys)
    unknown = Transcript(language=None, utterances=(), unknown_speech_s=9.2)
    memory_app.results.put("speech", unknown.model_dump(mode="json"))
    memory_app.plan(*memory_app.order(run), keys)
    video = memory_app.now(run)
    assert video.probe is not None
    assert (video.language, video.probe.unknown_speech_s) == ("und", 9.2)
    assert track(memory_app, video, Track.TRANSCRIPT, T) == []


def test_a_plan_has_every_language_and_the_translation_apart(memory_app: InMemoryApp) -> None:
    run = begun(memory_app, T)
    keys = PlanInputs(transcribe_speech="speech", detect_shots="shots")
    memory_app.transcribe_and_detect_shots(keys)
    spoken = (
        Utterance(span=span(1, 2), text="Good day.", language="en"),
        Utterance(span=span(3, 9), text="Guten Tag.", language="de"),
    )
    translation = (Utterance(span=span(1, 9), text="Good day. Good day."),)
    transcript = Transcript(language="de", utterances=spoken, translated_to="en", translation=translation)
    memory_app.results.put("speech", transcript.model_dump(mode="json"))
    memory_app.plan(*memory_app.order(run), keys)
    video = memory_app.now(run)
    assert (video.language, video.spoken_languages, video.translated_to) == ("de", ("de", "en"), "en")
    assert [e.body["language"] for e in track(memory_app, video, Track.TRANSCRIPT, T)] == ["en", "de"]
    assert [e.body["text"] for e in track(memory_app, video, Track.TRANSLATION, T)] == ["Good day. Good day."]


def test_what_was_said_can_be_searched_before_anything_was_seen(memory_app: InMemoryApp) -> None:
    run = begun(memory_app, T)
    memory_app.plan_chunks(run)
    stored = documents(memory_app, memory_app.now(run))
    assert stored[0].texts[Modality.SPEECH] == "The rocket is ready."
    assert Modality.CAPTION not in stored[0].texts


@pytest.mark.parametrize("decoded_s", [45.0, 90.0])
def test_the_decoded_length_replaces_that_of_the_header(memory_app: InMemoryApp, decoded_s: float) -> None:
    run = begun(memory_app, T)
    planned = memory_app.plan_chunks(run, shots=(span(0, 20), span(20, decoded_s)))
    plan = AnalysisPlan.model_validate(memory_app.results.get(planned.plan_key))
    assert (plan.duration_s, plan.shots[-1].end_s, plan.segments[-1].span.end_s) == (decoded_s,) * 3
    assert memory_app.now(run).whole == span(0, decoded_s)


@pytest.mark.parametrize(("gap_s", "chunks"), [(None, 4), (2.0, 4), (400.0, 1), (200.0, 2)])
def test_a_chunk_is_at_least_as_long_as_the_distance_of_two_key_frames(
    memory_app: InMemoryApp, gap_s: float | None, chunks: int
) -> None:
    run = begun(memory_app, T)
    probe = TALKING_CLIP.model_copy(update={"duration_s": 400.0, "key_frame_gap_s": gap_s})
    memory_app.videos.save(memory_app.now(run).changed(probe=probe))
    assert len(memory_app.plan_chunks(run, speech=(), shots=(span(0, 400),)).chunks) == chunks


def test_a_video_is_cut_with_the_options_of_its_trigger(memory_app: InMemoryApp) -> None:
    run = begun(memory_app, T)
    memory_app.videos.save(
        memory_app.now(run).changed(segmenting=SegmentingOptions(use_scene_detection=True, max_len_s=600))
    )
    planned = memory_app.plan_chunks(run)
    plan = AnalysisPlan.model_validate(memory_app.results.get(planned.plan_key))
    assert [s.span for s in plan.segments] == list(SHOTS)


def test_planning_twice_gives_the_same_answer_and_one_transcript(memory_app: InMemoryApp) -> None:
    run = begun(memory_app, T)
    assert memory_app.plan_chunks(run) == memory_app.plan_chunks(run)
    assert len(track(memory_app, memory_app.now(run), Track.TRANSCRIPT, T)) == 2


def test_a_late_plan_of_an_old_generation_is_not_published(memory_app: InMemoryApp) -> None:
    run = begun(memory_app, T)
    memory_app.fail(*memory_app.order(run), "Interrupted", "")
    _, newer = memory_app.analysing(memory_app.now(run), T)
    memory_app.begin(*memory_app.order(newer))
    memory_app.plan_chunks(newer, speech=(spoken(1, 2, "New words."),))
    memory_app.runs.open(memory_app.now(run), run)  # the old machine still runs, and comes late
    memory_app.plan_chunks(run, speech=(spoken(1, 2, "Old words."),))
    after = memory_app.now(run)
    assert [e.body["text"] for e in track(memory_app, after, Track.TRANSCRIPT, T)] == ["New words."]
    assert after.plan_key is not None
    assert newer.run_id in after.plan_key


def test_a_plan_for_a_file_that_was_replaced_is_dropped(memory_app: InMemoryApp) -> None:
    run = begun(memory_app, T)
    other = memory_app.now(run).media.model_copy(update={"etag": "other"})
    memory_app.videos.save(memory_app.now(run).uploaded(other, TALKING_CLIP))
    memory_app.plan_chunks(run)
    assert memory_app.now(run).feature(T).status is FeatureStatus.NONE
    assert documents(memory_app, memory_app.now(run)) == []


# MergeChunks


def watched(memory_app: InMemoryApp, *features: Feature) -> tuple[AnalysisRun, str]:
    run = begun(memory_app, *features)
    return run, memory_app.plan_chunks(run).plan_key


def test_chunks_become_captions_screen_text_and_objects(memory_app: InMemoryApp) -> None:
    run, plan_key = watched(memory_app, C, O)
    memory_app.merge_chunks(run, plan_key)
    video = memory_app.now(run)
    assert [e.body["caption"] for e in track(memory_app, video, Track.CAPTIONS, C)][:2] == ["Segment 0.", "Segment 1."]
    assert [e.body["text"] for e in track(memory_app, video, Track.SCREEN_TEXT, C)] == ["CHUNK 0"]
    assert track(memory_app, video, Track.OBJECTS, O)[0].body["detections"][0]["type"] == "person"


def test_each_caption_is_found_in_its_own_segment_only(memory_app: InMemoryApp) -> None:
    run = begun(memory_app, C)
    odd = tuple(span(t / 30_000 * 1001 * 17, (t + 1) / 30_000 * 1001 * 17) for t in range(100))
    memory_app.videos.save(memory_app.now(run).changed(segmenting=SegmentingOptions(min_len_s=5, max_len_s=8)))
    memory_app.merge_chunks(run, memory_app.plan_chunks(run, shots=odd).plan_key)
    captions = {d.segment_index: d.texts[Modality.CAPTION] for d in documents(memory_app, memory_app.now(run))}
    assert captions == {i: f"Segment {i}." for i in captions}
    assert len(captions) > 5


def test_captions_alone_leave_objects_untouched(memory_app: InMemoryApp) -> None:
    run, plan_key = watched(memory_app, C)
    memory_app.merge_chunks(run, plan_key)
    assert memory_app.now(run).feature(O).status is FeatureStatus.NONE
    assert track(memory_app, memory_app.now(run), Track.OBJECTS, O) == []


def test_a_bad_chunk_is_named_with_its_time_and_its_reason(memory_app: InMemoryApp) -> None:
    video = memory_app.uploaded()
    memory_app.videos.save(video.changed(probe=TALKING_CLIP.model_copy(update={"duration_s": 400.0})))
    _, run = memory_app.analysing(video, C)
    memory_app.begin(*memory_app.order(run))
    plan_key = memory_app.plan_chunks(run, shots=(span(0, 400),)).plan_key
    chunks = memory_app.analyze_chunks(run, plan_key)
    chunks[1] = ChunkResult(chunk=1, error="CorruptMedia", cause="The picture at 130 s cannot be decoded.")
    memory_app.merge(*memory_app.order(run), plan_key, chunks)
    state = memory_app.now(run).feature(C)
    assert (state.status, state.error_code) == (FeatureStatus.FAILED, "chunk_failed")
    assert re.match(r"Chunk 1 \(\d+-\d+ s\) failed, 1 of 4 chunks.*cannot be decoded", state.error or "")


@pytest.mark.parametrize(("error", "code"), [("UnexpectedError", "internal_error"), ("CorruptMedia", "chunk_failed")])
def test_a_chunk_that_failed_in_our_code_is_an_internal_error(memory_app: InMemoryApp, error: str, code: str) -> None:
    run, plan_key = watched(memory_app, C)
    memory_app.merge(*memory_app.order(run), plan_key, [ChunkResult(chunk=0, error=error, cause="No.")])
    assert memory_app.now(run).feature(C).error_code == code


@pytest.mark.parametrize(
    ("errors", "code"),
    [
        (("CorruptMedia", "CorruptMedia"), "chunk_failed"),
        (("CorruptMedia", "UnexpectedError"), "internal_error"),
        (("UnexpectedError", "CorruptMedia"), "internal_error"),
    ],
)
def test_one_internal_error_among_failed_chunks_makes_the_failure_internal(
    memory_app: InMemoryApp, errors: tuple[str, str], code: str
) -> None:
    video = memory_app.uploaded()
    memory_app.videos.save(video.changed(probe=TALKING_CLIP.model_copy(update={"duration_s": 400.0})))
    _, run = memory_app.analysing(video, C)
    memory_app.begin(*memory_app.order(run))
    plan_key = memory_app.plan_chunks(run, shots=(span(0, 400),)).plan_key
    chunks = memory_app.analyze_chunks(run, plan_key)
    chunks[1:3] = [ChunkResult(chunk=n, error=error, cause="No.") for n, error in enumerate(errors, start=1)]
    memory_app.merge(*memory_app.order(run), plan_key, chunks)
    state = memory_app.now(run).feature(C)
    assert (state.error_code, re.match(r"Chunk 1 .*2 of 4 chunks", state.error or "") is not None) == (code, True)


def test_a_failed_chunk_without_a_cause_is_reported_by_its_error(memory_app: InMemoryApp) -> None:
    run, plan_key = watched(memory_app, C)
    memory_app.merge(*memory_app.order(run), plan_key, [ChunkResult(chunk=0, error="States.Timeout")])
    assert "States.Timeout" in (memory_app.now(run).feature(C).error or "")


def test_pictures_that_fail_leave_speech_its_vectors(memory_app: InMemoryApp) -> None:
    run, plan_key = watched(memory_app, C, O, E)
    memory_app.merge(*memory_app.order(run), plan_key, [ChunkResult(chunk=0, error="EngineUnavailable", cause="No.")])
    memory_app.embed(run)
    memory_app.finish(*memory_app.order(run))
    video = memory_app.now(run)
    statuses = [video.feature(f).status.value for f in (T, Feature.SCENES, C, O, E)]
    assert statuses == ["ready", "ready", "failed", "failed", "ready"]
    assert {modality for _, modality in memory_app.results.get(video.documents_key or "")["slots"]} == {"speech"}


def failed_speech(memory_app: InMemoryApp, run: AnalysisRun, **keys: Any) -> str:
    """The key of a plan without speech."""
    memory_app.transcribe_and_detect_shots(PlanInputs(transcribe_speech="speech", detect_shots="shots"))
    failure = TaskFailure(error="EngineUnavailable", cause="There is no speech model.")
    inputs = PlanInputs(detect_shots="shots", transcribe_speech_failure=failure, **keys)
    return memory_app.plan(*memory_app.order(run), inputs).plan_key


def test_speech_that_fails_blocks_nothing_that_needs_pictures_only(memory_app: InMemoryApp) -> None:
    run = begun(memory_app, C, O, E)
    plan_key = failed_speech(memory_app, run)
    memory_app.merge_chunks(run, plan_key)
    memory_app.embed(run)
    memory_app.finish(*memory_app.order(run))
    video = memory_app.now(run)
    state = video.feature(T)
    assert (state.error, state.error_code) == ("There is no speech model.", "engine_unavailable")
    statuses = [video.feature(f).status.value for f in (T, Feature.SCENES, C, O, E)]
    assert statuses == ["failed", "ready", "ready", "ready", "ready"]
    assert documents(memory_app, video)[0].texts[Modality.CAPTION] == "Segment 0."
    assert memory_app.runs.list_open() == []


def test_what_failed_alone_is_computed_again_alone(memory_app: InMemoryApp) -> None:
    run = begun(memory_app, T)
    failed_speech(memory_app, run)
    memory_app.finish(*memory_app.order(run))
    video = memory_app.now(run)
    objects = memory_app.start.trigger(MINE, video.video_id, AnalysisRequest((O,)))
    assert objects.features == (O,)
    (second,) = memory_app.runs.list_of(video.video_id)
    memory_app.run_analysis(second)
    again = memory_app.start.trigger(MINE, video.video_id, AnalysisRequest((T,)))
    assert again.features == (T,)


def test_speech_and_pictures_that_both_fail_block_the_vectors(memory_app: InMemoryApp) -> None:
    run = begun(memory_app, C, E)
    plan_key = failed_speech(memory_app, run)
    with pytest.raises(InternalError) as failure:
        memory_app.merge(*memory_app.order(run), plan_key, [ChunkResult(chunk=0, error="UnexpectedError", cause="No.")])
    memory_app.fail(*memory_app.order(run), "InternalError", failure.value.message)
    video = memory_app.now(run)
    assert [video.feature(f).status.value for f in (T, C, E)] == ["failed", "failed", "blocked"]
    assert video.feature(E).error == "'captions' failed."


def test_shots_that_fail_leave_speech_and_pictures(memory_app: InMemoryApp) -> None:
    run = begun(memory_app, C, O)
    memory_app.transcribe_and_detect_shots(PlanInputs(transcribe_speech="speech", detect_shots="shots"))
    failure = TaskFailure(error="OutOfMemory", cause="Too little memory.")
    inputs = PlanInputs(transcribe_speech="speech", detect_shots_failure=failure)
    planned = memory_app.plan(*memory_app.order(run), inputs)
    memory_app.merge_chunks(run, planned.plan_key)
    video = memory_app.now(run)
    assert [video.feature(f).status.value for f in (T, Feature.SCENES, C, O)] == ["ready", "failed", "ready", "ready"]
    assert (video.feature(Feature.SCENES).error_code, video.whole.end_s) == ("out_of_memory", 60.0)
    assert memory_app.start.trigger(MINE, video.video_id, AnalysisRequest((T,))).features == (T,)


TRACK = SubtitleTrack(track_id="embedded-0", source=SubtitleSource.EMBEDDED, format="subrip", language="eng")
PGS = TRACK.model_copy(update={"track_id": "embedded-1", "format": "hdmv_pgs_subtitle", "unread": "They are pictures."})


def with_subtitles(memory_app: InMemoryApp, *features: Feature) -> AnalysisRun:
    """A run of a video whose file has two tracks, of which one is text."""
    video = memory_app.uploaded()
    probe = TALKING_CLIP.model_copy(update={"subtitle_tracks": (TRACK, PGS)})
    memory_app.videos.save(video.uploaded(video.media, probe))
    _, run = memory_app.analysing(video, *features)
    assert memory_app.begin(*memory_app.order(run)).read_subtitles
    return run


def test_embedded_subtitles_are_found_without_a_transcript(memory_app: InMemoryApp) -> None:
    run = with_subtitles(memory_app, E)
    cues = (Cue(span=span(2, 4), text="A heron\nwaits."), Cue(span=span(61, 62), text="Behind the end."))
    result = EmbeddedSubtitles(tracks=(TRACK, PGS), cues=(cues, ()))
    memory_app.results.put("subtitles", result.model_dump(mode="json"))
    memory_app.merge_chunks(run, failed_speech(memory_app, run, read_subtitles="subtitles"))
    memory_app.embed(run)
    video = memory_app.now(run)
    assert [(t.cue_count, t.unread) for t in video.subtitles] == [(2, None), (None, "They are pictures.")]
    texts = [d.texts.get(Modality.SUBTITLE) for d in documents(memory_app, video)]
    assert texts == ["A heron waits.", *[None] * (len(texts) - 1)]
    assert [0, "subtitle"] in memory_app.results.get(video.documents_key or "")["slots"]


def test_subtitles_that_could_not_be_read_say_why(memory_app: InMemoryApp) -> None:
    run = with_subtitles(memory_app, T)
    keys = PlanInputs(
        transcribe_speech="speech",
        detect_shots="shots",
        read_subtitles_failure=TaskFailure(error="CorruptMedia", cause="The file cannot be decoded."),
    )
    memory_app.transcribe_and_detect_shots(keys)
    memory_app.plan(*memory_app.order(run), keys)
    video = memory_app.now(run)
    assert [t.unread for t in video.subtitles] == ["The file cannot be decoded.", "They are pictures."]
    assert video.feature(T).status is FeatureStatus.READY


def test_another_file_has_other_embedded_subtitles_and_keeps_those_that_were_sent(memory_app: InMemoryApp) -> None:
    sidecar = TRACK.model_copy(update={"track_id": "sidecar-1", "source": SubtitleSource.SIDECAR})
    video = memory_app.uploaded()
    first = video.uploaded(video.media, TALKING_CLIP.model_copy(update={"subtitle_tracks": (TRACK, PGS)}))
    second = first.with_subtitles(sidecar).uploaded(video.media, TALKING_CLIP)
    assert second.subtitles == (sidecar,)


@pytest.mark.parametrize(("tracks", "read"), [((), False), ((PGS,), False), ((TRACK,), True), (None, True)])
def test_subtitles_are_read_if_the_file_may_have_text(
    memory_app: InMemoryApp, tracks: tuple[SubtitleTrack, ...] | None, read: bool
) -> None:
    """An earlier version has listed none."""
    video = memory_app.uploaded()
    memory_app.videos.save(video.changed(probe=TALKING_CLIP.model_copy(update={"subtitle_tracks": tracks})))
    _, run = memory_app.analysing(video, T)
    assert memory_app.begin(*memory_app.order(run)).read_subtitles is read
    assert memory_app.begin(*memory_app.order(run)).options["read_subtitles"] == {}


def test_merging_twice_gives_the_same_answer(memory_app: InMemoryApp) -> None:
    run, plan_key = watched(memory_app, C, O)
    first, video = memory_app.merge_chunks(run, plan_key), memory_app.now(run)
    assert memory_app.merge_chunks(run, plan_key) == first
    assert memory_app.now(run) == video


def test_a_late_merge_of_a_reset_feature_is_dropped(memory_app: InMemoryApp) -> None:
    run, plan_key = watched(memory_app, C, O)
    other = memory_app.now(run).media.model_copy(update={"etag": "other"})
    memory_app.videos.save(memory_app.now(run).uploaded(other, TALKING_CLIP))
    memory_app.merge_chunks(run, plan_key)
    after = memory_app.now(run)
    assert (after.feature(C).status, after.feature(O).status) == (FeatureStatus.NONE, FeatureStatus.NONE)
    assert track(memory_app, after, Track.CAPTIONS, C) == track(memory_app, after, Track.OBJECTS, O) == []


# BuildDocuments, PublishDocuments, FinishAnalysis


def test_the_texts_to_embed_are_what_was_said_and_described(memory_app: InMemoryApp) -> None:
    run, plan_key = watched(memory_app, E)
    memory_app.merge_chunks(run, plan_key)
    written = memory_app.build_documents(*memory_app.order(run))
    stored = memory_app.results.get(written.documents_key)
    assert stored["slots"][:2] == [[0, "speech"], [0, "caption"]]
    assert stored["texts"][:2] == ["The rocket is ready.", "Segment 0."]
    assert written.count == len(stored["texts"]) == len(stored["slots"])


def test_a_caption_is_embedded_together_with_what_its_video_is_about(memory_app: InMemoryApp) -> None:
    run, plan_key = watched(memory_app, E)
    description = "Far probes. " + "Machines that never came home. " * 20
    update_with_retry(
        memory_app.videos, *memory_app.order(run)[:2], lambda v: v.changed(title="Tour", description=description)
    )
    memory_app.merge_chunks(run, plan_key)
    stored = memory_app.results.get(memory_app.build_documents(*memory_app.order(run)).documents_key)
    speech, caption = stored["texts"][:2]
    assert (speech, caption[:27]) == ("The rocket is ready.", "Segment 0.\nTour Far probes.")
    assert len(caption) == len("Segment 0.\n") + CONTEXT_CHARS_MAX


def test_vectors_stand_beside_the_text_that_they_were_made_from(memory_app: InMemoryApp) -> None:
    first = documents(memory_app, memory_app.analysed())[0]
    hits = memory_app.moments.search("rocket", None, segment_filter(first.video_id), 10)
    assert [h.document.segment_index for h in hits.words] == [0]


def test_a_new_title_is_searchable_at_once_and_costs_no_new_vectors(memory_app: InMemoryApp) -> None:
    video = memory_app.analysed()
    after = memory_app.describe(MINE, video.video_id, {"title": "Liftoff"})
    stored = documents(memory_app, after)
    assert {d.texts[Modality.METADATA] for d in stored} == {"Liftoff"}
    assert (after.embeddings_key, {d.model for d in stored}) == (video.embeddings_key, {"toy-3d"})


def test_a_change_that_the_search_store_cannot_take_changes_nothing(
    memory_app: InMemoryApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    video = memory_app.analysed()
    with monkeypatch.context() as down:
        down.setattr(memory_app.moments, "replace_video", unavailable)
        with pytest.raises(Unavailable):
            memory_app.describe(MINE, video.video_id, {"title": "Liftoff"})
    assert memory_app.videos.get(MINE, video.video_id) == video


def test_a_title_given_while_another_change_is_stored_is_searchable(
    memory_app: InMemoryApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    video, replace = memory_app.analysed(), memory_app.moments.replace_video

    def while_indexing(*arguments: Any) -> None:
        replace(*arguments)
        monkeypatch.setattr(memory_app.moments, "replace_video", replace)
        memory_app.describe(MINE, video.video_id, {"title": "Liftoff"})

    monkeypatch.setattr(memory_app.moments, "replace_video", while_indexing)
    after = memory_app.describe(MINE, video.video_id, {"description": "At night."})
    assert {d.texts[Modality.METADATA] for d in documents(memory_app, after)} == {"Liftoff At night."}


def test_vectors_of_an_old_generation_are_dropped(memory_app: InMemoryApp) -> None:
    run, plan_key = watched(memory_app, E)
    memory_app.merge_chunks(run, plan_key)
    other = memory_app.now(run).media.model_copy(update={"etag": "other"})
    memory_app.videos.save(memory_app.now(run).uploaded(other, TALKING_CLIP))
    memory_app.embed(run)
    after = memory_app.now(run)
    assert (after.feature(E).status, after.embeddings_key) == (FeatureStatus.NONE, None)


def test_finishing_twice_is_no_error(memory_app: InMemoryApp) -> None:
    run, _ = watched(memory_app, T)
    memory_app.finish(*memory_app.order(run))
    memory_app.finish(*memory_app.order(run))
    assert memory_app.runs.list_of(run.video_id) == []


def test_repeating_the_last_state_keeps_the_documents_of_the_video(memory_app: InMemoryApp) -> None:
    video = memory_app.analysed()
    stored = documents(memory_app, video)
    memory_app.finish(MINE, video.video_id, run_id_of(video.video_id, {f: 1 for f in CATALOG}))
    assert documents(memory_app, video) == stored != []


def test_an_ended_run_cannot_be_continued(memory_app: InMemoryApp) -> None:
    run, plan_key = watched(memory_app, C)
    memory_app.finish(*memory_app.order(run))
    with pytest.raises(NotFound):
        memory_app.merge_chunks(run, plan_key)


# Costs and shots


def with_probe(memory_app: InMemoryApp, **fields: Any) -> TaskCost:
    video = memory_app.uploaded()
    memory_app.videos.save(video.changed(probe=TALKING_CLIP.model_copy(update=fields)))
    _, run = memory_app.analysing(video, C)
    return memory_app.begin(*memory_app.order(run)).cost


@pytest.mark.parametrize(
    ("duration_s", "cost_s", "per_s"), [(3.0, 1.0, 0.3333), (0.5, 0.25, 0.5), (0.0, 5.0, 0.0), (300.0, 200.0, 0.6667)]
)
def test_the_cost_of_a_task_is_that_of_the_probe_for_a_second(
    memory_app: InMemoryApp, duration_s: float, cost_s: float, per_s: float
) -> None:
    assert with_probe(memory_app, duration_s=duration_s, cost_s=cost_s) == TaskCost(per_s=per_s, video_s=duration_s)


def test_a_video_that_was_probed_by_an_earlier_version_has_an_estimate(memory_app: InMemoryApp) -> None:
    cost = with_probe(memory_app, cost_s=None)
    assert cost.per_s == round(analysis_cost_s(TALKING_CLIP) / TALKING_CLIP.duration_s, 4) > 0


def test_sound_after_the_last_picture_belongs_to_the_last_shot() -> None:
    video = InMemoryApp().uploaded()
    shots = Shots(shots=(span(0, 10), span(10, 20), span(20, 30), span(30, 40)), duration_s=40.0)
    transcript = Transcript(language=None, utterances=(), decoded_until_s=45.0)
    plan = make_plan(video, transcript, shots)
    assert plan.shots == (span(0, 10), span(10, 20), span(20, 30), span(30, 45))
    assert plan.duration_s == 45.0
    assert make_plan(video, transcript, Shots(shots=(), duration_s=40.0)).shots == ()


@pytest.mark.parametrize(
    ("width", "height", "size"), [(640, 360, (640, 360)), (None, 360, None), (640, None, None), (0, 360, None)]
)
def test_boxes_are_in_pixels_of_the_probed_size(
    width: int | None, height: int | None, size: tuple[int, int] | None
) -> None:
    probe = TALKING_CLIP.model_copy(update={"width": width, "height": height})
    video = InMemoryApp().uploaded().changed(probe=probe)
    transcript = Transcript(language=None, utterances=())
    assert make_plan(video, transcript, Shots(shots=(span(0, 10),), duration_s=10.0)).frame_size == size

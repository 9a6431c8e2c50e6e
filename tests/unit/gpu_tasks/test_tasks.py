"""Each task turns a message and a file into stored results, once."""

from pathlib import Path

import pytest
from cinedex.analysis.domain.model_results import (
    DetectedObjects,
    Embeddings,
    ModelInfo,
    ReadText,
    SegmentCaptions,
    Shots,
    Transcript,
    Utterance,
)
from cinedex.analysis.domain.task_message import TaskResult
from cinedex.analysis.domain.vectors import unpack_vectors
from cinedex.kernel.span import span

from gpu_tasks.engines.whisper_speech import WhisperSpeech
from gpu_tasks.task_errors import EngineUnavailable, InvalidTask
from gpu_tasks.task_run import TaskInterrupted
from gpu_tasks.task_table import TASKS
from gpu_tasks.transcribe_speech import task as transcribe_speech
from tests.support.clips import textured, tone, write_sound, write_video
from tests.support.memory.stores import MemoryResultStore
from tests.support.tasks import ToldShelf, message, plan_of, task_run


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    """Four seconds: one picture for two seconds, another for two."""
    return write_video(tmp_path / "clip.mp4", [textured(1)] * 50 + [textured(2)] * 50, sound=tone(4))


@pytest.fixture
def results() -> MemoryResultStore:
    return MemoryResultStore()


def watch(
    path: Path, results: MemoryResultStore, steps: list[str], engines: ToldShelf, **detection: float
) -> TaskResult:
    spoken = Utterance(span=span(0.5, 1.5), text="Good morning.")
    plan, chunk = plan_of(4.0, [span(0, 2), span(2, 4)], [spoken])
    results.put("plan", plan.model_dump(mode="json"))
    told = message(
        "analyze_chunk", chunk=chunk, options={"steps": steps, "detection": detection}, inputs={"plan": "plan"}
    )
    return TASKS["analyze_chunk"](task_run(told, path, engines, results))


def test_shots_cover_the_video_and_part_at_the_cut(clip: Path, results: MemoryResultStore) -> None:
    answer = TASKS["detect_shots"](task_run(message("detect_shots"), clip, ToldShelf(), results))
    shots = Shots.model_validate(results.get(answer.results["detect_shots"]))
    assert [s.start_s for s in shots.shots] == pytest.approx([0.0, 2.0], abs=0.1)
    assert shots.shots[-1].end_s == shots.duration_s == pytest.approx(4.0, abs=0.1)
    assert answer.models == ("content-shots@1",)


def test_sound_alone_is_one_shot(tmp_path: Path, results: MemoryResultStore) -> None:
    path = write_sound(tmp_path / "a.wav", tone(3))
    answer = TASKS["detect_shots"](task_run(message("detect_shots"), path, ToldShelf(), results))
    shots = Shots.model_validate(results.get(answer.results["detect_shots"]))
    assert [(s.start_s, s.end_s) for s in shots.shots] == [(0.0, pytest.approx(3.0))]


def test_words_are_timed_from_the_start_of_the_video(
    tmp_path: Path, results: MemoryResultStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_sound(tmp_path / "a.wav", tone(10))
    decode = transcribe_speech.decode_sound
    monkeypatch.setattr(transcribe_speech, "decode_sound", lambda p: decode(p, window_length_s=4))
    answer = TASKS["transcribe_speech"](task_run(message("transcribe_speech"), path, ToldShelf(), results))
    transcript = Transcript.model_validate(results.get(answer.results["transcribe_speech"]))
    starts_s = [u.span.start_s for u in transcript.utterances]
    assert len(starts_s) > 1
    assert starts_s == sorted(starts_s)
    assert starts_s[-1] > 7
    assert all(u.words[0].span == u.span for u in transcript.utterances)


def test_a_video_without_sound_has_an_empty_transcript(tmp_path: Path, results: MemoryResultStore) -> None:
    path = write_video(tmp_path / "clip.mp4", [textured(1)] * 5)
    answer = TASKS["transcribe_speech"](task_run(message("transcribe_speech"), path, ToldShelf(), results))
    transcript = Transcript.model_validate(results.get(answer.results["transcribe_speech"]))
    assert (transcript.language, transcript.utterances) == (None, ())


def test_boxes_are_in_pixels_of_the_stored_video(tmp_path: Path, results: MemoryResultStore) -> None:
    path = write_video(tmp_path / "large.mp4", [textured(1, 1920, 1080)] * 30)
    engines = ToldShelf()
    answer = watch(path, results, ["detect_objects"], engines)
    found = DetectedObjects.model_validate(results.get(answer.results["detect_objects"]))
    box = found.frames[0].detections[0].box
    assert engines.eyes.seen[0] == (960, 540)
    assert (box.x1, box.y1, box.x2, box.y2) == (0, 0, 960, 1080)
    assert (found.frame_width, found.frame_height) == (1920, 1080)


def test_objects_are_looked_for_once_a_second(clip: Path, results: MemoryResultStore) -> None:
    answer = watch(clip, results, ["detect_objects"], ToldShelf())
    found = DetectedObjects.model_validate(results.get(answer.results["detect_objects"]))
    assert [(f.at_s, f.frame_index) for f in found.frames] == [(0.0, 0), (1.0, 25), (2.0, 50), (3.0, 75)]


def test_a_picture_that_stays_is_read_once(clip: Path, results: MemoryResultStore) -> None:
    answer = watch(clip, results, ["read_text"], ToldShelf())
    read = ReadText.model_validate(results.get(answer.results["read_text"]))
    assert [f.at_s for f in read.frames] == [0.0, 2.0]


def test_a_caption_tells_what_was_seen_read_and_heard(clip: Path, results: MemoryResultStore) -> None:
    answer = watch(clip, results, ["describe_segments"], ToldShelf())
    (caption,) = SegmentCaptions.model_validate(results.get(answer.results["describe_segments"])).captions
    assert caption.model == "composed-captions@1"
    assert caption.text == (
        "A person is in view throughout, on the left. The screen reads “HELLO”. A voice says: “Good morning.”"
    )


def test_captions_and_objects_share_one_look_at_the_video(clip: Path, results: MemoryResultStore) -> None:
    engines = ToldShelf()
    first = watch(clip, results, ["describe_segments"], engines)
    looks = len(engines.eyes.seen)
    second = watch(clip, results, ["detect_objects"], engines)
    assert second.results["detect_objects"] == first.results["detect_objects"]
    assert len(engines.eyes.seen) == looks


def test_sound_alone_is_watched_without_complaint(tmp_path: Path, results: MemoryResultStore) -> None:
    path = write_sound(tmp_path / "a.wav", tone(4))
    answer = watch(path, results, ["detect_objects", "describe_segments"], ToldShelf())
    found = DetectedObjects.model_validate(results.get(answer.results["detect_objects"]))
    assert (found.frames, found.frame_width) == ((), 0)


def test_a_repeated_task_opens_no_file_and_answers_the_same(clip: Path, results: MemoryResultStore) -> None:
    first = watch(clip, results, ["describe_segments", "detect_objects"], ToldShelf())
    again = watch(Path("/nonexistent"), results, ["describe_segments", "detect_objects"], ToldShelf())
    assert again.results == first.results


def test_texts_become_vectors_in_their_order(results: MemoryResultStore) -> None:
    results.put("documents", {"slots": [], "texts": ["a", "b", "c"]})
    told = message("embed_segments", inputs={"documents": "documents"})
    answer = TASKS["embed_segments"](task_run(told, Path(), ToldShelf(), results))
    vectors = Embeddings.model_validate(results.get(answer.results["embed_segments"]))
    assert (vectors.count, vectors.dimension, vectors.model) == (3, 2, "all-minilm-l6-v2-int8@1")
    assert list(unpack_vectors(vectors))[2] == pytest.approx((0.6, 0.8), abs=1e-3)


def test_documents_gathered_anew_under_the_same_name_are_embedded_anew(results: MemoryResultStore) -> None:
    told = message("embed_segments", inputs={"documents": "documents"})
    keys = []
    for texts in (["a"], ["a", "b"]):
        results.put("documents", {"texts": texts})
        answer = TASKS["embed_segments"](task_run(told, Path(), ToldShelf(), results))
        keys.append(answer.results["embed_segments"])
    assert keys[0] != keys[1]


@pytest.mark.parametrize("steps", [[], ["sing"], "detect_objects", None])
def test_steps_that_nobody_knows_are_refused(clip: Path, results: MemoryResultStore, steps: list[str]) -> None:
    with pytest.raises(InvalidTask):
        watch(clip, results, steps, ToldShelf())


def test_a_plan_that_is_gone_is_a_typed_failure(clip: Path) -> None:
    _, chunk = plan_of(4.0)
    told = message("analyze_chunk", chunk=chunk, options={"steps": ["read_text"]}, inputs={"plan": "gone"})
    with pytest.raises(InvalidTask, match="gone"):
        TASKS["analyze_chunk"](task_run(told, clip, ToldShelf()))


def test_progress_grows_from_nothing_to_everything(clip: Path) -> None:
    fractions: list[float] = []
    TASKS["detect_shots"](task_run(message("detect_shots"), clip, ToldShelf(), report=fractions.append))
    assert fractions == sorted(fractions)
    assert fractions[0] < 0.1
    assert fractions[-1] > 0.9


def test_a_run_that_is_told_to_stop_stores_nothing(clip: Path, results: MemoryResultStore) -> None:
    def stop(_: float) -> None:
        raise TaskInterrupted

    with pytest.raises(TaskInterrupted):
        TASKS["detect_shots"](task_run(message("detect_shots"), clip, ToldShelf(), results, stop))
    assert results.documents == {}


def test_a_language_the_model_does_not_know_is_a_typed_failure(tmp_path: Path) -> None:
    engine = WhisperSpeech(ModelInfo(id="whisper", version="1"), {"whisper-tiny-en": tmp_path / "model.bin"})
    with pytest.raises(EngineUnavailable, match="English only"):
        engine.transcribe(tone(1), "de")


# Options of a caller


def test_without_speech_recognition_the_transcript_is_empty_and_no_model_is_asked(
    tmp_path: Path, results: MemoryResultStore
) -> None:
    path, engines = write_sound(tmp_path / "a.wav", tone(10)), ToldShelf()
    told = message("transcribe_speech", options={"use_asr": False})
    answer = TASKS["transcribe_speech"](task_run(told, path, engines, results))
    assert results.get(answer.results["transcribe_speech"])["utterances"] == []
    assert (answer.models, engines.ears.thresholds) == ((), [])


def test_a_threshold_for_speech_reaches_the_engine_and_has_a_result_of_its_own(
    tmp_path: Path, results: MemoryResultStore
) -> None:
    path, engines = write_sound(tmp_path / "a.wav", tone(10)), ToldShelf()
    keys = set()
    for threshold in (None, 0.2, 0.9):
        told = message("transcribe_speech", options={"vad_threshold": threshold})
        keys.add(TASKS["transcribe_speech"](task_run(told, path, engines, results)).results["transcribe_speech"])
    assert engines.ears.thresholds == [None, 0.2, 0.9]
    assert len(keys) == 3


def test_what_is_asked_of_the_detector_decides_how_often_it_looks(clip: Path, results: MemoryResultStore) -> None:
    key = watch(clip, results, ["detect_objects"], ToldShelf(), max_fps=2).results["detect_objects"]
    found = DetectedObjects.model_validate(results.get(key))
    assert [f.at_s for f in found.frames] == pytest.approx([0.0, 0.52, 1.0, 1.52, 2.0, 2.52, 3.0, 3.52])
    assert found.sample_fps == 2.0


def test_other_options_are_other_results(clip: Path, results: MemoryResultStore) -> None:
    asked: list[dict[str, float]] = [{}, {"max_fps": 2}, {"conf": 0.9}, {"iou": 0.3}, {"max_objects": 1}]
    steps = ["detect_objects", "describe_segments"]
    keys = [watch(clip, results, steps, ToldShelf(), **options).results for options in asked]
    for step in steps:
        assert len({told[step] for told in keys}) == len(asked)
    assert len({told["read_text"] for told in keys if told is not keys[1]}) == 1


def test_options_that_the_detector_cannot_follow_are_refused(clip: Path, results: MemoryResultStore) -> None:
    with pytest.raises(InvalidTask, match="detection"):
        watch(clip, results, ["detect_objects"], ToldShelf(), conf=7)

"""Each task stores the results of a message and a media file, once."""

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
from tests.support.tasks import FakeEngines, message, plan_of, task_run


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    """Four seconds: two seconds of one picture, then two seconds of another."""
    return write_video(tmp_path / "clip.mp4", [textured(1)] * 50 + [textured(2)] * 50, sound=tone(4))


@pytest.fixture
def results() -> MemoryResultStore:
    return MemoryResultStore()


def analyze(
    path: Path, results: MemoryResultStore, steps: list[str], engines: FakeEngines, **detection: float
) -> TaskResult:
    spoken = Utterance(span=span(0.5, 1.5), text="Good morning.")
    plan, chunk = plan_of(4.0, [span(0, 2), span(2, 4)], [spoken])
    results.put("plan", plan.model_dump(mode="json"))
    task = message(
        "analyze_chunk", chunk=chunk, options={"steps": steps, "detection": detection}, inputs={"plan": "plan"}
    )
    return TASKS["analyze_chunk"](task_run(task, path, engines, results))


def test_shots_cover_the_video_and_meet_at_the_cut(clip: Path, results: MemoryResultStore) -> None:
    result = TASKS["detect_shots"](task_run(message("detect_shots"), clip, FakeEngines(), results))
    shots = Shots.model_validate(results.get(result.results["detect_shots"]))
    assert [s.start_s for s in shots.shots] == pytest.approx([0.0, 2.0], abs=0.1)
    assert shots.shots[-1].end_s == shots.duration_s == pytest.approx(4.0, abs=0.1)
    assert result.models == ("content-shots@1",)


def test_an_audio_file_is_one_shot(tmp_path: Path, results: MemoryResultStore) -> None:
    path = write_sound(tmp_path / "a.wav", tone(3))
    result = TASKS["detect_shots"](task_run(message("detect_shots"), path, FakeEngines(), results))
    shots = Shots.model_validate(results.get(result.results["detect_shots"]))
    assert [(s.start_s, s.end_s) for s in shots.shots] == [(0.0, pytest.approx(3.0))]


def test_word_times_count_from_the_start_of_the_video(
    tmp_path: Path, results: MemoryResultStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_sound(tmp_path / "a.wav", tone(10))
    decode = transcribe_speech.decode_audio
    monkeypatch.setattr(transcribe_speech, "decode_audio", lambda p, **o: decode(p, window_length_s=4, **o))
    result = TASKS["transcribe_speech"](task_run(message("transcribe_speech"), path, FakeEngines(), results))
    transcript = Transcript.model_validate(results.get(result.results["transcribe_speech"]))
    starts_s = [u.span.start_s for u in transcript.utterances]
    assert len(starts_s) > 1
    assert starts_s == sorted(starts_s)
    assert starts_s[-1] > 7
    assert all(u.words[0].span == u.span for u in transcript.utterances)


def test_a_video_without_audio_has_an_empty_transcript(tmp_path: Path, results: MemoryResultStore) -> None:
    path = write_video(tmp_path / "clip.mp4", [textured(1)] * 5)
    result = TASKS["transcribe_speech"](task_run(message("transcribe_speech"), path, FakeEngines(), results))
    transcript = Transcript.model_validate(results.get(result.results["transcribe_speech"]))
    assert (transcript.language, transcript.utterances) == (None, ())


def test_boxes_are_in_pixels_of_the_stored_video(tmp_path: Path, results: MemoryResultStore) -> None:
    path = write_video(tmp_path / "large.mp4", [textured(1, 1920, 1080)] * 30)
    engines = FakeEngines()
    result = analyze(path, results, ["detect_objects"], engines)
    objects = DetectedObjects.model_validate(results.get(result.results["detect_objects"]))
    box = objects.frames[0].detections[0].box
    assert engines.objects_engine.picture_sizes[0] == (960, 540)
    assert (box.x1, box.y1, box.x2, box.y2) == (0, 0, 960, 1080)
    assert (objects.frame_width, objects.frame_height) == (1920, 1080)


def test_objects_are_detected_once_a_second(clip: Path, results: MemoryResultStore) -> None:
    result = analyze(clip, results, ["detect_objects"], FakeEngines())
    objects = DetectedObjects.model_validate(results.get(result.results["detect_objects"]))
    assert [(f.at_s, f.frame_index) for f in objects.frames] == [(0.0, 0), (1.0, 25), (2.0, 50), (3.0, 75)]


def test_the_text_of_an_unchanged_picture_is_read_once(clip: Path, results: MemoryResultStore) -> None:
    result = analyze(clip, results, ["read_text"], FakeEngines())
    read = ReadText.model_validate(results.get(result.results["read_text"]))
    assert [f.at_s for f in read.frames] == [0.0, 2.0]


def test_a_caption_combines_objects_screen_text_and_speech(clip: Path, results: MemoryResultStore) -> None:
    result = analyze(clip, results, ["describe_segments"], FakeEngines())
    (caption,) = SegmentCaptions.model_validate(results.get(result.results["describe_segments"])).captions
    assert caption.model == "composed-captions@1"
    assert caption.text == (
        "A person is in view throughout, on the left. The screen reads “HELLO”. A voice says: “Good morning.”"
    )


def test_captions_and_objects_share_one_decoding_pass(clip: Path, results: MemoryResultStore) -> None:
    engines = FakeEngines()
    first = analyze(clip, results, ["describe_segments"], engines)
    frame_count = len(engines.objects_engine.picture_sizes)
    second = analyze(clip, results, ["detect_objects"], engines)
    assert second.results["detect_objects"] == first.results["detect_objects"]
    assert len(engines.objects_engine.picture_sizes) == frame_count


def test_an_audio_file_has_no_detections(tmp_path: Path, results: MemoryResultStore) -> None:
    path = write_sound(tmp_path / "a.wav", tone(4))
    result = analyze(path, results, ["detect_objects", "describe_segments"], FakeEngines())
    objects = DetectedObjects.model_validate(results.get(result.results["detect_objects"]))
    assert (objects.frames, objects.frame_width) == ((), 0)


def test_a_repeated_task_opens_no_file_and_returns_the_same_keys(clip: Path, results: MemoryResultStore) -> None:
    first = analyze(clip, results, ["describe_segments", "detect_objects"], FakeEngines())
    again = analyze(Path("/nonexistent"), results, ["describe_segments", "detect_objects"], FakeEngines())
    assert again.results == first.results


def test_texts_are_embedded_in_their_order(results: MemoryResultStore) -> None:
    results.put("documents", {"slots": [], "texts": ["a", "b", "c"]})
    task = message("embed_segments", inputs={"documents": "documents"})
    result = TASKS["embed_segments"](task_run(task, Path(), FakeEngines(), results))
    vectors = Embeddings.model_validate(results.get(result.results["embed_segments"]))
    assert (vectors.count, vectors.dimension, vectors.model) == (3, 2, "all-minilm-l6-v2-int8@1")
    assert list(unpack_vectors(vectors))[2] == pytest.approx((0.6, 0.8), abs=1e-3)


def test_new_documents_under_the_same_name_are_embedded_again(results: MemoryResultStore) -> None:
    task = message("embed_segments", inputs={"documents": "documents"})
    keys = []
    for texts in (["a"], ["a", "b"]):
        results.put("documents", {"texts": texts})
        result = TASKS["embed_segments"](task_run(task, Path(), FakeEngines(), results))
        keys.append(result.results["embed_segments"])
    assert keys[0] != keys[1]


@pytest.mark.parametrize("steps", [[], ["unknown"], "detect_objects", None])
def test_unknown_steps_are_an_invalid_task(clip: Path, results: MemoryResultStore, steps: list[str]) -> None:
    with pytest.raises(InvalidTask):
        analyze(clip, results, steps, FakeEngines())


def test_a_missing_plan_is_an_invalid_task(clip: Path) -> None:
    _, chunk = plan_of(4.0)
    task = message("analyze_chunk", chunk=chunk, options={"steps": ["read_text"]}, inputs={"plan": "gone"})
    with pytest.raises(InvalidTask, match="gone"):
        TASKS["analyze_chunk"](task_run(task, clip, FakeEngines()))


def test_progress_increases_from_zero_to_one(clip: Path) -> None:
    fractions: list[float] = []
    TASKS["detect_shots"](task_run(message("detect_shots"), clip, FakeEngines(), report=fractions.append))
    assert fractions == sorted(fractions)
    assert fractions[0] < 0.1
    assert fractions[-1] > 0.9


def test_an_interrupted_task_stores_no_result(clip: Path, results: MemoryResultStore) -> None:
    def stop(_: float) -> None:
        raise TaskInterrupted

    with pytest.raises(TaskInterrupted):
        TASKS["detect_shots"](task_run(message("detect_shots"), clip, FakeEngines(), results, stop))
    assert results.documents == {}


def test_an_unsupported_language_makes_the_engine_unavailable(tmp_path: Path) -> None:
    engine = WhisperSpeech(ModelInfo(id="whisper", version="1"), {"whisper-tiny-en": tmp_path / "model.bin"})
    with pytest.raises(EngineUnavailable, match="English only"):
        engine.transcribe(tone(1), "de")


# Options of the caller


def test_without_speech_recognition_the_transcript_is_empty_and_no_model_runs(
    tmp_path: Path, results: MemoryResultStore
) -> None:
    path, engines = write_sound(tmp_path / "a.wav", tone(10)), FakeEngines()
    task = message("transcribe_speech", options={"use_asr": False})
    result = TASKS["transcribe_speech"](task_run(task, path, engines, results))
    assert results.get(result.results["transcribe_speech"])["utterances"] == []
    assert (result.models, engines.speech_engine.thresholds) == ((), [])


def test_each_speech_threshold_reaches_the_engine_and_has_its_own_result(
    tmp_path: Path, results: MemoryResultStore
) -> None:
    path, engines = write_sound(tmp_path / "a.wav", tone(10)), FakeEngines()
    keys = set()
    for threshold in (None, 0.2, 0.9):
        task = message("transcribe_speech", options={"vad_threshold": threshold})
        keys.add(TASKS["transcribe_speech"](task_run(task, path, engines, results)).results["transcribe_speech"])
    assert engines.speech_engine.thresholds == [None, 0.2, 0.9]
    assert len(keys) == 3


def test_the_frame_rate_of_the_caller_sets_the_sampling(clip: Path, results: MemoryResultStore) -> None:
    key = analyze(clip, results, ["detect_objects"], FakeEngines(), max_fps=2).results["detect_objects"]
    objects = DetectedObjects.model_validate(results.get(key))
    assert [f.at_s for f in objects.frames] == pytest.approx([0.0, 0.52, 1.0, 1.52, 2.0, 2.52, 3.0, 3.52])
    assert objects.sample_fps == 2.0


def test_different_options_have_different_results(clip: Path, results: MemoryResultStore) -> None:
    options: list[dict[str, float]] = [{}, {"max_fps": 2}, {"conf": 0.9}, {"iou": 0.3}, {"max_objects": 1}]
    steps = ["detect_objects", "describe_segments"]
    keys = [analyze(clip, results, steps, FakeEngines(), **detection).results for detection in options]
    for step in steps:
        assert len({stored[step] for stored in keys}) == len(options)
    assert len({stored["read_text"] for stored in keys if stored is not keys[1]}) == 1


def test_invalid_options_of_the_detector_are_an_invalid_task(clip: Path, results: MemoryResultStore) -> None:
    with pytest.raises(InvalidTask, match="detection"):
        analyze(clip, results, ["detect_objects"], FakeEngines(), conf=7)

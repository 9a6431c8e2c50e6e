"""Each task stores the results of a message and a media file, once."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
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

from gpu_tasks.engines.roles import Speech, SpeechOptions, Translated, UnknownSpeech, Waveform
from gpu_tasks.engines.whisper_speech import WhisperSpeech
from gpu_tasks.task_errors import CorruptMedia, EngineUnavailable, InvalidTask
from gpu_tasks.task_run import TaskInterrupted
from gpu_tasks.task_table import TASKS
from gpu_tasks.transcribe_speech import task as transcribe_speech
from tests.support.clips import FPS, textured, tone, write_sound, write_video
from tests.support.edited_media import LIBVPX, beeping, damaged, remuxed
from tests.support.memory.stores import MemoryResultStore
from tests.support.tasks import FakeEngines, FakeSpeech, message, plan_of, task_run


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


def test_boxes_stay_in_the_pixels_of_the_video_when_the_size_of_its_frames_changes(
    tmp_path: Path, results: MemoryResultStore
) -> None:
    path = write_sizes(tmp_path / "clip.webm", (160, 96), (80, 48), (320, 192))
    plan, chunk = plan_of(6.0)
    results.put("plan", plan.model_copy(update={"frame_size": (160, 96)}).model_dump(mode="json"))
    options = {"steps": ["detect_objects", "read_text"]}
    task = message("analyze_chunk", chunk=chunk, options=options, inputs={"plan": "plan"})
    result = TASKS["analyze_chunk"](task_run(task, path, FakeEngines(), results))
    objects = DetectedObjects.model_validate(results.get(result.results["detect_objects"]))
    boxes = {(d.box.x1, d.box.y1, d.box.x2, d.box.y2) for f in objects.frames for d in f.detections}
    assert (len(objects.frames), boxes) == (6, {(0, 0, 80, 96)})
    assert (objects.frame_width, objects.frame_height) == (160, 96)
    read = ReadText.model_validate(results.get(result.results["read_text"]))
    assert all(0 <= b.x1 < b.x2 <= 160 and 0 <= b.y1 < b.y2 <= 96 for f in read.frames for b in [f.lines[0].box])


def write_sizes(path: Path, *sizes: tuple[int, int]) -> Path:
    """Two seconds of each size, as a video conference records them."""
    with av.open(str(path), "w") as container:
        stream = None
        for part, (width, height) in enumerate(sizes):
            encoder = av.CodecContext.create("libvpx", "w")
            encoder.width, encoder.height, encoder.pix_fmt = width, height, "yuv420p"
            encoder.time_base, encoder.framerate = Fraction(1, 1000), Fraction(10)
            encoder.options = LIBVPX
            if stream is None:
                stream = container.add_stream("libvpx", rate=10)
                stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
            frames = [av.VideoFrame.from_ndarray(textured(part, width, height), format="bgr24") for _ in range(20)]
            for number, frame in enumerate(frames):
                frame.pts, frame.time_base = (part * 20 + number) * 100, Fraction(1, 1000)
            for packet in [p for frame in [*frames, None] for p in encoder.encode(frame)]:
                packet.stream, packet.time_base = stream, Fraction(1, 1000)
                container.mux(packet)
    return path


@pytest.mark.parametrize("kind", ["mp4", "mkv", "ts"])
def test_a_picture_stands_until_the_next_one_comes(tmp_path: Path, results: MemoryResultStore, kind: str) -> None:
    """Three pictures in five minutes; the second chunk begins while the second one stands."""
    path = write_video(
        tmp_path / f"slides.{kind}",
        [textured(n) for n in range(3)],
        sound=tone(300, amplitude=0.0),
        pts_of=lambda n: (0, 60 * FPS, 290 * FPS)[n],
    )
    plan, _ = plan_of(300.0)
    results.put("plan", plan.model_dump(mode="json"))
    found = []
    engines = FakeEngines()
    for chunk in plan.chunks:
        task = message("analyze_chunk", chunk=chunk, options={"steps": ["describe_segments"]}, inputs={"plan": "plan"})
        result = TASKS["analyze_chunk"](task_run(task, path, engines, results))
        found.append(DetectedObjects.model_validate(results.get(result.results["detect_objects"])))
        captions = SegmentCaptions.model_validate(results.get(result.results["describe_segments"])).captions
        assert all("A person" in c.text and "HELLO" in c.text for c in captions)
    assert [f.at_s for part in found for f in part.frames] == pytest.approx(range(300), abs=0.1)
    assert len(engines.objects_engine.picture_sizes) <= 3 + len(plan.chunks)


def test_the_first_track_with_speech_replaces_a_silent_default(tmp_path: Path, results: MemoryResultStore) -> None:
    path = two_tracks(tmp_path / "clip.mkv", default=0)
    assert transcript_of(path, results).audio_track == 1
    assert transcript_of(path, results, audio_track=0).audio_track == 0
    with pytest.raises(InvalidTask, match="no audio track 2"):
        transcript_of(path, results, audio_track=2)


def test_the_default_track_is_preferred_to_the_first(tmp_path: Path, results: MemoryResultStore) -> None:
    assert transcript_of(two_tracks(tmp_path / "clip.mkv", default=1), results).audio_track == 1


def two_tracks(path: Path, default: int) -> Path:
    """The first track is silent, the second one is not."""
    with av.open(str(path), "w") as container:
        streams = [container.add_stream("flac", rate=16_000, layout="mono") for _ in range(2)]
        for number, stream in enumerate(streams):
            stream.disposition = av.stream.Disposition.default if number == default else av.stream.Disposition(0)
        for number, stream in enumerate(streams):
            samples = (tone(2, amplitude=0.5 * number) * 32767).astype(np.int16).reshape(1, -1)
            frame = av.AudioFrame.from_ndarray(samples, format="s16", layout="mono")
            frame.sample_rate, frame.pts = 16_000, 0
            container.mux(stream.encode(frame))
        for stream in streams:
            container.mux(stream.encode(None))
    return path


def transcript_of(path: Path, results: MemoryResultStore, **options: object) -> Transcript:
    class HearsTones(FakeSpeech):
        def transcribe(self, waveform: Waveform, options: SpeechOptions, /) -> Iterator[Speech]:
            return super().transcribe(waveform, options) if waveform.any() else iter(())

    engines = FakeEngines()
    engines._ready["speech"] = HearsTones()
    task = message("transcribe_speech", options=options)
    result = TASKS["transcribe_speech"](task_run(task, path, engines, results))
    return Transcript.model_validate(results.get(result.results["transcribe_speech"]))


@pytest.mark.parametrize("kind", ["video", "audio"])
def test_a_stream_that_cannot_be_decoded_leaves_the_other_one(
    tmp_path: Path, results: MemoryResultStore, kind: str
) -> None:
    clip = beeping(tmp_path / "clip.mkv", 3, [1], [2], sound="flac")
    path = remuxed(tmp_path / "damaged.mkv", clip, damaged(kind, -1, 9))
    transcript = transcript_of(path, results)
    shots_of = TASKS["detect_shots"](task_run(message("detect_shots"), path, FakeEngines(), results))
    shots = Shots.model_validate(results.get(shots_of.results["detect_shots"]))
    assert (transcript.unreadable == 1, shots.unreadable == 1) == (kind == "audio", kind == "video")
    assert (bool(transcript.utterances), len(shots.shots)) == (kind == "video", 1 if kind == "video" else 2)
    assert shots.duration_s == pytest.approx(3.0, abs=0.1)
    analyze(path, results, ["describe_segments"], FakeEngines())


def test_a_file_of_which_nothing_can_be_decoded_is_corrupt(tmp_path: Path, results: MemoryResultStore) -> None:
    clip = beeping(tmp_path / "clip.mkv", 2, [1], sound="flac")
    broken = remuxed(
        tmp_path / "a.mkv", remuxed(tmp_path / "b.mkv", clip, damaged("audio", -1, 9)), damaged("video", -1, 9)
    )
    for task in ("transcribe_speech", "detect_shots"):
        with pytest.raises(CorruptMedia):
            TASKS[task](task_run(message(task), broken, FakeEngines(), results))


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
        engine.transcribe(tone(1), SpeechOptions("de"))


def hearing(speech: Sequence[Speech], tmp_path: Path, results: MemoryResultStore, **options: object) -> Transcript:
    """The transcript of ten seconds in which the engine hears one English word and `speech`."""

    class Hears(FakeSpeech):
        def transcribe(self, waveform: Waveform, options: SpeechOptions, /) -> Iterator[Speech]:
            yield from super().transcribe(waveform, options)
            yield from speech

    engines = FakeEngines()
    engines._ready["speech"] = Hears()
    path = write_sound(tmp_path / "a.wav", tone(10))
    task = message("transcribe_speech", options=options)
    result = TASKS["transcribe_speech"](task_run(task, path, engines, results))
    return Transcript.model_validate(results.get(result.results["transcribe_speech"]))


@pytest.mark.parametrize(("unknown_s", "kept"), [(0.15, True), (0.25, False)])
@pytest.mark.parametrize(("heard", "named"), [(None, "und"), ("de", "de")])
def test_a_transcript_of_mostly_unknown_speech_is_empty_and_names_the_language_if_it_was_detected(
    tmp_path: Path, results: MemoryResultStore, unknown_s: float, kept: bool, heard: str | None, named: str
) -> None:
    transcript = hearing([UnknownSpeech(unknown_s, heard)], tmp_path, results)
    assert (len(transcript.utterances), transcript.language) == ((1, "en") if kept else (0, named))
    assert transcript.unknown_speech_s == pytest.approx(unknown_s if kept else unknown_s + 0.1)


def test_the_language_of_a_transcript_is_that_of_most_of_it(tmp_path: Path, results: MemoryResultStore) -> None:
    german = Utterance(span=span(6, 9), text="Guten Tag.", language="de")
    transcript = hearing([german], tmp_path, results)
    assert [u.language for u in transcript.utterances] == ["en", "de"]
    assert transcript.language == "de"


def test_a_translation_is_kept_apart_from_the_transcript(tmp_path: Path, results: MemoryResultStore) -> None:
    german = Utterance(span=span(6, 9), text="Guten Tag.", language="de")
    translated = [german, Translated(span(6, 9), "Good day.")]
    transcript = hearing(translated, tmp_path, results, translate_to="en")
    assert [u.text for u in transcript.utterances] == ["Word.", "Guten Tag."]
    assert (transcript.translated_to, [u.text for u in transcript.translation]) == ("en", ["Good day."])
    assert hearing([german], tmp_path, results).translated_to is None  # a result of its own


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

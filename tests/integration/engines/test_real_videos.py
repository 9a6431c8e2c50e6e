"""Expected results of the cpu engines for real videos; the expectations were checked by watching and listening."""

from collections.abc import Callable
from typing import cast

import jiwer
import pytest

from gpu_tasks.engines.registry import EngineRegistry
from gpu_tasks.engines.whisper_speech import WhisperSpeech
from gpu_tasks.media.audio import decode_audio
from tests.support.analysis import Analysis
from tests.support.media import real_media

Analysed = Callable[[str], Analysis]

NASA = "nasa_narration_13s.mp4"
PEOPLE = "people_139s.mp4"
BUNNY = "big_buck_bunny_30s.webm"
READER = "two_cities.wav"
CARS = "cars_30s.mp4"
FROG = "frog_8s.mp4"

# Start times of all shots but the first. NASA: a dissolve from 5.00 to 6.00 s, with the boundary at its middle; the
# first frame of the close-up is at 8.008 s. Big Buck Bunny: three cuts; the fade-in and the fading titles are not cuts.
SHOT_STARTS_S = {
    NASA: [5.5, 8.01],
    BUNNY: [11.8, 15.7, 23.0],
    PEOPLE: [],
    CARS: [],
    FROG: [],
}

# Charles Dickens, "A Tale of Two Cities", 1859, as far as the recording goes.
TWO_CITIES = """
It was the best of times, it was the worst of times, it was the age of wisdom, it was the age of foolishness,
it was the epoch of belief, it was the epoch of incredulity, it was the season of light, it was the season of
darkness, it was the spring of hope, it was the winter of despair, we had everything before us, we had nothing
before us, we were all going direct to heaven, we were all going direct the other way. In short, the period was so
far like the present period, that some of its noisiest authorities insisted on its being received, for good or for
evil, in the superlative degree of comparison only.
"""


@pytest.mark.parametrize("clip", SHOT_STARTS_S)
def test_shots_start_at_the_labelled_times(analysed: Analysed, clip: str) -> None:
    starts_s = [shot.start_s for shot in analysed(clip).shots.shots[1:]]
    assert starts_s == pytest.approx(SHOT_STARTS_S[clip], abs=0.2)


def test_names_in_a_narration_are_transcribed(analysed: Analysed) -> None:
    speech = analysed(NASA).speech
    assert "Webb Space Telescope" in speech
    assert "Goddard" in speech


def test_words_have_ascending_times(analysed: Analysed) -> None:
    words = [w for u in analysed(NASA).transcript.utterances for w in u.words]
    telescope = next(w for w in words if "Telescope" in w.text)
    assert 2.0 <= telescope.span.start_s <= telescope.span.end_s <= 6.0
    assert [w.span.start_s for w in words] == sorted(w.span.start_s for w in words)


@pytest.mark.parametrize("clip", [NASA, READER])
def test_all_english_speech_is_in_the_transcript(analysed: Analysed, clip: str) -> None:
    assert (analysed(clip).transcript.language, analysed(clip).transcript.unknown_speech_s) == ("en", 0)


@pytest.mark.parametrize("clip", [BUNNY, CARS, FROG, PEOPLE])
def test_music_and_silence_have_no_words(analysed: Analysed, clip: str) -> None:
    assert analysed(clip).words == []


def test_the_word_error_rate_of_a_recording_is_low(analysed: Analysed) -> None:
    plain = jiwer.Compose([jiwer.ToLowerCase(), jiwer.RemovePunctuation(), jiwer.RemoveMultipleSpaces(), jiwer.Strip()])
    transcript, reference = plain(analysed(READER).speech), plain(" ".join(TWO_CITIES.split()))
    assert jiwer.wer(reference, transcript) <= 0.05


@pytest.mark.parametrize(("clip", "label"), [(NASA, "person"), (PEOPLE, "person"), (BUNNY, "bird")])
def test_objects_are_detected(analysed: Analysed, clip: str, label: str) -> None:
    assert label in analysed(clip).labels


def test_single_pedestrians_are_counted_once(analysed: Analysed) -> None:
    frames = [f for chunk in analysed(PEOPLE).objects for f in chunk.frames]
    counts = [sum(d.label == "person" for d in f.detections) for f in frames]
    assert sum(c == 1 for c in counts) >= 60
    assert max(counts) <= 2


def test_boxes_are_inside_the_picture(analysed: Analysed) -> None:
    for chunk in analysed(PEOPLE).objects:
        assert (chunk.frame_width, chunk.frame_height) == (768, 432)
        boxes = [d.box for f in chunk.frames for d in f.detections]
        assert all(0 <= b.x1 < b.x2 <= 768 and 0 <= b.y1 < b.y2 <= 432 for b in boxes)


def test_titles_are_read(analysed: Analysed) -> None:
    assert "PRESENTS" in analysed(BUNNY).lines


@pytest.mark.parametrize("clip", [PEOPLE, CARS, FROG])
def test_a_video_without_text_has_no_lines(analysed: Analysed, clip: str) -> None:
    assert analysed(clip).lines == set()


@pytest.mark.parametrize(
    ("clip", "expected"),
    [
        (NASA, ["A person appears briefly", "A voice says: “This is the optical", "Webb Space Telescope"]),
        (PEOPLE, ["A person is in view"]),
        (BUNNY, ["A bird appears briefly", "“PRESENTS”"]),
        (READER, ["A voice says: “It was the best of times"]),
        (FROG, ["Nothing was recognised here"]),
    ],
)
def test_captions_contain_the_results(analysed: Analysed, clip: str, expected: list[str]) -> None:
    assert [text for text in expected if text not in analysed(clip).caption] == []


def test_every_segment_has_one_caption_and_one_vector(analysed: Analysed) -> None:
    analysis = analysed(PEOPLE)
    captions = [c for chunk in analysis.captions for c in chunk.captions]
    assert [c.segment_index for c in captions] == [s.index for s in analysis.plan.segments]
    assert analysis.embeddings is not None
    assert (analysis.embeddings.count, analysis.embeddings.dimension) == (len(captions), 384)


def test_the_sampling_grid_continues_across_chunks(analysed: Analysed) -> None:
    first, second = analysed(PEOPLE).objects
    times_s = [f.at_s for f in (*first.frames, *second.frames)]
    assert times_s == [float(n) for n in range(140)]
    assert next(f.frame_index for f in second.frames) == round(second.frames[0].at_s * 10)


def test_a_transcription_that_samples_has_the_same_words_again(engines: EngineRegistry) -> None:
    speech = cast(WhisperSpeech, engines.speech)
    assert speech._model is not None
    samples = next(decode_audio(real_media(NASA))).samples
    transcripts = [
        " ".join(s.text for s in speech._model.transcribe(samples, language="en", temperature=0.9)[0]) for _ in range(2)
    ]
    assert transcripts[0] == transcripts[1]
    assert "Telescope" in transcripts[0]

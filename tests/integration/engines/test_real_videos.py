"""What the cpu engines must find in real videos; every fact was checked by looking and listening."""

from collections.abc import Callable

import jiwer
import pytest

from tests.support.analysis import Analysis

Analysed = Callable[[str], Analysis]

NASA = "nasa_narration_13s.mp4"
PEOPLE = "people_139s.mp4"
BUNNY = "big_buck_bunny_30s.webm"
READER = "two_cities.wav"
CARS = "cars_30s.mp4"
FROG = "frog_8s.mp4"

# Where a shot after the first begins. NASA: a dissolve runs from 5.00 to 6.00 s, its middle counts; the first frame
# of the close-up is at 8.008 s. Big Buck Bunny: three cuts; its fade-in and its fading titles are none.
SHOT_STARTS_S = {
    NASA: [5.5, 8.01],
    BUNNY: [11.8, 15.7, 23.0],
    PEOPLE: [],
    CARS: [],
    FROG: [],
}

# Charles Dickens, "A Tale of Two Cities", 1859, as far as the reader goes.
TWO_CITIES = """
It was the best of times, it was the worst of times, it was the age of wisdom, it was the age of foolishness,
it was the epoch of belief, it was the epoch of incredulity, it was the season of light, it was the season of
darkness, it was the spring of hope, it was the winter of despair, we had everything before us, we had nothing
before us, we were all going direct to heaven, we were all going direct the other way. In short, the period was so
far like the present period, that some of its noisiest authorities insisted on its being received, for good or for
evil, in the superlative degree of comparison only.
"""


@pytest.mark.parametrize("clip", SHOT_STARTS_S)
def test_shots_begin_where_a_viewer_sees_them(analysed: Analysed, clip: str) -> None:
    starts_s = [shot.start_s for shot in analysed(clip).shots.shots[1:]]
    assert starts_s == pytest.approx(SHOT_STARTS_S[clip], abs=0.2)


def test_names_in_a_narration_are_heard(analysed: Analysed) -> None:
    speech = analysed(NASA).speech
    assert "Webb Space Telescope" in speech
    assert "Goddard" in speech


def test_words_have_their_times(analysed: Analysed) -> None:
    words = [w for u in analysed(NASA).transcript.utterances for w in u.words]
    telescope = next(w for w in words if "Telescope" in w.text)
    assert 2.0 <= telescope.span.start_s <= telescope.span.end_s <= 6.0
    assert [w.span.start_s for w in words] == sorted(w.span.start_s for w in words)


@pytest.mark.parametrize("clip", [BUNNY, CARS, FROG, PEOPLE])
def test_music_and_silence_have_no_words(analysed: Analysed, clip: str) -> None:
    assert analysed(clip).words == []


def test_a_reader_is_understood(analysed: Analysed) -> None:
    plain = jiwer.Compose([jiwer.ToLowerCase(), jiwer.RemovePunctuation(), jiwer.RemoveMultipleSpaces(), jiwer.Strip()])
    heard, said = plain(analysed(READER).speech), plain(" ".join(TWO_CITIES.split()))
    assert jiwer.wer(said, heard) <= 0.05


@pytest.mark.parametrize(("clip", "label"), [(NASA, "person"), (PEOPLE, "person"), (BUNNY, "bird")])
def test_objects_are_recognised(analysed: Analysed, clip: str, label: str) -> None:
    assert label in analysed(clip).labels


def test_people_who_walk_by_one_by_one_are_alone(analysed: Analysed) -> None:
    frames = [f for chunk in analysed(PEOPLE).objects for f in chunk.frames]
    counts = [sum(d.label == "person" for d in f.detections) for f in frames]
    assert sum(c == 1 for c in counts) >= 60
    assert max(counts) <= 2


def test_boxes_lie_inside_the_picture(analysed: Analysed) -> None:
    for chunk in analysed(PEOPLE).objects:
        assert (chunk.frame_width, chunk.frame_height) == (768, 432)
        boxes = [d.box for f in chunk.frames for d in f.detections]
        assert all(0 <= b.x1 < b.x2 <= 768 and 0 <= b.y1 < b.y2 <= 432 for b in boxes)


def test_titles_are_read(analysed: Analysed) -> None:
    assert "PRESENTS" in analysed(BUNNY).lines


@pytest.mark.parametrize("clip", [PEOPLE, CARS, FROG])
def test_no_text_is_read_where_there_is_none(analysed: Analysed, clip: str) -> None:
    assert analysed(clip).lines == set()


@pytest.mark.parametrize(
    ("clip", "told"),
    [
        (NASA, ["A person appears briefly", "A voice says: “This is the optical", "Webb Space Telescope"]),
        (PEOPLE, ["A person is in view"]),
        (BUNNY, ["A bird appears briefly", "“PRESENTS”"]),
        (READER, ["A voice says: “It was the best of times"]),
        (FROG, ["Nothing was recognised here"]),
    ],
)
def test_captions_tell_what_is_there(analysed: Analysed, clip: str, told: list[str]) -> None:
    assert [t for t in told if t not in analysed(clip).caption] == []


def test_every_segment_has_one_caption_and_one_vector(analysed: Analysed) -> None:
    found = analysed(PEOPLE)
    captions = [c for chunk in found.captions for c in chunk.captions]
    assert [c.segment_index for c in captions] == [s.index for s in found.plan.segments]
    assert found.embeddings is not None
    assert (found.embeddings.count, found.embeddings.dimension) == (len(captions), 384)


def test_a_chunk_in_the_middle_is_sampled_on_the_same_grid(analysed: Analysed) -> None:
    first, second = analysed(PEOPLE).objects
    times_s = [f.at_s for f in (*first.frames, *second.frames)]
    assert times_s == [float(n) for n in range(140)]
    assert next(f.frame_index for f in second.frames) == round(second.frames[0].at_s * 10)

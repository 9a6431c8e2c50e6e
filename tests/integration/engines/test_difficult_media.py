"""Damaged, joined, sparse and unusual files are analysed with the right times, with the real engines.

The sentences and the times at which they are spoken are those of the texts from which the files were made.
"""

from collections.abc import Callable

import pytest
from cinedex.adapters.pyav.media_probe import PyAvMediaProbe
from cinedex.search.domain.index.segment_document import SignalHits, WordHit
from cinedex.search.domain.query.query import Query
from cinedex.search.domain.ranking.fusion import fuse
from cinedex.timeline.modality import Modality

from tests.support.analysis import Analysis
from tests.support.media import real_media
from tests.support.segments import segment

Analysed = Callable[[str], Analysis]

FOX, TRUMPETS, STAMPS = "fox", "trumpets", "grandmother"
SPOKEN_S: dict[str, dict[str, float]] = {
    "damaged_audio_packet.mp4": {FOX: 1.0, TRUMPETS: 20.0, STAMPS: 26.0},
    "audio_gap_7s_to_19s.mp4": {FOX: 1.0, TRUMPETS: 20.0, STAMPS: 26.0},
    "audio_rate_changes.mp3": {FOX: 0.2, TRUMPETS: 4.9},
    "audio_layout_changes.mp3": {FOX: 0.2, STAMPS: 5.1},
    "starts_at_5s.webm": {FOX: 1.5},
    "declared_6s_holds_14s.mkv": {TRUMPETS: 8.5},
    "two_recordings_joined.ts": {FOX: 0.2, TRUMPETS: 6.2},
    "two_programmes.ts": {TRUMPETS: 0.2},
    "first_audio_track_silent.mp4": {TRUMPETS: 0.2},
    "stereo_inverted_phase.m4a": {FOX: 0.2},
}
LENGTH_S = {
    "declared_6s_holds_14s.mkv": 14.0,
    "declared_ten_times_too_long.mkv": 12.0,
    "starts_at_5s.webm": 12.0,
    "two_recordings_joined.ts": 12.0,
    "three_frames_in_300s.mp4": 300.0,
}
SCREEN = {
    "declared_6s_holds_14s.mkv": "SECOND CHAPTER",
    "two_recordings_joined.ts": "SECOND CHAPTER",
    "two_programmes.ts": "CHANNEL TWO",
    "display_matrix_hflip.mp4": "EMERGENCY EXIT",
    "display_matrix_vflip.mp4": "EMERGENCY EXIT",
}

LINES = {
    "japanese_on_screen.mp4": {
        "今日のニュースをお伝えします",
        "東京タワーの夜景",
        "ありがとうございました",
        "新製品発表会",
        "カメラのレンズを交換する方法",
        "Python入門コース",
    },
    "small_text_1440p.mp4": {
        "def transfer_funds(account, amount):",
        "ledger = open_ledger(account.branch)",
        "ledger.append(Entry(amount, currency='EUR'))",
        "return ledger.balance()",
        "Kubernetes cluster: production-west",
        "Invoice number 4711 was approved by Marta",
    },
}


@pytest.mark.parametrize("clip", SPOKEN_S)
def test_sentences_have_the_times_at_which_they_are_heard(analysed: Analysed, clip: str) -> None:
    transcript = analysed(f"hard/{clip}").transcript
    for word, at_s in SPOKEN_S[clip].items():
        spoken = next(u.span for u in transcript.utterances if word in u.text.lower())
        assert spoken.start_s == pytest.approx(at_s, abs=0.8)
    assert len(transcript.utterances) == len(SPOKEN_S[clip])


@pytest.mark.parametrize("clip", LENGTH_S)
def test_the_length_is_that_of_the_content(analysed: Analysed, clip: str) -> None:
    assert analysed(f"hard/{clip}").shots.duration_s == pytest.approx(LENGTH_S[clip], abs=0.1)
    assert PyAvMediaProbe().probe(str(real_media(f"hard/{clip}"))).duration_s == pytest.approx(LENGTH_S[clip], abs=0.1)


@pytest.mark.parametrize("clip", SCREEN)
def test_the_picture_is_read_as_it_is_shown(analysed: Analysed, clip: str) -> None:
    assert SCREEN[clip] in analysed(f"hard/{clip}").lines


@pytest.mark.parametrize("clip", LINES)
def test_lines_of_any_script_and_small_letters_are_read(analysed: Analysed, clip: str) -> None:
    assert analysed(f"hard/{clip}").lines == LINES[clip]


def test_speech_of_another_language_is_no_english_text(analysed: Analysed) -> None:
    analysis = analysed("hard/spanish_speech.m4a")
    assert (analysis.transcript.utterances, analysis.transcript.language) == ((), "und")
    assert analysis.transcript.unknown_speech_s > 2
    assert not [u for segment in analysis.plan.segments for u in analysis.plan.speech_in(segment.span)]


@pytest.mark.parametrize("phrase", ["don’t touch", "the engineer’s keyboard", "can't believe", "10 o’clock"])
def test_spoken_words_are_found_with_any_apostrophe(analysed: Analysed, phrase: str) -> None:
    document = segment("v", 0, analysed("hard/apostrophes_spoken.m4a").speech)
    hits = SignalHits(words=(WordHit(document=document, score=1.0),))
    for typed in (f'"{phrase}"', phrase):
        assert [s.coverage > 0.9 for s in fuse(Query(text=typed), hits, tuple(Modality))] == [True]


def test_the_share_of_damaged_sound_is_reported(analysed: Analysed) -> None:
    assert 0 < analysed("hard/damaged_audio_packet.mp4").transcript.unreadable < 0.01


def test_a_picture_stands_until_the_next_one(analysed: Analysed) -> None:
    captions = [c for chunk in analysed("hard/three_frames_in_300s.mp4").captions for c in chunk.captions]
    assert not [c.span for c in captions if "no picture" in c.text]
    assert all("QUARTERLY REVENUE" in c.text for c in captions if c.span.start_s >= 60 and c.span.end_s <= 290)

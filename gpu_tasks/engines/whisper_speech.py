"""Speech to text: Whisper tiny.en in int8 on CTranslate2, with Silero voice activity detection."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from cinedex.analysis.domain.model_results import ModelInfo, Utterance, Word
from cinedex.kernel.span import span

from gpu_tasks.engines.repeatable_sampling import RepeatableSampling
from gpu_tasks.engines.roles import SAMPLE_RATE_HZ, SpeechOptions, UnknownSpeech, Waveform
from gpu_tasks.engines.speech_evidence import stretched, were_spoken
from gpu_tasks.engines.thread_budget import THREADS, limit_openmp_threads
from gpu_tasks.task_errors import EngineUnavailable

if TYPE_CHECKING:
    from faster_whisper import WhisperModel
    from faster_whisper.transcribe import Segment
    from faster_whisper.transcribe import Word as SpokenWord

LANGUAGE = "en"
MARGIN_S = 1.0
"""Sound around words that are decoded again."""
UNKNOWN_SPEECH_MIN_S = 1.0
"""Voice activity detection also reacts to short noises."""
NEW_TOKENS_MAX = 220
"""Ends a later decoding that repeats itself; half a minute of speech has less."""


class WhisperSpeech:
    """Voice activity detection runs first, so that silence and music have no words."""

    def __init__(self, info: ModelInfo, weights: Mapping[str, Path]) -> None:
        self.info = info
        self._folder = weights["whisper-tiny-en"].parent
        self._model: WhisperModel | None = None

    def setup(self) -> None:
        limit_openmp_threads()
        from ctranslate2.models import Whisper
        from faster_whisper import WhisperModel

        self._model = WhisperModel(
            str(self._folder), device="cpu", compute_type="int8", cpu_threads=THREADS, local_files_only=True
        )
        load = partial(Whisper, str(self._folder), device="cpu", compute_type="int8", intra_threads=THREADS)
        self._model.model = RepeatableSampling(self._model.model, load)

    def transcribe(self, waveform: Waveform, options: SpeechOptions, /) -> Iterator[Utterance | UnknownSpeech]:
        if options.language is not None and options.language.lower().split("-")[0] != LANGUAGE:
            raise EngineUnavailable(f"The model {self.info.id} supports English only, not {options.language!r}.")
        if options.translate_to is not None:
            raise EngineUnavailable(f"The model {self.info.id} does not translate.")
        assert self._model is not None, "call setup() first"
        segments, details = self._model.transcribe(
            waveform,
            language=LANGUAGE,
            beam_size=5,
            temperature=[0.0, 0.4],
            condition_on_previous_text=False,
            word_timestamps=True,
            vad_filter=True,
            vad_parameters=None if options.vad_threshold is None else {"threshold": options.vad_threshold},
        )
        return self._believed(segments, waveform, details.duration_after_vad)

    def _believed(
        self, segments: Iterable[Segment], waveform: Waveform, voiced_s: float
    ) -> Iterator[Utterance | UnknownSpeech]:
        """Words are believed or not for a whole decoding window, because its segments share their evidence."""
        decoded = False
        for _, window in groupby(segments, lambda segment: segment.seek):
            spoken = [s for s in window if s.text.strip() and any(w.word.strip() for w in s.words or ())]
            if not spoken:
                continue
            decoded = True
            if were_spoken(spoken, partial(self._decode_again, waveform, spoken)):
                yield from (utterance_of(segment, LANGUAGE) for segment in spoken)
            else:
                yield UnknownSpeech(sum(segment.end - segment.start for segment in spoken))
        if not decoded and voiced_s >= UNKNOWN_SPEECH_MIN_S:
            yield UnknownSpeech(voiced_s)

    def _decode_again(self, waveform: Waveform, segments: Sequence[Segment], length: float) -> str:
        assert self._model is not None
        first, last = max(segments[0].start - MARGIN_S, 0.0), segments[-1].end + MARGIN_S
        again, _ = self._model.transcribe(
            stretched(waveform[round(first * SAMPLE_RATE_HZ) : round(last * SAMPLE_RATE_HZ)], length),
            language=LANGUAGE,
            beam_size=1,
            temperature=0.0,
            condition_on_previous_text=False,
            max_new_tokens=NEW_TOKENS_MAX,
            vad_filter=True,
        )
        return " ".join(segment.text for segment in again)


def utterance_of(segment: Segment, language: str, from_s: float = 0.0) -> Utterance:
    """A segment with words; `from_s` is the start of the decoded sound."""
    words = tuple(_word(word, from_s) for word in segment.words or () if word.word.strip())
    extent = span(words[0].span.start_s, words[-1].span.end_s)
    return Utterance(span=extent, text=segment.text.strip(), words=words, language=language)


def _word(word: SpokenWord, from_s: float) -> Word:
    start_s = max(float(word.start), 0.0)
    return Word(
        span=span(round(from_s + start_s, 3), round(from_s + max(float(word.end), start_s), 3)),
        text=word.word.strip(),
        probability=min(max(float(word.probability), 0.0), 1.0),
    )

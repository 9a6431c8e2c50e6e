"""Speech to text in about a hundred languages: a multilingual Whisper model on CTranslate2, from a folder."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cinedex.analysis.domain.model_results import ModelInfo
from cinedex.kernel.span import span

from gpu_tasks.engines.folder_models.speech_windows import SpeechWindow, detect, settled, speech_windows
from gpu_tasks.engines.repeatable_sampling import RepeatableSampling
from gpu_tasks.engines.roles import Speech, SpeechOptions, Translated, UnknownSpeech, Waveform
from gpu_tasks.engines.speech_evidence import follow_the_sound
from gpu_tasks.engines.thread_budget import THREADS, limit_openmp_threads
from gpu_tasks.engines.whisper_speech import utterance_of
from gpu_tasks.task_errors import EngineUnavailable

if TYPE_CHECKING:
    from faster_whisper import WhisperModel
    from faster_whisper.transcribe import Segment

ENGLISH = "en"
DECODING: dict[str, Any] = {
    "beam_size": 5,
    "temperature": [0.0, 0.4],
    "compression_ratio_threshold": 2.4,
    "log_prob_threshold": -1.0,
    "no_speech_threshold": 0.6,
    "condition_on_previous_text": False,
}
"""The thresholds are those of Whisper's authors; what fails them is decoded again at the second temperature."""


class MultilingualWhisper:
    """The language is detected for each window of up to 30 seconds, so that it can change inside a file.

    Words are believed if they pass the limits of Whisper's authors. They are not decoded a second time for comparison,
    as those of the English model are: the decoder knows which language it hears.
    """

    def __init__(self, info: ModelInfo, weights: Mapping[str, Path]) -> None:
        self.info = info
        self._folder = weights[info.id]
        self._model: WhisperModel | None = None

    def setup(self) -> None:
        limit_openmp_threads()
        from ctranslate2.models import Whisper
        from faster_whisper import WhisperModel

        try:
            self._model = WhisperModel(
                str(self._folder), device="cpu", compute_type="int8", cpu_threads=THREADS, local_files_only=True
            )
        except (RuntimeError, OSError, ValueError) as error:
            raise EngineUnavailable(f"{self._folder} is no Whisper model of CTranslate2: {error}") from error
        load = partial(Whisper, str(self._folder), device="cpu", compute_type="int8", intra_threads=THREADS)
        self._model.model = RepeatableSampling(self._model.model, load)

    def transcribe(self, waveform: Waveform, options: SpeechOptions, /) -> Iterator[Speech]:
        language = self._requested(options)
        windows = speech_windows(waveform, options.vad_threshold)
        for window, heard in zip(windows, self._languages(waveform, windows, language), strict=True):
            if heard is None:
                yield UnknownSpeech(window.speech_s)
                continue
            sound = waveform[window.start : window.end]
            yield from self._decoded(sound, window, heard, options.translate_to)

    def _requested(self, options: SpeechOptions) -> str | None:
        assert self._model is not None, "call setup() first"
        language = options.language.lower().split("-")[0] if options.language else None
        if language is not None and language not in self._model.supported_languages:
            raise EngineUnavailable(f"The model {self.info.id} does not know the language {options.language!r}.")
        if options.translate_to not in (None, ENGLISH):
            raise EngineUnavailable(f"The model {self.info.id} translates into English only.")
        return language

    def _languages(self, waveform: Waveform, windows: list[SpeechWindow], language: str | None) -> list[str | None]:
        assert self._model is not None
        if language is not None or not self._model.model.is_multilingual:
            return [language or ENGLISH] * len(windows)
        return settled(windows, [detect(waveform[w.start : w.end], self._detected) for w in windows])

    def _detected(self, sound: Waveform) -> tuple[str, float]:
        assert self._model is not None
        language, probability, _ = self._model.detect_language(sound)
        return language, probability

    def _decoded(
        self, sound: Waveform, window: SpeechWindow, language: str, translate_to: str | None
    ) -> Iterator[Speech]:
        segments = self._segments(sound, language=language, task="transcribe", word_timestamps=True)
        spoken = [s for s in segments if any(word.word.strip() for word in s.words or ())]
        believed = _believed(spoken)
        yield from (utterance_of(segment, language, window.start_s) for segment in believed)
        unknown_s = window.speech_s if not spoken else _length_s(spoken) - _length_s(believed)
        if unknown_s > 0:
            yield UnknownSpeech(unknown_s, language)
        if translate_to is not None and believed:
            yield from self._translated(sound, window, language, believed)

    def _translated(
        self, sound: Waveform, window: SpeechWindow, language: str, spoken: list[Segment]
    ) -> Iterator[Translated]:
        """English words are their own translation. The times that the model writes may lie behind the window."""
        if language != ENGLISH:
            spoken = _believed(self._segments(sound, language=language, task="translate"))
        for segment in spoken:
            start_s = min(window.start_s + max(segment.start, 0.0), window.end_s)
            end_s = max(start_s, min(window.start_s + segment.end, window.end_s))
            yield Translated(span(round(start_s, 3), round(end_s, 3)), segment.text.strip())

    def _segments(self, sound: Waveform, **options: Any) -> list[Segment]:
        assert self._model is not None
        segments, _ = self._model.transcribe(sound, vad_filter=False, **DECODING, **options)
        return [segment for segment in segments if segment.text.strip()]


def _believed(segments: list[Segment]) -> list[Segment]:
    """Segments of one decoding share their evidence, so that they are believed or not together."""
    decodings = (list(group) for _, group in groupby(segments, lambda segment: segment.seek))
    return [segment for decoding in decodings if follow_the_sound(decoding) for segment in decoding]


def _length_s(segments: list[Segment]) -> float:
    return sum((float(segment.end - segment.start) for segment in segments), 0.0)

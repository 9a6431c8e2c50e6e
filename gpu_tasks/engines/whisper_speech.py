"""Speech to text: Whisper tiny.en in int8 on CTranslate2, with Silero voice activity detection."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from cinedex.analysis.domain.model_results import ModelInfo, Utterance, Word
from cinedex.kernel.span import span

from gpu_tasks.engines.roles import Waveform
from gpu_tasks.engines.thread_budget import THREADS, limit_openmp_threads
from gpu_tasks.task_errors import EngineUnavailable

if TYPE_CHECKING:
    from faster_whisper import WhisperModel
    from faster_whisper.transcribe import Segment
    from faster_whisper.transcribe import Word as SpokenWord

LANGUAGE = "en"
AVERAGE_LOG_PROBABILITY_MIN = -1.0  # below it, the words are usually hallucinated from noise


class WhisperSpeech:
    """Voice activity detection runs first, so that silence and music have no words."""

    def __init__(self, info: ModelInfo, weights: Mapping[str, Path]) -> None:
        self.info = info
        self._folder = weights["whisper-tiny-en"].parent
        self._model: WhisperModel | None = None

    def setup(self) -> None:
        limit_openmp_threads()
        from faster_whisper import WhisperModel

        self._model = WhisperModel(
            str(self._folder), device="cpu", compute_type="int8", cpu_threads=THREADS, local_files_only=True
        )

    def language_of(self, _language: str | None) -> str:
        return LANGUAGE

    def transcribe(
        self, waveform: Waveform, language: str | None, vad_threshold: float | None = None, /
    ) -> Iterator[Utterance]:
        if language is not None and language.lower().split("-")[0] != LANGUAGE:
            raise EngineUnavailable(f"The model {self.info.id} supports English only, not {language!r}.")
        assert self._model is not None, "call setup() first"
        segments, _ = self._model.transcribe(
            waveform,
            language=LANGUAGE,
            beam_size=5,
            temperature=[0.0, 0.4],
            condition_on_previous_text=False,
            word_timestamps=True,
            vad_filter=True,
            vad_parameters=None if vad_threshold is None else {"threshold": vad_threshold},
        )
        return _utterances(segments)


def _utterances(segments: Iterable[Segment]) -> Iterator[Utterance]:
    for segment in segments:
        words = tuple(_word(word) for word in segment.words or () if word.word.strip())
        if segment.avg_logprob >= AVERAGE_LOG_PROBABILITY_MIN and words:
            text = segment.text.strip()
            yield Utterance(span=span(words[0].span.start_s, words[-1].span.end_s), text=text, words=words)


def _word(word: SpokenWord) -> Word:
    start_s = max(float(word.start), 0.0)
    return Word(
        span=span(round(start_s, 3), round(max(float(word.end), start_s), 3)),
        text=word.word.strip(),
        probability=min(max(float(word.probability), 0.0), 1.0),
    )

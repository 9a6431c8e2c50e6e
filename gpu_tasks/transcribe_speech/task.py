"""Task `transcribe_speech`: options `language`, `vad_threshold` and `use_asr`, result `Transcript`.

`language` and `vad_threshold` are None for the defaults of the engine. The transcript is empty if `use_asr` is false.
"""

from __future__ import annotations

from cinedex.analysis.domain.model_results import Transcript, Utterance, Word
from cinedex.analysis.domain.task_message import TaskResult
from cinedex.kernel.span import Span, span

from gpu_tasks.media.audio import decode_audio
from gpu_tasks.media.duration import duration_s
from gpu_tasks.task_run import TaskRun

STEP = "transcribe_speech"
OPTIONS = ("language", "vad_threshold")


def run(task: TaskRun) -> TaskResult:
    if task.message.options.get("use_asr") is False:
        return _empty_transcript(task)
    options = {name: task.message.options.get(name) for name in OPTIONS}
    model = task.engines.model("speech")
    key = task.key(STEP, [model], **options)
    if not task.results.has(key):
        task.store(key, _transcribe(task, options["language"], options["vad_threshold"]))
    return TaskResult(results={STEP: key}, models=(model.label,))


def _empty_transcript(task: TaskRun) -> TaskResult:
    key = task.key(STEP, [], use_asr=False)
    task.store(key, Transcript(language=None, utterances=()))
    return TaskResult(results={STEP: key})


def _transcribe(task: TaskRun, language: str | None, vad_threshold: float | None) -> Transcript:
    engine, path = task.engines.speech, task.fetch_media()
    total_s = duration_s(path)
    utterances: list[Utterance] = []
    for window in decode_audio(path):
        for utterance in engine.transcribe(window.samples, language, vad_threshold):
            utterances.append(_shifted(utterance, window.start_s))
            task.report(utterances[-1].span.end_s / max(total_s, 1e-3))
        task.report(window.end_s / max(total_s, 1e-3))
    spoken = engine.language_of(language) if utterances else None
    return Transcript(language=spoken, utterances=tuple(utterances), models=(engine.info,))


def _shifted(utterance: Utterance, by_s: float) -> Utterance:
    words = tuple(
        Word(span=_delayed(word.span, by_s), text=word.text, probability=word.probability) for word in utterance.words
    )
    return Utterance(span=_delayed(utterance.span, by_s), text=utterance.text, words=words)


def _delayed(original: Span, by_s: float) -> Span:
    return span(round(original.start_s + by_s, 3), round(original.end_s + by_s, 3))

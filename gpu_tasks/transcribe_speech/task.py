"""Task `transcribe_speech`: options `language`, `vad_threshold`, `translate_to`, `use_asr` and `audio_track`.

The result is a `Transcript`. The first three are None for the defaults of the engine. The transcript is empty if
`use_asr` is false.
Without `audio_track`, it is of the track that a player would choose, or of the first one with speech if that has none.
A transcript is also empty if the model does not know the words of most of the speech: the few others are as doubtful.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from cinedex.adapters.pyav.packets import Damage
from cinedex.analysis.domain.model_results import Transcript, Utterance, Word
from cinedex.analysis.domain.spoken_languages import UNDETERMINED
from cinedex.analysis.domain.task_message import TaskResult
from cinedex.kernel.span import Span, span

from gpu_tasks.engines.roles import Speech, SpeechOptions, Translated, UnknownSpeech
from gpu_tasks.media import MEDIA_VERSION
from gpu_tasks.media.audio import decode_audio, tracks_of
from gpu_tasks.media.duration import estimated_duration_s
from gpu_tasks.media.frames import decode_frames
from gpu_tasks.task_errors import CorruptMedia, InvalidTask
from gpu_tasks.task_run import TaskRun

STEP = "transcribe_speech"
OPTIONS = ("language", "vad_threshold")
LATER_OPTIONS = ("audio_track", "translate_to")
"""A part of the key only if they are set: results of versions without them are still those of equal options."""
UNKNOWN_SHARE_MAX = 2 / 3
"""Of the speech; above it, no word of a transcript is kept."""


def run(task: TaskRun) -> TaskResult:
    if task.message.options.get("use_asr") is False:
        return _empty_transcript(task)
    sent = task.message.options
    keyed = {name: sent.get(name) for name in OPTIONS}
    keyed |= {name: sent[name] for name in LATER_OPTIONS if sent.get(name) is not None}
    model = task.engines.model("speech")
    key = task.key(STEP, [model], media=MEDIA_VERSION, **keyed)
    if not task.results.has(key):
        options = SpeechOptions(sent.get("language"), sent.get("vad_threshold"), sent.get("translate_to"))
        task.store(key, _transcribe(task, options, sent.get("audio_track")))
    return TaskResult(results={STEP: key}, models=(model.label,))


def _empty_transcript(task: TaskRun) -> TaskResult:
    key = task.key(STEP, [], use_asr=False)
    task.store(key, Transcript(language=None, utterances=()))
    return TaskResult(results={STEP: key})


def _transcribe(task: TaskRun, options: SpeechOptions, track: int | None) -> Transcript:
    """Raises `CorruptMedia` when neither sound nor pictures can be decoded."""
    path = task.fetch_media()
    tracks = _candidates(path, track)
    transcripts: list[Transcript] = []
    for number in tracks:
        transcripts.append(_transcribe_track(task, path, number, options))
        if transcripts[-1].utterances:
            return transcripts[-1]
    if any(t.unreadable < 1 for t in transcripts) or not transcripts or _has_pictures(path):
        return min(transcripts, key=lambda t: t.unreadable, default=_without_sound(task))
    raise CorruptMedia("No sound of the file can be decoded.")


def _candidates(path: Path, track: int | None) -> list[int]:
    tracks = tracks_of(path)
    if track is None:
        return tracks
    if track not in tracks:
        raise InvalidTask(f"The file has no audio track {track}; it has {len(tracks)}, numbered from 0.")
    return [track]


def _without_sound(task: TaskRun) -> Transcript:
    return Transcript(language=None, utterances=(), models=(task.engines.speech.info,))


def _has_pictures(path: Path) -> bool:
    try:
        return next(decode_frames(path), None) is not None
    except CorruptMedia:
        return False


def _transcribe_track(task: TaskRun, path: Path, track: int, options: SpeechOptions) -> Transcript:
    engine, damage = task.engines.speech, Damage()
    total_s = estimated_duration_s(path)
    heard = Heard()
    decoded_until_s = 0.0
    try:
        for window in decode_audio(path, track=track, damage=damage):
            for speech in engine.transcribe(window.samples, options):
                heard.add(speech, window.start_s)
                task.report(min(heard.until_s / total_s, 1.0))
            decoded_until_s = window.end_s
            task.report(min(window.end_s / total_s, 1.0))
    except CorruptMedia:
        if damage.decoded:
            raise
    utterances = heard.believed()
    return Transcript(
        language=heard.language(),
        utterances=utterances,
        translated_to=options.translate_to,
        translation=heard.translation() if utterances else (),
        unknown_speech_s=round(heard.spoken_s - _length_s(utterances), 3),
        models=(engine.info,),
        audio_track=track,
        decoded_until_s=round(decoded_until_s, 3),
        unreadable=round(damage.share, 4),
    )


@dataclass
class Heard:
    """The speech of one track: utterances on its clock, and what the model does not know the words of."""

    utterances: list[Utterance] = field(default_factory=list)
    unknown: list[UnknownSpeech] = field(default_factory=list)
    translations: list[Utterance] = field(default_factory=list)
    until_s: float = 0.0

    @property
    def unknown_s(self) -> float:
        return sum(speech.duration_s for speech in self.unknown)

    @property
    def spoken_s(self) -> float:
        return self.unknown_s + _length_s(self.utterances)

    def add(self, speech: Speech, window_start_s: float) -> None:
        if isinstance(speech, UnknownSpeech):
            self.unknown.append(speech)
        elif isinstance(speech, Translated):
            self.translations.append(Utterance(span=_delayed(speech.span, window_start_s), text=speech.text))
        else:
            self.utterances.append(_shifted(speech, window_start_s))
            self.until_s = self.utterances[-1].span.end_s

    def believed(self) -> tuple[Utterance, ...]:
        return () if self.unknown_s > UNKNOWN_SHARE_MAX * self.spoken_s else tuple(self.utterances)

    def translation(self) -> tuple[Utterance, ...]:
        return tuple(self.translations)

    def language(self) -> str | None:
        """That of most of the transcript; without one, that of most of the speech."""
        lengths: Counter[str] = Counter()
        for utterance in self.believed():
            lengths[utterance.language or UNDETERMINED] += _milliseconds(utterance.span.end_s - utterance.span.start_s)
        for speech in () if lengths else self.unknown:
            lengths[speech.language or UNDETERMINED] += _milliseconds(speech.duration_s)
        return max(lengths, key=lengths.__getitem__, default=None)


def _milliseconds(length_s: float) -> int:
    return round(1000 * length_s)


def _length_s(utterances: Iterable[Utterance]) -> float:
    return sum(utterance.span.end_s - utterance.span.start_s for utterance in utterances)


def _shifted(utterance: Utterance, by_s: float) -> Utterance:
    words = tuple(
        Word(span=_delayed(word.span, by_s), text=word.text, probability=word.probability) for word in utterance.words
    )
    return utterance.model_copy(update={"span": _delayed(utterance.span, by_s), "words": words})


def _delayed(original: Span, by_s: float) -> Span:
    return span(round(original.start_s + by_s, 3), round(original.end_s + by_s, 3))

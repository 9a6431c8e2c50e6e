"""State PlanChunks: cut the video into segments and chunks, and store transcript and scenes on the timeline."""

from __future__ import annotations

from dataclasses import dataclass

from cinedex.analysis.domain.analysis_plan import AnalysisPlan
from cinedex.analysis.domain.model_results import EmbeddedSubtitles, Shots, Transcript, Utterance
from cinedex.analysis.domain.run import AnalysisRun
from cinedex.analysis.domain.spoken_languages import UNDETERMINED
from cinedex.analysis.domain.state_events import PlanInputs, PlannedChunks, TaskFailure
from cinedex.analysis.ports.result_store import ResultStore
from cinedex.analysis.ports.runs import RunRepository
from cinedex.analysis.usecases.advance_features import is_current
from cinedex.analysis.usecases.fail_analysis import code_of, explain
from cinedex.kernel.errors import InternalError
from cinedex.kernel.span import Span, span
from cinedex.library.domain.feature import Feature
from cinedex.library.domain.object_keys import plan_key
from cinedex.library.domain.segmenting import cut_segments, group_chunks
from cinedex.library.domain.subtitle_track import SubtitleTrack
from cinedex.library.domain.video import Video
from cinedex.library.ports.repositories import VideoRepository
from cinedex.library.usecases.publish_video import PublishVideo
from cinedex.timeline.entries import TimelineEntry, Track
from cinedex.timeline.timeline_store import Timeline


@dataclass(frozen=True)
class _Found:
    """What the tasks have found; None for one that has failed. `subtitles` is None if they are not read again."""

    transcript: Transcript | None
    shots: Shots | None
    subtitles: tuple[SubtitleTrack, ...] | None


@dataclass(frozen=True)
class PlanChunks:
    """Stores the plan as one result, replaces the two tracks, and publishes the transcript and the subtitles.

    A failure of the speech model fails only the transcript, and one of the shot detector only the scenes; then the
    plan is made of the other result.
    """

    videos: VideoRepository
    runs: RunRepository
    results: ResultStore
    timeline: Timeline
    publish: PublishVideo

    def __call__(self, account_id: str, video_id: str, run_id: str, keys: PlanInputs) -> PlannedChunks:
        run = self.runs.get(video_id, run_id)
        video = self.videos.get(account_id, video_id)
        found = self._load(video, keys)
        plan = make_plan(video, found.transcript, found.shots)
        key = plan_key(account_id, video_id, run_id)
        self.results.put(key, plan.model_dump(mode="json"))
        if is_current(video, run, Feature.TRANSCRIPT):
            self._store_tracks(video, run, plan, found)
            self.publish(video, lambda before: _finished(before, run, plan, key, found, keys))
        return PlannedChunks(plan_key=key, chunks=plan.chunks)

    def _load(self, video: Video, keys: PlanInputs) -> _Found:
        speech, shots = keys.transcribe_speech, keys.detect_shots
        if not speech and not shots:
            raise InternalError()
        return _Found(
            Transcript.model_validate(self.results.get(speech)) if speech else None,
            Shots.model_validate(self.results.get(shots)) if shots else None,
            self._subtitles(video, keys),
        )

    def _subtitles(self, video: Video, keys: PlanInputs) -> tuple[SubtitleTrack, ...] | None:
        if keys.read_subtitles:
            result = EmbeddedSubtitles.model_validate(self.results.get(keys.read_subtitles))
            return result.stored_under(keys.read_subtitles)
        if keys.read_subtitles_failure is None:
            return None
        reason = explain(keys.read_subtitles_failure.error, keys.read_subtitles_failure.cause)
        embedded = (track for track in video.subtitles if track.is_embedded)
        return tuple(t if t.is_read else t.model_copy(update={"unread": t.unread or reason}) for t in embedded)

    def _store_tracks(self, video: Video, run: AnalysisRun, plan: AnalysisPlan, found: _Found) -> None:
        generation = run.generations[Feature.TRANSCRIPT]
        if found.transcript is not None:
            entries = [transcript_entry(i, u) for i, u in enumerate(plan.utterances)]
            translation = [transcript_entry(i, u) for i, u in enumerate(found.transcript.translation)]
            self.timeline.replace(video.video_id, Track.TRANSCRIPT, generation, entries)
            self.timeline.replace(video.video_id, Track.TRANSLATION, generation, translation)
        if found.shots is not None:
            scenes = [TimelineEntry(index=i, span=s) for i, s in enumerate(plan.shots)]
            self.timeline.replace(video.video_id, Track.SCENES, generation, scenes)


def _finished(
    before: Video, run: AnalysisRun, plan: AnalysisPlan, plan_key: str, found: _Found, keys: PlanInputs
) -> Video:
    if not is_current(before, run, Feature.TRANSCRIPT):
        return before
    transcript, shots = found.transcript, found.shots
    labels = tuple(m.label for result in (transcript, shots) if result is not None for m in result.models)
    after = _ended(before, Feature.TRANSCRIPT, labels, keys.transcribe_speech_failure)
    after = _ended(after, Feature.SCENES, labels, keys.detect_shots_failure)
    unreadable_sound = transcript.unreadable if transcript else 0.0
    after = after.measured(plan.duration_s, plan.clock, shots.unreadable if shots else 0.0, unreadable_sound)
    languages = languages_of(transcript) if transcript else ()
    unknown_s, translated_to = (transcript.unknown_speech_s, transcript.translated_to) if transcript else (0.0, None)
    after = after.transcribed(languages, unknown_s, translated_to)
    if found.subtitles is not None:
        after = after.with_embedded_subtitles(found.subtitles)
    return after.changed(plan_key=plan_key, chunk_count=len(plan.chunks))


def _ended(video: Video, feature: Feature, labels: tuple[str, ...], failure: TaskFailure | None) -> Video:
    state = video.feature(feature)
    if failure is None:
        return video.with_feature(feature, state.finished(labels))
    return video.with_feature(feature, state.failed(explain(failure.error, failure.cause), code_of(failure.error)))


def make_plan(video: Video, transcript: Transcript | None, shots: Shots | None) -> AnalysisPlan:
    """The duration is that of the decoded pictures and sound, because containers may state a wrong one.

    Without shots, it is at least the estimate of the probe, because the pictures were not decoded.
    """
    utterances = transcript.utterances if transcript else ()
    decoded_s = shots.duration_s if shots else video.whole.end_s
    duration_s = max(decoded_s, transcript.decoded_until_s if transcript else 0.0)
    visible = _stretched(shots.shots, duration_s) if shots else ()
    segments = cut_segments(duration_s, visible, [u.span for u in utterances], video.segmenting)
    return AnalysisPlan(
        duration_s=duration_s,
        language=next(iter(languages_of(transcript)), None) if transcript else None,
        shots=visible,
        segments=segments,
        chunks=group_chunks(segments, (video.probe.key_frame_gap_s if video.probe else None) or 0.0),
        utterances=utterances,
        frame_size=frame_size(video),
        clock=shots.clock if shots else (),
    )


def languages_of(transcript: Transcript) -> tuple[str, ...]:
    """The main language first; `und` for speech whose language the model cannot detect."""
    main = transcript.language or (UNDETERMINED if transcript.unknown_speech_s > 0 else None)
    others = (utterance.language for utterance in transcript.utterances)
    return tuple(dict.fromkeys(code for code in (main, *others) if code))


def _stretched(shots: tuple[Span, ...], duration_s: float) -> tuple[Span, ...]:
    """Sound after the last picture belongs to the last shot."""
    return (*shots[:-1], span(shots[-1].start_s, duration_s)) if shots else ()


def frame_size(video: Video) -> tuple[int, int] | None:
    """In whose pixels boxes are; None if the probe does not know it."""
    probe = video.probe
    return (probe.width, probe.height) if probe is not None and probe.width and probe.height else None


def transcript_entry(index: int, utterance: Utterance) -> TimelineEntry:
    words = [[w.span.start_s, w.span.end_s, w.text] for w in utterance.words]
    language = {"language": utterance.language} if utterance.language else {}
    return TimelineEntry(index=index, span=utterance.span, body={"text": utterance.text, "words": words, **language})

"""State PlanChunks: cut the video into segments and chunks, and store transcript and scenes on the timeline."""

from __future__ import annotations

from dataclasses import dataclass

from cinedex.analysis.domain.analysis_plan import AnalysisPlan
from cinedex.analysis.domain.model_results import Shots, Transcript, Utterance
from cinedex.analysis.domain.run import AnalysisRun
from cinedex.analysis.domain.spoken_languages import UNDETERMINED
from cinedex.analysis.domain.state_events import PlanInputs, PlannedChunks
from cinedex.analysis.ports.result_store import ResultStore
from cinedex.analysis.ports.runs import RunRepository
from cinedex.analysis.usecases.advance_features import advance, is_current
from cinedex.kernel.span import Span, span
from cinedex.library.domain.feature import Feature
from cinedex.library.domain.object_keys import plan_key
from cinedex.library.domain.segmenting import cut_segments, group_chunks
from cinedex.library.domain.video import Video
from cinedex.library.ports.repositories import VideoRepository
from cinedex.library.usecases.publish_video import PublishVideo
from cinedex.timeline.entries import TimelineEntry, Track
from cinedex.timeline.timeline_store import Timeline


@dataclass(frozen=True)
class PlanChunks:
    """Stores the plan as one result, replaces the two tracks, and publishes the transcript."""

    videos: VideoRepository
    runs: RunRepository
    results: ResultStore
    timeline: Timeline
    publish: PublishVideo

    def __call__(self, account_id: str, video_id: str, run_id: str, keys: PlanInputs) -> PlannedChunks:
        run = self.runs.get(video_id, run_id)
        video = self.videos.get(account_id, video_id)
        transcript = Transcript.model_validate(self.results.get(keys.transcribe_speech))
        shots = Shots.model_validate(self.results.get(keys.detect_shots))
        plan = make_plan(video, transcript, shots)
        key = plan_key(account_id, video_id, run_id)
        self.results.put(key, plan.model_dump(mode="json"))
        if is_current(video, run, Feature.TRANSCRIPT):
            self._store_tracks(video, run, plan, key, transcript, shots)
        return PlannedChunks(plan_key=key, chunks=plan.chunks)

    def _store_tracks(
        self,
        video: Video,
        run: AnalysisRun,
        plan: AnalysisPlan,
        plan_key: str,
        transcript: Transcript,
        shots: Shots,
    ) -> None:
        generation = run.generations[Feature.TRANSCRIPT]
        entries = [transcript_entry(i, u) for i, u in enumerate(plan.utterances)]
        translation = [transcript_entry(i, u) for i, u in enumerate(transcript.translation)]
        scenes = [TimelineEntry(index=i, span=s) for i, s in enumerate(plan.shots)]
        self.timeline.replace(video.video_id, Track.TRANSCRIPT, generation, entries)
        self.timeline.replace(video.video_id, Track.TRANSLATION, generation, translation)
        self.timeline.replace(video.video_id, Track.SCENES, generation, scenes)
        labels = tuple(m.label for m in (*transcript.models, *shots.models))

        def finish(before: Video) -> Video:
            after = advance(before, run, (Feature.TRANSCRIPT,), lambda s: s.finished(labels))
            if after is before:
                return before
            measured = after.measured(plan.duration_s, plan.clock, shots.unreadable, transcript.unreadable)
            languages, unknown_s = languages_of(transcript), transcript.unknown_speech_s
            transcribed = measured.transcribed(languages, unknown_s, transcript.translated_to)
            return transcribed.changed(plan_key=plan_key, chunk_count=len(plan.chunks))

        self.publish(video, finish)


def make_plan(video: Video, transcript: Transcript, shots: Shots) -> AnalysisPlan:
    """The duration is that of the decoded pictures and sound, because containers may state a wrong one."""
    duration_s = max(shots.duration_s, transcript.decoded_until_s)
    visible = _stretched(shots.shots, duration_s)
    speech = [u.span for u in transcript.utterances]
    segments = cut_segments(duration_s, visible, speech, video.segmenting)
    return AnalysisPlan(
        duration_s=duration_s,
        language=next(iter(languages_of(transcript)), None),
        shots=visible,
        segments=segments,
        chunks=group_chunks(segments, (video.probe.key_frame_gap_s if video.probe else None) or 0.0),
        utterances=transcript.utterances,
        frame_size=frame_size(video),
        clock=shots.clock,
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

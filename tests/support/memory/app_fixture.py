"""Every use case over adapters in memory, and the states of the analysis machine, which tests run one by one."""

from __future__ import annotations

from typing import Any

from cinedex.access.usecases.manage_api_keys import ManageApiKeys
from cinedex.adapters.dynamodb.imports.backfills import DROP_BACKFILL, StoredDropBackfills
from cinedex.adapters.dynamodb.imports.drops import DROP_ENTRY, DROP_OBJECT, StoredDrops
from cinedex.adapters.dynamodb.library.jobs import JOB, StoredCollectionJobs
from cinedex.adapters.dynamodb.library.policies import POLICY, StoredCollectionPolicies
from cinedex.analysis.domain.analysis_plan import AnalysisPlan
from cinedex.analysis.domain.model_results import (
    Box,
    DetectedObjects,
    Detection,
    FrameDetections,
    FrameText,
    ModelInfo,
    ReadText,
    ScreenLine,
    SegmentCaption,
    SegmentCaptions,
    Shots,
    Transcript,
    Utterance,
    Word,
)
from cinedex.analysis.domain.run import AnalysisRun
from cinedex.analysis.domain.state_events import ChunkResult, PlanInputs, PlannedChunks
from cinedex.analysis.domain.vectors import pack_vectors
from cinedex.analysis.usecases.begin_analysis import BeginAnalysis
from cinedex.analysis.usecases.end_features import EndFeatures
from cinedex.analysis.usecases.erase_analysis import ResultEraser, RunEraser
from cinedex.analysis.usecases.fail_analysis import FailAnalysis
from cinedex.analysis.usecases.finish_analysis import FinishAnalysis
from cinedex.analysis.usecases.merge_chunks import MergeChunks
from cinedex.analysis.usecases.plan_chunks import PlanChunks
from cinedex.analysis.usecases.read_feature_status import ReadFeatureStatus
from cinedex.analysis.usecases.resume_analyses import ResumeAnalyses
from cinedex.analysis.usecases.start_analysis import AnalysisRequest, StartAnalysis
from cinedex.kernel.ids import new_id
from cinedex.kernel.span import Span, span
from cinedex.library.domain.feature import CATALOG, Feature
from cinedex.library.domain.segmenting import Chunk
from cinedex.library.domain.video import StoredMedia, UploadStatus, Video
from cinedex.library.usecases.complete_upload import CompleteUpload
from cinedex.library.usecases.delete_video import DeleteVideo, ErasePendingVideo, SweepDeletions
from cinedex.library.usecases.fail_upload import FailUpload
from cinedex.library.usecases.fetch_media import FetchMedia
from cinedex.library.usecases.manage_collections import ManageCollections
from cinedex.library.usecases.move_collection import MoveCollection
from cinedex.library.usecases.publish_video import PublishVideo
from cinedex.library.usecases.register_media import ProbeMedia, RegisterMedia
from cinedex.library.usecases.update_video import UpdateVideo
from cinedex.library.usecases.upload_video import UploadVideo
from cinedex.search.usecases.indexing.assemble_documents import AssembleDocuments
from cinedex.search.usecases.indexing.build_documents import BuildDocuments
from cinedex.search.usecases.indexing.erase_documents import DocumentEraser
from cinedex.search.usecases.indexing.index_video import IndexVideo
from cinedex.search.usecases.indexing.publish_documents import PublishDocuments
from cinedex.search.usecases.indexing.reindex_library import DropIndex, ReindexLibrary, SwapIndex
from cinedex.timeline.read_timeline import ReadTimeline
from cinedex.timeline.timeline_eraser import TimelineEraser
from cinedex.usage.charge_video import ChargeVideo
from cinedex.usage.record_usage import RecordUsage

from tests.support.memory.access import (
    MemoryIdempotencyStore,
    MemoryKeyUses,
    MemoryRateLimiter,
    MemoryUsageLedger,
    MemoryVideoBudget,
)
from tests.support.memory.chats import MemoryChatStore, MemoryTurnBudget
from tests.support.memory.drops import MemoryDropFolder, MemoryDropQueue
from tests.support.memory.library import (
    MemoryAllVideos,
    MemoryApiKeys,
    MemoryCollections,
    MemoryCounts,
    MemoryEventLog,
    MemoryListBackfill,
    MemoryPendingDeletions,
    MemoryReindexing,
    MemoryRuns,
    MemoryVideos,
)
from tests.support.memory.repository import MemoryRepository
from tests.support.memory.scenario import (
    TALKING_CLIP,
    FakeClock,
    FakeProbe,
    FakeWebDownload,
    MemoryAnalysisRunner,
    MemoryMediaFetcher,
    MemoryTaskCallback,
)
from tests.support.memory.search_snapshots import MemorySearchSnapshots
from tests.support.memory.segment_index import MemoryIndexVersions, MemorySegmentIndex
from tests.support.memory.stores import MemoryMediaStore, MemoryMultipartUploads, MemoryResultStore
from tests.support.memory.timeline import MemoryProgress, MemoryTimeline
from tests.support.memory.webhooks import (
    FakeReceiver,
    MemoryDeliveries,
    MemoryDeliveryQueue,
    MemorySlots,
    MemoryWebhooks,
)
from tests.support.turns import ScriptedAgent

MINE, YOURS = "mine", "yours"
DAY_S = 86_400.0
ALL = tuple(CATALOG)
EVERYTHING = AnalysisRequest(ALL)

WHISPER = ModelInfo(id="whisper", version="1")
CUTTER = ModelInfo(id="cutter", version="1")
SPOTTER = ModelInfo(id="spotter", version="1")
READER = ModelInfo(id="reader", version="1")
CAPTIONER = ModelInfo(id="captioner", version="1")


def spoken(start_s: float, end_s: float, text: str) -> Utterance:
    """One utterance whose words share its time evenly."""
    words = text.split()
    each_s = (end_s - start_s) / len(words)
    timed = tuple(
        Word(span=span(start_s + i * each_s, start_s + (i + 1) * each_s), text=word, probability=0.9)
        for i, word in enumerate(words)
    )
    return Utterance(span=span(start_s, end_s), text=text, words=timed, language="en")


SPEECH = (spoken(1, 4, "The rocket is ready."), spoken(31, 34, "A cat drinks coffee."))
SHOTS = (span(0, 20), span(20, 60))


class InMemoryApp:
    """The adapters, the use cases over them, and methods that bring a video into the state a test begins with."""

    def __init__(self) -> None:
        self.clock, self.probe, self.web = FakeClock(), FakeProbe(), FakeWebDownload()
        self.runner, self.fetcher, self.answers = MemoryAnalysisRunner(), MemoryMediaFetcher(), MemoryTaskCallback()
        self.collections, self.keys = MemoryCollections(), MemoryApiKeys()
        self.videos = MemoryVideos(self.collections.repository)
        self.runs, self.event_log = MemoryRuns(self.videos), MemoryEventLog(self.videos)
        self.webhooks, self.deliveries = MemoryWebhooks(), MemoryDeliveries()
        self.delivery_queue, self.slots, self.receiver = MemoryDeliveryQueue(), MemorySlots(), FakeReceiver()
        self.media, self.results = MemoryMediaStore(), MemoryResultStore()
        self.timeline, self.progress, self.moments = (
            MemoryTimeline(),
            MemoryProgress(self.clock.now),
            MemorySegmentIndex(),
        )
        self.rate_limiter, self.idempotency = MemoryRateLimiter(), MemoryIdempotencyStore()
        self.pauses: list[float] = []
        self.usage, self.pending_deletions, self.lists = (
            MemoryUsageLedger(),
            MemoryPendingDeletions(),
            MemorySearchSnapshots(),
        )
        self.versions, self.reindexing = MemoryIndexVersions(self.moments), MemoryReindexing()
        self.all_videos = MemoryAllVideos(self.videos)
        self.list_backfill = MemoryListBackfill(self.videos)
        self.chats, self.agent = MemoryChatStore(self.idempotency), ScriptedAgent()
        self.budget, self.video_budget = MemoryTurnBudget(self.usage), MemoryVideoBudget()
        self.charge = ChargeVideo(self.video_budget, self.clock, minutes_max=0)
        self._wire_intake()
        self._wire_machine()
        self._wire_reading()

    def _wire_intake(self) -> None:
        self.upload = UploadVideo(self.videos, self.collections, self.media, self.fetcher, self.clock)
        self.complete_upload = CompleteUpload(self.videos, self.media)
        self.probe_media = ProbeMedia(self.media, self.probe, seconds_max=DAY_S, cost_per_second_max=3.0)
        self.register = RegisterMedia(self.videos, self.media, self.probe_media)
        self.policies = StoredCollectionPolicies(MemoryRepository(POLICY))
        self.drops = StoredDrops(MemoryRepository(DROP_OBJECT), MemoryRepository(DROP_ENTRY), MemoryCounts())
        self.drop_backfills = StoredDropBackfills(MemoryRepository(DROP_BACKFILL))
        self.drop_folder, self.drop_queue = MemoryDropFolder(self.media), MemoryDropQueue()
        self.partial = MemoryMultipartUploads(self.media)
        self.fetch = FetchMedia(self.videos, self.media, self.partial, self.web)
        self.fail_upload = FailUpload(self.videos)
        self.groups = ManageCollections(self.collections, self.videos, self.clock)
        self.jobs = StoredCollectionJobs(MemoryRepository(JOB))
        self.move_group = MoveCollection(self.jobs, self.collections, self.videos, self.clock)
        self.key_uses = MemoryKeyUses()
        self.manage_api_keys = ManageApiKeys(self.keys, self.key_uses, self.clock)

    def _wire_machine(self) -> None:
        self.meter = RecordUsage(self.usage, self.clock)
        self.start = StartAnalysis(self.videos, self.runs, self.runner, self.clock, self.charge)
        self.gather = AssembleDocuments(self.results, self.timeline)
        self.erasers = (DocumentEraser(self.moments), TimelineEraser(self.timeline), ResultEraser(self.results))
        publishers = (IndexVideo(self.results, self.gather, self.moments),)
        self.publish = PublishVideo(self.videos, publishers, self.erasers)
        self.begin = BeginAnalysis(self.videos, self.runs, self.results, chunks_at_once=2)
        self.plan = PlanChunks(self.videos, self.runs, self.results, self.timeline, self.publish)
        self.merge = MergeChunks(self.videos, self.runs, self.results, self.timeline, self.publish)
        self.build_documents = BuildDocuments(self.videos, self.results, self.gather)
        self.publish_documents = PublishDocuments(self.videos, self.runs, self.results, self.publish)
        self.end = EndFeatures(self.videos, self.timeline, self.publish)
        self.finish = FinishAnalysis(self.videos, self.runs, self.progress, self.erasers, self.meter, self.end)
        self.fail = FailAnalysis(self.videos, self.runs, self.progress, self.meter)

    def _wire_reading(self) -> None:
        self.read = ReadTimeline(self.videos, self.timeline)
        self.follow = ReadFeatureStatus(self.runs, self.progress, self.clock)
        self.swap, self.drop = SwapIndex(self.versions, self.reindexing), DropIndex(self.versions, self.reindexing)
        self.describe = UpdateVideo(self.videos, self.collections, self.publish)
        erasers = (RunEraser(self.runs, self.runner, self.progress), *self.erasers)
        self.erase = ErasePendingVideo(self.videos, self.media, erasers)
        self.delete = DeleteVideo(self.videos, self.pending_deletions, self.erase, self.clock)
        self.sweep = SweepDeletions(self.pending_deletions, self.erase, self.clock)
        self.resume = ResumeAnalyses(
            videos=self.videos,
            unfinished=self.videos,
            runs=self.runs,
            runner=self.runner,
            store=self.media,
            parts=self.partial,
            fetcher=self.fetcher,
            register=self.register,
            fail=self.fail,
            clock=self.clock,
            charge=self.charge,
        )

    def limit_video_minutes(self, minutes_max: float) -> None:
        """The daily budget of each account, from now on."""
        self.charge = ChargeVideo(self.video_budget, self.clock, minutes_max)
        self._wire_machine()
        self._wire_reading()

    def reindex_library(self, segments_per_s: float = 1e9) -> ReindexLibrary:
        """Reindexing that records its pauses instead of sleeping."""
        return ReindexLibrary(
            versions=self.versions,
            reindexings=self.reindexing,
            all_videos=self.all_videos,
            videos=self.videos,
            runs=self.runs,
            results=self.results,
            assemble_documents=self.gather,
            clock=self.clock,
            segments_per_s=segments_per_s,
            pause=self.pauses.append,
        )

    def uploading(self, **fields: Any) -> Video:
        """A video whose file has not arrived."""
        given = {"video_id": new_id(), "account_id": MINE, "created_at": self.clock.now(), **fields}
        media = StoredMedia(bucket="media", key=f"uploads/{given['account_id']}/{given['video_id']}/clip.mp4")
        return self.videos.add(Video.model_validate({"media": media} | given))

    def uploaded(self, **fields: Any) -> Video:
        """A video of a minute, ready to be analysed."""
        video = self.uploading(**fields)
        self.media.files[video.media.key] = b"bytes"
        stored = self.media.find(video.media.key) or video.media
        return self.videos.save(video.changed(status=UploadStatus.UPLOADED, media=stored, probe=TALKING_CLIP))

    def started(self, *features: Feature, force: bool = False) -> tuple[Video, AnalysisRun]:
        """An uploaded video, and the run that is to compute the features and what they need."""
        return self.analysing(self.uploaded(), *features, force=force)

    def analysing(self, video: Video, *features: Feature, force: bool = False) -> tuple[Video, AnalysisRun]:
        request = AnalysisRequest(features or ALL, force)
        started = self.start.analyze(video.account_id, video.video_id, request).video
        return started, self.runs.list_of(video.video_id)[-1]

    def analysed(self, *features: Feature, **fields: Any) -> Video:
        """A video whose features are ready, computed by a complete run of the machine."""
        _, run = self.analysing(self.uploaded(**fields), *features)
        self.run_analysis(run)
        return self.now(run)

    def now(self, of: Video | AnalysisRun) -> Video:
        return self.videos.get(of.account_id, of.video_id)

    def run_analysis(self, run: AnalysisRun) -> None:
        """The whole machine, as `statemachines/analyze_video.asl.yaml` orders its states."""
        job = self.begin(*self.order(run))
        plan_key = self.plan_chunks(run).plan_key if job.transcribe else job.plan_key
        if job.analyze_chunks:
            self.merge_chunks(run, plan_key)
        if job.embed:
            self.embed(run)
        self.finish(*self.order(run))

    def order(self, run: AnalysisRun) -> tuple[str, str, str]:
        return run.account_id, run.video_id, run.run_id

    def plan_chunks(
        self, run: AnalysisRun, speech: tuple[Utterance, ...] = SPEECH, shots: tuple[Span, ...] = SHOTS
    ) -> PlannedChunks:
        """States TranscribeSpeech, DetectShots and PlanChunks."""
        keys = PlanInputs(transcribe_speech=f"speech/{run.run_id}", detect_shots=f"shots/{run.run_id}")
        self.transcribe_and_detect_shots(keys, speech, shots)
        return self.plan(*self.order(run), keys)

    def transcribe_and_detect_shots(
        self, keys: PlanInputs, speech: tuple[Utterance, ...] = SPEECH, shots: tuple[Span, ...] = SHOTS
    ) -> None:
        """What the workers leave behind under the keys of their steps."""
        heard = Transcript(language="en", utterances=speech, models=(WHISPER,))
        seen = Shots(shots=shots, duration_s=shots[-1].end_s, models=(CUTTER,))
        self.results.put(keys.transcribe_speech, heard.model_dump(mode="json"))
        self.results.put(keys.detect_shots, seen.model_dump(mode="json"))

    def merge_chunks(self, run: AnalysisRun, plan_key: str) -> dict[str, Any]:
        """States AnalyzeChunk, for each chunk, and MergeChunks."""
        return self.merge(*self.order(run), plan_key, self.analyze_chunks(run, plan_key))

    def analyze_chunks(self, run: AnalysisRun, plan_key: str) -> list[ChunkResult]:
        """What a Map over AnalyzeChunk answers: a person in the middle of each segment, and a title."""
        plan = AnalysisPlan.model_validate(self.results.get(plan_key))
        return [self._analyze_chunk(run, plan, chunk) for chunk in plan.chunks]

    def _analyze_chunk(self, run: AnalysisRun, plan: AnalysisPlan, chunk: Chunk) -> ChunkResult:
        references: dict[str, str] = {}
        for step, finding in _watched(plan, chunk).items():
            references[step] = f"{step}/{run.run_id}/{chunk.index}"
            self.results.put(references[step], finding.model_dump(mode="json"))
        return ChunkResult(chunk=chunk.index, results=references)

    def embed(self, run: AnalysisRun) -> dict[str, Any]:
        """States BuildDocuments, EmbedSegments and PublishDocuments."""
        written = self.build_documents(*self.order(run))
        vectors = [(1.0, 0.0, 0.0)] * written.count
        embeddings_key = f"embeddings/{run.run_id}"
        self.results.put(embeddings_key, pack_vectors("toy-3d", vectors).model_dump(mode="json"))
        return self.publish_documents(*self.order(run), written.documents_key, embeddings_key)


def _watched(plan: AnalysisPlan, chunk: Chunk) -> dict[str, DetectedObjects | ReadText | SegmentCaptions]:
    segments, box = plan.segments_of(chunk), Box(x1=1, y1=2, x2=30, y2=40)
    person = Detection(label="person", score=0.91234, box=box)
    title = ScreenLine(text=f"CHUNK {chunk.index}", score=0.95, box=box)
    return {
        "detect_objects": DetectedObjects(
            frames=tuple(
                FrameDetections(at_s=s.span.middle_s, frame_index=round(s.span.middle_s * 25), detections=(person,))
                for s in segments
            ),
            frame_width=640,
            frame_height=360,
            sample_fps=1.0,
            models=(SPOTTER,),
        ),
        "read_text": ReadText(frames=(FrameText(at_s=chunk.span.start_s, lines=(title,)),), models=(READER,)),
        "describe_segments": SegmentCaptions(
            captions=tuple(
                SegmentCaption(segment_index=s.index, span=s.span, text=f"Segment {s.index}.", model=CAPTIONER.label)
                for s in segments
            ),
            models=(CAPTIONER,),
        ),
    }

"""Options of the feature triggers: what each configures here, and which have no effect."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, model_validator

from cinedex.analysis.domain.run import Priority
from cinedex.analysis.domain.sampling import DETECTION_FPS_MAX
from cinedex.analysis.usecases.start_analysis import AnalysisRequest
from cinedex.api.requests.strict_body import StrictBody
from cinedex.kernel.errors import InvalidInput
from cinedex.library.domain.feature import Feature
from cinedex.library.domain.segmenting import SegmentingOptions

NO_EFFECT = "Accepted, without effect."
SEGMENTING = ("min_len", "max_len", "use_scene_detection")
SPEECH = ("use_asr", "vad_threshold", "language", "audio_track", "translate_to")
DETECTION = ("max_fps", "conf", "iou", "max_objects_per_chunk")


class NullIsDefault(StrictBody):
    """A field that is null has its default, as if it were absent, unless it is required."""

    @model_validator(mode="before")
    @classmethod
    def _without_nulls(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        return {name: value for name, value in data.items() if value is not None or not cls._has_default(name)}

    @classmethod
    def _has_default(cls, name: str) -> bool:
        return name in cls.model_fields and not cls.model_fields[name].is_required()

    def sent(self, *names: str) -> list[str]:
        """Those of `names` that the request has."""
        return [name for name in names if name in self.model_fields_set]


class ChunkingConfig(NullIsDefault):
    """Lengths in seconds."""

    min_len: float = 15
    max_len: float = 25
    use_scene_detection: bool = False
    use_asr: bool = Field(default=True, description="False: no speech recognition; the transcript is ready and empty.")
    vad_threshold: float | None = Field(
        default=None, ge=0, le=1, description="Least probability of speech; null: the model's default, 0.5."
    )
    language: str | None = Field(default=None, max_length=35, description="ISO 639-1; null: the model detects it.")
    audio_track: int | None = Field(
        default=None,
        ge=0,
        description="Extension: `index` of one of `audio_tracks`; null: the default track, or the first with speech.",
    )
    translate_to: Literal["en"] | None = Field(
        default=None, description="Extension: also translate the speech into English, beside the transcript."
    )
    chunker_type: str | None = Field(default=None, max_length=100, description=NO_EFFECT)
    async_chunking: bool | None = Field(default=None, description=NO_EFFECT)
    force_vllm_whisper_asr: bool | None = Field(default=None, description=NO_EFFECT)

    def segmenting(self) -> SegmentingOptions:
        try:
            return SegmentingOptions(
                min_len_s=self.min_len,
                max_len_s=self.max_len,
                use_scene_detection=self.use_scene_detection,
            )
        except ValueError as error:
            raise InvalidInput(
                f"chunking_config has min_len {self.min_len:g} and max_len {self.max_len:g}; needed is"
                " 1 <= min_len <= max_len <= 600.",
                field="chunking_config",
            ) from error

    def speech(self) -> dict[str, Any]:
        """Only what differs from the defaults, so that a stored result of equal options is reused."""
        if not self.use_asr:
            return {"use_asr": False}
        options = {
            "language": self.language or None,
            "vad_threshold": self.vad_threshold,
            "audio_track": self.audio_track,
            "translate_to": self.translate_to,
        }
        return {name: value for name, value in options.items() if value is not None}


class PersonLocalization(NullIsDefault):
    """Settings of the object detector. Only those sent apply: Reka's defaults would hide nearly all objects."""

    max_fps: int | None = Field(default=None, ge=1, description="Sampled frames per second, at most 5; null: 1.")
    conf: float | None = Field(default=None, ge=0, le=1, description="Least score; null: 0.5.")
    iou: float | None = Field(
        default=None,
        ge=0,
        le=1,
        description="Boxes of the same kind with a larger overlap are merged; null: the model's default.",
    )
    max_objects_per_chunk: int | None = Field(
        default=None, ge=1, description="Most objects in one frame; objects are not tracked across frames."
    )
    max_failed_frames: int | None = Field(default=None, description=NO_EFFECT)
    num_photos_per_person: int | None = Field(default=None, description=NO_EFFECT)

    def detection(self) -> dict[str, Any]:
        options = {
            "max_fps": self.max_fps,
            "conf": self.conf,
            "iou": self.iou,
            "max_objects": self.max_objects_per_chunk,
        }
        return {name: value for name, value in options.items() if value is not None}


class Trigger(NullIsDefault):
    """Options of the four triggers; each feature reads its own."""

    force: bool = False
    force_feature_queue: bool = Field(default=False, description=NO_EFFECT)
    priority: Priority = Field(
        default=Priority.LIVE, description="Extension: workers take `bulk` tasks only when no `live` task waits."
    )
    person_localization: PersonLocalization | None = None
    chunking_config: ChunkingConfig | None = None
    downsample_video: bool | None = Field(default=None, description=NO_EFFECT)
    caption_prompt: str | None = Field(
        default=None,
        max_length=4000,
        description="Stored with the run, without effect: captions are composed of what was recognised.",
    )

    def request(self, features: tuple[Feature, ...]) -> AnalysisRequest:
        chunking = self.chunking_config or ChunkingConfig()
        chunk: dict[str, Any] = {"caption_prompt": self.caption_prompt} if self.caption_prompt else {}
        if self.person_localization and Feature.OBJECTS in features:
            chunk["detection"] = self.person_localization.detection()
        tasks = {"transcribe_speech": chunking.speech(), "analyze_chunk": chunk}
        options = {task: settings for task, settings in tasks.items() if settings}
        return AnalysisRequest(features, self.force, chunking.segmenting(), options, self.priority)

    def unserved(self, started: tuple[Feature, ...]) -> list[str]:
        """Paths of the options in this request that have no effect, or not the whole, on the features started."""
        chunking, detection = self.chunking_config or ChunkingConfig(), self.person_localization or PersonLocalization()
        return [
            *self._without_effect(),
            *([] if started else self.sent("priority")),
            *(f"chunking_config.{name}" for name in self._unserved_chunking(chunking, started)),
            *(f"person_localization.{name}" for name in self._unserved_detection(detection, started)),
        ]

    def applied(self, started: tuple[Feature, ...]) -> dict[str, float]:
        """The value that applies, by the path of each option that was limited."""
        sampled = self.person_localization.max_fps if self.person_localization else None
        limited = Feature.OBJECTS in started and sampled is not None and sampled > DETECTION_FPS_MAX
        return {"person_localization.max_fps": DETECTION_FPS_MAX} if limited else {}

    def _without_effect(self) -> list[str]:
        return [name for name in ("caption_prompt", "downsample_video", "force_feature_queue") if getattr(self, name)]

    def _unserved_chunking(self, chunking: ChunkingConfig, started: tuple[Feature, ...]) -> list[str]:
        """Only the transcript is computed with these options: all other features follow its segments."""
        never = [n for n in ("chunker_type", "async_chunking", "force_vllm_whisper_asr") if getattr(chunking, n)]
        if "chunking_config" not in self.model_fields_set:
            return []
        if Feature.TRANSCRIPT not in started:
            return [*chunking.sent(*SEGMENTING, *SPEECH), *never]
        return [*(() if chunking.use_asr else chunking.sent(*SPEECH[1:])), *never]

    def _unserved_detection(self, detection: PersonLocalization, started: tuple[Feature, ...]) -> list[str]:
        never = [name for name in ("max_failed_frames", "num_photos_per_person") if getattr(detection, name)]
        if Feature.OBJECTS not in started:
            return [*detection.sent(*DETECTION), *never]
        limited = [path.rpartition(".")[2] for path in self.applied(started)]
        return [*limited, *never]

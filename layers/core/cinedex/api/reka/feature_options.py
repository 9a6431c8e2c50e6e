"""Options of the four triggers: what each means here, and which of them mean nothing to our engines."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field

from cinedex.analysis.usecases.start_analysis import AnalysisRequest
from cinedex.kernel.errors import InvalidInput
from cinedex.library.domain.feature import Feature
from cinedex.library.domain.segmenting import SegmentingOptions

NO_EFFECT = "Accepted, without effect."


class ChunkingConfig(BaseModel):
    """Seconds; further keys are accepted and ignored."""

    min_len: float = 15
    max_len: float = 25
    use_scene_detection: bool = False
    use_asr: bool = Field(default=True, description="False: nothing is listened to; the transcript is ready and empty.")
    vad_threshold: float | None = Field(
        default=None, ge=0, le=1, description="How sure one must be that somebody speaks; null: the model's own, 0.5."
    )
    language: str | None = Field(default=None, max_length=35, description="ISO 639-1; null lets the model decide.")
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
                "chunking_config: 1 <= min_len <= max_len <= 600 seconds.", field="chunking_config"
            ) from error

    def speech(self) -> dict[str, Any]:
        """Only what differs from our own settings, so that equal results are found again."""
        if not self.use_asr:
            return {"use_asr": False}
        told: dict[str, Any] = {"language": self.language} if self.language else {}
        return told if self.vad_threshold is None else {**told, "vad_threshold": self.vad_threshold}


class PersonLocalization(BaseModel):
    """Settings of the detector, each only when it is sent: the original's defaults would hide nearly everything."""

    max_fps: int | None = Field(default=None, ge=1, description="Looks a second; null: 1, and never more than 5.")
    conf: float | None = Field(default=None, ge=0, le=1, description="Least score; null: 0.5.")
    iou: float | None = Field(
        default=None,
        ge=0,
        le=1,
        description="Boxes of a kind that share more than this are one; null: the model's own.",
    )
    max_objects_per_chunk: int | None = Field(
        default=None, ge=1, description="In one picture: nothing is followed from picture to picture."
    )
    max_failed_frames: int | None = Field(default=None, description=NO_EFFECT)
    num_photos_per_person: int | None = Field(default=None, description=NO_EFFECT)

    def detection(self) -> dict[str, Any]:
        asked = {"max_fps": self.max_fps, "conf": self.conf, "iou": self.iou, "max_objects": self.max_objects_per_chunk}
        return {name: value for name, value in asked.items() if value is not None}


class Trigger(BaseModel):
    """Options of the four triggers; each reads its own."""

    force: bool = False
    force_feature_queue: bool = Field(default=False, description="Accepted, without effect: there is one queue.")
    person_localization: PersonLocalization | None = None
    chunking_config: ChunkingConfig | None = None
    downsample_video: bool | None = Field(default=None, description=NO_EFFECT)
    caption_prompt: str | None = Field(
        default=None, max_length=4000, description="Kept with the run, without effect: captions are composed."
    )

    def request(self, features: tuple[Feature, ...]) -> AnalysisRequest:
        chunking = self.chunking_config or ChunkingConfig()
        watch: dict[str, Any] = {"caption_prompt": self.caption_prompt} if self.caption_prompt else {}
        if self.person_localization and Feature.OBJECTS in features:
            watch["detection"] = self.person_localization.detection()
        options = {"transcribe_speech": chunking.speech(), "analyze_chunk": watch}
        told = {task: asked for task, asked in options.items() if asked}
        return AnalysisRequest(features, self.force, chunking.segmenting(), told)

    def unserved(self) -> list[str]:
        """What was asked for and has no effect, by its path in the request."""
        places: tuple[tuple[str, BaseModel | None, tuple[str, ...]], ...] = (
            ("", self, ("caption_prompt", "downsample_video", "force_feature_queue")),
            ("chunking_config.", self.chunking_config, ("chunker_type", "async_chunking", "force_vllm_whisper_asr")),
            ("person_localization.", self.person_localization, ("max_failed_frames", "num_photos_per_person")),
        )
        return [f"{at}{name}" for at, told, names in places for name in names if getattr(told, name, None)]

"""Settings of the worker and of the functions that run models, from environment variables."""

from __future__ import annotations

import tempfile
from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class WorkerSettings(BaseSettings):
    """The task queue, the model profile, the visibility timeout of a message and the media cache.

    The queue delivers a message to another worker `visibility_s` seconds after its last extension, for example when
    a worker was killed. A worker processes `tasks_at_once` tasks at the same time. Every `slice_s` seconds, a task
    lets a waiting live task run. A task fails
    after `time_factor` times its estimate, and not before `time_min_s`.
    """

    model_config = SettingsConfigDict(extra="ignore", frozen=True, populate_by_name=True)

    task_queue_url: str = Field(validation_alias="TASK_QUEUE_URL")
    bulk_task_queue_url: str | None = Field(validation_alias="BULK_TASK_QUEUE_URL", default=None)
    model_profile: str = Field(validation_alias="MODEL_PROFILE", default="cpu")
    visibility_s: int = Field(validation_alias="TASK_VISIBILITY_S", default=30, ge=3)
    heartbeat_s: float = Field(validation_alias="TASK_HEARTBEAT_S", default=10.0, gt=0)
    long_poll_s: int = Field(validation_alias="TASK_LONG_POLL_S", default=5, ge=0, le=20)
    slice_s: float = Field(validation_alias="TASK_SLICE_S", default=20.0, ge=0)
    tasks_at_once: int = Field(validation_alias="TASKS_AT_ONCE", default=2, ge=1, le=3)
    time_factor: float = Field(validation_alias="TASK_TIME_FACTOR", default=20.0, gt=0)
    time_min_s: float = Field(validation_alias="TASK_TIME_MIN_S", default=600.0, gt=0)
    cache_dir: Path = Field(
        validation_alias="MEDIA_CACHE_DIR",
        default_factory=lambda: Path(tempfile.gettempdir(), "cinedex-media"),
    )
    cache_bytes_max: int = Field(validation_alias="MEDIA_CACHE_BYTES_MAX", default=10 * 1024**3, gt=0)


class ModelSettings(BaseSettings):
    """The model profile, and the models that replace those of the profile.

    `model_weights_dir` contains a folder for each model that was pulled, or that the operator provides.
    """

    model_config = SettingsConfigDict(extra="ignore", frozen=True, populate_by_name=True)

    model_profile: str = Field(validation_alias="MODEL_PROFILE", default="cpu")
    model_weights_dir: Path | None = Field(validation_alias="MODEL_WEIGHTS_DIR", default=None)
    speech_model: str | None = Field(validation_alias="SPEECH_MODEL", default=None)
    text_vector_model: str | None = Field(validation_alias="TEXT_VECTOR_MODEL", default=None)

    def model_of(self, role: str) -> str | None:
        """The name of the folder of the selected model; None for the model of the profile."""
        return {"speech": self.speech_model, "text_vectors": self.text_vector_model}.get(role) or None


class HubSettings(BaseSettings):
    """The hub from which `cinedex models pull` downloads; there is no default."""

    model_config = SettingsConfigDict(extra="ignore", frozen=True, populate_by_name=True)

    url: str | None = Field(validation_alias="MODEL_HUB_URL", default=None)
    token: SecretStr | None = Field(validation_alias="MODEL_HUB_TOKEN", default=None)

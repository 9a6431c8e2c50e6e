"""Every environment variable is a typed field, grouped by adapter and read at first use."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal, Self

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from cinedex.analysis.domain.spoken_languages import WHISPER_LANGUAGES
from cinedex.library.domain.feature import Feature
from cinedex.search.domain.ranking.rank_fusion import Fusion

RewriteMode = Literal["off", "on_request", "always"]
LanguageModelKind = Literal["extractive", "bedrock", "openai"]


class _Settings(BaseSettings):
    """A missing variable raises an error with its name, in the functions that need it only."""

    model_config = SettingsConfigDict(extra="ignore", frozen=True, populate_by_name=True)


class ObservabilitySettings(_Settings):
    """`metrics` writes metrics to standard output as JSON; `tracing` `Active` records subsegments for AWS X-Ray."""

    metrics: bool = Field(validation_alias="EMIT_METRICS", default=False)
    tracing: Literal["Active", "PassThrough"] = Field(validation_alias="TRACING", default="PassThrough")


class LibrarySettings(_Settings):
    table_name: str = Field(validation_alias="LIBRARY_TABLE")


class AdmissionSettings(_Settings):
    """The rate limit of API keys without a limit of their own."""

    requests_max: int = Field(validation_alias="RATE_LIMIT_REQUESTS", default=100_000, ge=1)
    window_s: int = Field(validation_alias="RATE_LIMIT_WINDOW_S", default=24 * 3600, ge=1)


class ChatSettings(_Settings):
    """Budgets of an account for a day of UTC, and the lease of a turn."""

    turns_max: int = Field(validation_alias="CHAT_TURNS_PER_DAY", default=2_000, ge=0)
    tokens_max: int = Field(validation_alias="CHAT_TOKENS_PER_DAY", default=5_000_000, ge=0)
    tokens_reserved: int = Field(validation_alias="CHAT_TOKENS_RESERVED", default=20_000, ge=0)
    lease_s: float = Field(validation_alias="CHAT_LEASE_S", default=10.0, gt=0)
    wait_s: float = Field(validation_alias="CHAT_WAIT_S", default=25.0, ge=0, le=28)

    @property
    def lease(self) -> timedelta:
        return timedelta(seconds=self.lease_s)


class MediaSettings(_Settings):
    bucket: str = Field(validation_alias="MEDIA_BUCKET")
    seconds_max: float = Field(validation_alias="MEDIA_SECONDS_MAX", default=12 * 3600.0, gt=0)
    cost_per_second_max: float = Field(validation_alias="MEDIA_COST_PER_SECOND_MAX", default=3.0, gt=0)


class DropSettings(_Settings):
    """The drop folder. `features`: those that are computed unless a policy names others, separated by commas.

    `sources`: other buckets that accounts may read, as `ACCOUNT=bucket/prefix`, separated by white space.
    """

    queue_url: str = Field(validation_alias="DROP_QUEUE_URL", default="")
    deletion: Literal["keep", "delete"] = Field(validation_alias="DROP_DELETION", default="keep")
    bytes_max: int = Field(validation_alias="DROP_BYTES_MAX", default=100 * 1024**3, gt=0)
    default_features: str = Field(validation_alias="DROP_FEATURES", default="embeddings")
    sources: str = Field(validation_alias="DROP_SOURCES", default="")
    endpoint_url: str = Field(validation_alias="AWS_ENDPOINT_URL", default="")

    @property
    def features(self) -> tuple[Feature, ...]:
        return tuple(Feature(name.strip()) for name in self.default_features.split(",") if name.strip())


class VideoBudgetSettings(_Settings):
    """Minutes of video that an account may have analysed in a day of UTC; 0: no limit."""

    minutes_max: float = Field(validation_alias="VIDEO_MINUTES_PER_DAY", default=0.0, ge=0)


class ResultSettings(_Settings):
    bucket: str = Field(validation_alias="RESULTS_BUCKET")


class EventSettings(_Settings):
    """Without a bus, events are in the log of the account only."""

    bus_name: str = Field(validation_alias="EVENT_BUS_NAME", default="")
    streams_per_account: int = Field(validation_alias="EVENT_STREAMS_PER_ACCOUNT", default=5, ge=1, le=20)
    streams_max: int = Field(validation_alias="EVENT_STREAMS_MAX", default=20, ge=1, le=50)


class WebhookSettings(_Settings):
    """`allowed_networks`: comma-separated exceptions from "public addresses only"; http is for loopback in them.

    A webhook is disabled by `failures_max` failed attempts in a row over at least `failing_hours`.
    """

    queue_url: str = Field(validation_alias="WEBHOOK_QUEUE_URL", default="")
    allowed_networks: str = Field(validation_alias="WEBHOOK_ALLOWED_NETWORKS", default="")
    attempts_max: int = Field(validation_alias="WEBHOOK_ATTEMPTS_MAX", default=10, ge=1, le=20)
    pause_s: float = Field(validation_alias="WEBHOOK_PAUSE_S", default=60.0, gt=0)
    failures_max: int = Field(validation_alias="WEBHOOK_FAILURES_MAX", default=20, ge=1)
    failing_hours: float = Field(validation_alias="WEBHOOK_FAILING_HOURS", default=6.0, ge=0)

    @property
    def allowed(self) -> tuple[str, ...]:
        return tuple(n.strip() for n in self.allowed_networks.split(",") if n.strip())


class AnalysisSettings(_Settings):
    state_machine_arn: str = Field(validation_alias="ANALYZE_VIDEO_ARN")


class QueueSettings(_Settings):
    """`chunks_at_once`: chunks of one run that may be in the queue or at a worker."""

    chunks_at_once: int = Field(validation_alias="ANALYSIS_CHUNKS_AT_ONCE", default=4, ge=1, le=40)


class SpeechSettings(_Settings):
    """`speech_languages`: ISO 639-1 codes, separated by commas, or `*` for all of Whisper's.

    Empty: English, or all if `SPEECH_MODEL` names a model in place of the profile's.
    """

    speech_languages: str = Field(validation_alias="SPEECH_LANGUAGES", default="")
    speech_model: str = Field(validation_alias="SPEECH_MODEL", default="")

    @property
    def languages(self) -> tuple[str, ...]:
        default = "*" if self.speech_model else "en"
        codes = (code.strip().lower() for code in (self.speech_languages or default).split(","))
        named = tuple(code for code in codes if code)
        return WHISPER_LANGUAGES if "*" in named else named


class FetchSettings(_Settings):
    """`allowed_networks`: comma-separated exceptions from "public addresses only", for tests."""

    function_name: str = Field(validation_alias="FETCH_MEDIA_FUNCTION", default="")
    bytes_max: int = Field(validation_alias="FETCH_BYTES_MAX", default=20 * 1024**3, gt=0)
    seconds_max: float = Field(validation_alias="FETCH_SECONDS_MAX", default=840.0, gt=0)
    allowed_networks: str = Field(validation_alias="FETCH_ALLOWED_NETWORKS", default="")

    @property
    def allowed(self) -> tuple[str, ...]:
        return tuple(n.strip() for n in self.allowed_networks.split(",") if n.strip())


class SegmentSettings(_Settings):
    function_name: str = Field(validation_alias="DETECT_IN_VIDEO_FUNCTION")


class ViewSettings(_Settings):
    function_name: str = Field(validation_alias="ANALYZE_FRAMES_FUNCTION")


class SearchSettings(_Settings):
    """`none`: this deployment has no search store, and searches raise `Unavailable`.

    `opensearch_dimension` 0 means that of the vectors. `opensearch_signing`: `es` for a managed domain, `aoss`
    for a serverless collection, `none` for a plain server.
    """

    store: Literal["sqlite", "opensearch", "none"] = Field(validation_alias="SEARCH_STORE", default="none")
    sqlite_path: str = Field(validation_alias="SEARCH_SQLITE_PATH", default="")
    opensearch_url: str = Field(validation_alias="OPENSEARCH_URL", default="")
    opensearch_signing: Literal["es", "aoss", "none"] = Field(validation_alias="OPENSEARCH_SIGNING", default="none")
    sqlite_kept_mib: int = Field(validation_alias="SEARCH_SQLITE_KEPT_MIB", default=1024, ge=0)
    reindex_segments_per_s: float = Field(validation_alias="SEARCH_REINDEX_SEGMENTS_PER_S", default=500.0, gt=0)
    opensearch_engine: Literal["lucene", "faiss"] = Field(validation_alias="OPENSEARCH_ENGINE", default="lucene")
    opensearch_dimension: int = Field(validation_alias="OPENSEARCH_DIMENSION", default=0, ge=0)
    opensearch_shards: int = Field(validation_alias="OPENSEARCH_SHARDS", default=1, gt=0)
    opensearch_replicas: int = Field(validation_alias="OPENSEARCH_REPLICAS", default=0, ge=0)
    embed_function: str = Field(validation_alias="EMBED_QUERY_FUNCTION", default="")
    fusion: Fusion = Field(validation_alias="SEARCH_FUSION", default=Fusion.CALIBRATED)


class RewriteSettings(_Settings):
    """Whether a language model rewrites queries.

    `on_request`: only for requests with `rewrite: true`. `always`: unless a request sets `rewrite: false`.
    """

    mode: RewriteMode = Field(validation_alias="SEARCH_REWRITE", default="off")
    timeout_s: float = Field(validation_alias="SEARCH_REWRITE_TIMEOUT_S", default=2.0, gt=0, le=20)


class LanguageModelSettings(_Settings):
    """The language model that writes answers; `extractive`: no model.

    `openai_base_url` is that of any OpenAI-compatible server, up to and without `/chat/completions`. A secret of AWS
    Secrets Manager replaces `openai_api_key`.
    """

    kind: LanguageModelKind = Field(validation_alias="LANGUAGE_MODEL", default="extractive")
    model_id: str = Field(validation_alias="LANGUAGE_MODEL_ID", default="")
    timeout_s: float = Field(validation_alias="LANGUAGE_MODEL_TIMEOUT_S", default=30.0, gt=0)
    openai_base_url: str = Field(validation_alias="OPENAI_BASE_URL", default="https://api.openai.com/v1")
    openai_api_key: SecretStr = Field(validation_alias="OPENAI_API_KEY", default=SecretStr(""))
    openai_api_key_secret_arn: str = Field(validation_alias="OPENAI_API_KEY_SECRET_ARN", default="")

    @model_validator(mode="after")
    def _names_a_model(self) -> Self:
        if self.kind != "extractive" and not self.model_id:
            raise ValueError(f"LANGUAGE_MODEL_ID must name a model when LANGUAGE_MODEL is {self.kind}")
        return self


class AgentSettings(_Settings):
    """Limits of one turn of a language model."""

    steps_max: int = Field(validation_alias="AGENT_STEPS_MAX", default=6, ge=1, le=50)
    tokens_max: int = Field(validation_alias="AGENT_TOKENS_MAX", default=60_000, ge=1_000)
    seconds_max: float = Field(validation_alias="AGENT_SECONDS_MAX", default=60.0, gt=0)
    answer_tokens_max: int = Field(validation_alias="AGENT_ANSWER_TOKENS_MAX", default=1_500, ge=50)

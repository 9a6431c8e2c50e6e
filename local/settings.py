"""Settings of the local stack, from environment variables.

A setting that is a parameter of template.yaml has no default here: when it is not set, the template's default applies.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Literal

from cinedex.search.domain.ranking.rank_fusion import Fusion
from cinedex.settings import LanguageModelKind, RewriteMode
from pydantic import Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

HTTP_ADDRESS = re.compile(r"https?://[^/\s]")
HOST = re.compile(r"[a-z0-9._-]+(:\d+)?|\[[0-9a-f:]+\](:\d+)?")
ORIGIN = re.compile(rf"\*|https?://({HOST.pattern})")
REPOSITORY = Path(__file__).resolve().parent.parent
PYTHONPATH = f"{REPOSITORY}:{REPOSITORY}/layers/core:{REPOSITORY}/clients/python"
"""Where the processes of the stack find the packages of the working tree."""


def listed(values: str) -> list[str]:
    """The values of a setting, separated by commas, in lower case."""
    return [value.strip().lower() for value in values.split(",") if value.strip()]


class LocalSettings(BaseSettings):
    """Read when a command starts."""

    model_config = SettingsConfigDict(env_prefix="CINEDEX_", extra="ignore")

    home: Path = Field(default=REPOSITORY / ".cinedex", description="Folder of the data, the logs and the API key.")
    port: int = Field(default=8080, ge=0, le=65535, description="Port of the gateway; 0 selects a free one.")
    body_bytes_max: int = Field(default=64 * 1024 * 1024, gt=0, description="Largest request body.")
    allowed_hosts: str = Field(
        default="",
        description="Host names, separated by commas, under which a reverse proxy publishes the gateway.",
    )
    allowed_origins: str = Field(
        default="",
        description="Origins of web pages, separated by commas, that may call the gateway; `*` allows all.",
    )
    api_concurrency: int | None = Field(
        default=None, gt=0, description="Requests that each function of the API processes at once."
    )
    request_burst: int | None = Field(default=None, gt=0, description="Requests that may wait for a function.")
    function_processes: int = Field(
        default=max(2, os.cpu_count() or 2), gt=0, description="Processes of each function that events invoke."
    )
    template: Path = Field(default=REPOSITORY / "template.yaml", description="The template that is deployed.")
    opensearch_url: str | None = Field(
        default=None, validation_alias="OPENSEARCH_URL", description="A running OpenSearch, without a password."
    )
    search: Literal["sqlite", "opensearch"] = Field(
        default="sqlite", description="The search store; opensearch needs OPENSEARCH_URL."
    )
    search_fusion: Fusion | None = Field(
        default=None, validation_alias="SEARCH_FUSION", description="How several signals are combined into one ranking."
    )
    drop_deletion: Literal["keep", "delete"] | None = Field(
        default=None,
        validation_alias="DROP_DELETION",
        description="What happens to a video of the drop folder whose file is removed.",
    )
    drop_features: str | None = Field(
        default=None, validation_alias="DROP_FEATURES", description="Features of dropped files, separated by commas."
    )
    drop_bytes_max: int | None = Field(
        default=None, gt=0, validation_alias="DROP_BYTES_MAX", description="Largest file of the drop folder, in bytes."
    )
    drop_sources: str | None = Field(
        default=None, validation_alias="DROP_SOURCES", description="Other buckets that accounts may read in place."
    )
    fetch_allowed_networks: str | None = Field(
        default=None, description="Non-public networks that a video_url may lead to, separated by commas."
    )
    webhook_allowed_networks: str | None = Field(
        default=None,
        description="Non-public networks that a webhook may lead to, separated by commas; to loopback also by http.",
    )
    language_model: LanguageModelKind | None = Field(
        default=None, validation_alias="LANGUAGE_MODEL", description="Language model that writes answers."
    )
    language_model_id: str | None = Field(
        default=None, validation_alias="LANGUAGE_MODEL_ID", description="Identifier of the model."
    )
    openai_base_url: str | None = Field(
        default=None, validation_alias="OPENAI_BASE_URL", description="An OpenAI-compatible server."
    )
    openai_api_key: SecretStr | None = Field(
        default=None, validation_alias="OPENAI_API_KEY", description="API key for that server."
    )
    search_rewrite: RewriteMode | None = Field(
        default=None, validation_alias="SEARCH_REWRITE", description="Whether a language model rewrites queries."
    )
    speech_model: str | None = Field(
        default=None, validation_alias="SPEECH_MODEL", description="Multilingual Whisper model, a folder of the models."
    )
    text_vector_model: str | None = Field(
        default=None, validation_alias="TEXT_VECTOR_MODEL", description="Text model, a folder of the models."
    )
    media_cost_per_second_max: float | None = Field(
        default=None,
        gt=0,
        validation_alias="MEDIA_COST_PER_SECOND_MAX",
        description="Seconds of a worker that a second of video may cost.",
    )
    turns_per_day: int | None = Field(
        default=None, ge=0, validation_alias="CHAT_TURNS_PER_DAY", description="Chat turns of an account in a day."
    )
    tokens_per_day: int | None = Field(
        default=None, ge=0, validation_alias="CHAT_TOKENS_PER_DAY", description="Tokens of an account in a day."
    )
    video_minutes_per_day: float | None = Field(
        default=None,
        ge=0,
        validation_alias="VIDEO_MINUTES_PER_DAY",
        description="Minutes of video of an account in a day; 0: no limit.",
    )

    @field_validator("opensearch_url")
    @classmethod
    def _is_an_address(cls, url: str | None) -> str | None:
        if url and not HTTP_ADDRESS.match(url):
            raise ValueError("it must be an address that begins with http:// or https://")
        return url

    @field_validator("allowed_hosts")
    @classmethod
    def _are_hosts(cls, hosts: str) -> str:
        return _valid(hosts, HOST, "host names such as cinedex.example.com, without a scheme")

    @field_validator("allowed_origins")
    @classmethod
    def _are_origins(cls, origins: str) -> str:
        return _valid(origins, ORIGIN, "origins such as https://app.example.com, without a path, or *")

    @field_validator("search")
    @classmethod
    def _needs_an_address(cls, store: str, info: ValidationInfo) -> str:
        is_valid = "opensearch_url" in info.data  # a missing one has been reported itself
        if store == "opensearch" and is_valid and not info.data["opensearch_url"]:
            raise ValueError("it needs the address of an OpenSearch in OPENSEARCH_URL")
        return store

    @field_validator("search_rewrite")
    @classmethod
    def _needs_a_model(cls, mode: str | None, info: ValidationInfo) -> str | None:
        has_model = info.data.get("language_model") not in (None, "extractive")
        if mode not in (None, "off") and "language_model" in info.data and not has_model:
            raise ValueError("it needs a language model, and LANGUAGE_MODEL names none")
        return mode


def _valid(values: str, pattern: re.Pattern[str], expected: str) -> str:
    wrong = [value for value in listed(values) if not pattern.fullmatch(value)]
    if wrong:
        raise ValueError(f"it must list {expected}, separated by commas; not {', '.join(wrong)}")
    return values

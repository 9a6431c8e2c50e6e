"""What a person may choose about the local stack, from `CINEDEX_*` environment variables."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

HTTP_ADDRESS = re.compile(r"https?://[^/\s]")
REPOSITORY = Path(__file__).resolve().parent.parent
PYTHONPATH = f"{REPOSITORY}:{REPOSITORY}/layers/core:{REPOSITORY}/clients/python"
"""Where the processes of the stack find the packages of the working tree."""


class LocalSettings(BaseSettings):
    """Read when a command starts."""

    model_config = SettingsConfigDict(env_prefix="CINEDEX_", extra="ignore")

    home: Path = Field(default=REPOSITORY / ".cinedex", description="Where data, logs and the API key live.")
    port: int = Field(default=8080, ge=0, le=65535, description="Port of the gateway; 0 takes a free one.")
    body_bytes_max: int = Field(default=64 * 1024 * 1024, gt=0, description="Largest request body.")
    opensearch_url: str = Field(
        default="", validation_alias="OPENSEARCH_URL", description="A running OpenSearch, without a password."
    )
    search: Literal["sqlite", "opensearch"] = Field(
        default="sqlite", description="Where moments are searched; opensearch needs OPENSEARCH_URL."
    )
    search_fusion: Literal["calibrated", "rrf", "normalized"] = Field(
        default="calibrated", validation_alias="SEARCH_FUSION", description="How signals make one order."
    )
    template: Path = Field(default=REPOSITORY / "template.yaml", description="What is deployed.")
    fetch_allowed_networks: str = Field(
        default="", description="Networks that a video_url may lead to although they are not public, by commas."
    )
    language_model: Literal["extractive", "openai", "bedrock"] = Field(
        default="extractive", validation_alias="LANGUAGE_MODEL", description="Who writes answers."
    )
    language_model_id: str = Field(default="", validation_alias="LANGUAGE_MODEL_ID", description="Which model.")
    openai_base_url: str = Field(
        default="https://api.openai.com/v1", validation_alias="OPENAI_BASE_URL", description="Which server."
    )
    openai_api_key: SecretStr = Field(
        default=SecretStr(""), validation_alias="OPENAI_API_KEY", description="The key for it."
    )
    search_rewrite: Literal["off", "asked", "always"] = Field(
        default="off", validation_alias="SEARCH_REWRITE", description="Whether a language model adds to searches."
    )
    turns_per_day: int = Field(
        default=2_000, ge=0, validation_alias="CHAT_TURNS_PER_DAY", description="Turns of an account in a day."
    )
    tokens_per_day: int = Field(
        default=5_000_000, ge=0, validation_alias="CHAT_TOKENS_PER_DAY", description="Tokens of an account in a day."
    )

    @field_validator("opensearch_url")
    @classmethod
    def _is_an_address(cls, url: str) -> str:
        if url and not HTTP_ADDRESS.match(url):
            raise ValueError("it must be an address that begins with http:// or https://")
        return url

    @field_validator("search")
    @classmethod
    def _needs_an_address(cls, store: str, info: ValidationInfo) -> str:
        if store == "opensearch" and info.data.get("opensearch_url") == "":
            raise ValueError("the address of an OpenSearch is needed, and OPENSEARCH_URL names none")
        return store

    @field_validator("search_rewrite")
    @classmethod
    def _needs_a_model(cls, mode: str, info: ValidationInfo) -> str:
        if mode != "off" and info.data.get("language_model") == "extractive":
            raise ValueError("a language model is needed, and LANGUAGE_MODEL names none")
        return mode

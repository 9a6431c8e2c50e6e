"""The parameters of template.yaml on one machine: settings of the local stack, then the template's defaults."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from local.home import Home
from local.settings import LocalSettings

FIELDS = {
    "ApiConcurrency": "api_concurrency",
    "DropBytesMax": "drop_bytes_max",
    "DropDeletion": "drop_deletion",
    "DropFeatures": "drop_features",
    "DropSources": "drop_sources",
    "FetchAllowedNetworks": "fetch_allowed_networks",
    "LanguageModel": "language_model",
    "LanguageModelId": "language_model_id",
    "MediaCostPerSecondMax": "media_cost_per_second_max",
    "OpenAiBaseUrl": "openai_base_url",
    "OpenSearchUrl": "opensearch_url",
    "RequestBurst": "request_burst",
    "SearchFusion": "search_fusion",
    "SearchRewrite": "search_rewrite",
    "SearchStore": "search",
    "SpeechModel": "speech_model",
    "TextVectorModel": "text_vector_model",
    "TokensPerDay": "tokens_per_day",
    "TurnsPerDay": "turns_per_day",
    "VideoMinutesPerDay": "video_minutes_per_day",
    "WebhookAllowedNetworks": "webhook_allowed_networks",
}
"""The field of `LocalSettings` for each parameter; secrets are in no parameter (`secret_variables`)."""


def template_parameters(home: Home, settings: LocalSettings) -> dict[str, str]:
    """The parameters whose value is not the template's default."""
    values = {name: getattr(settings, field) for name, field in FIELDS.items()}
    set_values = {name: str(value) for name, value in values.items() if value is not None}
    local = {
        "ApiConcurrency": "16",
        "Metrics": "false",
        "SearchSqlitePath": str(home.search_index.resolve()),
        "Stage": "local",
        "WorkersMax": "1",
    }
    return local | set_values


def with_defaults(parameters: Mapping[str, str], template: Mapping[str, Any]) -> dict[str, str]:
    """A value for each parameter that the template declares."""
    declared = template.get("Parameters", {})
    defaults = {name: str(declared[name]["Default"]) for name in declared if "Default" in declared[name]}
    return defaults | {name: value for name, value in parameters.items() if name in declared}

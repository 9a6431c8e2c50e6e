"""The language model of a deployment; adapters of other models are not imported."""

from __future__ import annotations

from pydantic import SecretStr

from cinedex.adapters.model_streams.retry import StreamRetryPolicy
from cinedex.language_models.language_model import LanguageModel
from cinedex.settings import LanguageModelSettings


def language_model(
    settings: LanguageModelSettings, timeout_s: float, attempts_max: int = StreamRetryPolicy.attempts_max
) -> LanguageModel | None:
    """`timeout_s` is its longest silence. None where there is none."""
    retry_policy = StreamRetryPolicy(attempts_max=attempts_max)
    if settings.kind == "bedrock":
        from cinedex.adapters.bedrock.language_model import BedrockLanguageModel, bedrock_client

        return BedrockLanguageModel(bedrock_client(timeout_s), settings.model_id, retry_policy)
    if settings.kind == "openai":
        from cinedex.adapters.openai.language_model import OpenAiLanguageModel

        key = _openai_api_key(settings).get_secret_value()
        return OpenAiLanguageModel(
            settings.openai_base_url, settings.model_id, key, timeout_s=timeout_s, retry_policy=retry_policy
        )
    return None


def _openai_api_key(settings: LanguageModelSettings) -> SecretStr:
    """Of AWS Secrets Manager if the settings name a secret there: then no configuration contains the key."""
    if not settings.openai_api_key_secret_arn:
        return settings.openai_api_key
    from cinedex.adapters.secrets_manager import read_secret, secrets_manager_client

    return read_secret(secrets_manager_client(), settings.openai_api_key_secret_arn)

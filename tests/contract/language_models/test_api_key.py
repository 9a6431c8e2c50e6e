"""The API key of an OpenAI-compatible server, from AWS Secrets Manager or from a setting."""

from __future__ import annotations

import os

import boto3
import pytest
from cinedex.adapters.secrets_manager import read_secret, secrets_manager_client
from cinedex.bootstrap.language_models import language_model
from cinedex.kernel.errors import Unavailable
from cinedex.language_models.language_model import ModelMessage
from cinedex.settings import LanguageModelSettings

from tests.support.model_server import replay_server, saying

pytestmark = pytest.mark.usefixtures("aws")


def secret(**value: str | bytes) -> str:
    arn: str = boto3.client("secretsmanager").create_secret(Name=f"key-{os.urandom(4).hex()}", **value)["ARN"]
    return arn


def sent_key(monkeypatch: pytest.MonkeyPatch, **variables: str) -> str:
    """What a model that these variables configure sends to its server as its authorization."""
    with replay_server([saying("Yes.")]) as server:
        common = {"LANGUAGE_MODEL": "openai", "LANGUAGE_MODEL_ID": "any", "OPENAI_BASE_URL": server.url}
        for name, value in (common | variables).items():
            monkeypatch.setenv(name, value)
        model = language_model(LanguageModelSettings(), timeout_s=5)
        assert model is not None
        assert list(model.converse("", [ModelMessage(role="user", text="Well?")], tokens_max=10, seconds_max=60))
        return server.headers[0]["authorization"]


def test_the_key_of_a_setting_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    assert sent_key(monkeypatch, OPENAI_API_KEY="sk-set") == "Bearer sk-set"


def test_the_key_of_a_secret_is_sent_instead(monkeypatch: pytest.MonkeyPatch) -> None:
    arn = secret(SecretString="sk-of-the-manager")
    key = sent_key(monkeypatch, OPENAI_API_KEY="sk-set", OPENAI_API_KEY_SECRET_ARN=arn)
    assert key == "Bearer sk-of-the-manager"


def test_the_value_of_a_secret_is_not_shown() -> None:
    value = read_secret(secrets_manager_client(), secret(SecretString="sk-of-the-manager"))
    assert value.get_secret_value() == "sk-of-the-manager"
    assert "sk-of" not in repr(value)


def test_a_secret_that_is_not_there_is_named() -> None:
    arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:gone-abcdef"
    with pytest.raises(Unavailable, match="gone-abcdef cannot be read"):
        read_secret(secrets_manager_client(), arn)


def test_a_binary_secret_is_refused() -> None:
    with pytest.raises(Unavailable, match="binary"):
        read_secret(secrets_manager_client(), secret(SecretBinary=b"sk"))

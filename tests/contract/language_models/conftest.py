"""Every language model in the same recorded situations, each from a server that speaks its own way."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from cinedex.adapters.bedrock.language_model import BedrockLanguageModel, bedrock_client
from cinedex.adapters.model_streams.retry import StreamRetryPolicy
from cinedex.adapters.openai.language_model import OpenAiLanguageModel
from cinedex.language_models.language_model import LanguageModel

from tests.support.model_server import ModelServer, Reply, read_dialogue, replay_server

DIALOGUES = Path(__file__).parent / "dialogues"
SPEAKERS = sorted(folder.name for folder in DIALOGUES.iterdir())


@dataclass
class ReplayedModel:
    """Connects a model of one kind to a recorded dialogue; `pauses` are the lengths of its sleeps."""

    provider: str
    stack: ExitStack
    pauses: list[float] = field(default_factory=list)
    server: ModelServer | None = None

    def of_dialogue(self, name: str) -> LanguageModel:
        return self.of_replies(read_dialogue(DIALOGUES / self.provider / f"{name}.jsonl"))

    def of_replies(self, recorded: Sequence[Reply]) -> LanguageModel:
        self.server = self.stack.enter_context(replay_server(recorded))
        retry_policy = StreamRetryPolicy(sleep=self.pauses.append)
        if self.provider == "bedrock":
            keys = {"aws_access_key_id": "x", "aws_secret_access_key": "x", "region_name": "us-east-1"}
            client = bedrock_client(5, endpoint_url=self.server.url, **keys)
            return BedrockLanguageModel(client, "amazon.nova-lite-v1:0", retry_policy)
        return OpenAiLanguageModel(
            f"{self.server.url}/v1", "a-model", "sk-test", timeout_s=5, retry_policy=retry_policy
        )


@pytest.fixture
def replay_of() -> Iterator[Callable[[str], ReplayedModel]]:
    with ExitStack() as stack:
        yield lambda provider: ReplayedModel(provider, stack)


@pytest.fixture(params=SPEAKERS)
def replay(request: pytest.FixtureRequest, replay_of: Callable[[str], ReplayedModel]) -> ReplayedModel:
    return replay_of(request.param)

"""Text vectors: all-MiniLM-L6-v2 with int8 weights on ONNX Runtime, 384 numbers for each text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from cinedex.analysis.domain.model_results import ModelInfo
from numpy.typing import NDArray

from gpu_tasks.engines.thread_budget import onnx_session_options

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

TOKENS_MAX = 256
BATCH = 32


class MiniLmVectors:
    """Mean of the token vectors under the attention mask, scaled to unit length.

    Only the first `TOKENS_MAX` tokens of a text are encoded.
    """

    dimension = 384

    def __init__(self, info: ModelInfo, weights: Mapping[str, Path]) -> None:
        self.info = info
        self._weights = weights
        self._session: InferenceSession | None = None
        self._tokenizer: Tokenizer | None = None

    def setup(self) -> None:
        from onnxruntime import InferenceSession
        from tokenizers import Tokenizer

        self._tokenizer = Tokenizer.from_file(str(self._weights["minilm-tokenizer"]))
        self._tokenizer.enable_truncation(TOKENS_MAX)
        self._tokenizer.enable_padding()
        self._session = InferenceSession(
            str(self._weights["minilm"]), onnx_session_options(), providers=["CPUExecutionProvider"]
        )
        self.encode(["ready"])

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        vectors: NDArray[np.float32] = np.zeros((len(texts), self.dimension), np.float32)
        by_length = sorted(range(len(texts)), key=lambda i: len(texts[i]))
        for first in range(0, len(texts), BATCH):
            batch = by_length[first : first + BATCH]
            vectors[batch] = self._encode_batch([texts[i] for i in batch])
        return vectors

    def _encode_batch(self, texts: Sequence[str]) -> NDArray[np.float32]:
        assert self._session is not None, "call setup() first"
        assert self._tokenizer is not None, "call setup() first"
        tokens = self._tokenizer.encode_batch(list(texts))
        ids = np.array([t.ids for t in tokens], np.int64)
        mask = np.array([t.attention_mask for t in tokens], np.int64)
        inputs = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        feed = {i.name: inputs[i.name] for i in self._session.get_inputs()}
        hidden = np.asarray(self._session.run(None, feed)[0], np.float32)
        return _normalise(_masked_mean(hidden, mask))


def _masked_mean(hidden: NDArray[np.float32], mask: NDArray[np.int64]) -> NDArray[np.float32]:
    if hidden.ndim == 2:
        return hidden
    weights = mask[..., None].astype(np.float32)
    mean: NDArray[np.float32] = (hidden * weights).sum(axis=1) / weights.sum(axis=1)
    return mean


def _normalise(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-12), np.float32)

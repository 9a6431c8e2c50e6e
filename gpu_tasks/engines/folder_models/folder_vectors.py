"""Text vectors of a model of the operator: ONNX weights and a tokenizer of Hugging Face's library in one folder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from cinedex.analysis.domain.model_results import ModelInfo

from gpu_tasks.engines.minilm_vectors import MiniLmVectors
from gpu_tasks.task_errors import EngineUnavailable

TOKENIZER = "tokenizer.json"


class FolderVectors(MiniLmVectors):
    """Mean of the token vectors, as `MiniLmVectors`: for models that were trained with it.

    The model sees the same text for queries and documents, so models that need a prefix of each are not for it.
    """

    def __init__(self, info: ModelInfo, weights: Mapping[str, Path]) -> None:
        folder = weights[info.id]
        graphs = sorted(folder.glob("*.onnx"))
        if len(graphs) != 1 or not (folder / TOKENIZER).is_file():
            raise EngineUnavailable(f"{folder} needs one file .onnx and {TOKENIZER} for text vectors.")
        super().__init__(info, {"minilm": graphs[0], "minilm-tokenizer": folder / TOKENIZER})

    def setup(self) -> None:
        super().setup()
        self.dimension = self.encode(["ready"]).shape[1]

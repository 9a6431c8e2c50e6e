"""Task `embed_segments`: input `documents` is `{"texts": [...]}`, result `Embeddings` in the same order."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from cinedex.analysis.domain.task_message import TaskResult
from cinedex.analysis.domain.vectors import pack_vectors

from gpu_tasks.task_errors import InvalidTask
from gpu_tasks.task_run import TaskRun

STEP = "embed_segments"
BATCH = 64


def run(task: TaskRun) -> TaskResult:
    """The texts are part of the key, because new documents may be stored under the same name."""
    model = task.engines.model("text_vectors")
    texts = _texts(task.input_document("documents"))
    key = task.key(STEP, [model], texts=_digest(texts))
    if not task.results.has(key):
        task.store(key, pack_vectors(model.label, _encode(task, texts)))
    return TaskResult(results={STEP: key}, models=(model.label,))


def _texts(document: Any) -> list[str]:
    texts = document.get("texts") if isinstance(document, dict) else None
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise InvalidTask("The input 'documents' must be {\"texts\": [...]} with strings.")
    return texts


def _digest(texts: list[str]) -> str:
    return hashlib.sha256(json.dumps(texts).encode()).hexdigest()


def _encode(task: TaskRun, texts: list[str]) -> list[list[float]]:
    engine, vectors = task.engines.text_vectors, list[list[float]]()
    for first in range(0, len(texts), BATCH):
        vectors.extend(engine.encode(texts[first : first + BATCH]).tolist())
        task.report(len(vectors) / len(texts))
    return vectors

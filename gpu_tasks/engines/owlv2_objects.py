"""Detects objects that prompts describe in free text: OWLv2, an open-vocabulary detector, on PyTorch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from cinedex.analysis.domain.model_results import ModelInfo
from cinedex.detection.prompted_detector import PromptedDetection
from numpy.typing import NDArray

from gpu_tasks.engines.roles import Picture
from gpu_tasks.task_errors import EngineUnavailable, OutOfMemory

BATCH_SIZE = 8
BOXES_MAX = 100
"""The best boxes of one picture: OWLv2 returns a box for every patch and prompt."""

DECIMALS = 5
PACKAGES = ("torch", "safetensors", "transformers")
"""From the extra `gpu`, which may not be installed."""


class Owlv2Objects:
    """Minderer et al., "Scaling Open-Vocabulary Object Detection", 2023.

    On a GPU it runs in half precision and in batches. When a batch does not fit into the GPU memory, the batch size is
    halved, and later batches are not larger. On a CPU it runs in full precision, one picture at a time, because batches
    are not faster there.
    """

    def __init__(self, info: ModelInfo, weights: Mapping[str, Path]) -> None:
        self.info = info
        self.batch_size = 1
        self._weights = weights
        self._device = "cpu"
        self._model: Any = None
        self._tokenizer: Any = None
        self._preprocessor: Any = None

    def setup(self) -> None:
        try:
            import torch
            from safetensors import SafetensorError
            from transformers import CLIPTokenizer, Owlv2ForObjectDetection
            from transformers.models.owlv2.image_processing_pil_owlv2 import Owlv2ImageProcessorPil
        except ModuleNotFoundError as error:
            if error.name not in PACKAGES:
                raise
            raise EngineUnavailable(f"OWLv2 needs the packages of the extra `gpu`: {error}.") from error
        self._device = "cuda" if torch.cuda.is_available() else "cpu"
        precision, self.batch_size = (torch.float16, BATCH_SIZE) if self._device == "cuda" else (torch.float32, 1)
        folder = self._weights["owlv2"]
        try:
            model, loading = Owlv2ForObjectDetection.from_pretrained(  # nosec B615 # local, pinned by hash
                folder, local_files_only=True, use_safetensors=True, dtype=precision, output_loading_info=True
            )
            self._tokenizer = CLIPTokenizer.from_pretrained(  # nosec B615 # local, pinned by hash
                folder, local_files_only=True
            )
            self._preprocessor = Owlv2ImageProcessorPil.from_pretrained(  # nosec B615 # local, pinned by hash
                folder, local_files_only=True
            )
        except (OSError, ValueError, RuntimeError, SafetensorError) as error:
            raise EngineUnavailable(f"The files in {folder} are not an OWLv2 model: {error}") from error
        if missing := sorted(loading["missing_keys"]):  # the library only warns, and initialises them at random
            raise EngineUnavailable(f"The files in {folder} are not an OWLv2 model: {missing[0]} is missing.")
        self._model = model.eval().to(self._device)

    def supports(self, prompt: str, /) -> bool:
        """False for a prompt with more tokens than the model reads: a truncated prompt has another meaning."""
        return len(self._tokenizer(prompt)["input_ids"]) <= self._tokens_max

    def find(
        self, pictures: Sequence[Picture], prompts: Sequence[str], score_min: float, /
    ) -> list[tuple[PromptedDetection, ...]]:
        detections: list[tuple[PromptedDetection, ...]] = []
        while len(detections) < len(pictures):
            done = len(detections)
            batch = self._detect_batch(pictures[done : done + self.batch_size], prompts, score_min)
            if batch is None:
                self._halve_batch_size()
            else:
                detections += batch
        return detections

    @property
    def _tokens_max(self) -> int:
        return int(self._model.config.text_config.max_position_embeddings)

    def _halve_batch_size(self) -> None:
        import torch

        if self.batch_size == 1:
            raise OutOfMemory("A single picture needs more memory than the GPU has.")
        self.batch_size //= 2
        torch.cuda.empty_cache()

    def _detect_batch(
        self, pictures: Sequence[Picture], prompts: Sequence[str], score_min: float
    ) -> list[tuple[PromptedDetection, ...]] | None:
        """None when the GPU is out of memory; the memory of the failed attempt is free when this returns."""
        import torch

        try:
            scores, boxes = self._forward(pictures, prompts)
        except torch.OutOfMemoryError:
            return None
        return [_detections(*outputs, prompts, score_min) for outputs in zip(scores, boxes, pictures, strict=True)]

    def _forward(
        self, pictures: Sequence[Picture], prompts: Sequence[str]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Scores of shape `(pictures, patches, prompts)`, boxes of shape `(pictures, patches, 4)`."""
        import torch

        text = self._tokenizer(
            list(prompts), padding="max_length", max_length=self._tokens_max, return_tensors="pt"
        ).to(self._device)
        images = self._preprocessor([np.ascontiguousarray(p[..., ::-1]) for p in pictures], return_tensors="pt")
        with torch.inference_mode():
            out = self._model(
                pixel_values=images["pixel_values"].to(self._device, self._model.dtype),
                input_ids=text["input_ids"].repeat(len(pictures), 1),
                attention_mask=text["attention_mask"].repeat(len(pictures), 1),
            )
            scores, boxes = out.logits.float().sigmoid(), out.pred_boxes.float()
        return scores.cpu().numpy(), boxes.cpu().numpy()


def _detections(
    scores: NDArray[np.float32], boxes: NDArray[np.float32], picture: Picture, prompts: Sequence[str], score_min: float
) -> tuple[PromptedDetection, ...]:
    """By descending score. A box is `(centre x, centre y, width, height)` as shares of a square, to which the
    preprocessor pads the picture on its right or below it."""
    corners = np.concatenate([boxes[:, :2] - boxes[:, 2:] / 2, boxes[:, :2] + boxes[:, 2:] / 2], axis=1)
    height, width = picture.shape[:2]
    shares = np.clip(corners * max(height, width) / (width, height, width, height), 0, 1).round(DECIMALS)
    inside = (shares[:, 2] > shares[:, 0]) & (shares[:, 3] > shares[:, 1])
    candidates = np.argwhere((scores >= score_min) & inside[:, None])
    best = sorted(candidates.tolist(), key=lambda at: -scores[at[0], at[1]])[:BOXES_MAX]
    return tuple(_detection(scores[patch, n], shares[patch], n, prompts[n]) for patch, n in best)


def _detection(score: np.float32, share: NDArray[np.float64], number: int, prompt: str) -> PromptedDetection:
    left, top, right, bottom = share.tolist()
    return PromptedDetection(
        prompt_index=number, label=prompt, score=round(float(score), 4), box=(left, top, right, bottom)
    )

"""Boxes of what prompts in plain words ask for: OWLv2, an open-vocabulary detector, on PyTorch."""

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

BATCH = 8
BOXES_MAX = 100
"""In a picture, the best ones: every patch of a picture has a box for every prompt."""

DECIMALS = 5
PACKAGES = ("torch", "safetensors", "transformers")
"""Of the extra `gpu`, which a deployment may lack."""


class Owlv2Objects:
    """Minderer et al., "Scaling Open-Vocabulary Object Detection", 2023.

    On a GPU in half precision and in batches: one that does not fit into its memory is halved and looked at again,
    and later ones are no larger. On the processor, where batches gain nothing, in full precision one by one.
    """

    def __init__(self, info: ModelInfo, weights: Mapping[str, Path]) -> None:
        self.info = info
        self.batch = 1
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
        precision, self.batch = (torch.float16, BATCH) if self._device == "cuda" else (torch.float32, 1)
        folder = self._weights["owlv2"]
        try:
            model, told = Owlv2ForObjectDetection.from_pretrained(
                folder, local_files_only=True, use_safetensors=True, dtype=precision, output_loading_info=True
            )
            self._tokenizer = CLIPTokenizer.from_pretrained(folder, local_files_only=True)
            self._preprocessor = Owlv2ImageProcessorPil.from_pretrained(folder, local_files_only=True)
        except (OSError, ValueError, RuntimeError, SafetensorError) as error:
            raise EngineUnavailable(f"The files in {folder} are no OWLv2: {error}") from error
        if missing := sorted(told["missing_keys"]):  # the library only warns, and makes them up
            raise EngineUnavailable(f"The files in {folder} are no OWLv2: they lack {missing[0]}.")
        self._model = model.eval().to(self._device)

    def serves(self, prompt: str, /) -> bool:
        """A prompt that is cut would ask for something else."""
        return len(self._tokenizer(prompt)["input_ids"]) <= self._tokens_max

    def find(
        self, pictures: Sequence[Picture], prompts: Sequence[str], score_min: float, /
    ) -> list[tuple[PromptedDetection, ...]]:
        found: list[tuple[PromptedDetection, ...]] = []
        while len(found) < len(pictures):
            seen = self._seen(pictures[len(found) : len(found) + self.batch], prompts, score_min)
            if seen is None:
                self._halve()
            else:
                found += seen
        return found

    @property
    def _tokens_max(self) -> int:
        return int(self._model.config.text_config.max_position_embeddings)

    def _halve(self) -> None:
        import torch

        if self.batch == 1:
            raise OutOfMemory("A single picture needs more memory than the GPU has.")
        self.batch //= 2
        torch.cuda.empty_cache()

    def _seen(
        self, pictures: Sequence[Picture], prompts: Sequence[str], score_min: float
    ) -> list[tuple[PromptedDetection, ...]] | None:
        """None when the GPU's memory is full; what the failed try held is free when this returns."""
        import torch

        try:
            scores, boxes = self._forward(pictures, prompts)
        except torch.OutOfMemoryError:
            return None
        return [_detections(*seen, prompts, score_min) for seen in zip(scores, boxes, pictures, strict=True)]

    def _forward(
        self, pictures: Sequence[Picture], prompts: Sequence[str]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Scores of shape `(pictures, patches, prompts)`, boxes of shape `(pictures, patches, 4)`."""
        import torch

        text = self._tokenizer(
            list(prompts), padding="max_length", max_length=self._tokens_max, return_tensors="pt"
        ).to(self._device)
        seen = self._preprocessor([np.ascontiguousarray(p[..., ::-1]) for p in pictures], return_tensors="pt")
        with torch.inference_mode():
            out = self._model(
                pixel_values=seen["pixel_values"].to(self._device, self._model.dtype),
                input_ids=text["input_ids"].repeat(len(pictures), 1),
                attention_mask=text["attention_mask"].repeat(len(pictures), 1),
            )
            scores, boxes = out.logits.float().sigmoid(), out.pred_boxes.float()
        return scores.cpu().numpy(), boxes.cpu().numpy()


def _detections(
    scores: NDArray[np.float32], boxes: NDArray[np.float32], picture: Picture, prompts: Sequence[str], score_min: float
) -> tuple[PromptedDetection, ...]:
    """Best first. A box is `(middle x, middle y, width, height)` as shares of a square: the picture is padded to one
    on its right or below."""
    corners = np.concatenate([boxes[:, :2] - boxes[:, 2:] / 2, boxes[:, :2] + boxes[:, 2:] / 2], axis=1)
    height, width = picture.shape[:2]
    shares = np.clip(corners * max(height, width) / (width, height, width, height), 0, 1).round(DECIMALS)
    inside = (shares[:, 2] > shares[:, 0]) & (shares[:, 3] > shares[:, 1])
    found = np.argwhere((scores >= score_min) & inside[:, None])
    best = sorted(found.tolist(), key=lambda at: -scores[at[0], at[1]])[:BOXES_MAX]
    return tuple(_detection(scores[patch, n], shares[patch], n, prompts[n]) for patch, n in best)


def _detection(score: np.float32, share: NDArray[np.float64], number: int, prompt: str) -> PromptedDetection:
    left, top, right, bottom = share.tolist()
    return PromptedDetection(
        prompt_index=number, label=prompt, score=round(float(score), 4), box=(left, top, right, bottom)
    )

"""An OWLv2 with every part of the real one, but tiny and with random weights: it runs, and knows nothing."""

from __future__ import annotations

import json
from pathlib import Path
from string import ascii_lowercase
from typing import Any

SIDE = 32
TOKENS_MAX = 16
NARROW: dict[str, Any] = {
    "hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2,
}  # fmt: skip


def save_tiny_owlv2(folder: Path) -> None:
    """The files that a published OWLv2 has, save those that cannot be loaded safely."""
    import torch
    from transformers import Owlv2Config, Owlv2ForObjectDetection
    from transformers.models.owlv2.image_processing_pil_owlv2 import Owlv2ImageProcessorPil

    folder.mkdir(parents=True)
    vocabulary = _save_tokenizer(folder)
    ends = {"bos_token_id": vocabulary - 2, "eos_token_id": vocabulary - 1}
    config = Owlv2Config(
        text_config={**NARROW, "vocab_size": vocabulary, "max_position_embeddings": TOKENS_MAX, **ends},
        vision_config={**NARROW, "image_size": SIDE, "patch_size": 8},
        projection_dim=16,
    )
    torch.manual_seed(7)
    model = Owlv2ForObjectDetection(config)
    for last, scale in ((model.box_head.dense2, 1e-3), (model.class_head.logit_scale, 1e-1)):
        last.weight.data *= scale  # or random boxes are lines, and random scores 0 or 1
        last.bias.data *= scale
    model.save_pretrained(folder)
    Owlv2ImageProcessorPil(size={"height": SIDE, "width": SIDE}).save_pretrained(folder)


def _save_tokenizer(folder: Path) -> int:
    """CLIP's byte pairs without a merge, so that a letter is a token; the model finds the end by its highest id."""
    tokens = ["!", *ascii_lowercase, *(f"{letter}</w>" for letter in ascii_lowercase)]
    vocabulary = {token: number for number, token in enumerate([*tokens, "<|startoftext|>", "<|endoftext|>"])}
    (folder / "vocab.json").write_text(json.dumps(vocabulary), encoding="utf-8")
    (folder / "merges.txt").write_text("#version: 0.2\n", encoding="utf-8")
    config = {"tokenizer_class": "CLIPTokenizer", "pad_token": "!", "model_max_length": TOKENS_MAX}
    (folder / "tokenizer_config.json").write_text(json.dumps(config), encoding="utf-8")
    return len(vocabulary)

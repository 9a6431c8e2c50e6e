"""A multilingual Whisper model for CTranslate2 with one small layer and random weights: its words are meaningless."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from cinedex.analysis.domain.spoken_languages import WHISPER_LANGUAGES
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

WIDTH, FRAMES, TOKENS_MAX, MELS = 16, 1500, 448, 80
FIRST_MARK = 50_257
"""Its position in the vocabulary of multilingual models; CTranslate2 recognises them by the empty token before it."""
LANGUAGES = tuple(code for code in WHISPER_LANGUAGES if code != "yue")
TASKS = ("translate", "transcribe", "startoflm", "startofprev", "nospeech", "notimestamps")


def write_tiny_whisper(folder: Path, seed: int = 1) -> None:
    """The files of a model in the form that `faster_whisper` reads."""
    from ctranslate2.specs import WhisperSpec

    vocabulary = _vocabulary()
    spec, random = WhisperSpec(1, 1, 1, 1), np.random.default_rng(seed)
    _fill_encoder(spec.encoder, random)
    _fill_decoder(spec.decoder, random, len(vocabulary))
    spec.register_vocabulary(vocabulary)
    spec.config.suppress_ids, spec.config.suppress_ids_begin = [], []
    spec.config.lang_ids = [vocabulary.index(f"<|{code}|>") for code in LANGUAGES]
    spec.config.alignment_heads = [(0, 0)]
    spec.validate()
    folder.mkdir(parents=True)
    spec.save(str(folder))
    _tokenizer(vocabulary).save(str(folder / "tokenizer.json"))


def _vocabulary() -> list[str]:
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    marks = ["endoftext", "startoftranscript", *LANGUAGES, *TASKS]
    times = [f"{0.02 * step:.2f}" for step in range(FRAMES + 1)]
    unused = [f"unused{number}" for number in range(FIRST_MARK - len(letters) - 1)]
    return [*letters, *unused, "", *(f"<|{mark}|>" for mark in (*marks, *times))]


def _tokenizer(vocabulary: list[str]) -> Tokenizer:
    letters = [token for token in vocabulary if not token.startswith("<|")]
    tokenizer = Tokenizer(models.BPE(vocab={token: number for number, token in enumerate(letters)}, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([AddedToken(token, special=True) for token in vocabulary[len(letters) :]])
    return tokenizer


def _fill_encoder(encoder: Any, random: np.random.Generator) -> None:
    encoder.conv1.weight, encoder.conv1.bias = _normal(random, WIDTH, MELS, 3), _normal(random, WIDTH)
    encoder.conv2.weight, encoder.conv2.bias = _normal(random, WIDTH, WIDTH, 3), _normal(random, WIDTH)
    encoder.position_encodings.encodings = _normal(random, FRAMES, WIDTH)
    _fill_norm(encoder.layer_norm)
    for layer in encoder.layer:
        _fill_layer(layer, random)


def _fill_decoder(decoder: Any, random: np.random.Generator, tokens: int) -> None:
    decoder.embeddings.weight = decoder.projection.weight = _normal(random, tokens, WIDTH)
    decoder.position_encodings.encodings = _normal(random, TOKENS_MAX, WIDTH)
    _fill_norm(decoder.layer_norm)
    for layer in decoder.layer:
        _fill_layer(layer, random)
        _fill_norm(layer.attention.layer_norm)
        for linear, times in zip(layer.attention.linear, (1, 2, 1), strict=True):
            _fill_linear(linear, random, times * WIDTH, WIDTH)


def _fill_layer(layer: Any, random: np.random.Generator) -> None:
    _fill_norm(layer.self_attention.layer_norm)
    for linear, times in zip(layer.self_attention.linear, (3, 1), strict=True):
        _fill_linear(linear, random, times * WIDTH, WIDTH)
    _fill_norm(layer.ffn.layer_norm)
    _fill_linear(layer.ffn.linear_0, random, 4 * WIDTH, WIDTH)
    _fill_linear(layer.ffn.linear_1, random, WIDTH, 4 * WIDTH)


def _fill_linear(linear: Any, random: np.random.Generator, outputs: int, inputs: int) -> None:
    linear.weight, linear.bias = _normal(random, outputs, inputs), _normal(random, outputs)


def _fill_norm(norm: Any) -> None:
    norm.gamma, norm.beta = np.ones(WIDTH, np.float32), np.zeros(WIDTH, np.float32)


def _normal(random: np.random.Generator, *shape: int) -> np.ndarray[Any, np.dtype[np.float32]]:
    return random.normal(0, 0.1, shape).astype(np.float32)

"""The model: made, taken over or widened; its loss; and its way to disk as a Hugging Face checkpoint.

Two habits keep transformers and CTranslate2 equal: the row of <pad> stays zero (one starts decoding from that row, the
other from zeros), and <pad> is no class of the softmax.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import warnings
from dataclasses import dataclass
from pathlib import Path

import torch
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.nn.functional import cross_entropy, linear
from transformers import MarianConfig, MarianMTModel, MarianTokenizer
from transformers.utils import logging

from . import vocabulary
from .data import END, Batch
from .grow import HOW


@dataclass(frozen=True, slots=True)
class Shape:
    width: int = 512
    feed_forward: int = 2048
    encoder: int = 6
    decoder: int = 2
    heads: int = 8


def fresh(shape: Shape, rows: int, dropout: float) -> MarianMTModel:
    """A model with random weights; `rows` of the embeddings include <pad>, the last."""
    pad = rows - 1
    config = MarianConfig(
        vocab_size=rows,
        decoder_vocab_size=rows,
        d_model=shape.width,
        encoder_layers=shape.encoder,
        decoder_layers=shape.decoder,
        encoder_ffn_dim=shape.feed_forward,
        decoder_ffn_dim=shape.feed_forward,
        encoder_attention_heads=shape.heads,
        decoder_attention_heads=shape.heads,
        activation_function="relu",
        scale_embedding=True,
        share_encoder_decoder_embeddings=True,
        tie_word_embeddings=True,
        pad_token_id=pad,
        decoder_start_token_id=pad,
        bos_token_id=None,
        eos_token_id=END,
        forced_eos_token_id=END,
        max_position_embeddings=512,
        dropout=dropout,
        attention_dropout=0.0,
        activation_dropout=0.0,
    )
    model = MarianMTModel(config)
    for name, weight in model.named_parameters():
        if "shared" in name or "embed_tokens" in name:
            torch.nn.init.normal_(weight, 0, shape.width**-0.5)
        elif weight.dim() == 2 and "embed_positions" not in name:
            torch.nn.init.xavier_uniform_(weight)
    return _ready(model)


def taken(folder: Path, dropout: float, grow: str | None, seed: int) -> MarianMTModel:
    """A trained checkpoint to go on from, in float32, with this dropout; `grow` doubles its "width" or "depth"."""
    model = MarianMTModel.from_pretrained(folder, dtype=torch.float32)
    if grow:
        model = HOW[grow](model, seed)
    model.config.dropout = dropout
    for module in model.modules():
        if isinstance(getattr(module, "dropout", None), float):  # layers copied it from the config when they were made
            module.dropout = dropout
    return _ready(model)


def _ready(model: MarianMTModel) -> MarianMTModel:
    embeddings = model.get_input_embeddings()
    embeddings.padding_idx = model.config.pad_token_id  # its row gets no gradient
    with torch.no_grad():
        embeddings.weight[model.config.pad_token_id].zero_()
    model.final_logits_bias.zero_()
    return model


def attention(device: str) -> contextlib.AbstractContextManager:
    """On a processor the plain kernel: the backward pass of the flash kernel is slow there in bfloat16 (a whole step
    took 1.47 s with it and 1.0 s without, at 12 M parameters). On a GPU torch chooses."""
    return sdpa_kernel(SDPBackend.MATH) if device == "cpu" else contextlib.nullcontext()


def loss(body: torch.nn.Module, model: MarianMTModel, batch: Batch, smoothing: float) -> torch.Tensor:
    """Mean label-smoothed cross entropy per target token. `body` is `model.model`, or its compiled form.

    The output layer sees the rows of real tokens only, and no class for <pad>.
    """
    pad = model.config.pad_token_id
    hidden = body(
        input_ids=batch.source,
        attention_mask=(batch.source != pad).long(),
        decoder_input_ids=batch.begun,
        use_cache=False,
    )[0]
    rows = hidden.flatten(0, 1).index_select(0, batch.keep)
    logits = linear(rows, model.get_input_embeddings().weight[:pad])
    return cross_entropy(logits.float(), batch.target, label_smoothing=smoothing)


def save(model: MarianMTModel, vocabulary_folder: Path, out: Path) -> None:
    """Writes a float16 checkpoint with tokenizer and generation settings into `out`, all of it or nothing."""
    pad = model.config.pad_token_id
    part, old = out.with_name(f".{out.name}.part"), out.with_name(f".{out.name}.old")
    for folder in (part, old):
        shutil.rmtree(folder, ignore_errors=True)
    with torch.random.fork_rng():  # the random weights that it starts from are no part of the run's random numbers
        half = MarianMTModel(model.config)
    half.load_state_dict(model.state_dict())
    settings = {
        "max_length": 512,
        "num_beams": 4,
        "renormalize_logits": True,
        "bad_words_ids": [[pad]],
        "decoder_start_token_id": pad,
        "eos_token_id": END,
        "forced_eos_token_id": END,
        "pad_token_id": pad,
    }
    for name, value in settings.items():
        setattr(half.generation_config, name, value)
    logging.disable_progress_bar()
    half.half().save_pretrained(part)
    vocabulary.copy(vocabulary_folder, part)
    warnings.filterwarnings("ignore", message="Recommended: pip install sacremoses")
    MarianTokenizer(
        **{
            kind: str(part / name)
            for kind, name in zip(("source_spm", "target_spm", "vocab"), vocabulary.FILES, strict=True)
        },
        source_lang="de",
        target_lang="en",
    ).save_pretrained(part)
    if out.exists():
        os.replace(out, old)
    os.replace(part, out)
    shutil.rmtree(old, ignore_errors=True)

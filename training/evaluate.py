"""Scores while training: a few lines of the development set, greedily, by transformers with the averaged weights.

The figures of the model card come from CTranslate2 and the whole set (training.rebuild, benchmarks/translation.py).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch
from transformers import MarianMTModel

from .corpus import lines_of
from .data import END

ROWS = 64  # sentences decoded at once


def dev_scores(model: MarianMTModel, vocabulary: Path, prefix: Path, count: int, device: str) -> dict[str, Any]:
    """BLEU and chrF of the first `count` lines of PREFIX.de against PREFIX.en, and two outputs to look at."""
    import sacrebleu

    sources = lines_of(prefix.with_name(prefix.name + ".de"))[:count]
    references = lines_of(prefix.with_name(prefix.name + ".en"))[:count]
    outputs = greedy(model, vocabulary, sources, device)
    bleu, chrf = (metric(outputs, [references]).score for metric in (sacrebleu.corpus_bleu, sacrebleu.corpus_chrf))
    return {"bleu": round(bleu, 2), "chrf": round(chrf, 2), "sample": outputs[:2]}


def greedy(model: MarianMTModel, vocabulary: Path, sources: list[str], device: str) -> list[str]:
    import sentencepiece

    pieces = sentencepiece.SentencePieceProcessor(model_file=str(vocabulary / "source.spm"))
    pad = model.config.pad_token_id
    rows = [[*ids, END] for ids in pieces.encode(sources)]
    outputs = [""] * len(rows)
    order = sorted(range(len(rows)), key=lambda i: len(rows[i]))
    for start in range(0, len(order), ROWS):
        chosen = order[start : start + ROWS]
        longest = max(len(rows[i]) for i in chosen)
        source = np.full((len(chosen), longest), pad, dtype=np.int64)
        for k, i in enumerate(chosen):
            source[k, : len(rows[i])] = rows[i]
        tensor = torch.from_numpy(source).to(device)
        with torch.inference_mode(), torch.autocast(device, dtype=torch.bfloat16):
            found = model.generate(
                input_ids=tensor,
                attention_mask=(tensor != pad).long(),
                num_beams=1,
                do_sample=False,
                max_new_tokens=min(2 * longest + 10, 500),
                suppress_tokens=[pad],
                pad_token_id=pad,
                decoder_start_token_id=pad,
                eos_token_id=END,
            )
        for i, ids in zip(chosen, found.tolist(), strict=True):
            outputs[i] = pieces.decode([token for token in ids if token not in (END, pad)])
    return outputs

"""The joint vocabulary: one sentencepiece unigram model for both languages.

    python -m training.vocabulary PREPARED OUT [--size 8000]

Bytes stand in for what it does not know, digits stay single, and nothing is folded but odd spaces and invisible marks:
10³, 1½ and CO₂ come out as they went in. OUT gets source.spm, target.spm (the same) and vocab.json, as Marian
checkpoints have them: </s> is 0, <unk> 1, <pad> the last; no other symbol is reserved.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path

from . import corpus

FILES = ("source.spm", "target.spm", "vocab.json")
SPACES = (0x09, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000)
INVISIBLE = (0xAD, 0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2060, 0xFEFF)
NEWS_PAIRS, OTHER_PAIRS = 300_000, 150_000  # most pairs that are looked at


def sample(folder: Path, seed: int) -> list[str]:
    """Sentences of both languages to learn pieces from: news first of all, then the rest."""
    tiers = corpus.read_tiers(folder)
    news: list[corpus.Pair] = []
    rest: list[corpus.Pair] = []
    for name, pairs in sorted(corpus.read_sources(folder)):
        (news if tiers[name].last > 0 else rest).extend(pairs)
    rng = random.Random(seed)
    picked = [*rng.sample(news, min(len(news), NEWS_PAIRS)), *rng.sample(rest, min(len(rest), OTHER_PAIRS))]
    return [text for pair in picked for text in pair[:2]]


def train(sentences: Iterable[str], out: Path, size: int = 8000, seed: int = 1, threads: int = 0) -> int:
    """Writes the vocabulary's files into `out` and returns the number of rows that the embeddings need, <pad> included.

    A small text may give fewer pieces than `size`.
    """
    import sentencepiece

    out.mkdir(parents=True, exist_ok=True)
    sentencepiece.set_random_generator_seed(seed)
    with tempfile.TemporaryDirectory() as scratch:
        rules = Path(scratch, "rules.tsv")
        rules.write_text("".join(f"{c:X}\t20\n" for c in SPACES) + "".join(f"{c:X}\t\n" for c in INVISIBLE))
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(sentences),
            model_prefix=f"{scratch}/joint",
            vocab_size=size,
            hard_vocab_limit=False,
            model_type="unigram",
            character_coverage=0.9999,
            byte_fallback=True,
            split_digits=True,
            normalization_rule_tsv=str(rules),
            num_threads=threads or corpus.cores(),
            minloglevel=2,
            bos_id=-1,
            eos_id=0,
            unk_id=1,
        )
        for name in FILES[:2]:
            shutil.copy(f"{scratch}/joint.model", out / name)
    pieces = sentencepiece.SentencePieceProcessor(model_file=str(out / FILES[0]))
    vocabulary = {pieces.id_to_piece(i): i for i in range(pieces.get_piece_size())}
    vocabulary["<pad>"] = len(vocabulary)
    (out / FILES[2]).write_text(json.dumps(vocabulary, ensure_ascii=False), encoding="utf-8")
    return len(vocabulary)


def copy(source: Path, out: Path) -> None:
    """Takes the vocabulary of another model over."""
    out.mkdir(parents=True, exist_ok=True)
    for name in FILES:
        shutil.copy(source / name, out)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("prepared", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--size", type=int, default=8000)
    parser.add_argument("--seed", type=int, default=1)
    a = parser.parse_args()
    print(train(sample(a.prepared, a.seed), a.out, a.size, a.seed), "rows")


if __name__ == "__main__":
    corpus.command(main)

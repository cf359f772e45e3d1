"""Translations by a model as training data: self-distillation, and back-translation from the other direction.

    python -m training.distil --model MODEL --in FILE --out DIR/NAME.tsv [--best-of 4] [--back] [--weights 1 0.5]

FILE is plain text (a sentence a line) or a NAME.tsv whose first column is translated. With a second column and
--best-of N, the one of the N best that is nearest to it by chrF is taken (sequence-level interpolation, Kim and Rush
2016). --back: MODEL reads English, FILE is English, and what it writes becomes the German side, tagged so that the
trainer marks it (tagged back-translation). Outputs that end too late, are empty or fail the package's checks are left
out. DIR becomes a corpus folder, which training.prepare takes beside others: `prepare CORPUS,DIR OUT`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from summarize import catalog, checks
from summarize.backends import neural
from summarize.engines.decoding import Decoding
from summarize.errors import UsageError
from summarize.text import collapse_spaces, sanitise
from summarize.types import Outcome

from . import corpus
from .corpus import BACK, Pair, Tier

DISTILLED = "distilled"
BLOCK = 512  # sentences that are translated and written at once


def read(path: Path) -> list[Pair]:
    """Pairs to translate the first side of; the second is "" where the file has one column."""
    rows = (line.split("\t") for line in corpus.lines_of(path))
    pairs = (Pair(collapse_spaces(sanitise(row[0])), row[1] if len(row) > 1 else "") for row in rows)
    return [pair for pair in pairs if pair.source]


def synthetic(model: neural.Neural, pairs: Sequence[Pair], *, best_of: int = 1, back: bool = False) -> Iterator[Pair]:
    """Pairs of natural text and its translation, German first, tagged. A text too long for the model is left out, and
    so is one of whose outputs none is whole and passes every check."""
    readable = [pair for pair in pairs if model.fits(pair.source)]
    found = model.alternatives([pair.source for pair in readable], best_of)
    for pair, outputs in zip(readable, found, strict=True):
        good = [o.text for o in outputs if o.outcome is Outcome.OK and not _failed(pair.source, o.text, back)]
        if not good:
            continue
        text = _nearest(good, pair.target) if pair.target and len(good) > 1 else good[0]
        yield Pair(text, pair.source, BACK) if back else Pair(pair.source, text, DISTILLED)


def _failed(source: str, output: str, back: bool) -> tuple[str, ...]:
    return checks.failed(output, source, "de") if back else checks.failed(source, output, "de")


def _nearest(texts: list[str], reference: str) -> str:
    import sacrebleu

    return max(texts, key=lambda text: sacrebleu.sentence_chrf(text, [reference]).score)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--model", required=True, help="what `summarize --mt` takes: a name or a folder")
    add("--in", dest="source", type=Path, required=True)
    add("--out", type=Path, required=True, help="DIR/NAME.tsv")
    add("--best-of", type=int, default=1)
    add("--beams", type=int, default=4)
    add("--back", action="store_true", help="MODEL translates English into German")
    add("--weights", type=float, nargs=2, default=(1.0, 0.5), help="of the new source in tiers.tsv")
    add("--cache", type=Path, default=Path("cache"))
    a = parser.parse_args()
    if a.out.suffix != ".tsv":
        raise UsageError(f"{a.out} is not NAME.tsv", "end --out in .tsv")
    checkpoint = catalog.resolve(a.model, cache=a.cache)
    decoding = Decoding(beams=max(a.beams, a.best_of))
    model = neural.load(checkpoint, decoding=decoding, cache=a.cache)
    pairs = read(a.source)
    made: list[Pair] = []
    for start in range(0, len(pairs), BLOCK):
        made += synthetic(model, pairs[start : start + BLOCK], best_of=a.best_of, back=a.back)
        print(f"{start + BLOCK:,} of {len(pairs):,}", file=sys.stderr)
    folder = a.out.parent
    folder.mkdir(parents=True, exist_ok=True)
    tiers = corpus.read_tiers(folder) if (folder / corpus.TIERS).exists() else {}
    corpus.write_source(folder, a.out.stem, made)
    corpus.write_tiers(folder, {**tiers, a.out.stem: Tier(*a.weights)})
    print(f"{len(made):,} of {len(pairs):,} sentences became pairs")


if __name__ == "__main__":
    corpus.command(main)

"""Do both engines translate alike? transformers and CTranslate2 in float32, greedily, on the same lines.

    python -m training.agreement --model models/de-en --lines ../shared/eval/flores-dev.de [--n 200]

Prints the number of equal outputs; the exit status is 0 if all are.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from summarize import catalog
from summarize.backends import neural
from summarize.engines.decoding import Decoding

from . import corpus


def outputs(folder: Path, texts: Sequence[str], cache: Path) -> dict[str, list[str]]:
    """Engine -> its outputs, one per text."""
    checkpoint = catalog.resolve(str(folder), cache=cache)
    how = {"quantization": "float32", "decoding": Decoding(beams=1), "cache": cache, "device": "cpu"}
    return {
        engine: [output.text for output in neural.load(checkpoint, engine=engine, **how).run(texts)]
        for engine in ("ct2", "transformers")
    }


def agreement(folder: Path, texts: Sequence[str], cache: Path) -> list[tuple[str, str, str]]:
    """(text, output of CTranslate2, output of transformers) wherever the two differ."""
    found = outputs(folder, texts, cache)
    rows = zip(texts, found["ct2"], found["transformers"], strict=True)
    return [row for row in rows if row[1] != row[2]]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--lines", type=Path, required=True)
    parser.add_argument("--n", type=int, default=200)
    a = parser.parse_args()
    texts = corpus.lines_of(a.lines)[: a.n]
    with tempfile.TemporaryDirectory() as cache:
        different = agreement(a.model, texts, Path(cache))
    print(f"{len(texts) - len(different)}/{len(texts)} equal")
    for text, ours, theirs in different:
        print(f"  {text}\n    ct2          {ours}\n    transformers {theirs}", file=sys.stderr)
    return 1 if different else 0


if __name__ == "__main__":
    corpus.command(main)

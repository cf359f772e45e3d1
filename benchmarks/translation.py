"""Scores translation models on test sets: BLEU, chrF with sacrebleu's signatures, sentences a second.

    python benchmarks/translation.py --eval ../shared/eval --models de-en --sets flores-dev newstest2019.de-en

A set NAME is two files, NAME.de and NAME.en, one sentence a line. Models are what `summarize --mt` takes. Every
sentence goes straight to the model, without checks or repairs: this measures the model.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import sacrebleu

from summarize import catalog
from summarize.backends import neural
from summarize.backends.decoding import Decoding
from summarize.backends.fitted import Fitted

COLUMNS = "| model | set | beams | BLEU | chrF | sentences/s |\n|---|---|---|---|---|---|"


def lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").rstrip("\n").split("\n")


def score(backend: Fitted, source: list[str], reference: list[str]) -> tuple[str, str, float, list[str]]:
    """BLEU and chrF to two places, sentences a second (the model loaded before), and the signatures."""
    backend.run(source[:1])
    started = time.perf_counter()
    output = [o.text for o in backend.run(source)]
    speed = len(source) / (time.perf_counter() - started)
    bleu, chrf = sacrebleu.BLEU(), sacrebleu.CHRF()
    scores = [f"{metric.corpus_score(output, [reference]).score:.2f}" for metric in (bleu, chrf)]
    return scores[0], scores[1], speed, [str(bleu.get_signature()), str(chrf.get_signature())]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--eval", type=Path, required=True, help="folder of the test sets")
    parser.add_argument("--models", nargs="+", default=["de-en"])
    parser.add_argument("--sets", nargs="+", default=["flores-dev"])
    parser.add_argument("--beams", nargs="+", type=int, default=[1, 4])
    parser.add_argument("--quantization", default="int8")
    parser.add_argument("--cache", type=Path, default=Path("cache"))
    a = parser.parse_args()
    print(COLUMNS)
    signatures: list[str] = []
    for model in a.models:
        checkpoint = catalog.resolve(model, cache=a.cache)
        for beams in a.beams:
            how = {"quantization": a.quantization, "decoding": Decoding(beams=beams), "cache": a.cache}
            backend = Fitted(neural.load(checkpoint, **how))
            for name in a.sets:
                source, reference = lines(a.eval / f"{name}.de"), lines(a.eval / f"{name}.en")
                bleu, chrf, speed, signatures = score(backend, source, reference)
                print(f"| {model} | {name} | {beams} | {bleu} | {chrf} | {speed:.0f} |", flush=True)
    print("\n" + "\n".join(signatures))


if __name__ == "__main__":
    main()

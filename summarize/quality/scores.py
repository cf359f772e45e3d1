"""The seam to sacrebleu: scores with their signatures, their confidence, and whether two systems differ."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..errors import UsageError

RESAMPLES = 1000
METRICS = ("BLEU", "chrF")


@dataclass(frozen=True, slots=True)
class Score:
    """0 to 100; `spread` is half of the 95 % confidence interval by bootstrap, around `mean`. `p` is the p-value of
    the difference to the first system of its set: how often so large a one would be chance; None for the first, and 1
    where the outputs are the same (sacrebleu would say 0.001 there: that no difference is no chance)."""

    value: float
    mean: float
    spread: float
    p: float | None = None


@dataclass(frozen=True)
class Scores:
    """By system and metric (BLEU, chrF), with the signature of each metric and those of the bootstrap."""

    by_system: Mapping[str, Mapping[str, Score]]
    signatures: Mapping[str, str]
    bootstrap: Mapping[str, str]


def require(module: str) -> None:
    """Raises UsageError, with what to install, if one of the two scoring libraries is not there."""
    if importlib.util.find_spec(module) is None:
        name = {"rouge_score": "rouge-score"}.get(module, module)
        raise UsageError(f"scores need {name}, which is not installed", "pip install sacrebleu rouge-score")


def score(systems: Mapping[str, Sequence[str]], references: Sequence[Sequence[str]]) -> Scores:
    """BLEU and chrF of each system's outputs, with sacrebleu's defaults and its paired bootstrap against the first.

    `systems`: name -> one output a sentence. The seed is sacrebleu's (12345, or SACREBLEU_SEED) and stands in the
    bootstrap's signature, so the same outputs give the same figures.
    """
    require("sacrebleu")
    from sacrebleu.metrics import BLEU, CHRF
    from sacrebleu.significance import PairedTest

    streams = [list(stream) for stream in references]
    metrics = {"BLEU": BLEU(references=streams), "chrF": CHRF(references=streams)}
    named = [(name, list(outputs)) for name, outputs in systems.items()]
    test = PairedTest(named, metrics, None, test_type="bs", n_samples=RESAMPLES)
    bootstrap, results = test()
    ours = dict(zip(METRICS, bootstrap, strict=True))  # sacrebleu calls chrF with word n-grams chrF2 or chrF2++
    by_system = {
        name: {
            metric: _score(results[theirs][i], same=i > 0 and outputs == named[0][1]) for metric, theirs in ours.items()
        }
        for i, (name, outputs) in enumerate(named)
    }
    signatures = {metric: str(metrics[metric].get_signature()) for metric in METRICS}
    return Scores(by_system, signatures, {metric: str(bootstrap[theirs]) for metric, theirs in ours.items()})


def _score(result: Any, *, same: bool) -> Score:
    p = 1.0 if same else result.p_value
    return Score(float(result.score), float(result.mean), float(result.ci), None if p is None else float(p))


__all__ = ["METRICS", "Score", "Scores", "require", "score"]

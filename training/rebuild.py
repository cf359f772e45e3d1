"""From the corpus to a measured model in one command.

    python -m training.rebuild CORPUS OUT --eval ../shared/eval [--minutes 22] [options of prepare and training.train]

Prepares the data (OUT/prepared), makes the vocabulary, trains, checks that both engines agree on the result, scores it
with CTranslate2 on the development set, and writes OUT/run.json: options, seeds, versions, hash of the data, steps,
tokens, minutes and scores. The model is OUT/model. Killed, the same command goes on; --prepared FOLDER skips the first
step.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from summarize import catalog
from summarize.backends import neural
from summarize.backends.fitted import Fitted
from summarize.engines.decoding import Decoding
from summarize.errors import UsageError

from . import agreement, corpus, prepare, train, vocabulary


def scores(folder: Path, sources: list[str], references: list[str], beams: int, cache: Path) -> dict[str, Any]:
    """BLEU and chrF with sacrebleu's signatures, by CTranslate2 in int8, without checks or repairs."""
    import sacrebleu

    checkpoint = catalog.resolve(str(folder), cache=cache)
    model = Fitted(neural.load(checkpoint, engine="ct2", device="cpu", decoding=Decoding(beams=beams), cache=cache))
    outputs = [output.text for output in model.run(sources)]
    metrics = {"bleu": sacrebleu.BLEU(), "chrf": sacrebleu.CHRF()}
    found = {name: round(metric.corpus_score(outputs, [references]).score, 2) for name, metric in metrics.items()}
    return {**found, "signatures": {name: str(metric.get_signature()) for name, metric in metrics.items()}}


def held_out(folder: Path) -> list[Path]:
    """Both sides of every test set of the folder. Raises UsageError if there is none: nothing would be kept apart."""
    found = sorted([*folder.glob("*.de"), *folder.glob("*.en")])
    if not found:
        raise UsageError(
            f"{folder} has no test sets (NAME.de, NAME.en)", "name the folder of the test sets with --eval"
        )
    return found


def options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="What is not named here goes to training.train: see `python -m training.train --help`.",
        allow_abbrev=False,
    )
    parser.add_argument("corpus", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--eval", type=Path, required=True, help="folder of the held-out sets NAME.de, NAME.en")
    parser.add_argument("--dev", default="flores-dev", help="the development set among them")
    parser.add_argument("--prepared", type=Path, help="data that training.prepare has made already")
    parser.add_argument("--licences", choices=("all", "open"), default="all")
    parser.add_argument("--max-words", type=int, default=0)
    parser.add_argument("--news-max-words", type=int, default=0)
    parser.add_argument(
        "--agree-on", type=int, default=200, help="lines of the development set that both engines translate"
    )
    return parser


def main(arguments: list[str] | None = None) -> int:
    a, rest = options().parse_known_args(arguments)
    heldout = held_out(a.eval)
    dev = a.eval / a.dev
    prepared = a.prepared or a.out / "prepared"
    if not (prepared / corpus.PREPARED).exists():
        prepare.prepare(
            [a.corpus], prepared, heldout,
            licences=a.licences, max_words=a.max_words, news_words=a.news_max_words,
        )  # fmt: skip
    asked = train.options().parse_args([str(prepared), str(a.out), "--dev", str(dev), *rest])
    run = train.Run(asked)
    if status := run.train():
        return status
    model = a.out / "model"
    sources, references = (corpus.lines_of(dev.with_name(f"{dev.name}.{side}")) for side in ("de", "en"))
    lines = sources[: a.agree_on]
    with tempfile.TemporaryDirectory() as cache:
        different = agreement.agreement(model, lines, Path(cache))
        measured = {beams: scores(model, sources, references, beams, Path(cache)) for beams in (1, 4)}
    report = {
        "data": {k: v for k, v in json.loads((prepared / corpus.PREPARED).read_text()).items() if k != "sources"},
        "recipe": run.recipe,
        "options": {k: v if isinstance(v, int | float | str | None) else Path(v).name for k, v in vars(asked).items()},
        "versions": corpus.versions(),
        "steps": run.progress.step,
        "target_tokens": run.progress.tokens,
        "minutes": round(run.progress.seconds / 60, 1),
        "device": run.device,
        "vocabulary": corpus.hashes([model / name for name in vocabulary.FILES]),
        "weights": corpus.hashes([model / "model.safetensors"]),
        "engines_agree": f"{len(lines) - len(different)}/{len(lines)}",
        "scores": {f"{a.dev}, beam {beams}": found for beams, found in measured.items()},
    }
    (a.out / "run.json").write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(json.dumps({k: report[k] for k in ("steps", "target_tokens", "minutes", "engines_agree", "scores")}))
    if different:
        print("the engines differ: see python -m training.agreement", file=sys.stderr)
    return 1 if different else 0


if __name__ == "__main__":
    corpus.command(main)

"""Other targets than English: how often the checks are wrong and right whatever the pair, and how sentences are chosen
for a summary in another language.

    python benchmarks/targets.py --eval DIR --out docs/models.md

The folder holds ntrex/news.CODE and ntrex/documents, which says of each line what article it is of. Takes a minute.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from itertools import groupby
from pathlib import Path
from random import Random
from typing import Any

from benchmarks import pages
from benchmarks.corruptions import digit, twice
from summarize import checks
from summarize.languages.language import language
from summarize.summarizers.extractive import Extractive
from summarize.types import TARGET

LINES = 300
SOURCES = ("en", "de", "fr", "pl", "ru")
PLANTED: dict[str, Callable[[str, str, Random], tuple[str, str] | None]] = {
    "a digit changed": digit,
    "a phrase said twice": twice,
    "the source copied": lambda source, reference, rng: (source, source),
}


def texts(folder: Path) -> dict[str, list[str]]:
    found = {p.suffix[1:]: p.read_text(encoding="utf-8").splitlines() for p in pages.files(folder / "ntrex", "news.*")}
    return dict(sorted(found.items(), key=lambda entry: (not language(entry[0]).read, entry[0])))


def flagged(pairs: Sequence[tuple[str, str]], source: str, target: str) -> float | None:
    return pages.share(sum(bool(checks.failed(*pair, source, target)) for pair in pairs), len(pairs))


def chosen(found: dict[str, list[str]], articles: Sequence[str], code: str) -> float | None:
    """Of the sentences that are chosen of the English articles for a short summary, the share that is chosen of their
    translations, too; in percent. By chance it would be about a quarter."""
    same = wanted = 0
    for _, lines in groupby(range(len(articles)), key=lambda n: articles[n]):
        numbers = list(lines)
        picked = []
        for one in (TARGET, code):
            body = [found[one][n] for n in numbers]
            (out,) = Extractive("short", "central", language=one).run(["".join(f"{s}\u2028" for s in body)])
            picked.append(
                {n for n, s in zip(numbers, body, strict=True) if " ".join(s.split()) in out.text.split("\n")}
            )
        same, wanted = same + len(picked[0] & picked[1]), wanted + len(picked[0])
    return pages.share(same, wanted)


def measure(asked: argparse.Namespace) -> dict[str, Any]:
    found = texts(asked.eval)
    articles = (asked.eval / "ntrex" / "documents").read_text(encoding="utf-8").splitlines()
    rows, caught = [], {name: [] for name in PLANTED}
    for target in found:
        by_source = []
        for source in SOURCES:
            pairs = list(zip(found[source][:LINES], found[target][:LINES], strict=True))
            by_source.append(flagged(pairs, source, target) if source != target else None)
        agreement = chosen(found, articles, target) if target != TARGET else None
        rows.append((target, by_source, agreement))
        source = "en" if target != "en" else "de"
        pairs = list(zip(found[source][:LINES], found[target][:LINES], strict=True))
        for name, spoil in PLANTED.items():
            spoiled = [pair for one in pairs if (pair := spoil(*one, Random(name)))]
            caught[name].append(flagged(spoiled, source, target))
    return {"lines": LINES, "sources": SOURCES, "rows": rows, "targets": list(found), "caught": caught}


if __name__ == "__main__":
    pages.command(__doc__, "models", measure, "eval!")

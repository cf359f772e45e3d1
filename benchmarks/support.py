"""Whether summaries keep to their articles, and what is noticed when they do not; writes docs/support.md.

    python benchmarks/support.py --drops DIR --eval DIR --out docs/support.md

DIR of the drops holds de/ (German articles) and en/ (the same in English by people), that of the evaluation sets
newstest2019.de-en.{de,en}. Fetches SmolLM2 and MiniLM once if the cache does not have them. What SmolLM2 writes is kept
in the cache: the first time takes a quarter of an hour, the next one two minutes.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from adversarial import Item, Story, items, stories
from checks import read, table
from corruptions import DAYS, MONTHS, SCALES, WORDS, another, digit, swapped
from falsified import DENIED, FALSE, REPORTED, TRUE
from summarizers import ThreeSentences, _lines, contestants, spread, writers

import summarize
from summarize import checks, evidence
from summarize.backends.cached import Cached
from summarize.store import Store
from summarize.types import Backend

SAMPLE = 25  # articles for the contestants with SmolLM2

PAGE = """# Summaries and their support, measured

Written by `python benchmarks/support.py --drops DIR --eval DIR --out docs/support.md`; do not edit.

A summary sentence is *supported* (`summarize/evidence/`) if three quarters of its content stand in at most three
sentences of the article, every number, date and name is there, and nothing contradicts: laid beside its evidence word
by word, no number, name, day or month stands in the place of another, no two have changed places, nothing is denied
that the evidence affirms (or the other way round), no word has become its opposite, no clause is without any basis, and
it is no fragment of a sentence that takes it back ("It is not true that …").
Its numbers and dates must stand in the original-language sentences as well; names that the original does not have are a
doubt, since names change their spelling between languages.

## Share of sentences with full support

Summaries of up to three sentences. Extraction from an English text is the reference: it must reach 100 %.

{shares}

*Against the original* leaves out the sentences whose numbers or dates the German does not have: the translation is
wrong there, and a summary, even one that only quotes, is marked for it. *With a doubt*: a check of a sentence behind it
is not passed (see [checks.md](checks.md)). *Extraction instead*: articles of which less than half of what the model
wrote was supported, so that the extractive summary took its place (and says so).

## One fact made false

Sentences of extractive summaries of the human translations, in which one thing was changed by a script with fixed
seeds (`benchmarks/falsified.py`). The articles are halved by a hash of their names: the rules were written with one
half in view, the other was only measured on. All the other sentences of the article can be mistaken for support.
In the last three rows the summary keeps a sentence as it was, and the article denies it or leaves it open (in frames
that the rules know: what they miss is what nobody thought of).

{false}

## Only the wording changed

The same sentences, changed so that they stay true (in the last row it is the article that reports them, where it said
them before). What is not supported here is a false alarm; the bar is 2 %.

{true}

These changes are mechanical: they leave most words in place, as extraction and rewriting do. How a model that says
everything in its own words fares is seen in the first table only.

## Mistranslated facts

Of newstest2019, from sentence 1,001 on: the human translation serves as the translation and as the summary sentence.
A fact changed in both supports itself, and only the German tells.

{originals}
"""


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "–"


# --- shares ----------------------------------------------------------------------------------------------------------


def contestant_row(name: str, backend: Backend, texts: Sequence[Story]) -> tuple[str, ...]:
    judged = []
    for story in texts:
        lines = _lines(backend.run([story.text])[0].text)
        judged += [evidence.supported(evidence.link(line, story.sentences)) for line in lines]
    return (name, "human English", str(len(texts)), str(len(judged)), _share(sum(judged), len(judged)), "–", "–", "–")


def english_rows(texts: Sequence[Story], cache: Path, store: Store) -> list[tuple[str, ...]]:
    rows = [contestant_row(name, make(3), texts) for name, make in contestants(cache).items()]
    for name, make in writers(cache).items():
        backend = make(3)
        backend.model = Cached(store, backend.model, slice_size=4)
        under_check = "" if isinstance(backend, ThreeSentences) else ", under the check"
        rows.append(contestant_row(name + under_check, backend, spread(list(texts), SAMPLE)))
    return rows


def run_row(name: str, paths: Sequence[Path], cache: Path, **settings: str) -> tuple[str, ...]:
    """The whole program on German articles: what its summaries rest on in the translation, and in the original."""
    with TemporaryDirectory() as out:
        report = summarize.run([str(p) for p in paths], out=out, cache=str(cache), **settings)
    claims = [(r, c) for r in report.results for c in r.summary.claims]
    by_translation = sum(
        evidence.supported(evidence.link(c.text, [s.target for s in r.sentences if s.target])) for r, c in claims
    )
    sound, doubtful = (sum(test) for test in ([not c.problems for _, c in claims], [bool(c.doubts) for _, c in claims]))
    instead = sum(r.summary.rung == "extractive" for r in report.results)
    shares = (_share(n, len(claims)) for n in (by_translation, sound, doubtful))
    return (name, "our translation", str(len(report.results)), str(len(claims)), *shares, str(instead))


# --- the adversarial set ---------------------------------------------------------------------------------------------


def by_kind(made: Sequence[Item], kinds: Sequence[str]) -> dict[str, tuple[int, int]]:
    """Kind -> items, and those that were not accepted."""
    count = Counter(item.kind for item in made if item.kind in kinds)
    refused = Counter(item.kind for item in made if item.kind in kinds and not item.accepted)
    return {kind: (count[kind], refused[kind]) for kind in kinds}


def halves(texts: Sequence[Story], kinds: Sequence[str], made: dict[bool, list[Item]]) -> list[tuple[str, ...]]:
    seen, sealed = by_kind(made[False], kinds), by_kind(made[True], kinds)
    rows = [(k, str(seen[k][0]), _share(*seen[k][::-1]), str(sealed[k][0]), _share(*sealed[k][::-1])) for k in kinds]
    total = [[sum(pair[i] for pair in half.values()) for i in (0, 1)] for half in (seen, sealed)]
    cells = [cell for whole, part in total for cell in (str(whole), _share(part, whole))]
    return [*rows, ("**all**", *cells)]


def original_rows(folder: Path) -> list[tuple[str, ...]]:
    pairs = read(folder, "newstest2019.de-en")[1000:]
    alarms = sum(bool(checks.foreign(*pair, "de")) for pair in pairs)
    rows = [("untouched (false alarms)", str(len(pairs)), _share(alarms, len(pairs)))]
    kinds = {
        "a digit changed": digit,
        "number word changed": swapped(WORDS),
        "million, billion … swapped": swapped(SCALES),
        "month changed": another(MONTHS),
        "weekday changed": another(DAYS),
    }
    for kind, spoil in kinds.items():
        rng = Random(kind)
        made = [spoiled for pair in pairs if (spoiled := spoil(*pair, rng)) and not checks.foreign(*pair, "de")]
        rows.append((kind, str(len(made)), _share(sum(bool(checks.foreign(*pair, "de")) for pair in made), len(made))))
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--drops", type=Path, required=True, help="folder with de/*.txt and en/*.txt")
    parser.add_argument("--eval", type=Path, required=True, help="folder with newstest2019.de-en.{de,en}")
    parser.add_argument("--cache", type=Path, default=Path("cache"))
    parser.add_argument("--out", type=Path, default=Path("docs/support.md"))
    parser.add_argument("--fast", action="store_true", help="without SmolLM2 on our own translation")
    options = parser.parse_args()
    texts = stories(options.drops / "en")
    german = sorted((options.drops / "de").glob("*.txt"))
    with Store.open(options.cache) as store:
        shares = english_rows(texts, options.cache, store)
    shares.append(run_row("central (the default)", german, options.cache))
    if not options.fast:
        sample, model = spread(german, SAMPLE), {"summarizer": "smollm2"}
        shares.append(run_row("SmolLM2, extraction where it fails", sample, options.cache, **model))
        shares.append(run_row("the same, `--unsupported drop`", sample, options.cache, unsupported="drop", **model))
    made = {sealed: items(texts, sealed=sealed) for sealed in (False, True)}
    head = "change | made | {0} | made, held out | {0}, held out"
    text = PAGE.format(
        shares=table(
            "summarizer | text | articles | sentences | supported | against the original | with a doubt "
            "| extraction instead",
            shares,
        ),
        false=table(head.format("caught"), halves(texts, [*FALSE, *DENIED], made)),
        true=table(head.format("false alarms"), halves(texts, [*TRUE, *REPORTED], made)),
        originals=table("change | sentences | noticed", original_rows(options.eval)),
    )
    print(text)
    options.out.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()

"""How often the checks are right: on human translations, where they should be silent, and on the same spoiled.

    python benchmarks/checks.py --eval DIR --drops DIR --out docs/checks.md

The first folder holds flores-dev.{de,en}, newstest2019.de-en.{de,en} and ntrex/news.CODE, the second German articles.
Prints the page and writes it; takes ten minutes. Without --drops the part on the ladder is left out.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from random import Random
from time import perf_counter

import ladder
from corruptions import Corruption, corruptions

from summarize import checks
from summarize.languages.language import DATA

TUNED = 1000  # sentences of newstest2019 that the newest checks were fitted on; the rest is held out
REPEATS = 3  # of the timing, of which the fastest counts
GOAL = {"a digit changed", "phrase of 3 to 6 words said twice", "phrase of 1 to 4 words said five times",
        "source copied", "URL dropped", "URL, one letter wrong"}  # fmt: skip

LADDER = """
## The ladder

The German sentences of the drops, translated by `{model}` (the shipped model, whatever its class).

{outcomes}

By check: sentences flagged at the first try, of those mended, and sentences that keep the doubt.

{by_check}

By rung: sentences that it gave, and their chrF before and after, against the human translation of the same sentence.
A rung that only hid its errors from the checks would show here.

{by_rung}
"""

LANGUAGES = """
## Other languages

NTREX-128: {lines} sentences of English news and their human translations, here the other way round: the translation as
source, the English original as output. *Any* is the share that at least one check flags. Translators into a language
do what no translation model does: they turn miles into kilometres (which is seen through), leave out a day of the week,
make "remained high" of "did not fall". So most of these alarms are true, and some are listed below.

{silence}

Of planted errors, the share that the check caught that is there for it (and that any did):

{caught}

A date stands behind the sentence as the language writes it (by babel), a time as hours and minutes of the afternoon;
their English is wrong in the month, the day or the day of the week, has day and month exchanged, is wrong in the hour
or the minute, or says a.m.

Of a language without a data file (Greek, Arabic, Chinese and Japanese here) numbers, addresses and the form are
checked; the rest is not, and the reader is told so.

Twenty human translations that are flagged, drawn by lot:

{examples}
"""
SHOWN = 20
RECALLED = ("de", "fr", "es", "it", "nl", "pl", "ru")
KINDS = {
    "digit": ("a digit changed",),
    "date": ("a planted date: wrong month", "a planted date: wrong swapped", "a planted date: wrong weekday",
             "a planted date: wrong day"),
    "time": ("a planted time: wrong hour", "a planted time: wrong minute"),
    "a.m.": ("a planted time: wrong a.m.",),
    "loop": ("phrase of 3 to 6 words said twice", "phrase of 1 to 4 words said five times"),
    "copy": ("source copied",),
    "capitals": ("source in capitals copied",),
    "address": ("URL dropped", "URL, one letter wrong", "e-mail address dropped"),
    "number word": ("number word swapped",),
    "negation": ("negation dropped",),
    "name": ("name swapped",),
}  # fmt: skip

Pairs = Sequence[tuple[str, str]]

PAGE = """# The checks, measured

Written by `python benchmarks/checks.py --eval DIR --drops DIR --out docs/checks.md`; do not edit.

Every translated sentence is checked against its source (`summarize/checks/`), in less than a thousandth of a second and
always with the same verdict. What both say is read first, each in its own language (`summarize/facts/`): 1.234,56 is
1,234.56, 2,3 Mrd. is 2.3 billion, 19.30 Uhr is 7:30 p.m., 3. März is March 3, die 70er is the 1970s, 2:1 is 2-1, zwölf
is 12. [languages.md](languages.md) says what is known of a language and how one is added.

## What follows from a flag

A flagged sentence climbs the ladder of repairs (`summarize/plan.py`), rung by rung, until a candidate has no flag; the
best candidate is kept: none with a fatal flag, then as few doubts as possible, then the earliest.

* **Fatal** flags make a translation worthless. If none of the rungs gets rid of them, the marked source stands in the
  text and the sentence counts as failed: rather no translation than a bad one.
* **Doubts** climb as well. What no rung mends is kept as `translated` or `repaired`, and the flag stays visible with a
  question mark: `numbers?` means that the numbers at hand are to be doubted, `numbers` that they were wrong in the
  first try and are mended.

Numbers are a doubt although their false alarms are few: the rest of such a sentence is often right and of use, the flag
says what to look up in the original beside it, and a summary sentence that rests on it says so too.

## Silence on human translations

{n} sentences with a human translation: the false alarms, of which some are true ones (the translator converted miles,
left out a day or slipped: 2.200 became 2,220). The bar is 2 %. *Precision* sets them against what the check caught
in the table below. All checks together take {cost} µs a sentence.

{silence}

## Spoiled translations

Each kind of error is made in every human translation where it can be made. *Caught* counts the check that is there for
it, *by any* whatever check notices; pairs on which the check fired before they were spoiled are left out. The goal for
digits, loops, copies and URLs is 95 %.

{caught}

What falls short: a swapped name passes if it is spelled like some word of the source, or stands first in its sentence;
a negation may be one of several in a sentence, and English has many ways to say no; a "not" too many passes where the
German has any word that English may deny with; a short clause dropped from a long sentence leaves one that is hardly
short.

The checks of names, negation and omission were fitted on flores-dev and the first 1,000 sentences of newstest2019; the
other half, "held out", was only measured on for them. For the older checks, and the part of the
list of English names that was gathered by hand, both sets are development material.
"""


def read(folder: Path, name: str) -> list[tuple[str, str]]:
    sides = [(folder / f"{name}.{code}").read_text(encoding="utf-8").splitlines() for code in ("de", "en")]
    return list(zip(*sides, strict=True))


def sets(folder: Path) -> dict[str, list[tuple[str, str]]]:
    news = read(folder, "newstest2019.de-en")
    return {
        "flores-dev": read(folder, "flores-dev"),
        "newstest2019, first 1,000": news[:TUNED],
        "newstest2019, held out": news[TUNED:],
    }


def fires(name: str, source: str, output: str, code: str = "de") -> bool:
    return checks.CHECKS[name](checks.facts(source, code), checks.facts(output, "en"))


def alarms(name: str, pairs: Pairs, code: str = "de") -> int:
    return sum(fires(name, source, output, code) for source, output in pairs)


def microseconds(pairs: Pairs) -> float:
    """Of all checks together per sentence, nothing known of it before; the fastest of a few rounds."""
    times = []
    for _ in range(REPEATS):
        checks.facts.cache_clear()
        start = perf_counter()
        for source, output in pairs:
            checks.failed(source, output, "de")
        times.append(perf_counter() - start)
    return 1e6 * min(times) / len(pairs)


def spoil(corruption: Corruption, pairs: Pairs, code: str = "de") -> list[tuple[str, str]]:
    rng = Random(corruption.what)
    sound = [pair for pair in pairs if not fires(corruption.check, *pair, code)]
    spoiled = [corruption.spoil(source, reference, rng) for source, reference in sound]
    return [pair for pair in spoiled if pair]


def table(head: str, rows: Sequence[Sequence[str]]) -> str:
    titles = head.split(" | ")
    lines = ["| " + " | ".join(titles) + " |", "|---|" + "---:|" * (len(titles) - 1)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def page(folder: Path) -> str:
    parts = sets(folder)
    everything = [pair for pairs in parts.values() for pair in pairs]
    held_out = parts["newstest2019, held out"]
    hits: dict[str, int] = {}
    caught = []
    for kind in corruptions(everything):
        spoiled = spoil(kind, everything)
        own, some = alarms(kind.check, spoiled), sum(bool(checks.failed(*pair, "de")) for pair in spoiled)
        hits[kind.check] = hits.get(kind.check, 0) + own
        goal = " (goal 95 %)" if kind.what in GOAL else ""
        shares = (f"{100 * own / len(spoiled):.1f} %{goal}", f"{100 * some / len(spoiled):.1f} %")
        unseen = spoil(kind, held_out)
        fresh = f"{100 * alarms(kind.check, unseen) / len(unseen):.1f} % of {len(unseen)}" if unseen else "–"
        caught.append((kind.what, kind.check, str(len(spoiled)), *shares, fresh))
    silence = []
    for name in checks.CHECKS:
        counts = [alarms(name, pairs) for pairs in parts.values()]
        shares = [f"{100 * n / len(pairs):.2f} %" for n, pairs in zip(counts, parts.values(), strict=True)]
        right = hits.get(name, 0)
        precision = f"{100 * right / (right + sum(counts)):.1f} %" if right else "–"
        weight = "fatal" if name in checks.FATAL else "doubt"
        silence.append((name, weight, *shares, precision))
    return PAGE.format(
        n=len(everything),
        cost=round(microseconds(held_out)),
        silence=table(f"check | weight | {' | '.join(parts)} | precision", silence),
        caught=table("error | check | made | caught | by any | caught, held out", caught),
    )


def languages_page(folder: Path) -> str:
    english = (folder / "ntrex" / "news.en").read_text(encoding="utf-8").splitlines()
    texts = {path.suffix[1:]: path.read_text(encoding="utf-8").splitlines()
             for path in sorted((folder / "ntrex").glob("news.*")) if path.suffix != ".en"}  # fmt: skip
    codes = sorted(texts, key=lambda code: (not (DATA / f"{code}.toml").exists(), code != "de", code))
    flagged = {code: [checks.failed(s, e, code) for s, e in zip(texts[code], english, strict=True)] for code in codes}
    silence = [("any", *(f"{100 * sum(map(bool, flagged[code])) / len(english):.1f}" for code in codes))]
    for name in checks.CHECKS:
        shares = [100 * sum(name in flags for flags in flagged[code]) / len(english) for code in codes]
        if any(shares):
            silence.append((name, *("·" if not share else f"{share:.1f}" for share in shares)))
    caught = []
    for code in RECALLED:
        pairs = list(zip(texts[code], english, strict=True))
        kinds = {kind.what: kind for kind in corruptions(pairs, code)}
        row = [code]
        for names in KINDS.values():
            own = some = made = 0
            for kind in (kinds[name] for name in names):
                for pair in spoil(kind, pairs, code):
                    own, made = own + fires(kind.check, *pair, code), made + 1
                    some += bool(checks.failed(*pair, code))
            row.append(f"{100 * own / made:.1f} ({100 * some / made:.1f})" if made else "–")
        caught.append(row)
    every = [(code, s, e, flags) for code in codes[:13] for s, e, flags in
             zip(texts[code], english, flagged[code], strict=True) if flags and len(s) < 200]  # fmt: skip
    shown = sorted(Random(1).sample(every, SHOWN))
    return LANGUAGES.format(
        lines=len(english),
        silence=table(f"flagged, % | {' | '.join(codes)}", silence),
        caught=table(f"caught, % | {' | '.join(KINDS)}", caught),
        examples="\n".join(f"* {code}, {', '.join(flags)}: {s} / {e}" for code, s, e, flags in shown),
    )


def ladder_page(drops: Path, folder: Path, cache: Path) -> str:
    run = ladder.climb(drops, cache)
    references = dict(read(folder, "newstest2019.de-en"))
    return LADDER.format(
        model=run.model,
        outcomes=table("what | count", ladder.outcomes(run)),
        by_check=table("check | flagged | mended | doubt kept", ladder.by_check(run)),
        by_rung=table("rung | sentences | chrF before | after", ladder.by_rung(run, references)),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--eval", type=Path, required=True, help="folder with the development sets")
    parser.add_argument("--drops", type=Path, help="folder of German articles, for the part on the ladder")
    parser.add_argument("--cache", type=Path, default=Path("cache"), help="where converted models are kept")
    parser.add_argument("--out", type=Path, required=True, help="the page to write")
    options = parser.parse_args()
    text = page(options.eval) + languages_page(options.eval)
    if options.drops:
        text += ladder_page(options.drops, options.eval, options.cache)
    print(text)
    options.out.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()

"""How well a glossary is honoured, and what that costs: terms of the news, against human translations.

    python benchmarks/glossary.py --eval DIR --terms benchmarks/glossary.tsv --out docs/glossary.md

The folder holds flores-dev.{de,en} and newstest2019.de-en.{de,en}. Rewrites what stands below the marker in the page;
takes five minutes.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter, defaultdict
from pathlib import Path

from checks import read, table
from ladder import chrf

from summarize import checks, glossary
from summarize.backends.glossed import Terms
from summarize.config import Settings
from summarize.glossary import Glossary
from summarize.plan import Plan
from summarize.store import Store
from summarize.types import Outcome

SETS = ("flores-dev", "newstest2019.de-en")
MARKER = "<!-- below: written by benchmarks/glossary.py -->"
SHOWN = 12  # terms whose forms are listed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--eval", type=Path, required=True, help="folder with the development sets")
    parser.add_argument("--terms", type=Path, required=True)
    parser.add_argument("--cache", type=Path, default=Path("cache"), help="where converted models are kept")
    parser.add_argument("--out", type=Path, required=True, help="the page to write")
    options = parser.parse_args()
    terms = Glossary(glossary.load([str(options.terms)]), "de")
    pairs = [pair for name in SETS for pair in read(options.eval, name) if terms.matches(pair[0])]
    text = MARKER + "\n\n" + found(terms, pairs) + honoured(terms, pairs, options.terms, options.cache)
    page = options.out.read_text(encoding="utf-8").split(MARKER)[0]
    options.out.write_text(page + text, encoding="utf-8")
    print(text)


def found(terms: Glossary, pairs: list[tuple[str, str]]) -> str:
    """Which forms the rules find; that a term is wrongly found must be seen by reading."""
    forms: dict[str, Counter[str]] = defaultdict(Counter)
    for source, _ in pairs:
        for m in terms.matches(source):
            forms[m.term.source][source[m.start : m.end]] += 1
    inflected = sorted(forms.items(), key=lambda f: (-len(f[1]), f[0]))[:SHOWN]
    rows = [(term, ", ".join(f"{form} {n}" for form, n in counts.most_common())) for term, counts in inflected]
    count = sum(c.total() for c in forms.values())
    other = sum(n for term, counts in forms.items() for form, n in counts.items() if form != term)
    return (
        f"### Found\n\n{count} times a term in {len(pairs)} sentences, {other} of them in another form than in the "
        f"glossary. The terms with the most forms:\n\n" + table("term | forms", rows) + "\n\n"
    )


def honoured(terms: Glossary, pairs: list[tuple[str, str]], file: Path, cache: Path) -> str:
    sources = [source for source, _ in pairs]
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        (folder / "models").symlink_to((cache / "models").resolve(), target_is_directory=True)
        with Store.open(folder) as store:
            plan = Plan(Settings(cache=str(folder), glossary=(str(file),)), store)
            translator = plan.translator("de")
            assert isinstance(translator, Terms)
            before = translator.plain.run(sources)
            after = translator.run(sources)
    asked = sum(len(terms.matches(s)) for s in sources)
    lacking = [
        sum(len(terms.missing(s, o.text)) for s, o in zip(sources, outs, strict=True)) for outs in (before, after)
    ]
    human = sum(len(terms.missing(*pair)) for pair in pairs)
    doubts = [
        sum(len(checks.failed(s, o.text, "de")) for s, o in zip(sources, outs, strict=True)) for outs in (before, after)
    ]
    rows = [
        ("without a glossary", share(asked - lacking[0], asked), score(before, pairs), str(doubts[0])),
        ("with it", share(asked - lacking[1], asked), score(after, pairs), str(doubts[1])),
        ("human translation", share(asked - human, asked), "", ""),
    ]
    failed = sum(o.outcome is Outcome.FAILED for o in after)
    kept = sum("glossary?" in o.flags for o in after)
    alike = [not terms.missing(*pair) for pair in pairs]
    by_rung = defaultdict(list)
    for i, (old, new) in enumerate(zip(before, after, strict=True)):
        if terms.missing(sources[i], old.text):
            by_rung["the doubt kept" if terms.missing(sources[i], new.text) else new.rung or "none"].append(i)
    rungs = []
    for name, places in sorted(by_rung.items(), key=lambda r: -len(r[1])):
        same, apart = ([i for i in places if alike[i] is wanted] for wanted in (True, False))
        cells = [c for group in (same, apart) for c in (str(len(group)), *changes(before, after, pairs, group))]
        rungs.append((name, *cells))
    return (
        "### Honoured\n\n"
        + table("translation | terms honoured | chrF | other flags", rows)
        + f"\n\n{kept} sentences keep the doubt `glossary?`, {failed} fail. By what gave the sentences that lacked a "
        "term at first, with their chrF before and after, apart for those whose human translation has the terms of the "
        "glossary and those where the glossary wants another word than the translator:\n\n"
        + table("by | as the human | before | after | otherwise | before | after", rungs)
        + "\n"
    )


def share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} % ({part} of {whole})"


def score(outputs: list, pairs: list[tuple[str, str]]) -> str:
    return chrf([o.text for o in outputs], [reference for _, reference in pairs])


def changes(before: list, after: list, pairs: list[tuple[str, str]], places: list[int]) -> tuple[str, str]:
    if not places:
        return "–", "–"
    return tuple(score([outs[i] for i in places], [pairs[i] for i in places]) for outs in (before, after))


if __name__ == "__main__":
    main()

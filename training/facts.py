"""Sentences to be read against the original: are the facts right? What a score cannot tell, and a reader asks.

    python -m training.facts draw OUT --rows training/runs/facts-v7.tsv   (OUT: outputs of `summarize run DROP`)
    python -m training.facts count training/runs/facts-v7.tsv

`draw` takes the same sentences of a drop for every model, of at least --words words, in an order made by lot; a row is
article, sentence, original, translation, what the program says of it, and a verdict, which a person writes into it.

Verdicts: `right`: who did what to whom, when, where, how much, whether it happened, and who says so, are as in the
original, however clumsy the English is. `wrong`: any of these is another or is missing, or a reader would take it for
another. `shown`: it was not passed off: the program shows the original in its place. A word that is left in German is
wrong if a fact hangs on it. If in doubt, wrong. The rows that are kept in runs/ are without the originals.
"""

from __future__ import annotations

import argparse
import csv
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from summarize.keys import hash_bytes

VERDICTS = ("right", "wrong", "shown")
COLUMNS = ("article", "sentence", "original", "translation", "says", "verdict")


def sentences(outputs: Path, words: int) -> Iterator[tuple[str, ...]]:
    """All rows of a folder of outputs, the verdict empty where a person has to write it."""
    for path in sorted(outputs.glob("*.json")):
        body = json.loads(path.read_text(encoding="utf-8"))
        for number, sentence in enumerate(body.get("sentences", ())):
            if len(sentence["source"].split()) < words:
                continue
            says = ", ".join([sentence["status"], sentence["confidence"], *sentence["flags"]])
            verdict = "shown" if sentence["status"] == "failed" else ""
            yield body["id"], str(number), sentence["source"], sentence["target"], says, verdict


def drawn(rows: list[tuple[str, ...]], count: int) -> list[tuple[str, ...]]:
    """By the hash of what is asked for, so that another model gets the same sentences."""
    return sorted(rows, key=lambda row: hash_bytes("\0".join(row[:3]).encode()))[:count]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("task", choices=("draw", "count"))
    parser.add_argument("path", type=Path, help="a folder of outputs to draw from, or rows to count")
    parser.add_argument("--rows", type=Path, help="the file to write")
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--words", type=int, default=4)
    asked = parser.parse_args()
    if asked.task == "draw":
        found = drawn(list(sentences(asked.path, asked.words)), asked.count)
        with open(asked.rows, "w", encoding="utf-8", newline="") as file:
            csv.writer(file, "excel-tab", lineterminator="\n").writerows([COLUMNS, *found])
        return
    with open(asked.path, encoding="utf-8", newline="") as file:
        verdicts = Counter(row["verdict"] for row in csv.DictReader(file, dialect="excel-tab"))
    if odd := verdicts.keys() - set(VERDICTS):
        parser.error(f"no verdict: {', '.join(map(repr, sorted(odd)))}; there are {', '.join(VERDICTS)}")
    print(", ".join(f"{verdicts[verdict]} {verdict}" for verdict in VERDICTS), f"of {verdicts.total()}")


if __name__ == "__main__":
    main()

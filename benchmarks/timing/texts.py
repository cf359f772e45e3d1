"""What is translated: the drops, ten thousand sentences of test sets and corpora, and drops of any size made of them.

Sentences are only counted and timed, never printed.
"""

from __future__ import annotations

import csv
import io
import lzma
import re
import shutil
import tarfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from summarize import articles, chunk
from summarize.job.accounting import prepare, wanted
from summarize.types import Article

SENTENCES = 10_000
SETS = ("flores-dev", "flores-test", "newstest2014.de-en", "newstest2019.de-en")
ARCHIVE = "pairs.tar.xz"
SOURCES = 40  # files of the corpus that are read, the first in the archive; each gives an equal share
END = re.compile(r"[.!?…]?[\"'”“»)\]]*\s*$")
NUMBER = re.compile(r" \((\d+)\)(?=[.!?…]?[\"'”“»)\]]*\s*$)")


def drop_sentences(drops: Path) -> list[str]:
    """The distinct German sentences of a drop, as the program cuts them."""
    found = wanted([prepare(item, "de") for item in articles.read([str(drops)]) if isinstance(item, Article)])
    return found["de"]


def lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").rstrip("\n").split("\n")


def many_sentences(evaluation: Path, corpus: Path, wanted: int = SENTENCES) -> list[str]:
    """The German sides of all test sets, filled up with equal shares of the corpus's files. All distinct."""
    found = dict.fromkeys(line for name in SETS for line in lines(evaluation / f"{name}.de"))
    share = (wanted - len(found)) // SOURCES + 1
    for rows in _tables(corpus / ARCHIVE):
        fresh = dict.fromkeys(row for row in rows if row not in found and 3 <= len(row.split()) <= 60)
        found.update(dict.fromkeys(list(fresh)[:share]))
        if len(found) >= wanted:
            break
    return list(found)[:wanted]


def _tables(archive: Path) -> Iterator[list[str]]:
    """The German column of one file after the other. Decompressing stops with the reading."""
    with lzma.open(archive) as stream, tarfile.open(fileobj=stream, mode="r|") as tar:
        for member in tar:
            if member.name.endswith(".tsv"):
                text = io.StringIO((tar.extractfile(member) or io.BytesIO()).read(2_000_000).decode("utf-8", "ignore"))
                rows = csv.reader(text, delimiter="\t", quoting=csv.QUOTE_NONE)
                yield [row[0] for row in rows if len(row) == 2]


def spread(texts: Sequence[str], size: int) -> list[str]:
    """`size` texts at equal distances in order of length: a small sample has the lengths of the whole."""
    ordered = sorted(texts, key=lambda text: (len(text), text))
    step = max(1.0, len(ordered) / size)
    return [ordered[int((i + 0.5) * step)] for i in range(min(size, len(ordered)))]


def slices(texts: Sequence[str], parts: int) -> list[list[str]]:
    """The texts dealt out like cards in order of length: disjoint parts of like lengths."""
    ordered = sorted(texts, key=lambda text: (len(text), text))
    return [ordered[i::parts] for i in range(parts)]


def numbered(text: str, number: int) -> str:
    """The paragraph with a number in brackets at the end of each sentence: new sentences of the same kind.

    >>> numbered("Es regnet. Warum?", 7)
    'Es regnet (7). Warum (7)?'
    """
    return "".join(
        END.sub(lambda m: f" ({number}){m[0]}", s.text, count=1) + s.separator for s in chunk.sentences(text, "de")
    )


def grow(drops: Path, folder: Path, count: int, shortest: bool = False) -> Path:
    """A drop of `count` articles: the given ones, copied as often as it takes, every sentence of a copy numbered.

    With `shortest` only the shorter half of the articles is copied.
    """
    known = [a for a in articles.read([str(drops)]) if isinstance(a, Article)]
    if shortest:
        known = sorted(known, key=lambda a: sum(map(len, a.paragraphs)))[: len(known) // 2]
    folder.mkdir(parents=True, exist_ok=True)
    for i in range(count):
        a, number = known[i % len(known)], i // len(known)
        blocks = [b for b in (a.title, *a.paragraphs) if b]
        text = "\n\n".join(numbered(b, number) if number else b for b in blocks)
        (folder / f"{number:04}-{a.id}.txt").write_text(text + "\n", encoding="utf-8")
    return folder


def change_one(folder: Path, mark: int) -> int:
    """Changes the last sentence of every article in a drop of plain text; returns the number of articles."""
    paths = sorted(folder.glob("*.txt"))
    for path in paths:
        text = path.read_text(encoding="utf-8").rstrip()
        path.write_text(END.sub(lambda m: f" ({mark}){m[0]}", text, count=1) + "\n", encoding="utf-8")
    return len(paths)


def every(drops: Path, folder: Path, n: int) -> Path:
    """A drop of every n-th article of another."""
    folder.mkdir(parents=True)
    for path in sorted(p for p in drops.iterdir() if p.is_file())[::n]:
        shutil.copyfile(path, folder / path.name)
    return folder


class References:
    """German sentence -> its human translation, `numbered` ones included: what the backend without a model answers."""

    def __init__(self, evaluation: Path, name: str = "newstest2019.de-en"):
        self._known = dict(zip(lines(evaluation / f"{name}.de"), lines(evaluation / f"{name}.en"), strict=True))

    def __call__(self, sentence: str) -> str:
        """Of a sentence that is not known (one line of the set may hold two) the words themselves, in capitals."""
        numbers = NUMBER.findall(sentence)
        answer = self._known.get(NUMBER.sub("", sentence).strip(), sentence.upper())
        return END.sub(lambda m: f" ({numbers[0]}){m[0]}", answer, count=1) if numbers else answer

"""What is read of web pages as they are published, and what of it is no part of the article.

    python benchmarks/extraction.py --pages FOLDER --out docs/reading.md

FOLDER holds a test set of trafilatura (tests/ of its repository): evaldata.json, with strings that the article of each
page must have and strings that it must not have, and the pages in eval/ and cache/. Strings are compared by letters and
digits. The part of the page between the marks of this measurement is written anew.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from time import process_time
from typing import Any
from unittest.mock import patch

from benchmarks import pages
from summarize.articles import seen, visible, webpage
from summarize.articles.drafts import Draft
from summarize.errors import ArticleError
from summarize.text import collapse_spaces, sanitise

BOUNDS = (0.1, 0.2, 0.25, 0.4)


def short(block: visible.Block) -> bool:
    """Whether it is one of those that only count as a row of a table or a sentence."""
    return block.tag not in visible.HEADINGS and block.timed < block.letters < visible.LEAST


WAYS: dict[str, Callable[[], list[Any]]] = {
    "what the extraction finds, as it is": lambda: [
        patch.object(webpage, "_completed", lambda found, page: found.paragraphs)
    ],
    "and headings, times, captions, long paragraphs": lambda: [counting_long(), never_bare()],
    "and rows, short sentences": lambda: [never_bare()],
    "and all of a bare page (what is done)": lambda: [],
}


def counting_long() -> Any:
    whole = visible.Block.counts.fget
    assert whole
    return patch.object(visible.Block, "counts", property(lambda block: not short(block) and whole(block)))


def never_bare() -> Any:
    return patch.object(visible.Page, "bare", property(lambda page: False))


@dataclass
class Count:
    """Strings: of the article found and in all, of its surroundings found and in all; pages that lack a string."""

    wanted: int = 0
    of: int = 0
    spare: int = 0
    of_spare: int = 0
    lacking: int = 0
    letters: int = 0
    bounds: dict[str, list[int]] = field(default_factory=lambda: {str(b): [0, 0] for b in BOUNDS})  # doubts, rightly

    def as_row(self) -> dict[str, Any]:
        precision, recall = self.wanted / (self.wanted + self.spare), self.wanted / self.of
        return {**vars(self), "precision": precision, "recall": recall, "f": 2 / (1 / precision + 1 / recall)}


def key(text: str) -> str:
    return "".join(filter(str.isalnum, collapse_spaces(sanitise(text)).casefold()))


def counted(count: Count, draft: Draft | None, asked: dict[str, list[str]]) -> None:
    paragraphs = [] if draft is None else [sanitise(p).strip() for p in draft.paragraphs]
    text, title = key(" ".join(paragraphs)), key(draft.title) if draft else ""
    found = [key(s) in text or key(s) in title for s in asked["with"]]
    count.wanted, count.of = count.wanted + sum(found), count.of + len(found)
    count.spare += sum(key(s) in text for s in asked["without"])
    count.of_spare += len(asked["without"])
    count.lacking += not all(found)
    count.letters += len(text)
    if draft:
        reading = seen.reading(draft.seen, collapse_spaces(sanitise(draft.title)), paragraphs, draft.bound)
        for bound, told in count.bounds.items():
            told[0] += reading.missing > float(bound)
            told[1] += reading.missing > float(bound) and not all(found)


def measure(asked: argparse.Namespace) -> dict[str, Any]:
    known = json.loads((asked.pages / "evaldata.json").read_text("utf-8"))
    files = [(asked.pages / folder / one["file"], one) for one in known.values() for folder in ("cache", "eval")]
    there = [(path, one) for path, one in files if path.exists()][: asked.most]
    counts = {name: Count() for name in WAYS}
    unread, start = 0, process_time()
    for path, one in there:
        extracted = lru_cache(maxsize=2)(webpage._extract)  # it is the same whichever way
        for name, patches in WAYS.items():
            with ExitStack() as stack:
                for each in [patch.object(webpage, "_extract", extracted), *patches()]:
                    stack.enter_context(each)
                try:
                    [draft] = webpage.parse(path.read_bytes())
                except ArticleError:
                    draft, unread = None, unread + 1
            counted(counts[name], draft, one)
    rows = {name: count.as_row() for name, count in counts.items()}
    return {"pages": len(there), "unread": unread // len(WAYS), "ways": rows, "seconds": process_time() - start}


if __name__ == "__main__":
    own = {
        "pages!": {"type": Path, "help": "folder of evaldata.json, eval/ and cache/"},
        "most": {"type": int, "help": "only so many pages"},
    }
    pages.command(__doc__, "extraction", measure, "", own)

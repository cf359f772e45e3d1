"""Search over everything that was ever translated: which articles have these words, and in which sentences.

    with Store.open(cache) as store:
        search.find(store, search.terms('wahl "New York"'))

A word finds what begins with it (wahl: Wahlen, Wahlkampf), words in quotes are found as they stand, one after the
other in one sentence. Every term must be in the article, in the original or in the translation. An umlaut may be
typed as such, without its dots, or as two letters.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ..text import DIGRAPH
from ..types import Result
from . import index
from .records import decode_result
from .store import Store

SHOWN = 3  # sentences of an article that a hit names
BATCH = 200  # results that are indexed in one transaction
_TYPED = re.compile(r'"([^"]*)"?|(\S+)')
_SPELLED = {"ä": "ae", "ö": "oe", "ü": "ue"}


@dataclass(frozen=True, slots=True)
class Sought:
    """One thing that is looked for, in each way in which it may be spelled: folded words with spaces between."""

    spellings: tuple[str, ...]
    whole: bool  # the last word may not go on

    def expression(self) -> str:
        """As FTS5 wants it."""
        return "(" + " OR ".join(f'"{s}"' + " *" * (not self.whole) for s in self.spellings) + ")"

    def within(self, line: str) -> bool:
        """Whether it is in a line of folded words with a space at both ends."""
        return any(f" {s}{' ' * self.whole}" in line for s in self.spellings)

    def has(self, folded: Sequence[str]) -> bool:
        """Whether a word, as it is folded, is one of the term's."""
        parts = [part for s in self.spellings for part in s.split()]
        return any(word == part or (not self.whole and word.startswith(part)) for word in folded for part in parts)


@dataclass(frozen=True, slots=True)
class Hit:
    """An article in the newest of its versions that has the words. `sentences`: indices of those that show them;
    `run`: the newest run that had this version, None if none did that is still known."""

    result: Result
    sentences: tuple[int, ...]
    run: int | None
    at: float | None  # when that run started


@dataclass(frozen=True, slots=True)
class Found:
    """The newest hits, and how many articles there are in all."""

    terms: tuple[Sought, ...]
    hits: tuple[Hit, ...]
    articles: int

    def spots(self, text: str) -> list[tuple[int, int]]:
        """Where in a text there are words of the terms, from and to."""
        return [m.span() for m in index.WORD.finditer(text) if any(t.has(index.words(m[0])) for t in self.terms)]


def terms(typed: str) -> list[Sought]:
    """
    >>> [t.spellings for t in terms('Müller "in der Straße" ?')]
    [('muller', 'mueller'), ('in der strasse',)]
    """
    found = []
    for quoted, bare in _TYPED.findall(typed):
        text = (quoted or bare).casefold()
        spelled = "".join(_SPELLED.get(c, c) for c in text)
        ways = (text, spelled, DIGRAPH.sub(r"\1", text))
        spellings = dict.fromkeys(filter(None, (" ".join(index.words(way)) for way in ways)))
        if spellings:
            found.append(Sought(tuple(spellings), bool(quoted)))
    return found


def find(store: Store, wanted: Sequence[Sought], limit: int = 20) -> Found:
    """The articles with all of `wanted` (at least one term), those of the newest runs first."""
    with store.guarded("read"):
        rows = store.db.execute(
            "SELECT coalesce(i.article, (SELECT article FROM results WHERE id = x.result)), x.result, max(i.run)"
            " FROM words JOIN indexed x ON x.id = words.rowid LEFT JOIN items i ON i.result = x.result"
            " WHERE words MATCH ? GROUP BY x.result ORDER BY max(i.run) DESC, x.id DESC",
            (" AND ".join(term.expression() for term in wanted),),
        ).fetchall()
        started = dict(store.db.execute("SELECT id, started_at FROM runs"))
    hits: dict[str, Hit] = {}
    for article, id, run in rows:
        if article in hits or len(hits) >= limit:
            continue
        body = store.result(id)
        result = decode_result(body) if body else None
        if result and (shown := _sentences(result, wanted)):
            hits[article] = Hit(result, shown, run, started.get(run))
    return Found(tuple(wanted), tuple(hits.values()), len({article for article, _, _ in rows}))


def _sentences(result: Result, wanted: Sequence[Sought]) -> tuple[int, ...]:
    """The first sentences that together show most; () where a term is in none, but runs from one into the next."""
    having = {}
    for i, s in enumerate(result.sentences):
        lines = [f" {' '.join(index.words(text))} " for text in (s.source, s.target)]
        if terms := {t for t in wanted if any(t.within(line) for line in lines)}:
            having[i] = terms
    missing, shown = set(wanted), []
    while having and len(shown) < SHOWN:
        best = max(having, key=lambda i: (len(having[i] & missing), len(having[i]), -i))
        missing -= having[best]
        del having[best]
        shown.append(best)
    return () if missing - set().union(*having.values()) else tuple(sorted(shown))


def catch_up(store: Store, progress: Callable[[int, int], None] = lambda done, total: None) -> None:
    """Indexes what an earlier version kept, which had no index."""
    missing = "FROM results WHERE id NOT IN (SELECT result FROM indexed)"
    with store.guarded("read"):
        ids = [id for (id,) in store.db.execute(f"SELECT id {missing} ORDER BY rowid")]
    for start in range(0, len(ids), BATCH):
        with store.transaction() as db:
            whole = {id: body for id in ids[start : start + BATCH] if (body := store.result(id))}
            for id, body in whole.items():
                index.add(db, id, body)
        if whole:
            progress(min(start + BATCH, len(ids)), len(ids))

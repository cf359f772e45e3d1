"""The index behind `search`: the words of every result, of original and translation apart, folded so that capitals,
accents and umlauts make no difference.

    >>> words("Die Straße nach Málaga")
    ['die', 'strasse', 'nach', 'malaga']

FTS5 keeps the words and no text (that stands in the results), and `indexed` says which result a row is of. Rows are
written with the result and go with it. What was kept before there was an index is caught up with by the first search.
"""

from __future__ import annotations

import json
import re
import sqlite3

from ..text import bare

WORD = re.compile(r"[^\W_]+")
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")


class _Folding(dict[int, str]):
    """Character -> as it is searched; found out once."""

    def __missing__(self, code: int) -> str:
        self[code] = _UNSPACED.sub(r" \g<0> ", bare(chr(code)))
        return self[code]


_FOLDED = _Folding()


def words(text: str) -> list[str]:
    """Folded words in order. Of a script that puts no spaces between words every letter is one."""
    return WORD.findall(text.translate(_FOLDED))


def add(db: sqlite3.Connection, id: str, body: str) -> None:
    """Indexes a result, if it is not yet."""
    if db.execute("INSERT OR IGNORE INTO indexed (result) VALUES (?)", (id,)).rowcount:
        row = db.execute("SELECT id FROM indexed WHERE result = ?", (id,)).fetchone()
        db.execute("INSERT INTO words (rowid, original, translation) VALUES (?, ?, ?)", (*row, *_texts(body)))


def drop(db: sqlite3.Connection, id: str, body: str | None) -> None:
    """Forgets a result. Its words can be taken out only by whoever still has them: those of a damaged one (None) stay,
    and lead nowhere."""
    row = db.execute("SELECT id FROM indexed WHERE result = ?", (id,)).fetchone()
    if row and body is not None:
        values = (*row, *_texts(body))
        db.execute("INSERT INTO words (words, rowid, original, translation) VALUES ('delete', ?, ?, ?)", values)
    db.execute("DELETE FROM indexed WHERE result = ?", (id,))


def _texts(body: str) -> tuple[str, str]:
    sentences = json.loads(body).get("sentences", ())
    original, translation = (" ".join(words("\n".join(s[k] for s in sentences))) for k in ("source", "target"))
    return original, translation

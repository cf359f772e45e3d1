"""Units of a translation memory: a segment, what a person made of it, and the inline codes that stood in both.

Text is plain everywhere: codes stand beside it, each with the place where it was, so that a segment with formatting in
it is found by its words, and written again as it was read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ..languages.codes import two_letters
from ..text import collapse_spaces, sanitise

OPEN, CLOSE, ALONE = "open", "close", "alone"
_TAG = re.compile(r"[-_]")


@dataclass(frozen=True, slots=True)
class Code:
    """An inline code, standing before character `at` of the text.

    `kind` is OPEN, CLOSE or ALONE; an OPEN and a CLOSE of one `id` belong together. `native` is what it stands for in
    the document that the text is from (`<b>`). `form` ("tmx:bpt") and `attributes` say how a file wrote it, and how a
    file of that format is to write it again.
    """

    at: int
    kind: str
    id: str = ""
    native: str = ""
    form: str = ""
    attributes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Unit:
    """`source` in one language is `target` in another, by a person; languages as they were written (`de-AT`).

    `author` and `changed` (seconds since the epoch, 0: not known) are whose and when; `origin` is where it came from, a
    file's name or `fix`. `finished` is False for what its file calls a draft: a machine's, or to be looked at.
    """

    source: str
    target: str
    source_language: str
    target_language: str
    source_codes: tuple[Code, ...] = ()
    target_codes: tuple[Code, ...] = ()
    author: str = ""
    changed: int = 0
    note: str = ""
    origin: str = ""
    finished: bool = True


def base(language: str) -> str:
    """The language itself, as the rest of the program names it.

    >>> base("de-AT"), base("EN_us"), base("deu"), base("zh-Hant-TW")
    ('de', 'en', 'de', 'zh')
    """
    return two_letters(_TAG.split(language.strip(), maxsplit=1)[0].lower())


def key(text: str) -> str:
    """What two texts have in common that are one segment: white space does not part them, nor what no reader sees.

    >>> key("Er  geht\\u00a0heute.\\n") == key("Er geht heute.")
    True
    """
    return collapse_spaces(sanitise(text))


def spoken(target: str) -> str:
    """A translation as it stands in an article: harmless, and on one line."""
    return " ".join(sanitise(target).split("\n")).strip()


def pieces(text: str, codes: Sequence[Code]) -> Iterator[str | Code]:
    """The text and its codes, in order; no piece of text is empty."""
    at = 0
    for code in codes:
        if text[at : code.at]:
            yield text[at : code.at]
        at = max(at, code.at)
        yield code
    if text[at:]:
        yield text[at:]


def with_words(units: Iterable[Unit], words: Iterable[str]) -> Iterator[Unit]:
    """The units that have all of these, whatever their case, in the source or in the target."""
    wanted = [word.casefold() for word in words]
    for unit in units:
        texts = f"{unit.source}\n{unit.target}".casefold()
        if all(word in texts for word in wanted):
            yield unit

"""Subtitles (.srt, .vtt): what is said becomes running text again, parted where a pause or another speaker parts it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..errors import UnreadableArticle
from ..text import collapse_spaces, sanitise
from . import visible
from .charset import decode
from .drafts import Draft, Seen
from .webpage import visible_text

PAUSE = 3.0  # seconds without a word from which on another paragraph begins
_TIME = r"(?:(\d{1,3}):)?(\d{1,2}):(\d{1,2})[.,](\d{1,3})"
_GAP = r"[^\S\n]{0,40}"  # never over the end of a line, which would take quadratic time
_TIMING = re.compile(rf"^{_GAP}{_TIME}{_GAP}-->{_GAP}{_TIME}[^\n]*$", re.MULTILINE)
_STYLING = re.compile(r"\{\\[^{}]{0,40}\}")  # {\an8}: where a cue stands
_SPEAKER = re.compile(r"^(?:[-–—]\s*|<v[ .][^<>]{0,80}>)")
_SENTENCE_END = re.compile(r"[.!?…][\"”“»’)]*$")


def parse(data: bytes) -> Iterator[Draft]:
    """The one article of a file. A cue that goes on with a sentence is joined to the one before. The times at which its
    paragraphs begin are in meta["times"].

    Raises UnreadableArticle if the file has no cue.
    """
    text = decode(data).replace("\r\n", "\n").replace("\r", "\n")
    cues = list(_cues(text))
    if not cues:
        raise UnreadableArticle("no subtitles: it has no line with a time -->", "name it .txt if it is text")
    paragraphs: list[str] = []
    begins: list[str] = []
    seen: list[Seen] = []
    ended = 0.0
    for start, end, lines in cues:
        for line in lines:
            seen += visible.seen(line)
            said = collapse_spaces(sanitise(visible_text(_SPEAKER.sub("", line))))
            if not said:
                continue
            apart = start - ended > PAUSE or _SPEAKER.match(line)
            if not paragraphs or (apart and _SENTENCE_END.search(paragraphs[-1])):
                paragraphs.append(said)
                begins.append(_clock(start))
            elif said not in (paragraphs[-1], paragraphs[-1][-len(said) :]):  # live ones repeat the line before
                paragraphs[-1] += f" {said}"
        ended = end
    yield Draft(paragraphs=paragraphs, seen=seen, meta={"times": " ".join(begins)})


def _cues(text: str) -> Iterator[tuple[float, float, list[str]]]:
    """Start and end in seconds, and the lines of each cue; notes and styles of WebVTT are none."""
    found = list(_TIMING.finditer(text))
    for n, match in enumerate(found):
        limit = found[n + 1].start() if n + 1 < len(found) else len(text)
        body, _, _ = _STYLING.sub("", text[match.end() : limit]).lstrip("\n").partition("\n\n")
        numbers = [int(part or 0) for part in match.groups()]
        yield _seconds(*numbers[:4]), _seconds(*numbers[4:]), body.split("\n")


def _seconds(hours: int, minutes: int, seconds: int, thousandths: int) -> float:
    return 3600 * hours + 60 * minutes + seconds + thousandths / 1000


def _clock(seconds: float) -> str:
    """
    >>> _clock(3725.5)
    '1:02:05'
    """
    whole = int(seconds)
    return f"{whole // 3600}:{whole // 60 % 60:02d}:{whole % 60:02d}"

"""Lossless segmentation: paragraphs into sentences, long sentences into pieces, sentences into chunks under a limit.

White space is data here. Every function returns `Span`s, and joining text and separator of all of them gives the input
back, character by character, whatever it holds:

    >>> sentences("Der 1. FC Köln siegt.  Prima!", "de")
    [Span(text='Der 1. FC Köln siegt.', separator='  '), Span(text='Prima!', separator='')]

Boundaries come from sentencex, which knows abbreviations of many languages, and are put right where it is known to be
wrong (`_repaired`). A limit is a function `fits(text) -> bool`; it should not turn true again as a text grows longer.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from .languages.cutting import Cutting, cut_by

VERSION = 2  # raised by hand when the same text is cut otherwise

END = "\u2028"  # Unicode's line separator, which is white space to everybody else
UNSURE = "\u2029"  # its paragraph separator, before the END of a sentence that may be wrong
WINDOW = 5_000  # characters that sentencex sees at once: it is quadratic in unclosed quotation marks
FIRST_GUESS = 1_000  # characters that a model may read; the search for the real number starts here
QUOTED_SENTENCE = 30  # a quotation is cut into its sentences only if each has this many characters

Fits = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of text and the white space after it. The text has none at its ends, and is empty at most for the
    first span, whose separator is then the white space that the input begins with."""

    text: str
    separator: str = ""


def join(spans: Iterable[Span]) -> str:
    """The inverse of the functions below."""
    return "".join(span.text + span.separator for span in spans)


def sentences(paragraph: str, language: str) -> list[Span]:
    """The sentences of a paragraph in `language` (ISO 639-1; an unknown one is cut by general rules), in linear time.

    A single line break is white space like any other. A stretch of more than `WINDOW` characters without a sentence end
    is cut at white space if there is some.
    """
    mirror = _mirror(paragraph)
    starts = [0]
    while starts[-1] < len(mirror):
        starts += _next_starts(mirror, starts[-1], language)
    return _spans(paragraph, starts[:-1])


def divide(text: str, language: str) -> list[str]:
    """The sentences of paragraphs parted by blank lines, white space within each made single spaces. Where they are
    known, each ends with `END`, and none is looked for; a title stays a paragraph of its own."""
    known = END in text
    found: list[str] = []
    for paragraph in text.split("\n\n"):
        found += paragraph.split(END) if known else (span.text for span in sentences(paragraph, language))
    return [joined for sentence in found if (joined := " ".join(sentence.split()))]


def unsure(text: str) -> frozenset[str]:
    """Those of the sentences that are marked as `UNSURE`, as `divide` has them."""
    return frozenset(" ".join(part.split()) for part in text.split(END) if part.endswith(UNSURE))


def split(text: str, fits: Fits) -> list[Span]:
    """Cuts a text that does not fit into pieces that do: after . ; or :, else at a comma or dash, else at white space,
    else between any two characters, and there not before a combining mark if that can be helped.

    Pieces come out about equally long. `fits` is called O(pieces * log(length)) times.
    Raises ValueError if a single character does not fit.
    """
    if fits(text.strip()):
        return _spans(text, [0])
    starts, start = [0], _skip_space(text, 0)
    length = FIRST_GUESS
    while start < len(text):
        length = _longest(lambda n, at=start: fits(text[at : at + n].strip()), length, len(text) - start)
        if not length:
            raise ValueError(f"the single character {text[start]!r} does not fit")
        start = _skip_space(text, _cut(text, start, start + length, fits))
        starts.append(start)
    return _spans(text, starts[:-1])


def pack(spans: Sequence[Span], fits: Fits) -> list[list[Span]]:
    """Groups consecutive sentences into chunks whose joined text fits, each as long as it can be.

    A sentence that does not fit by itself is `split`, so ValueError is raised only as there. The chunks' spans in
    order are the input, but for those splits. `fits` sees a chunk without its last separator.
    """
    pending = [piece for span in spans for piece in _fitting(span, fits)]
    chunks, start, size = [], 0, 1
    while start < len(pending):
        size = _longest(lambda n, at=start: fits(join(pending[at : at + n]).strip()), size, len(pending) - start)
        size = max(size, 1)
        chunks.append(pending[start : start + size])
        start += size
    return chunks


def _mirror(text: str) -> str:
    """The text as sentencex may see it, of the same length: it panics on "A." with a no-break space before the dot,
    breaks at line feeds, and cannot encode lone surrogates."""
    return re.sub(r"[\ud800-\udfff]", "\ufffd", re.sub(r"\s", " ", text))


def _next_starts(mirror: str, start: int, language: str) -> list[int]:
    """Starts of sentences after `start`, from one window; the sentence that its end may tear is left to the next."""
    end = _window_end(mirror, start)
    starts = [start + offset for offset in _boundaries(mirror[start:end], language)]
    if end == len(mirror):
        return [*starts, end]
    return starts or [end]


def _window_end(mirror: str, start: int) -> int:
    end = start + WINDOW
    if end >= len(mirror):
        return len(mirror)
    space = mirror.rfind(" ", start + WINDOW // 2, end)
    return _skip_space(mirror, space) if space >= 0 else _whole_character(mirror, start, end)


def _boundaries(text: str, language: str) -> list[int]:
    """Offsets at which sentences begin, without 0, ascending."""
    found = set(_segment(text, language)) | set(_missed(text, language))
    offsets = {_skip_space(text, offset) for offset in found}
    outer = _repaired(text, sorted(offsets - {0, len(text)}), language)
    edges = [0, *outer, len(text)]
    inner = [at for a, b in pairwise(edges) for at in _quoted(text, a, b, language)]
    return sorted(outer + inner)


def _segment(text: str, language: str) -> Iterator[int]:
    import sentencex

    try:
        found = sentencex.segment(language or "en", text)
    except BaseException as error:  # a panic of its Rust code is no Exception; text that it cannot cut stays whole
        if type(error).__name__ != "PanicException":
            raise
        found = [text]
    end = 0
    for sentence in found:
        end += len(sentence)
        yield end


def _quoted(text: str, start: int, end: int, language: str) -> list[int]:
    """Sentence starts within a quotation, which sentencex leaves whole: of several sentences a model drops the later
    ones. Quotation marks are masked as capitals, so that sentencex does not see them."""
    if end - start < 2 * QUOTED_SENTENCE or not re.search(r"[.!?…] ", text[start:end]):
        return []
    masked, marks = re.subn(r"[\"„“”»«]", "X", text[start:end])
    if not marks:
        return []
    offsets = [start + _skip_space(masked, offset) for offset in _segment(masked, language)]
    kept, last = [], start
    for at in _repaired(text, [at for at in offsets if start < at < end], language, start):
        if at - last >= QUOTED_SENTENCE and end - at >= QUOTED_SENTENCE:
            kept.append(at)
            last = at
    return kept


_DATE = re.compile(r"(?:^|[^\d.])[0-3]?\d\.\s?[01]?\d\.$")  # 7.10.
_NUMBER = re.compile(r"(?:^|[^\w.,])([1-9]\d{0,2})\.$")
_WORD_BEFORE_NUMBER = re.compile(r"(\w+) \d+\.$")
_LAST_WORD = re.compile(r"(?:^|[^\w.])(\w+)\.$")
_INITIAL = re.compile(r"(?:^|[\s(«\"-])[A-Z]\.$")
_CONTINUED = re.compile(r"[\"“”»«‘’')\]]*[,;:]")
_FIRST_WORD = re.compile(r"\W*(\w+)")
_CLOSING = {"fr": "”»\"')]}"}  # elsewhere, if white space follows:
_CLOSING_ELSEWHERE = "“”‘’«»\"')]}"
_DANGLING = re.compile(r" ([„‚([]+) ?$")  # opening marks left at the end of the sentence before


def _missed(text: str, language: str) -> Iterator[int]:
    """Ends that sentencex overlooks: in German after "usw." and a bracketed sentence, in English after "no."."""
    known = cut_by(language)
    for match in known.ends.finditer(text) if known.ends else ():
        if not known.starters or (match[1][0].isupper() and match[1].lower() in known.starters):
            yield match.start(1)


def _repaired(text: str, offsets: list[int], language: str, last: int = 0) -> list[int]:
    """The offsets after `last` that are sentence boundaries, moved so that closing marks stay in their own sentence."""
    kept = []
    for place, offset in enumerate(offsets):
        following = offsets[place + 1] if place + 1 < len(offsets) else len(text)
        at = _between_marks(text, last, offset, language)
        if at >= following or _is_torn(text, last, at, min(following, at + 80), language):
            continue
        kept.append(at)
        last = at
    return kept


def _between_marks(text: str, start: int, offset: int, language: str) -> int:
    """The offset moved behind marks that close the sentence from `start`, or before marks that open the one after."""
    closing = _CLOSING.get(language, _CLOSING_ELSEWHERE)
    end = offset
    while end < len(text) and text[end] in closing:
        end += 1
    if end > offset and (end == len(text) or text[end] == " "):
        before = text[start:offset]
        unpaired = (before.count('"') + before.count("„") - before.count("“")) % 2
        return _skip_space(text, end) if text[offset] != '"' or unpaired else offset  # else it opens, a space too soon
    dangling = _DANGLING.search(text[max(0, offset - 5) : offset])
    return offset - (len(dangling[0]) - 1) if dangling else offset


def _is_torn(text: str, start: int, at: int, end: int, language: str) -> bool:
    """Whether a boundary at `at` tears the sentence that begins at `start`; of the next, text[at:end] is looked at."""
    before, after = text[max(start, at - 80) : at], text[at:end]
    if not _has_word(before) and (at - start < 80 or not _has_word(text[start:at])):
        return True  # a mark alone opens what follows …
    if not _has_word(after):
        return end - at < 80  # … or closes what was before
    if _CONTINUED.match(after):
        return True
    if before[-1] != " ":
        return after[0] == "-" or after[0] in "¹²³[" or after[0].islower()
    before, first = before.rstrip(), _FIRST_WORD.match(after)
    word = _LAST_WORD.search(before)
    known = cut_by(language)
    if word and word[1] in known.abbreviations:
        return True
    if word and word[1] in known.dates:
        return not first or first[1].lower() not in known.starters
    if known.initials:
        return bool(_INITIAL.search(before))
    return bool(known.starters) and bool(first) and _ends_in_ordinal(before, first[1], at - start, known)


def _ends_in_ordinal(before: str, next_word: str, length: int, known: Cutting) -> bool:
    """ "der 1." before "FC Köln" and "3." at the very beginning, but not "auf Platz 2." nor "gewann mit 20." """
    if _DATE.search(before):
        return next_word.lower() not in known.starters
    if not _NUMBER.search(before):
        return False
    if length < 6:
        return True  # nothing but the number: the item of a list
    noun = _WORD_BEFORE_NUMBER.search(before)
    if noun and noun[1][0].isupper() and noun[1].lower() not in known.determiners:
        return False
    return next_word.lower() not in known.starters


def _has_word(text: str) -> bool:
    return any(c.isalnum() for c in text)


# Places to cut, best first; a match ends where the next piece begins, or its white space does.
_PLACES = (
    re.compile(r"[.!?…;:][\"“”’»«)\]]*(?=\s)|[。！？；：]"),
    re.compile(r",[\"“”’»«)\]]*(?=\s)|\s(?=[-–—]\s)|—|[，、]"),
    re.compile(r"(?=\s)"),
)


def _longest(good: Callable[[int], bool], guess: int, limit: int) -> int:
    """The largest n up to `limit` with good(n), or 0; searched outward from `guess`, as neighbours are alike."""
    low, high = 0, limit + 1  # good(low), not good(high)
    at, step = guess, max(1, guess // 16)
    while high - low > 1:
        at = min(max(at, low + 1), high - 1)
        if good(at):
            low, at = at, at + step
        else:
            high, at = at, at - step
        if low and high <= limit:
            at = (low + high) // 2
        step *= 2
    return low


def _cut(text: str, start: int, reach: int, fits: Fits) -> int:
    """Where the piece from `start` ends: near an equal share of the rest, at the best place that `reach` allows."""
    if reach == len(text):
        return reach
    rest = len(text) - start
    share = start + -(-rest // -(-rest // (reach - start)))
    for place in _PLACES:
        ends = [m.end() for m in place.finditer(text, start + (share - start) // 2, reach + 1)]
        ends = [end for end in ends if start < end <= reach]
        end = min(ends, key=lambda end: abs(end - share), default=0)
        if end and fits(text[start:end].strip()):
            return end
    end = _whole_character(text, start, share)
    return end if fits(text[start:end].strip()) else reach


def _whole_character(text: str, start: int, end: int) -> int:
    """`end`, moved back so that no combining mark or joined emoji is parted from its base, if the base is near."""
    for at in range(end, max(start, end - 64), -1):
        if not _continues(text, at):
            return at
    return end


def _continues(text: str, at: int) -> bool:
    mark = at < len(text) and (unicodedata.category(text[at])[0] == "M" or text[at] in "\u200d\U0001f3fb\U0001f3ff")
    return mark or text[at - 1] == "\u200d"


def _fitting(span: Span, fits: Fits) -> list[Span]:
    *pieces, last = split(span.text, fits) or [Span("")]
    return [*pieces, Span(last.text, last.separator + span.separator)]


def _skip_space(text: str, at: int) -> int:
    while at < len(text) and text[at].isspace():
        at += 1
    return at


def _spans(text: str, starts: Iterable[int]) -> list[Span]:
    """Spans that begin at the given offsets, of which the first is 0."""
    spans, edges = [], [*starts, len(text)]
    if lead := _skip_space(text, 0):
        spans.append(Span("", text[:lead]))
        edges[0] = lead
    for start, end in pairwise(edges):
        if piece := text[start:end]:
            bare = piece.rstrip()
            spans.append(Span(bare, piece[len(bare) :]))
    return spans

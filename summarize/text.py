"""Untrusted text made harmless: what a terminal, a file name or a model must never see is taken out, nothing else.

    >>> sanitise("Gr\\x1b[31mu\\u0308n\\x1b[0m\\r\\nm² ½")
    'Grün\\nm² ½'

Letters, digits, punctuation and white space of every script stay as they are, up to canonical equivalence (NFC).
Compatibility forms (NFKC) are never folded: m² is not m2, and ½ is not 1/2.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata

MARKS_LIMIT = 30  # combining marks on one letter (Unicode's stream-safe limit); more is an attack, and NFC is quadratic
SEGMENT_LIMIT = 180  # bytes of one folder or file name of an id: leaves room for "#123456.json" under the usual 255
ID_LIMIT = 512  # bytes of a whole id

_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_SURROGATES = re.compile("[\ud800-\udfff]")

# Invisible on screen, noise to a model, a hiding place for instructions. NUL is here because terminals skip it inside
# an escape sequence, so it must go before those are looked for.
_INVISIBLE_CHARACTERS = (
    "\x00\xad\u034f\u061c"  # NUL, soft hyphen, grapheme joiner, Arabic letter mark
    "\u180e\u200b\u200e\u200f"  # Mongolian vowel separator, zero width space, direction marks
    "\u202a-\u202e\u2060-\u206f"  # bidi embeddings, overrides and isolates, word joiner, invisible operators
    "\u3164\ufeff\uffa0\ufff9-\ufffb"  # Hangul fillers, byte order mark, interlinear annotation
    "\ufdd0-\ufdef\ufffe\uffff"  # non-characters
    "\U000e0000-\U000e007f"  # tags
)
_INVISIBLE = re.compile(f"[{_INVISIBLE_CHARACTERS}]")
_SUSPECT = re.compile(
    f"[\x01-\x08\x0b-\x1f\x7f-\x9f\u200c\u200d\u2028\u2029\ud800-\udfff{_INVISIBLE_CHARACTERS}]"
)  # any of them makes the slow way necessary; most texts have none

# C1 controls are never meant as such in text: they are punctuation that came from windows-1252 without being decoded.
# (NEL, \x85, is a line end where it was not.)
_C1 = {n: bytes([n]).decode("cp1252", "ignore") for n in range(0x80, 0xA0)}

# ECMA-48, behind a real escape: control sequences, strings with their payload (title, hyperlink, …), then the short
# escapes. A string that is not closed loses only its introducer; the payload is bounded so that a thousand open ones
# cost no quadratic search.
_ESCAPES = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"
    r"|\x1b[\]PX^_][^\x07\x1b\x9c\n]{0,2048}(?:\x07|\x1b\\|\x9c)"
    r"|\x1b[ -/]*[0-~]"
)
_CONTROLS = re.compile(r"[\x01-\x08\x0e-\x1f\x7f]")

# Zero width joiner and non-joiner spell words in Arabic, Persian, Syriac, the Indic scripts, Khmer, Mongolian …
_JOINERS = re.compile("[\u200c\u200d]+")
_JOINING = re.compile(
    "[\u0620-\u06ff\u0700-\u07ff\u0840-\u08ff\u0900-\u0dff\u1000-\u109f\u1780-\u18af\u1b00-\u1bff\ua840-\ua87f"
    "\ua8e0-\ua8ff\uaa60-\uaa7f\ufb50-\ufdcf\ufdf0-\ufdff\ufe70-\ufefc\U00011000-\U000115ff]"
)
_MARK_RUN = re.compile(rf"[^\w\s\x00-\x7f]{{{MARKS_LIMIT + 1},}}")  # superset: no combining mark is a word character

_SPACES = re.compile(r"\s+")
_SCHEME = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]*://")
_UNSAFE = re.compile(r'[<>:"|?*\\\x00-\x1f\x7f]')
_WINDOWS_DEVICES = re.compile(r"^(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$)", re.IGNORECASE)


def sanitise(text: str) -> str:
    """`text` in NFC with line ends as \\n, without controls (but tab), escapes, bidi and zero-width characters.

    Lone surrogates become U+FFFD. Idempotent, linear in time, never raises.
    """
    if _SUSPECT.search(text):
        text = _SURROGATES.sub("\ufffd", text)
        text = _LINE_ENDS.sub("\n", _INVISIBLE.sub("", text))
        text = _CONTROLS.sub("", _ESCAPES.sub("", text).translate(_C1))
        text = unicodedata.normalize("NFC", text)  # puts marks in order: which one stands before a joiner decides
        text = _JOINERS.sub(_joiner_between_letters, text)
    # NFC comes last, because what was taken out may have kept a letter from its accent.
    text = _cap_marks(text)
    return text if unicodedata.is_normalized("NFC", text) else _cap_marks(unicodedata.normalize("NFC", text))


def split_escapes(text: str) -> tuple[str, list[str]]:
    """`text` without its escape sequences, and these.

    >>> split_escapes("Gr\\x1b[31mün")
    ('Grün', ['\\x1b[31m'])
    """
    if "\x1b" not in text:
        return text, []
    text = _LINE_ENDS.sub("\n", _INVISIBLE.sub("", text))
    return _ESCAPES.sub("", text), _ESCAPES.findall(text)


def _joiner_between_letters(match: re.Match[str]) -> str:
    text, start, end = match.string, match.start(), match.end()
    between = start > 0 and _JOINING.match(text, start - 1) and _JOINING.match(text, end)
    return match[0][0] if between else ""


def _cap_marks(text: str) -> str:
    return text if text.isascii() else _MARK_RUN.sub(_cap_mark_run, text)


def _cap_mark_run(match: re.Match[str]) -> str:
    kept, marks = [], 0
    for char in match[0]:
        marks = marks + 1 if unicodedata.combining(char) else 0
        if marks <= MARKS_LIMIT:
            kept.append(char)
    return "".join(kept)


def has_letters(text: str) -> bool:
    """True if there is a letter of any script: what has none is never sent to a model.

    >>> has_letters("3 : 2 — 45 %"), has_letters("3 Tore"), has_letters("日")
    (False, True, True)
    """
    return any(map(str.isalpha, text))


class _Bare(dict[int, str]):
    """Character -> its letters without what is added to them; found out once."""

    def __missing__(self, code: int) -> str:
        plain = unicodedata.normalize("NFKD", chr(code).casefold()).translate(_UNDIVIDED)
        self[code] = "".join(c for c in plain if not unicodedata.combining(c))
        return self[code]


_UNDIVIDED = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe", "ı": "i"})
_BARE = _Bare()
DIGRAPH = re.compile("([aou])e")  # an umlaut as keyboards without one write it


def bare(text: str) -> str:
    """Casefolded, without accents and umlauts.

    >>> bare("Łódź, Málaga, Straße")
    'lodz, malaga, strasse'
    """
    return text.translate(_BARE)


def collapse_spaces(text: str) -> str:
    """Every run of white space (also no-break and thin spaces, tabs, line ends) as one space, none at the ends."""
    return _SPACES.sub(" ", text).strip(" ")


def safe_id(name: str) -> str:
    """An article id that is safe as a relative path: "/" parts folders, nothing can leave the output folder.

    A name that needs no change stays as it is. Any other is made readable and ends in eight hex digits of the hash of
    `name`, so that two names do not become one id. Stable and idempotent; at most ID_LIMIT bytes.

    >>> safe_id("de/artikel 7"), safe_id("../../etc/passwd")
    ('de/artikel 7', 'etc/passwd-3754d6cb')
    """
    wanted = unicodedata.normalize("NFC", name)
    segments = [_safe_segment(s) for s in _SCHEME.sub("", sanitise(name)).split("/")]
    safe = "/".join(s for s in segments if s)
    if safe == wanted and _fits(safe):
        return safe
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    if len(safe.encode()) > ID_LIMIT - 9:
        safe = safe.rpartition("/")[2]
    *folders, last = safe.split("/")
    folders = [_cut(f, SEGMENT_LIMIT) for f in folders]
    return "/".join([*folders, f"{_cut(last, SEGMENT_LIMIT - 9) or 'article'}-{digest}"])


def _safe_segment(segment: str) -> str:
    """One name of a path: no leading dash, dot or tilde, no trailing dot, nothing that a file system reserves."""
    segment = _UNSAFE.sub("_", collapse_spaces(segment)).lstrip("-.~ ").rstrip(". ")
    return "_" + segment if _WINDOWS_DEVICES.match(segment) else segment


def _fits(safe: str) -> bool:
    return (
        bool(safe) and len(safe.encode()) <= ID_LIMIT and all(len(s.encode()) <= SEGMENT_LIMIT for s in safe.split("/"))
    )


def _cut(segment: str, limit: int) -> str:
    return segment.encode()[:limit].decode("utf-8", "ignore").rstrip(". ")

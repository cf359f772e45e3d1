"""From bytes to text: byte order mark, UTF-8, the charset a page declares, Western European, then a guess; line by line
where only some are not UTF-8."""

from __future__ import annotations

import codecs
import re

from ..errors import UnreadableArticle, UnsupportedFormat

SAMPLE = 65_536  # bytes looked at to tell binary from text and to guess an encoding
CONTROLS_LIMIT = 0.01  # share of control bytes above which a file is binary

_BOMS = (  # UTF-32 first: its little-endian mark begins with that of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

_MAGIC = (
    (b"%PDF", "a PDF", "pdftotext FILE.pdf FILE.txt"),
    (b"PK\x03\x04", "a zip archive, Word, OpenDocument or EPUB file", "pandoc FILE -t plain -o FILE.txt"),
    (b"\xd0\xcf\x11\xe0", "an old Microsoft Office file", "libreoffice --convert-to txt FILE"),
    (b"{\\rtf", "an RTF file", "pandoc FILE.rtf -t plain -o FILE.txt"),
    (b"\x89PNG", "a PNG image", ""),
    (b"\xff\xd8\xff", "a JPEG image", ""),
    (b"GIF8", "a GIF image", ""),
    (b"\x1f\x8b", "a gzip file", "name it FILE.txt.gz, FILE.jsonl.gz or the like"),
    (b"\xfd7zXZ", "an xz archive", "xz -d FILE.xz"),
    (b"\x28\xb5\x2f\xfd", "a zstd archive", "zstd -d FILE.zst"),
    (b"SQLite format 3", "an SQLite database", ""),
    (b"\x7fELF", "a program", ""),
)

# Controls that text does not have; bell, backspace, tab, line ends, form feed and escape may stand in it.
_BINARY_CONTROLS = bytes(b for b in range(32) if b not in b"\a\b\t\n\v\f\r\x1b")

# All that German, French, Spanish, Italian and Nordic prose uses above ASCII in windows-1252. A guesser takes short
# texts of this kind for Central European or Turkish; those languages in turn need letters that are not in here.
_WESTERN = "äöüÄÖÜßéèêëàâáçñíóúåÅæÆøØîïôûùÉÈÀ€‚„…‘’“”•–—§°´·»«¿¡©®½²³\xa0\xad".encode("cp1252")
# The same letters in the code pages of DOS, which agree in them.
_DOS = "äöüÄÖÜßéèêëàâáçñíóúåÅæÆîïôûùÉ«»°²\xa0".encode("cp850")
# Quotation marks of windows-1252 where none can be: in DOS they are é, ä, ô and ö.
_QUOTE_IN_WORD = re.compile(rb"[A-Za-z][\x82\x84\x93\x94][A-Za-z\x80-\xff]")
_WESTERN_SHARE = 0.3  # of all bytes: text of another alphabet has more of them
_SHORT = 32  # bytes: of fewer ("Größe") a share says nothing

# A first byte of UTF-8 and one that follows, each read as a character of Latin-1 or windows-1252; or a C1 control.
_MOJIBAKE = re.compile("[\xc2-\xf4][\x80-\xbf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]|[\x80-\x9f]")

# What pages call these is in truth windows-1252 (WHATWG encoding standard).
_LATIN_1 = frozenset({"ascii", "iso8859-1"})


def refuse_binary(data: bytes) -> None:
    """Raises UnsupportedFormat if the start of a file is not text; the hint says how to get text out of it."""
    for magic, kind, command in _MAGIC:
        if data.startswith(magic):
            hint = f"convert it to text first: {command}" if command else "take it out of the drop: only text is read"
            raise UnsupportedFormat(f"{kind}, not text", hint)
    sample = data[:SAMPLE]
    if _unicode_mark(sample) or _wide_without_mark(sample):
        return
    controls = len(sample) - len(sample.translate(None, _BINARY_CONTROLS))
    if controls > CONTROLS_LIMIT * len(sample):
        raise UnsupportedFormat(
            f"binary: {controls} control bytes in the first {len(sample)}",
            "take it out of the drop, or convert it to .txt, .md or .html first",
        )


def decode(data: bytes, declared: str = "") -> str:
    """Text of `data`; `declared` is the charset that a page names for itself, "" if none.

    Raises UnreadableArticle if no encoding fits.
    """
    if encoding := _unicode_mark(data) or _wide_without_mark(data[:SAMPLE]):
        return _mended(data.decode(encoding, "replace").removeprefix("\ufeff"))
    try:
        return _mended(data.decode("utf-8"))
    except UnicodeDecodeError:
        return _mended(_decode_legacy(data, declared))


def _mended(text: str) -> str:
    """Mojibake undone: UTF-8 that someone took for Latin-1 or windows-1252 and wrote down as UTF-8 again (BrÃ¼cke), and
    C1 controls, which are punctuation of windows-1252. ftfy changes only what cannot be meant as it stands; nothing of
    what else it can do is asked for."""
    if not _MOJIBAKE.search(text):
        return text
    import ftfy

    only = ftfy.TextFixerConfig(
        unescape_html=False,
        remove_terminal_escapes=False,
        replace_lossy_sequences=False,
        fix_latin_ligatures=False,
        fix_character_width=False,
        uncurl_quotes=False,
        fix_line_breaks=False,
        fix_surrogates=False,
        remove_control_chars=False,
        normalization=None,
    )
    return ftfy.fix_text(text, only)


def _decode_legacy(data: bytes, declared: str) -> str:
    for encoding in (_known(declared), _likely(data)):
        if encoding:
            try:
                return data.decode(encoding)
            except (UnicodeDecodeError, LookupError):
                continue
    lines = data.splitlines(keepends=True)
    sound = [line for line in lines if _is_utf8(line)]
    multibyte = sum(not line.isascii() for line in sound)
    if _mostly_utf8(data.decode("utf-8", "replace")) or multibyte >= len(lines) - len(sound):
        return "".join(line.decode() if _is_utf8(line) else _decode_line(line) for line in lines)
    return data.decode(_guess(data), "replace")


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def _decode_line(line: bytes) -> str:
    """A line pasted into UTF-8 from elsewhere, or one with a few broken bytes, which become U+FFFD."""
    damaged = line.decode("utf-8", "replace")
    if _mostly_utf8(damaged):
        return damaged
    likely = _likely(line)
    return line.decode(likely) if likely else damaged


def _likely(data: bytes) -> str:
    dos = _looks_western(data, _DOS)
    if _looks_western(data, _WESTERN) and not (dos and _QUOTE_IN_WORD.search(data)):
        return "cp1252"
    return "cp850" if dos else ""


def _unicode_mark(data: bytes) -> str:
    return next((encoding for mark, encoding in _BOMS if data.startswith(mark)), "")


def _wide_without_mark(sample: bytes) -> str:
    """UTF-16 that lacks its mark: in text of a European language every other byte is zero."""
    half = len(sample) // 2
    if half < 4:
        return ""
    even, odd = sample[0::2].count(0) / half, sample[1::2].count(0) / half
    if odd > 0.6 and even < 0.05:
        return "utf-16-le"
    return "utf-16-be" if even > 0.6 and odd < 0.05 else ""


def _known(declared: str) -> str:
    try:
        name = codecs.lookup(declared).name if declared else ""
    except (LookupError, ValueError):  # ValueError: a null character in the name
        return ""
    return "cp1252" if name in _LATIN_1 else name


def _looks_western(data: bytes, letters: bytes) -> bool:
    high = len(data) - len(re.sub(rb"[\x80-\xff]+", b"", data))
    few = high < _WESTERN_SHARE * len(data) or len(data) < _SHORT
    return few and data.translate(None, letters).isascii()


def _mostly_utf8(damaged: str) -> bool:
    """True if the text is UTF-8 but for a few broken bytes: four good characters above ASCII for each bad one."""
    bad = damaged.count("\ufffd")
    return len(re.sub(r"[\x00-\x7f\ufffd]+", "", damaged)) >= 4 * bad


def _guess(data: bytes) -> str:
    from charset_normalizer import from_bytes

    best = from_bytes(data[:SAMPLE]).best()
    if best is None:
        raise UnreadableArticle("no text encoding fits", "save it as UTF-8: iconv -f ENCODING -t UTF-8 FILE > NEW")
    return best.encoding

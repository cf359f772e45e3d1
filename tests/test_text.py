"""Untrusted text: what goes, what stays, and that a second pass finds nothing."""

from __future__ import annotations

import doctest
import unicodedata

import pytest
from growth import is_linear
from hypothesis import example, given, settings
from hypothesis import strategies as st

from summarize import text
from summarize.text import ID_LIMIT, MARKS_LIMIT, SEGMENT_LIMIT, collapse_spaces, has_letters, safe_id, sanitise

ANY_TEXT = st.text(st.characters(codec=None))  # all code points, lone surrogates too
NASTY = st.text(
    st.sampled_from(
        "aä\u0308\u0301\u0344\u0316\x1b[]\\31;m\x07\x9b\x9d\x9c\x00\n\r\t\u2028\u200b\u200c\u200d\u202e\u2066\ufeff\xad"
        "بक\u094d\u0958한\u1100\u1161\ud800\udc00\U0001d15e\U0001f468"
    ),
    max_size=80,
)


def test_examples_of_the_docstrings():
    assert doctest.testmod(text).failed == 0


@settings(max_examples=400)
@example("\U0001d157\u094d\U0001d165\u200c\u0840")  # marks that change places
@given(ANY_TEXT | NASTY)
def test_sanitise_is_idempotent_and_normal(raw):
    once = sanitise(raw)
    assert sanitise(once) == once
    assert unicodedata.is_normalized("NFC", once)
    once.encode("utf-8")
    assert not [c for c in once if unicodedata.category(c) == "Cc" and c not in "\n\t"]


def test_every_code_point_alone_and_before_an_accent():
    for start in range(0, 0x110000, 0x100):
        block = "".join(f"{chr(n)}\u0301 " for n in range(start, start + 0x100))
        once = sanitise(block)
        assert sanitise(once) == once, hex(start)


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("Gru\u0308ße", "Grüße"),
        ("m² und H₂O, ½ l, ﬁ, 10\xa0€, №", "m² und H₂O, ½ l, ﬁ, 10\xa0€, №"),
        ("a\r\nb\rc\u2028d\u2029e\x85f", "a\nb\nc\nd\ne\nf"),
        ("a\tb", "a\tb"),
        ("a\x00b\x08c\x7fd\x9fe", "abcdŸe"),
        ("\x1b[1;31mrot\x1b[0m", "rot"),
        ("\x9b31mrot", "›31mrot"),
        ("\x1b]0;Titel\x07Text", "Text"),
        ("\x1b]8;;https://evil.example\x1b\\Klick\x1b]8;;\x1b\\ hier", "Klick hier"),
        ("\x1b]0;nie geschlossen", "0;nie geschlossen"),
        ("\x1bPq#0\x1b\\Bild", "Bild"),
        ("\x1b(Bx\x1bcy", "xy"),
        ("\x1b\x00[31mversteckt", "versteckt"),
        ("Soft\xadware", "Software"),
        ("\ufeffBOM\u200bund\u2060mehr", "BOMundmehr"),
        ("a\u202eb\u2066c\u2069d\u200ee", "abcde"),
        ("\ud800 und \udfff", "\ufffd und \ufffd"),
        ("Auf\u200clage", "Auflage"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("می\u200c\u200d\u200cخواهم", "می\u200cخواهم"),
        ("\u200cمی\u200c 3", "می 3"),
        ("क्\u200dष", "क्\u200dष"),
        ("ignore\U000e0069\U000e0067 this", "ignore this"),
        ("日本語、한국어, Ελληνικά, עברית", "日本語、한국어, Ελληνικά, עברית"),
        ("", ""),
    ],
)
def test_sanitise(raw, clean):
    assert sanitise(raw) == clean


def test_marks_on_one_letter_are_bounded():
    assert sanitise("a" + "\u0316" * 1000) == "a" + "\u0316" * MARKS_LIMIT
    once = sanitise("a" + "\u0344" * 1000 + "b")
    assert len(once) <= MARKS_LIMIT + 3
    assert sanitise(once) == once
    assert sanitise("„" + "—" * 100) == "„" + "—" * 100


@pytest.mark.parametrize(
    "part", ["\u0300\u0316", "a\u0301", "\x1b]", "\x1b[", "\u200d", "ب\u200c", "\x1b[1;", "\ud800", "\r"]
)
def test_sanitise_is_linear(part):
    assert is_linear(lambda parts: sanitise(part * parts), 400_000)


def test_has_letters():
    assert has_letters("3 Tore")
    assert has_letters("日")
    assert not has_letters("3 : 2 — 45 % ½ ² € 😀\n")
    assert not has_letters("")


def test_collapse_spaces():
    assert collapse_spaces(" a\xa0\u2009b\n\n\tc ") == "a b c"
    assert collapse_spaces(" \n") == ""


@pytest.mark.parametrize("name", ["a", "de/newstest2019-001", "Küche 7", "000_4fa7", "a.b", "日本/記事", "x#3", "a-b"])
def test_a_harmless_id_stays(name):
    assert safe_id(name) == name


HOSTILE = [
    "", ".", "..", "/", "../../etc/passwd", "/etc/passwd", "a/../../b", "..\\..\\x", "C:\\x", "-rf", "a/-b", "~/x",
    ".bashrc", "a/.git/config", "CON", "nul.txt", "a:b", "a\x00b", "a\nb", "\x1b[31m", "x" * 5000,
    "ä/" * 2000, "日" * 300 + "/" + "é" * 300,
    "https://example.org/a?b=1#c", "\ud800", "a.", "a ", " a", "a//b", "\u202egnp.exe",
]  # fmt: skip


def assert_safe(name):
    segments = name.split("/")
    assert all(segments)
    assert not [s for s in segments if s[0] in "-.~ " or s[-1] in ". " or len(s.encode()) > SEGMENT_LIMIT]
    assert not set(name) & set('<>:"|?*\\') and name.isprintable()
    assert len(name.encode()) <= ID_LIMIT


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_id_is_tamed(name):
    safe = safe_id(name)
    assert_safe(safe)
    assert safe != name
    assert safe_id(safe) == safe


def test_ids_stay_apart():
    names = [*HOSTILE, "a_b", "a?b", "a*b", "A:b", "x" * 5000 + "y", "x" * 5001]
    assert len({safe_id(n) for n in names}) == len(names)


@settings(max_examples=300)
@given(ANY_TEXT | st.text("ab./-~ \\:\u0301", max_size=30))
def test_any_id_is_safe_and_stable(name):
    safe = safe_id(name)
    assert safe_id(safe) == safe
    segments = safe.split("/")
    assert all(segments) and not [s for s in segments if s[0] in "-.~" or len(s.encode()) > SEGMENT_LIMIT]
    assert len(safe.encode()) <= ID_LIMIT

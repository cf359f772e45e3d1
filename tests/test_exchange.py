"""Files of translations come back as they went out, those of other programs are read, and no file does harm."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st

from summarize.errors import UsageError
from summarize.memory import Code, Unit, base, exchange, key
from summarize.memory.tags import AROUND, CODES, EMPTY, XLIFF2
from summarize.memory.unit import ALONE, CLOSE, OPEN

DATA = Path(__file__).parent / "data" / "memory"
SUFFIX = {"tmx": ".tmx", "xliff": ".xlf", "xliff2": ".xliff", "tsv": ".tsv"}
XML = ("tmx", "xliff", "xliff2")


def there_and_back(units, format: str, target: str = "en") -> list[Unit]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"a{SUFFIX[format]}"
        path.write_bytes("".join(exchange.written(units, format)).encode())
        return list(exchange.read(path, target))


# -- generated units --------------------------------------------------------------------------------------------------

# Whatever XML can hold: also carriage returns, line separators, characters beyond the first plane, private ones.
CHARACTERS = st.characters(codec="utf-8", exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff")
TEXT = st.text(CHARACTERS | st.sampled_from("\t\n\r\x85 \u2028&<>\"']]>"), min_size=1, max_size=40)
WORDS = TEXT.filter(str.strip)


@st.composite
def marked(draw, format: str) -> tuple[str, tuple[Code, ...]]:
    """A text with inline codes such as a file of the format has, in pairs that are nested, and alone."""
    text = draw(WORDS)
    names = [*AROUND[format], *(name for name, kind in CODES[format].items() if kind != CLOSE)]
    partner = {"bpt": "ept", "bx": "ex", "sc": "ec", "sm": "em"}
    codes: list[Code] = []
    at = 0
    for n in range(draw(st.integers(0, 4))):
        name = draw(st.sampled_from(names))
        at = draw(st.integers(at, len(text)))
        native = "" if name in AROUND[format] or name in EMPTY else draw(TEXT)
        native = draw(st.sampled_from(["", "<b>", "{0}"])) if format == XLIFF2 and name in ("sc", "ph") else native
        about = draw(st.dictionaries(st.sampled_from(["type", "x-note"]), TEXT, max_size=2))
        end = draw(st.integers(at, len(text)))
        codes += _pair(format, name, f"{n}x", at, end, native, about, partner.get(name, ""))
        at = end
    return text, tuple(codes)


def _pair(format, name, id, at, end, native, about, partner) -> list[Code]:
    id_of = {"tmx": "i", "xliff": "id", "xliff2": "id"}[format]
    id_of = "x" if format == "tmx" and name in ("hi", "ph", "it", "ut") else id_of
    data = {"dataRef": f"d{id}"} if format == XLIFF2 and native else {}
    attributes = tuple({id_of: id, **about, **data}.items())
    if name in AROUND[format]:
        return [Code(p, k, id, "", f"{format}:{name}", attributes) for p, k in ((at, OPEN), (end, CLOSE))]
    if not partner:
        return [Code(at, ALONE, id, native, f"{format}:{name}", attributes)]
    ref = (("startRef", id),) if format == XLIFF2 else ((id_of, id),)
    closing = "" if format == XLIFF2 or partner in EMPTY else native[::-1]
    return [
        Code(at, OPEN, id, native, f"{format}:{name}", attributes),
        Code(end, CLOSE, id, closing, f"{format}:{partner}", ref),
    ]


@st.composite
def unit(draw, format: str) -> Unit:
    source, target = draw(marked(format)), draw(marked(format))
    if format == XLIFF2:  # what the codes of a unit stand for is told once, for both sides
        source, target = source, (target[0], ())
    languages = draw(st.sampled_from([("de", "en"), ("de-AT", "en-GB")]))
    # of a note XML keeps the words; who and when only TMX has room for
    note = draw(WORDS).strip()
    who = (draw(WORDS), draw(st.integers(1, 4_000_000_000))) if format == "tmx" else ("", 0)
    return Unit(source[0], target[0], *languages, source[1], target[1], *who, note, f"a{SUFFIX[format]}")


@pytest.mark.parametrize("format", XML)
@given(data=st.data())
@settings(max_examples=80, deadline=None)
def test_units_come_back_as_they_went_out(format, data):
    units = data.draw(st.lists(unit(format), min_size=1, max_size=3))
    if format == XLIFF2:
        units = [replace(u, source_language="de", target_language="en") for u in units]
    assert there_and_back(units, format) == units


def told(codes) -> list[tuple]:
    """What is kept of codes from one format to another: place, kind, what they stand for, and who belongs together."""
    partners = {}
    for code in codes:
        partners.setdefault((code.kind == ALONE, code.id), len(partners))
    return [(c.at, c.kind, c.native, partners[c.kind == ALONE, c.id]) for c in codes]


@pytest.mark.parametrize("first", XML)
@pytest.mark.parametrize("second", XML)
@given(data=st.data())
@settings(max_examples=40, deadline=None)
def test_from_one_format_to_another_codes_keep_place_kind_and_meaning(first, second, data):
    (before,) = there_and_back([replace(data.draw(unit(first)), source_language="de", target_language="en")], first)
    (after,) = there_and_back([before], second)
    (again,) = there_and_back([after], first)
    for made in (after, again):
        assert (made.source, made.target) == (before.source, before.target)
        assert told(made.source_codes) == told(before.source_codes)
        assert told(made.target_codes) == told(before.target_codes)


@given(st.lists(st.tuples(WORDS, WORDS), min_size=1, max_size=5))
@settings(max_examples=100, deadline=None)
def test_a_table_keeps_the_words(pairs):
    units = [Unit(a, b, "de", "en") for a, b in pairs if key(a) and key(b) and not key(a).startswith("#")]
    back = there_and_back(units, "tsv")
    assert [(key(u.source), key(u.target)) for u in back] == [(key(u.source), key(u.target)) for u in units]


def plain(u: Unit) -> tuple:
    return u.source, u.target, u.source_language, u.target_language, u.note, u.author, u.changed, u.finished


def generated(n: int, format: str, seed: int = 1):
    """Units with odd characters and inline codes, without end, quickly."""
    chance = random.Random(seed)
    odd = "äß€𝔊\u2028\u00ad\u200b\u0301\r\n\t&<>\"'\ue000\U0001f600 ABC xyz 0123"
    paired = {"tmx": ("bpt", "ept", "i"), "xliff": ("bpt", "ept", "id"), "xliff2": ("sc", "ec", "id")}[format]
    for i in range(n):
        texts = [f"{side} {i} " + "".join(chance.choices(odd, k=chance.randint(5, 80))) + "." for side in "qt"]
        codes = []
        for text in texts:
            a, b = sorted(chance.choices(range(len(text)), k=2))
            name, end, ref = paired
            native = "" if format == XLIFF2 else "<b>"
            closing = (("startRef" if format == XLIFF2 else ref, "1"),)
            codes.append(
                (
                    Code(a, OPEN, "1", native, f"{format}:{name}", ((ref, "1"),)),
                    Code(b, CLOSE, "1", native, f"{format}:{end}", closing),
                )
                if i % 3
                else ()
            )
        yield Unit(*texts, "de", "en", *codes, origin=f"a{SUFFIX[format]}")


def lossless(n: int, format: str, folder: Path, store) -> None:
    """Into a file, from there into the store, from there into a file, and compared with what was made."""
    first, second = folder / f"a{SUFFIX[format]}", folder / f"b{SUFFIX[format]}"
    with open(first, "wb") as f:
        f.writelines(piece.encode() for piece in exchange.written(generated(n, format), format))
    kept = store.keep(exchange.read(first, "en"))
    assert (kept.new, kept.same, kept.left) == (n, 0, 0)
    with open(second, "wb") as f:
        f.writelines(piece.encode() for piece in exchange.written(store.units(), format))
    wanted = {u.source: u for u in generated(n, format)}
    seen = 0
    for u in exchange.read(second, "en"):
        assert replace(u, changed=0, origin="") == replace(wanted[u.source], origin="")
        seen += 1
    assert seen == n
    again = store.keep(exchange.read(second, "en"))
    assert (again.new, again.same, again.left) == (0, n, 0)


@pytest.mark.parametrize("format", XML)
def test_through_the_store_and_back_nothing_is_lost(format, tmp_path, store):
    lossless(1500, format, tmp_path, store)


@pytest.mark.slow
@pytest.mark.parametrize("format", XML)
def test_a_hundred_thousand_through_the_store_and_back(format, tmp_path, store):
    lossless(100_000, format, tmp_path, store)


PEAK = """
import sys
from pathlib import Path
from summarize.memory import exchange
from summarize.quality.peak import peak
from summarize.store import Store
with Store.open(Path(sys.argv[2])) as store:
    kept = store.keep(exchange.read(Path(sys.argv[1]), "en"))
    with open(sys.argv[1] + ".out", "wb") as f:
        f.writelines(piece.encode() for piece in exchange.written(store.units(), "tmx"))
print(kept.new, peak())
"""


def test_memory_does_not_grow_with_the_file(tmp_path):
    peaks, sizes = [], []
    for n in (4_000, 16_000):
        path = tmp_path / f"{n}.tmx"
        with open(path, "wb") as f:
            f.writelines(piece.encode() for piece in exchange.written(generated(n, "tmx"), "tmx"))
        arguments = [sys.executable, "-c", PEAK, str(path), str(tmp_path / f"store{n}")]
        environ = {**os.environ, "PYTHONPATH": str(ROOT)}
        done = subprocess.run(arguments, capture_output=True, text=True, check=True, env=environ)
        new, most = map(int, done.stdout.split())
        assert new == n
        peaks.append(most)
        sizes.append(path.stat().st_size)
    assert peaks[1] - peaks[0] < (sizes[1] - sizes[0]) / 2


# -- files of other programs ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", sorted(DATA.glob("*.*")), ids=lambda p: p.name)
def test_files_of_other_programs_are_read_and_come_back(path, tmp_path):
    """Each has these four sentences, the last one as a draft where its format can say so."""
    units = list(exchange.read(path, "en"))
    finished = {key(u.source): key(u.target) for u in units if u.finished}
    assert finished["Der Pegel steigt seit Montag."] == "The level has been rising since Monday."
    assert finished["Die Feuerwehr & das Rote Kreuz helfen."] == "The fire brigade & the Red Cross are helping."
    assert finished["Niemand wurde verletzt."] == "Nobody was hurt."
    drafts = {key(u.source) for u in units if not u.finished}
    assert drafts == ({"Die Schulen bleiben zu."} if path.suffix == ".xlf" else set())
    assert {base(u.source_language) for u in units} == {"de"}
    format = "tmx" if path.suffix == ".tmx" else "xliff"
    back = there_and_back(units, format)
    assert [plain(u) for u in back] == [plain(u) for u in units]
    assert [told(u.source_codes) for u in back] == [told(u.source_codes) for u in units]


@pytest.mark.parametrize("name", ["omegat-level2.tmx", "omegat-project.tmx"])
def test_formatting_of_another_program_is_kept_beside_the_words(name):
    (bold,) = (u for u in exchange.read(DATA / name, "en") if "Pegel" in u.source)
    assert bold.source == "Der Pegel steigt seit Montag." and [c.kind for c in bold.source_codes] == [OPEN, CLOSE]
    assert bold.source[bold.source_codes[0].at : bold.source_codes[1].at] == "Pegel"
    assert bold.target[bold.target_codes[0].at : bold.target_codes[1].at] == "level"


XLIFF2_EXAMPLE = """<?xml version="1.0"?>
<xliff xmlns="urn:oasis:names:tc:xliff:document:2.0" version="2.0" srcLang="de" trgLang="en"><file id="f"><group id="g">
<unit id="1"><notes><note>title</note></notes>
<originalData><data id="a">&lt;i></data><data id="b">&lt;/i></data></originalData>
<segment state="translated"><source>Eins <pc id="1" dataRefStart="a" dataRefEnd="b">zwei</pc>.</source>
<target>One <pc id="1" dataRefStart="a" dataRefEnd="b">two</pc>.</target></segment>
<ignorable><source> </source></ignorable>
<segment state="initial"><source>Drei.</source><target>Three.</target></segment>
<segment><source>Vier<mrk id="m1" type="term"> Uhr</mrk>.</source><target>Four o'clock.</target></segment>
<segment><source>Ohne.</source></segment>
</unit></group></file></xliff>"""

XLIFF1_EXAMPLE = """<?xml version="1.0"?>
<xliff xmlns="urn:oasis:names:tc:xliff:document:1.2" xmlns:o="urn:other" version="1.2">
<file original="a" source-language="de-DE" target-language="en-US" datatype="html"><header><note>h</note></header>
<body>
<group id="g"><trans-unit id="1"><source>Eins. <g id="5" o:kind="k">Zwei</g>.</source>
<seg-source><mrk mtype="seg" mid="0">Eins.</mrk> <mrk mtype="seg" mid="1"><g id="5">Zwei</g>.</mrk></seg-source>
<target><mrk mtype="seg" mid="0">One.</mrk> <mrk mtype="seg" mid="1"><g id="5">Two</g>.</mrk></target></trans-unit>
</group>
<trans-unit id="2" approved="no"><source>Drei.</source><target>Three.</target></trans-unit>
<trans-unit id="3"><source>Vier.</source><target state="needs-review-translation">Four.</target></trans-unit>
<trans-unit id="4"><source>F<x id="1"/>.</source><target state-qualifier="mt-suggestion">F.</target></trans-unit>
<trans-unit id="5"><source>Sechs.</source><target state="new"/></trans-unit>
<trans-unit id="6"><source>Sieben.</source><target>Seven.</target><alt-trans><target>7</target></alt-trans></trans-unit>
</body></file>
<file original="b" source-language="de" target-language="fr" datatype="html"><body>
<trans-unit id="1"><source>Ja.</source><target>Oui.</target></trans-unit></body></file></xliff>"""


def test_xliff_says_what_is_finished(tmp_path):
    path = tmp_path / "a.xlf"
    path.write_text(XLIFF2_EXAMPLE)
    first, second, third = exchange.read(path, "en")
    assert (first.source, first.target, first.note) == ("Eins zwei.", "One two.", "title")
    assert [(c.kind, c.native) for c in first.target_codes] == [(OPEN, "<i>"), (CLOSE, "</i>")]
    assert (second.source, second.finished) == ("Drei.", False) and third.finished and third.source == "Vier Uhr."
    assert there_and_back([first, third], "xliff2") == [replace(u, origin="a.xliff") for u in (first, third)]
    path.write_text(XLIFF1_EXAMPLE)
    units = list(exchange.read(path, "en"))
    assert [(u.source, u.target) for u in units if u.finished] == [
        ("Eins.", "One."), ("Zwei.", "Two."), ("Sieben.", "Seven."),
    ]  # fmt: skip
    assert [u.source for u in units if not u.finished] == ["Drei.", "Vier.", "F.", "Sechs."]
    assert [u.target for u in exchange.read(path, "fr")] == ["Oui."]


TU = '<tu{0}><tuv xml:lang="de"><seg>Ja.</seg></tuv><tuv xml:lang="fr"><seg>Oui.</seg></tuv><tuv lang="EN-US"><seg>Yes.</seg></tuv></tu>'  # noqa: E501


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1"])
def test_tmx_of_several_languages_in_any_encoding(encoding, tmp_path):
    name = {"utf-8-sig": "utf-8"}.get(encoding, encoding)
    text = f'<?xml version="1.0" encoding="{name}"?><tmx version="1.4"><header srclang="de"/><body>{TU}</body></tmx>'
    path = tmp_path / "a.TMX"
    path.write_bytes(text.format(' creationid="MT!"').encode(encoding))
    assert [(u.source_language, u.source, u.target, u.finished) for u in exchange.read(path, "en")] == [
        ("de", "Ja.", "Yes.", False), ("fr", "Oui.", "Yes.", False),
    ]  # fmt: skip
    path.write_bytes(text.format("").encode(encoding))
    assert [(u.source, u.target, u.finished) for u in exchange.read(path, "fr")] == [
        ("Ja.", "Oui.", True), ("Yes.", "Oui.", True),
    ]  # fmt: skip


def test_tables(tmp_path):
    path = tmp_path / "a.tsv"
    path.write_text("# mine\nGuten Tag.\tGood day.\tpolite\r\nJa.\t\n", "utf-8")
    assert [(u.source, u.target, u.note, u.finished) for u in exchange.read(path, "en", "de")] == [
        ("Guten Tag.", "Good day.", "polite", True), ("Ja.", "", "", False),
    ]  # fmt: skip
    with pytest.raises(UsageError, match="from which language"):
        list(exchange.read(path, "en"))
    path.write_text("de\ten\nNur eine Spalte\n", "utf-8")
    with pytest.raises(UsageError, match="line 2: 1 columns"):
        list(exchange.read(path, "en"))
    with pytest.raises(UsageError, match="one pair of languages"):
        "".join(exchange.written([Unit("a", "b", "de", "en"), Unit("a", "b", "fr", "en")], "tsv"))
    with pytest.raises(UsageError, match="one pair of languages"):
        "".join(exchange.written([Unit("a", "b", "de", "en"), Unit("a", "b", "fr", "en")], "xliff2"))


# -- files that are no friends ----------------------------------------------------------------------------------------

BODY = '<tmx version="1.4"><header/><body><tu><tuv xml:lang="de"><seg>{0}</seg></tuv><tuv xml:lang="en"><seg>b</seg></tuv></tu></body></tmx>'  # noqa: E501
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
HOSTILE = {
    "a file of this machine": '<!DOCTYPE tmx [<!ENTITY a SYSTEM "file:///etc/hostname">]>' + BODY.format("a&a;"),
    "a billion laughs": f'<!DOCTYPE tmx [<!ENTITY l0 "ha">{LAUGHS}]>' + BODY.format("&l11;"),
    "laughs in an attribute": f'<!DOCTYPE tmx [<!ENTITY l0 "ha">{LAUGHS}]><tmx a="&l11;"><body/></tmx>',
    "quadratic": f'<!DOCTYPE tmx [<!ENTITY a "{"x" * 100_000}">]>' + BODY.format("&a;" * 1000),
    "an unknown entity": BODY.format("a&what;b"),
    "a parameter entity": '<!DOCTYPE tmx [<!ENTITY % a SYSTEM "http://127.0.0.1:9/x.dtd"> %a;]>' + BODY.format("a"),
    "nested too deep": BODY.format("<hi>" * 5000 + "</hi>" * 5000),
    "a text without end": BODY.format("x" * 11_000_000),
    "not closed": BODY.format("a")[:-20],
    "no XML": "de\ten\n",
    "empty": "",
    "binary": "\x00\x01\x02",
}


@pytest.mark.parametrize("suffix", [".tmx", ".xlf"])
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_one_clear_line(name, suffix, tmp_path):
    path = tmp_path / f"a{suffix}"
    path.write_text(HOSTILE[name], "utf-8")
    with pytest.raises(UsageError) as caught:
        list(exchange.read(path, "en"))
    assert "\n" not in caught.value.message and len(caught.value.message) < 300 and caught.value.hint


def test_a_dtd_beside_it_is_not_looked_at(tmp_path):
    (tmp_path / "tmx14.dtd").write_text('<!ENTITY a "from the DTD">')
    path = tmp_path / "a.tmx"
    path.write_text('<!DOCTYPE tmx SYSTEM "tmx14.dtd">' + BODY.format("Gruß"), "utf-8")
    assert [u.source for u in exchange.read(path, "en")] == ["Gruß"]
    path.write_text('<!DOCTYPE tmx SYSTEM "tmx14.dtd">' + BODY.format("Gruß &a;"), "utf-8")
    with pytest.raises(UsageError, match="entity"):
        list(exchange.read(path, "en"))


@given(st.data())
@settings(max_examples=80, deadline=None)
def test_a_damaged_file_is_an_error_or_units_and_never_a_crash(data):
    format = data.draw(st.sampled_from(XML))
    whole = "".join(exchange.written(generated(3, format), format)).encode()
    at = data.draw(st.integers(0, len(whole)))
    broken = whole[:at] + data.draw(st.binary(max_size=4)) + whole[at + data.draw(st.integers(0, 9)) :]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"a{SUFFIX[format]}"
        path.write_bytes(broken)
        try:
            for unit in exchange.read(path, "en"):
                assert isinstance(unit.source, str) and unit.target is not None
        except UsageError as e:
            assert e.hint


def test_a_name_that_says_no_format(tmp_path):
    for call in (lambda: exchange.read(tmp_path / "a.docx", "en"), lambda: exchange.format_of("a.docx")):
        with pytest.raises(UsageError, match="docx"):
            call()
    with pytest.raises(UsageError, match="--format"):
        exchange.format_of("a.tmx", "po")

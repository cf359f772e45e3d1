"""What each reader makes of real shapes of its format: text, markdown, HTML, JSON, encodings."""

from __future__ import annotations

import doctest
import gzip
import hashlib
import html
import json
import random
import re
import subprocess
import sys
import textwrap
import unicodedata

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from summarize.articles import drafts, formats, plain, read
from summarize.articles.charset import decode
from summarize.text import sanitise
from summarize.types import Article, Failure


@pytest.fixture
def article(tmp_path):
    """Reads one file of the given name and content as the only article in it."""

    def one(name: str, content: str | bytes) -> Article:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        [item] = read([str(path)])
        assert isinstance(item, Article), item
        return item

    return one


@pytest.mark.parametrize("module", [drafts, formats, plain])
def test_examples_of_the_docstrings(module):
    result = doctest.testmod(module)
    assert result.attempted and not result.failed


# Text


@pytest.mark.parametrize(
    ("text", "date", "paragraphs"),
    [
        (" date 2026-02-05 Seit Herbst 2021 war", "2026-02-05", ("Seit Herbst 2021 war",)),
        ("date: 2026-02-05 Seit Herbst.", "2026-02-05", ("Seit Herbst.",)),
        ("date 2026-02-05\nSeit Herbst.", "2026-02-05", ("Seit Herbst.",)),
        ("Date: 2026-02-05\nlang: de\n\nSeit Herbst.", "2026-02-05", ("Seit Herbst.",)),
        ("Date night in Berlin.", "", ("Date night in Berlin.",)),
        ("date 2026 ist kein Tag.", "", ("date 2026 ist kein Tag.",)),
        ("date 2026-02-30 gibt es nicht.", "", ("date 2026-02-30 gibt es nicht.",)),
        ("date 2026-02-05-x ist eine Nummer.", "", ("date 2026-02-05-x ist eine Nummer.",)),
        ("update 2026-02-05 kam.", "", ("update 2026-02-05 kam.",)),
        ("Am date 2026-02-05 kam.", "", ("Am date 2026-02-05 kam.",)),
    ],
)
def test_a_date_before_the_lead(article, text, date, paragraphs):
    found = article("a.txt", text)
    assert (found.date, found.paragraphs, found.title) == (date, paragraphs, "")


def test_header_lines(article):
    found = article(
        "a.txt",
        "title: Neue Gespräche\ndate: 2026-02-05T10:00:00+01:00\nlang: German\nauthor: A. Autor\n"
        "url: https://example.org/a\n\nEs wird geredet.\n\nWeiter.",
    )
    assert (found.title, found.date, found.language) == ("Neue Gespräche", "2026-02-05", "de")
    assert found.meta == {"author": "A. Autor", "url": "https://example.org/a"}
    assert found.paragraphs == ("Es wird geredet.", "Weiter.")


@pytest.mark.parametrize(
    "prose",
    [
        "Author: ein Beruf mit Zukunft.\nViele wollen schreiben.",
        "Lang: so war der Tag.",
        "url: das ist keine",
        "lang: de-facto ein Satz",
        "date: morgen",
        "Title: " + "sehr lang " * 40,
    ],
)
def test_prose_that_looks_like_a_header_stays(article, prose):
    found = article("a.txt", prose)
    assert " ".join(found.paragraphs) == " ".join(prose.split())
    assert not found.meta and not found.title and not found.language


@pytest.mark.parametrize(
    ("first", "is_title"),
    [
        ("DFB-Chef Grindel sieht keine Grundlage für Özil-Comeback", True),
        ('Hier sehen Sie "Zum Glück geküsst" mit Lindsay Lohan', True),
        ("SC Hoetmar unterliegt SG Sendenhorst mit 0:2 (0:1) Foto: Heinz Schwackenberg", True),
        ("Der erste Schuss fiel nach einer halben Stunde.", False),
        ("„Das war es.“", False),
        ("Wort " * 41, False),
        ("12.10.", False),
        ("* * *", False),
    ],
)
def test_a_headline(article, first, is_title):
    found = article("a.txt", f"{first}\n\nDann kam der Text.\n")
    assert (found.title == first) is is_title
    assert len(found.paragraphs) == (1 if is_title else 2)


def test_a_headline_needs_text_and_a_blank_line(article):
    assert article("a.txt", "Nur eine Zeile").paragraphs == ("Nur eine Zeile",)
    assert article("b.txt", "Eine Zeile\nnoch eine\n\nText.").title == ""


def test_hard_wrapped_lines_are_joined(article):
    wrapped = (
        "Die Gespräche waren im Herbst 2021 wegen massiver Spannungen zwischen\n"
        "Washington und Moskau auf Eis gelegt worden. Die USA sehen in der\nWiederaufnahme einen Erfolg.\n\n"
        "Der Mitteilung zufolge vereinbarten beide Seiten bei den Verhandlungen\nüber ein Ende des Krieges viel."
    )
    first, second = article("a.txt", wrapped).paragraphs
    assert first.endswith("zwischen Washington und Moskau auf Eis gelegt worden. Die USA sehen in der Wiederaufnahme "
                          "einen Erfolg.")  # fmt: skip
    assert second.count("\n") == 0


def test_other_lines_are_paragraphs(article):
    assert article("a.txt", "Ein kurzer Satz.\nNoch einer.\n\nUnd ein dritter.").paragraphs == (
        "Ein kurzer Satz.",
        "Noch einer.",
        "Und ein dritter.",
    )
    items = [f"- Ein Punkt der Liste, der so lang ist wie eine Zeile im Editor {n}" for n in range(4)]
    assert article("b.txt", "\n".join(items)).paragraphs == tuple(items)


def test_untrusted_text_is_sanitised(article):
    found = article("a.txt", "Ein \x1b]0;x\x07\x1b[31mroter\u202e Titel\r\n\r\nText\u200b mit\xad Resten, m².")
    assert (found.title, found.paragraphs) == ("Ein roter Titel", ("Text mit Resten, m².",))


# Markdown


# hard-wrapped text

PROSE = (
    "Die Stadtverwaltung hat am Dienstag die Brücke über den Fluss für Lastwagen gesperrt. Nach Angaben eines "
    "Sprechers sind die Stahlträger beschädigt, weshalb bis zum Ende der Untersuchung nur Fußgänger und Radfahrer "
    "passieren dürfen. Die Sperrung betrifft auch den Bus- und Schulverkehr, der über die Nord- und Südseite "
    "umgeleitet wird. Die Kosten von 1.250.000 Euro trägt das Land, sagte der Sprecher der SPD-Fraktion im "
    "Baden-Württemberger Landtag am Mittwoch."
)


@pytest.mark.parametrize("width", range(40, 140, 7))
@pytest.mark.parametrize("hyphenated", [False, True])
def test_text_wrapped_at_any_width_is_joined(article, width, hyphenated):
    """Also where words are cut at the end of a line, as a newspaper does it."""
    lines = textwrap.wrap(PROSE, width, break_on_hyphens=False)
    if hyphenated:
        lines = cut_words(PROSE, width)
    text = "\n".join(lines)
    assert article("a.txt", f"Brücke gesperrt\n\n{text}\n\n{text}").paragraphs == (PROSE, PROSE)


def cut_words(text, width):
    """Lines of `width` at most, whose last word is cut in its middle if a part of four letters still fits."""
    lines, line = [], ""
    for word in text.split():
        room = width - len(line) - 2
        if len(line) + 1 + len(word) <= width:
            line = f"{line} {word}".strip()
        elif word.isalpha() and len(word) > 8 and room >= 4:
            lines.append(f"{line} {word[:4]}-")
            line = word[4:]
        else:
            lines.append(line)
            line = word
    return [*lines, line]


HEADLINES = [
    "Bundestag beschließt das Rentenpaket nach langer Debatte im Plenum",
    "Bayern gewinnt das Topspiel gegen Dortmund mit drei Toren Abstand",
    "Erdbeben erschüttert die Küste vor Chile, keine Tsunamiwarnung",
    "Bahn streicht an Ostern viele Züge zwischen Hamburg und Bremen",
    "Kanzlerin a. D. stellt ihre Memoiren in Leipzig vor Publikum vor",
]


@pytest.mark.parametrize("seed", range(10))
def test_a_list_of_headlines_stays_one(article, seed):
    lines = random.Random(seed).sample(HEADLINES, 5)
    assert article("a.txt", "Die Schlagzeilen\n\n" + "\n".join(lines)).paragraphs == tuple(lines)


def test_a_wire_report_is_read_block_by_block(article):
    body = (
        "   Köln (dpa) - Die Stadt hat am Dienstag die Brücke über den\nFluss für Lastwagen gesperrt. Nach Angaben "
        "sind die\nStahlträger beschädigt."
    )
    notes = "# Notizblock\n## Redaktion\n- Zusammenfassung folgt\n- ca. 50 Zl\n## Internet\n- Seite der Stadt"
    found = article("a.txt", f"dpa0123 3 pl 245\n\nVerkehr/\n(Eil)\nBrücke gesperrt\n\n{body}\n\n{notes}").paragraphs
    assert " ".join(body.split()) in found and {"Brücke gesperrt", "- ca. 50 Zl", "# Notizblock"} <= set(found)


MARKDOWN = """---
date: "2026-02-05"
lang: de
author: 'A. Autor'
tags:
  - eins
---
![Bild](x.png)

# Der *große* Titel #

Ein [Link](https://example.org/a_(b)) und ein [zweiter][ref], <https://example.org>,
**fett**, _kursiv_, ~~weg~~, `a * b * c`, snake_case_name, 3 \\* 4 &amp; 5<br>.

Unterschrift
------------

> Ein Zitat
> geht weiter.

* Punkt eins
  geht weiter
* [x] Punkt zwei

1. Erstens

```python
def f(x):
    return x * 2
```

| Name | Zahl |
|------|-----:|
| Köln | 7 |

    eingerückt  *bleibt*

***

<!-- Notiz -->
Schluss[^1].

[ref]: https://example.org
"""


def test_markdown(article):
    found = article("a.md", MARKDOWN)
    assert (found.title, found.date, found.language) == ("Der große Titel", "2026-02-05", "de")
    assert found.meta == {"author": "A. Autor"}
    assert found.paragraphs == (
        "Ein Link und ein zweiter, https://example.org, fett, kursiv, weg, a * b * c, snake_case_name, 3 * 4 & 5 .",
        "Unterschrift",
        "Ein Zitat geht weiter.",
        "Punkt eins geht weiter",
        "Punkt zwei",
        "1. Erstens",
        "def f(x):\n    return x * 2",
        "Name Zahl",
        "Köln 7",
        "eingerückt  *bleibt*",
        "Schluss[^1].",
    )
    assert found.code == {"def f(x):\n    return x * 2", "eingerückt  *bleibt*"}


def test_markdown_front_matter_title_wins(article):
    same = article("a.md", "---\ntitle: Der Titel\nurl: https://example.org\n---\n# Der Titel\n\nText.")
    assert (same.title, same.paragraphs) == ("Der Titel", ("Text.",))
    other = article("b.md", "---\ntitle: Der Titel\n---\n# Ein anderer\n\nText.")
    assert (other.title, other.paragraphs) == ("Der Titel", ("Ein anderer", "Text."))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("13. August 1961: Der Bau beginnt.", "13. August 1961: Der Bau beginnt."),
        ("2. Bundesliga bleibt.\n\n1990. Dieses Jahr.", "2. Bundesliga bleibt.|1990. Dieses Jahr."),
        ("1) Köln\n2) Bonn", "1) Köln|2) Bonn"),
        ("Lehrer*innen und Erzieher*innen, Jede*r, 5*3*2", "Lehrer*innen und Erzieher*innen, Jede*r, 5*3*2"),
        ("**Wort**teil und *ein* *r*", "Wortteil und ein r"),
        ("Am Ende.[^1]\n\nMehr.\n\n[^1]: Die Messung gilt.", "Am Ende.|Mehr.|Die Messung gilt."),
        ("Ort | Pegel\n--- | ---\nKöln | 8,10 m\nBonn | 7,90 m", "Ort Pegel|Köln 8,10 m|Bonn 7,90 m"),
        ("> Zitat\n>> Antwort", "Zitat|Antwort"),
        ("<p>Ein <b>Satz</b> &amp;</p>", "Ein Satz &"),
        (">" * 300 + " Tief unten steht etwas.", None),  # deeper than the parser goes: read as plain text
    ],
)
def test_markdown_blocks(article, text, expected):
    paragraphs = article("a.md", f"# Titel\n\nText.\n\n{text}").paragraphs
    if expected is None:
        assert "Tief unten steht etwas." in paragraphs[-1]
    else:
        assert paragraphs[1:] == tuple(expected.split("|"))


@pytest.mark.parametrize("seed", range(40))
def test_markdown_keeps_every_number(article, seed):
    """Blocks of all kinds in any order: each digit run of the page is one of the article, in the same order."""
    draw = random.Random(seed)
    n = lambda: draw.choice([draw.randint(0, 9), draw.randint(10, 99), draw.randint(1000, 99999)])
    kinds = [
        lambda: f"{n()}. Oktober {n()}: Die Grenze ist offen.",
        lambda: f"* Punkt {n()}\n* Kolleg*innen {n()}*{n()}",
        lambda: f"| {n()} | Köln |\n|---|---|\n| {n()} | {n()} m |",
        lambda: f"> Zitat {n()}\n> von {n()}",
        lambda: f"## Kapitel {n()}",
        lambda: f"```\nx = {n()}\n```",
        lambda: f"Ein **Satz {n()}** mit `{n()}` und [Link {n()}](x).",
        lambda: f"    code {n()}",
        lambda: f"{n()}) Antwort\n\n   Noch {n()} Zeile",
    ]
    page = "\n\n".join(draw.choice(kinds)() for _ in range(12))
    found = article("a.md", "# Titel\n\n" + page).paragraphs
    assert re.findall(r"\d+", " ".join(found)) == re.findall(r"\d+", page)


@pytest.mark.parametrize(
    "head", ["---|title: Hochwasser|date: 2026-02-03|---", "+++|title='Hochwasser'|date=2026-02-03|+++"]
)
def test_front_matter_is_yaml_or_toml(article, head):
    found = article("a.md", head.replace("|", "\n") + "\n\nDer Pegel stieg.")
    assert (found.title, found.date, found.paragraphs) == ("Hochwasser", "2026-02-03", ("Der Pegel stieg.",))


@pytest.mark.parametrize("head", ["---\n- a\n---", "---\na: [\n---", "+++\nx\n+++", "---\nDer Pegel\n---", "---\na: 1"])
def test_what_is_no_front_matter_stays_text(article, head):
    assert "Satz" in " ".join(article("a.md", f"{head}\nEin Satz.").paragraphs)


def test_markdown_rules_are_not_front_matter(article):
    assert article("a.md", "---\nEin Satz.\n\n---\nNoch einer.").paragraphs == ("Ein Satz.", "Noch einer.")


# encodings that went wrong before

RIGHT = [
    "Die große Brücke über den Fluss: „Wir hatten keine Wahl“, sagte Bürgermeisterin Ünal – für 12 €.",
    "Umlaute „Ä“, „Ö“ und »Ü«, ein „CAFÉ“ und «AMANHû.",
    "Le président a reçu l’invité à Noël ; « c’était très tôt ».",
    "Zażółć gęślą jaźń – powiedział Łukasz.",
    "Президент приехал во вторник, его встретил мэр.",
]


@pytest.mark.parametrize("text", RIGHT)
@pytest.mark.parametrize("codec", ["latin-1", "cp1252"])
def test_mojibake_is_undone(text, codec):
    garbled = "".join(bytes([b]).decode(codec, "ignore") or chr(b) for b in text.encode())
    assert garbled != text and decode(garbled.encode()) == text
    assert decode(f"{text}\n{garbled}\n".encode()) == f"{text}\n{text}\n"


@pytest.mark.parametrize(
    "text",
    [
        "Die Stadtverwaltung sperrt die Brücke für größere Fahrzeuge, sagte Bürgermeisterin Özlem Krüger.",
        "Übung für Ärzte: die Straße ist gesperrt, der Weg über die Höhe frei.",
        "L'été dernier, la « fête » a coûté très cher à la ville, où l'on a dû reçevoir des élèves.",
    ],
)
def test_a_code_page_of_dos_is_known(text):
    assert decode(text.encode("cp850")) == text


@pytest.mark.parametrize("text", [*RIGHT, "São Paulo", "ÂMBAR, ÉTÉ", "Ð und Þ, Ñandú", "Preis: 5 £, 20 °C, ½"])
def test_what_is_right_stays(text):
    assert decode(text.encode()) == text


@pytest.mark.parametrize("codec", ["cp1252", "cp850"])
@given(
    lines=st.lists(
        st.sampled_from([*(line for line in PROSE.split(". ") if not line.isascii()), "Nur 12 Tore"]), min_size=3
    ),
    pasted=st.sampled_from(
        ["Übung für Ärzte: die Straße ist gesperrt", "Größe", "Özlem Krüger ärgert sich über 7 Züge"]
    ),
    data=st.data(),
)
def test_a_line_that_is_not_utf8_is_decoded_alone(codec, lines, pasted, data):
    at = data.draw(st.integers(0, len(lines)))
    assume(sum(not line.isascii() for line in lines))
    parts = [line.encode() for line in lines]
    whole = b"\n".join([*parts[:at], pasted.encode(codec), *parts[at:]])
    assert decode(whole) == "\n".join([*lines[:at], pasted, *lines[at:]])


def test_a_broken_byte_costs_itself_alone():
    text = "Die Brücke für größere Züge, über die Straße"
    assert decode(f"{text}\n".encode() + b"\xff" + f"{text}\nÜbung".encode()) == f"{text}\n\ufffd{text}\nÜbung"


@given(st.text(st.characters(exclude_characters="\x1b", exclude_categories=["Cs"])))
def test_no_letter_is_taken_out_but_behind_an_escape(text):
    letters = lambda t: [c for c in unicodedata.normalize("NFD", t) if c.isalnum()]
    invisible = set("\u3164\uffa0")  # Hangul fillers, which count as letters
    meant = text.translate({n: bytes([n]).decode("cp1252", "ignore") for n in range(0x80, 0xA0) if n != 0x85})
    assert letters(sanitise(text)) == [c for c in letters(meant) if c not in invisible]


def test_nothing_is_lost_for_a_stray_control_of_windows():
    """C1 controls are punctuation of windows-1252; what stands between two of them stays."""
    text = "Er sagte: \x84Die Brücke bleibt gesperrt\x93 \x96 und ging\x85"
    assert decode(text.encode()) == "Er sagte: „Die Brücke bleibt gesperrt“ – und ging…"
    assert sanitise("\x9eDas Amt zahlt\x9c, \x90sagte\x9d sie") == "žDas Amt zahltœ, sagte sie"


# HTML

PAGE = """<!DOCTYPE html><html lang="en"><head><meta charset="{charset}"><title>Özil | Zeitung</title>
<meta name="author" content="Anna Autor"><meta property="article:published_time" content="2021-10-05T10:00:00Z">
<link rel="canonical" href="https://example.org/artikel"><script>var a = "Nicht zeigen";</script></head><body>
<nav><a href="/">Start</a> <a href="/s">Sport</a></nav><article><h1>Özil kehrt nicht zurück</h1>
<p>DFB-Präsident Reinhard Grindel sieht derzeit keine Grundlage für eine Rückkehr von Mesut Özil in die Mannschaft.</p>
<p>Das sei eine Frage, die natürlich davon abhänge, dass man einmal ins Gespräch komme, sagte er am Montag.</p>
<h2>Debatte um Fotos</h2><p>Trotz der nun monatelangen Debatte um die Fotos bedauere er den Rücktritt &amp; hoffe.</p>
</article><footer>Impressum</footer></body></html>"""


@pytest.mark.parametrize("charset", ["utf-8", "iso-8859-1", "windows-1252", "utf-16"])
def test_html(article, charset):
    found = article("a.html", PAGE.format(charset=charset).encode(charset))
    assert (found.title, found.date) == ("Özil kehrt nicht zurück", "2021-10-05")
    assert found.language == ""  # templates say "en" of any page
    assert found.meta == {"author": "Anna Autor", "url": "https://example.org/artikel"}
    assert found.paragraphs[0].startswith("DFB-Präsident Reinhard Grindel sieht")
    assert "Debatte um Fotos" in found.paragraphs
    assert found.paragraphs[-1].endswith("Rücktritt & hoffe.")
    assert not [p for p in found.paragraphs if "Nicht zeigen" in p or "Impressum" in p]


def test_html_in_which_nothing_looks_like_an_article(article):
    found = article("a.htm", "<title>Kurz</title><style>p{}</style><p>Ein\n Satz.<br>Noch &lt;einer&gt;.")
    assert "Ein Satz." in found.paragraphs
    assert not [p for p in found.paragraphs if "{" in p]


def test_xhtml_with_a_declaration(article):
    page = '<?xml version="1.0" encoding="iso-8859-1"?><html xmlns="http://www.w3.org/1999/xhtml"><body><p>Grüße.</p></body></html>'
    assert article("a.xhtml", page.encode("latin-1")).paragraphs == ("Grüße.",)


# JSON


def test_jsonl(tmp_path):
    records = [
        {
            "id": "x/1",
            "headline": "Titel",
            "body": "Eins.\n\nZwei.",
            "published_at": "2026-02-05T08:00:00Z",
            "lang": "de",
        },
        {"uid": 17, "article": ["Erster Absatz.", "Zweiter."], "published": "Thu, 05 Feb 2026 10:00:00 GMT"},
        {"title": "T", "content": "<p>Aus <b>HTML</b>.</p><p>Ende.</p>", "date": "gestern", "author": "A", "url": "u"},
    ]
    raw = [json.dumps(record) for record in records]
    path = tmp_path / "drop.jsonl"
    path.write_text("\n".join(["\ufeff" + raw[0], "", *raw[1:], "{kaputt", '["liste"]', '{"title": "ohne Text"}']))
    one, two, three, *bad = read([str(path)])
    assert (one.id, one.title, one.date, one.language, one.paragraphs) == (
        *("x/1", "Titel", "2026-02-05", "de"),
        ("Eins.", "Zwei."),
    )
    assert (two.id, two.date, two.paragraphs) == ("17", "2026-02-05", ("Erster Absatz.", "Zweiter."))
    assert (three.id, three.paragraphs, three.date) == ("drop#3", ("Aus HTML.", "Ende."), "")
    assert three.meta == {"author": "A", "url": "u", "date": "gestern"}
    assert two.source_hash == "sha256:" + hashlib.sha256(raw[1].encode()).hexdigest()
    assert all(isinstance(item, Failure) and item.error == "UnreadableArticle" for item in bad)
    assert [item.id for item in bad] == ["drop#4", "drop#5", "drop#6"]
    assert [item.message.partition(":")[0] for item in bad] == ["line 5", "line 6", "line 7"]


def test_json(tmp_path):
    path = tmp_path / "a.json"
    path.write_text('{"text": "Eins \\ud83d\\ude00 \\ud800"}')
    assert [(a.id, a.paragraphs) for a in read([str(path)])] == [("a", ("Eins 😀 \ufffd",))]
    path.write_text('[{"text": "Eins"}, 7, {"text": "Drei"}]')
    one, bad, three = read([str(path)])
    assert (one.id, bad.id, three.id) == ("a#1", "a#2", "a#3")
    assert bad.message.startswith("record 2:")


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("a b.json", "python -m json.tool '{}'"),
        ("a.json.gz", "python -m json.tool <(gzip -dc {})"),
        ("a.jsonl", "python -m json.tool --json-lines {}"),
        ("a.ndjson", "python -m json.tool --json-lines {}"),
    ],
)
def test_broken_json_comes_with_the_command_that_shows_where(tmp_path, name, hint):
    path = tmp_path / name
    data = b'{"text": "Eins",,}\n'
    path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    (failed,) = read([str(path)])
    assert failed.hint == "check it with: " + hint.format(path)
    shown = subprocess.run(["bash", "-c", failed.hint.partition(": ")[2]], capture_output=True, text=True)
    assert shown.returncode and "double quotes" in shown.stderr, shown.stderr


def test_gzip(article):
    packed = gzip.compress("Grüße aus Köln.".encode())
    found = article("a.txt.gz", packed)
    assert (found.id, found.paragraphs) == ("a", ("Grüße aus Köln.",))
    assert found.source_hash == "sha256:" + hashlib.sha256(packed).hexdigest()
    assert article("b.jsonl.gz", gzip.compress(b'{"text": "Eins"}')).id == "b#1"


# Encodings

GERMAN = "Die Gespräche über „Öl“ kosten 3 € – heißt es in der Münchner Börse."


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
def test_german_in_any_encoding(article, encoding):
    assert article("a.txt", GERMAN.encode(encoding)).paragraphs == (GERMAN,)


@pytest.mark.parametrize("text", ["Größe", "Müller", "ä", "Straße – ja", "Kö"])
def test_short_german_in_windows_1252(text):
    assert decode(text.encode("cp1252")) == text


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Сегодня в Москве прошла встреча министров иностранных дел, сообщает агентство. " * 5, "cp1251"),
        ("Wczoraj w Łodzi odbyło się spotkanie, na którym omówiono ważną kwestię żywności. " * 5, "cp1250"),
        ("今日は東京で会議が開かれ、大臣が出席しました。新しい計画について話し合いました。" * 5, "shift_jis"),
    ],
)
def test_other_languages_are_guessed(text, encoding):
    assert decode(text.encode(encoding)) == text


def test_a_few_broken_bytes_do_not_spoil_utf8():
    assert decode((GERMAN * 3).encode() + b"\xc3") == GERMAN * 3 + "\ufffd"


def test_a_wrong_declaration_does_no_harm():
    assert decode(GERMAN.encode("cp1252"), declared="no-such-charset") == GERMAN
    assert decode(GERMAN.encode("cp1252"), declared="base64") == GERMAN
    assert decode(GERMAN.encode(), declared="iso-8859-1") == GERMAN


def test_text_needs_no_html_parser(tmp_path):
    (tmp_path / "a.txt").write_text(GERMAN, encoding="utf-8")
    code = (
        "import sys; from summarize.articles import read; list(read(sys.argv[1:]));"
        "sys.exit(bool({'trafilatura', 'lxml', 'charset_normalizer', 'html.parser'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code, str(tmp_path)]).returncode == 0


PLAIN = "Die Stadt „Köln“ sperrt die Brücke für größere Fahrzeuge & zahlt 5 Millionen €."


@pytest.mark.parametrize("seed", range(20))
def test_markup_in_json_is_resolved(article, seed):
    """Entities and inline tags, in title and text, with line ends that stay; the same text in all dress."""
    draw = random.Random(seed)
    wraps = [
        '<a href="https://example.org/?a=1&amp;b=2">{}</a>',
        "<b>{}</b>",
        "<em>{}</em>",
        "<span class='x'>{}</span>",
        "{}",
    ]
    escape = lambda word: "".join(
        f"&#{ord(c)};" if not c.isascii() and draw.random() < 0.5 else html.escape(c) for c in word
    )
    dress = lambda text: " ".join(draw.choice(wraps).format(escape(word)) for word in text.split())
    record = {"title": dress(PLAIN), "text": f"{dress(PLAIN)}\n{dress(PLAIN)}"}
    if draw.random() < 0.5:
        record = {"title": {"rendered": record["title"]}, "content": f"<p>{dress(PLAIN)}<p>{dress(PLAIN)}"}
    found = article("a.json", json.dumps(record))
    assert (found.title, found.paragraphs) == (PLAIN, (PLAIN, PLAIN))


def test_what_is_no_markup_in_json_stays(article):
    text = "Wenn a < b und b > c, dann gilt R&D; AT&T zahlt 3 <5> Euro."
    assert article("a.json", json.dumps({"text": text})).paragraphs == (text,)


# pages of which extraction alone loses a part

BODY = [
    f"{lead} hat am Dienstag die Brücke über den Fluss für Lastwagen gesperrt, weil Prüfer Risse in ihr fanden."
    for lead in ("Die Stadt", "Der Kreis", "Das Land", "Der Bund", "Die Behörde")
]


def page(inner: str) -> str:
    return (
        '<!DOCTYPE html><html lang="de"><head><meta charset="utf-8"><title>Brücke - Blatt</title></head><body>'
        f'<nav><a href="/">Start</a> <a href="/s">Sport</a></nav>{inner}<footer>Impressum</footer></body></html>'
    )


@pytest.mark.parametrize(
    ("raised", "plain"),
    [
        ("Im Jahr 2019<sup>3</sup> waren es 10<sup>6</sup> Tonnen", "Im Jahr 2019 waren es 10⁶ Tonnen"),
        ("51,3<sup>1</sup> Prozent auf 20 km<sup>2</sup>", "51,3 Prozent auf 20 km²"),
        ('CO<sub>2</sub> am 1<sup>er</sup> mai<sup><a href="#f">[4]</a></sup>', "CO₂ am 1er mai"),
        ("Sie sagte <q>Nein</q> in der <q>Villa</q> dort", "Sie sagte „Nein“ in der „Villa“ dort"),
    ],
)
def test_inline_elements_are_spelled_out(article, raised, plain):
    inner = "".join(f"<p>{p}</p>" for p in [BODY[0], f"{raised}, sagte der Sprecher am Dienstag in Köln.", *BODY[1:]])
    assert (
        f"{plain}, sagte der Sprecher am Dienstag in Köln."
        in article("a.html", page(f"<article>{inner}</article>")).paragraphs
    )


@pytest.mark.parametrize("entries", [1, 3, 8])
@pytest.mark.parametrize("shape", ["<div class=entry>{}</div>", "<section>{}</section>", "{}", "<li>{}</li>"])
def test_times_and_headings_of_a_live_blog_stay_in_order(article, entries, shape):
    blocks = [
        (f"{20 - n}.{14 + n} Uhr", f"Zwischentitel {n} zum Hochwasser", f"{n}. {BODY[n % 5]}") for n in range(entries)
    ]
    log = "".join(shape.format(f"<time>{t}</time><h3>{h}</h3><p>{p}</p>") for t, h, p in blocks)
    found = article("a.html", page(f"<article><h1>Liveticker zum Rhein</h1><p>{BODY[0]}</p>{log}</article>"))
    assert found.title == "Liveticker zum Rhein"
    assert found.paragraphs == (BODY[0], *(part for block in blocks for part in block))


@pytest.mark.parametrize("n", [2, 3])
def test_short_articles_on_one_page_are_all_read_but_no_teasers(article, n):
    made = "".join(
        f"<article><h2>Meldung {i}</h2><p>{i}: {BODY[i]}</p><p>{i}: {BODY[i + 1]}</p></article>" for i in range(n)
    )
    teaser = '<article class="teaser"><h2><a href="/x">Anderes</a></h2><p>Kurz.</p></article>'
    text = " ".join(article("a.html", page(made + teaser)).paragraphs)
    for i in range(n):
        assert f"{i}: {BODY[i]}" in text and f"{i}: {BODY[i + 1]}" in text
    assert "Anderes" not in text and "Sport" not in text and "Impressum" not in text


def test_a_page_laid_out_in_a_table_is_read_as_a_browser_shows_it(article):
    cells = (
        f'<td><a href="/">Start</a> <a href="/sport">Sport</a></td><td><h1>Brücke gesperrt</h1><p>{BODY[0]}<p>{BODY[1]}'
    )
    found = article("a.html", page(f"<table><tr>{cells}</td></tr></table>"))
    assert (found.title, found.paragraphs) == ("Brücke gesperrt", (BODY[0], BODY[1]))


def test_what_stands_around_an_article_is_no_part_of_it(article):
    share = '<div class="share-bar"><p>Diesen Artikel jetzt bei allen Netzwerken teilen und empfehlen</p></div>'
    related = f'<ul class="related"><li>{BODY[4]} Mehr dazu im Dossier</li></ul>'
    inner = f"<article><h1>Titel</h1><p>{BODY[0]}</p><h2>Zwischentitel</h2><p>{BODY[1]}</p><p>{BODY[2]}</p>"
    text = " ".join(article("a.html", page(f"{inner}{share}{related}</article>")).paragraphs)
    assert "Zwischentitel" in text and "Netzwerken" not in text and "Dossier" not in text

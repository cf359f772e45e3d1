"""Inputs of the fuzz campaign: real articles in every format, and what a hostile or broken source makes of them."""

from __future__ import annotations

import html
import json
import random
import zipfile
from collections.abc import Sequence
from pathlib import Path

LONGEST = 12_000  # bytes of one input
WRITTEN = Path(__file__).parents[2] / "tests" / "data" / "written"  # one short article, as other programs write it

# Pieces that mean something to a reader, a terminal, a regular expression or an encoding.
PIECES = [
    *(b"---\n", b"# ", b"```\n", b"~~~", b"> ", b"* ", b"| a | b |\n|---|---|\n", b"[x](y)",
      b"![", b"<!--", b"-->", b"]]>"),
    *(b"<p>", b"</p>", b"<div", b"<title>", b"</body>", b"<script>", b"<br/>", b"<table><tr><td>",
      b"&amp;", b"&#x110000;"),
    *(b"&#0;", b"<![CDATA[", b"<?xml version='1.0' encoding='utf-16'?>", b"<meta charset=utf-7>", b"<base href=//x>"),
    *(b'{"text": "', b'"}', b'"id": ["a"], ', b'"date": 7, ', b"\\ud800", b"\\u0000", b"[[[[",
      b"]]]]", b"1e999", b"NaN"),
    *(b"null", b"-0", b"{}", b"[]", b"\n", b"\r\n", b"\r", b"\n\n\n", b"\t", b" ", b"\x0c", b"\x85", b"\xe2\x80\xa8"),
    *("ü".encode(), "ü".encode("cp1252"), b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf",
      b"\xed\xa0\x80", b"\xf4\x90\x80\x80"),
    *(b"\x00", b"\x1b[31m", b"\x1b]8;;http://x\x07", b"\x1b", b"\x9b", "\u202e\u2066".encode(),
      "\u200d\u0301".encode()),
    *("e\u0301\u0316".encode() * 20, "ﬁ½²".encode(), "Ⅷ٣௧".encode(), "日本語。".encode(),
      "👩‍👩‍👧".encode(), "İıßẞ".encode()),
    *(b"date: 2026-02-30\n", b"date 2026-02-05 ", b"title: x\nlang: de\n", b"charset=base64 ",
      b"../../etc/passwd", b"%s{0}{{ text }}"),
    *("„“”‚‘»«›‹\"'".encode(), "1.234,56 €".encode(), b"12. 13. 14.", b"z.B. Dr. Prof. ",
      b"19.30 Uhr", b"30.02.2026", b"1/2/3"),
    *(b"http://a.b/c?d=e#f", b"a@b.c", b"@x #y", b"99999999999999999999999999",
      b"neunhundertneunundneunzig", b"Mrd.", b"%"),
    *(b"<extra_id_0>", b"</s>", b"<unk>", "⁇".encode(), b"[not translated: ", b"kind = \"",
      b"[mt]\nde = 1\n", b"name: "),
    *(b"<termEntry>", b"<langSet xml:lang='de'>", b"<term>", b"<!DOCTYPE a [<!ENTITY b 'c'>]>",
      b"&b;", b"case", b"noun"),
]  # fmt: skip


def corpus(folders: Sequence[Path]) -> dict[str, list[bytes]]:
    """Seeds by format: the texts of the folders, and the same as pages, records, notes, and files that users write;
    what other programs wrote, and of their documents the part with the text."""
    texts = [p.read_bytes() for folder in folders for p in sorted(folder.rglob("*.txt"))[:60]]
    plain = [t.decode("utf-8", "replace") for t in texts]
    record = lambda t: {"id": t[:9], "title": t[:40], "date": "2026-02-05", "text": t, "lang": "de", "author": "A"}
    prompt = "---\nname: p\nkind: short\nvariables: text, sentences\n---\n"
    terms = [line.split() for t in plain[:9] for line in t.splitlines() if len(line.split()) > 1]
    return {
        "txt": texts,
        "md": [b"---\ntitle: T\ndate: 2026-02-05\n---\n# H\n\n" + t + b"\n\n* a\n* b\n\n```\nc\n```\n" for t in texts],
        "html": [_page(t).encode() for t in plain],
        "json": [json.dumps([record(t), record(t[::-1])]).encode() for t in plain],
        "jsonl": [
            b"\n".join(json.dumps(record(t[:700])).encode() for t in plain[i : i + 4]) for i in range(len(plain))
        ],
        "prompt": [(prompt + "## System\n\nBe brief.\n\n## User\n\n{{ sentences }}: {{ text }}\n").encode()],
        "toml": [
            b'kind = "long"\nbeams = 2\nout = "x"\n[mt]\nde = "de-en"\n',
            b"SUMMARIZE_KIND=long\nSUMMARIZE_MT=de=x\n",
        ],
        "tsv": ["\n".join(f"{w[0]}\t{w[1]}\tnoun" for w in terms[i : i + 9]).encode() for i in range(20)],
        "tbx": [_tbx(terms[i : i + 4]).encode() for i in range(20)],
        **{suffix: written(suffix) for suffix in ("csv", "srt", "vtt", "eml", "mbox", "mhtml", "rss", "pdf")},
        **{suffix: [*written(suffix), *texts_of(suffix)] for suffix in PARTS},
    }


# Where the text of a document is; names of parts end so.
PARTS = {"docx": "word/document.xml", "odt": "content.xml", "epub": ".xhtml"}


def written(suffix: str) -> list[bytes]:
    """What other programs wrote in a format, as far as it is small."""
    found = [path.read_bytes() for path in sorted(WRITTEN.glob(f"*.{suffix}"))]
    return [data for data in found if len(data) <= LONGEST]


def texts_of(suffix: str) -> list[bytes]:
    """The parts with the text of what other programs wrote, three times as many as there are of these."""
    found = []
    for path in sorted(WRITTEN.glob(f"*.{suffix}")):
        with zipfile.ZipFile(path) as archive:
            found += [archive.read(name) for name in archive.namelist() if name.endswith(PARTS[suffix])]
    return [data for data in found if len(data) <= LONGEST] * 3


def _page(text: str) -> str:
    title, *rest = text.split("\n")
    body = "".join(f"<p>{html.escape(p)}</p>" for p in rest if p.strip())
    head = f"<head><meta charset=utf-8><title>{html.escape(title[:80])}</title><meta name=author content=A></head>"
    article = f"<nav><a href=/>x</a></nav><article><h1>T</h1>{body}</article>"
    return f"<!DOCTYPE html><html lang=de>{head}<body>{article}</body></html>"


def _tbx(terms: Sequence[Sequence[str]]) -> str:
    side = lambda code, word: f'<langSet xml:lang="{code}"><tig><term>{html.escape(word)}</term></tig></langSet>'
    entries = "".join(f"<termEntry>{side('de', t[0])}{side('en', t[1])}</termEntry>" for t in terms)
    return f'<?xml version="1.0"?><martif type="TBX"><text><body>{entries}</body></text></martif>'


def mutated(rng: random.Random, seeds: Sequence[bytes], others: Sequence[bytes]) -> bytes:
    """A seed after one to six changes; one in thirty is random bytes, one in thirty a heap of pieces."""
    kind = rng.random()
    if kind < 0.03:
        return rng.randbytes(rng.randint(0, 400))
    if kind < 0.06:
        return b"".join(rng.choice(PIECES) for _ in range(rng.randint(0, 40)))
    data = rng.choice(seeds)
    if len(data) > 3000 and rng.random() < 0.7:
        at = rng.randrange(len(data) - 1500)
        data = data[at : at + 1500]
    for _ in range(rng.randint(1, 6)):
        data = rng.choice(CHANGES)(rng, data, others)
    return data[:LONGEST]


def _span(rng: random.Random, data: bytes, most: int = 300) -> tuple[int, int]:
    start = rng.randint(0, len(data))
    return start, min(len(data), start + rng.randint(0, most))


def _flip(rng, data, others):
    changed = bytearray(data)
    for _ in range(rng.randint(1, 8)):
        if changed:
            changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
    return bytes(changed)


def _cut(rng, data, others):
    start, end = _span(rng, data)
    return data[:start] + data[end:]


def _truncate(rng, data, others):
    return data[: rng.randint(0, len(data))]


def _repeat(rng, data, others):
    start, end = _span(rng, data, 60)
    return data[:end] + data[start:end] * rng.choice([1, 2, 5, 40, 200]) + data[end:]


def _insert(rng, data, others):
    at = rng.randint(0, len(data))
    return data[:at] + rng.choice(PIECES) * rng.choice([1, 1, 1, 2, 30, 300]) + data[at:]


def _overwrite(rng, data, others):
    start, end = _span(rng, data, 20)
    return data[:start] + rng.choice(PIECES) + data[end:]


def _splice(rng, data, others):
    other = rng.choice(others)
    start, end = _span(rng, other, 2000)
    at = rng.randint(0, len(data))
    return data[:at] + other[start:end] + data[at + end - start :]


def _recode(rng, data, others):
    text = data.decode("utf-8", "replace")
    return text.encode(
        rng.choice(["utf-16", "utf-16-le", "utf-32", "cp1252", "utf-8-sig", "cp1251", "utf-7"]), "replace"
    )


def _recase(rng, data, others):
    text = data.decode("utf-8", "replace")
    return rng.choice([text.upper, text.lower, text.swapcase])().encode()


def _one_line(rng, data, others):
    return data.replace(b"\n", rng.choice([b"", b" ", b"\r", b"\n\n\n"]))


CHANGES = [_flip, _flip, _cut, _truncate, _repeat, _insert, _insert, _overwrite, _splice, _recode, _recase, _one_line]

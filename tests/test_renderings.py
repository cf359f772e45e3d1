"""Files of unchanged results: made once, checked by their bytes, made again when they are not what was written."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

import summarize
from summarize import compare, digest
from summarize.compare import comparisons
from summarize.keys import fingerprint
from summarize.render import bilingual, diffpage, diffs, digests, found, outputs, report, terminal
from summarize.store import Item, Store, records, search
from summarize.types import (
    UNPROVEN,
    Claim,
    LeftOut,
    ModelNote,
    Outcome,
    Reading,
    Reason,
    Result,
    Sentence,
    Status,
    Summary,
)  # fmt: skip

# What this outputs.VERSION makes of RESULT. Another digest with the same VERSION leaves old files in people's folders.
MADE = (8, "e64f5d550b935e0790ac78596bafc7fb")
RESULT = Result(
    id="news/a",
    version="v" * 32,
    source="drop/news/a.txt",
    source_hash="sha256:00",
    title="Brücke <offen>",
    title_en="Bridge *open*",
    date="2026-02-05",
    language="de",
    sentences=(
        Sentence(0, "Brücke <offen>", "", "de", "Bridge *open*", Status.TRANSLATED),
        Sentence(1, "Sie kostete 5 Mio. Euro.", " ", "de", "It cost 5 euros.", Status.TRANSLATED, doubts=("numbers",)),
        Sentence(1, "# Nein", "", "de", "[not translated: # Nein]", Status.FAILED, "", ("copy",)),
        Sentence(2, "***", "", "de", "***", Status.COPIED),
        Sentence(3, "Am Ende.", "", "de", "In the end.", Status.REPAIRED, "n-best", ("length",)),
    ),
    summary=Summary(
        "short",
        (Claim("It cost 5 euros.", (1,), 0.9, (), ("numbers",)), Claim("Nobody paid.", (), 0.1, ("Nobody",))),
        Outcome.REPAIRED,
        "extractive",
        0.5,
        2,
    ),
    models=(ModelNote("translate:de", "de-en", "draft", "ab"), ModelNote("summarize", "central", "verbatim", "cd")),
    meta={"author": "A. B."},
)


def test_what_the_files_look_like_is_what_their_version_says(tmp_path):
    made = fingerprint("made", [outputs.markdown(RESULT), outputs.write_result(RESULT, tmp_path)])
    assert (outputs.VERSION, made) == MADE, "the files look different: raise outputs.VERSION, then put this in MADE"


# -- what a model made that is not to be relied on --------------------------------------------------------------------


def text_of(*blocks, width: int = 100) -> str:
    console = Console(width=width, file=io.StringIO())
    for block in blocks:
        console.print(block)
    return console.file.getvalue()


def listed(*results: Result, brief: bool, width: int = 100) -> str:
    console = Console(width=width, file=io.StringIO())
    rows = [terminal.summary_row(r) for r in results]
    for line in terminal.articles(rows, console, draft=any(r.draft for r in results), brief=brief):
        console.print(line, soft_wrap=True)
    return console.file.getvalue()


@contextmanager
def kept(r: Result) -> Iterator[Store]:
    with Store.open(Path("kept")) as store:
        run = store.begin_run(["drop"], {"kind": "short"})
        stored = store.put_answer("", r.id, r.version, records.encode_result(r))
        store.add_items([Item(run, 0, r.id, stored, False, None)])
        store.end_run(run, "done", {})
        yield store


def report_page(r: Result) -> report.ReportPage:
    with kept(r) as store:
        return report.make(store)


def digested(r: Result) -> digest.Digest:
    with kept(r) as store:
        return digest.make(store, summarize.settings())


def searched(r: Result) -> search.Found:
    with kept(r) as store:
        return search.find(store, search.terms("euro"))


def changed(r: Result) -> compare.Comparison:
    """The result against itself without a summary."""
    changes = compare.Comparison(compare.Side("a"), compare.Side("b"))
    comparisons.take(changes, replace(r, summary=replace(r.summary, claims=())), r, {}, {})
    return changes


# Module of render/ (or the JSON) -> how it shows an article, or a part of one.
RENDERERS = {
    "outputs": lambda r: outputs.markdown(r),
    "result --json": lambda r: json.dumps(records.result_json(r)),
    "terminal": lambda r: listed(r, brief=False),
    "terminal brief": lambda r: listed(r, brief=True),
    "report": lambda r: report_page(r).page,
    "report --json": lambda r: json.dumps(report_page(r).facts()),
    "digests": lambda r: digests.markdown(digested(r)),
    "digests terminal": lambda r: text_of(*digests.blocks(digested(r), Console(width=100))),
    "digest --json": lambda r: json.dumps(digests.as_json(digested(r))),
    "found": lambda r: text_of(*found.blocks(searched(r), 100)),
    "search --json": lambda r: json.dumps(found.as_json(searched(r))),
    "diffs": lambda r: text_of(diffs.head(changed(r))),
    "diffs an article": lambda r: text_of(
        *diffs.articles(changed(r).deltas, colour=False, side_by_side=False, why=True)
    ),
    "diffpage": lambda r: diffpage.page(changed(r), changed(r).deltas),
    "diff --json": lambda r: json.dumps(compare.as_json(changed(r))),
    **{
        f"bilingual {part}": lambda r, part=part: text_of(*bilingual.article(r, parts=[part]))
        for part in bilingual.PARTS
    },
}
SIGNS = {"report": '<aside id="draft"', "diffs an article": "  draft\n"}
# The rows of parquet are the records of `result --json`: test_parquet holds them equal, where pyarrow is installed.
WITHOUT_ARTICLES = {"__init__", "checkup", "evaluation", "explain", "glossaries", "html", "listings", "memories",
                    "parquet", "phrases", "plots", "progress", "stats", "writing"}  # fmt: skip


def test_every_renderer_is_in_the_list():
    modules = {path.stem for path in Path(outputs.__file__).parent.glob("*.py")}
    assert modules - WITHOUT_ARTICLES <= {name.split(" ")[0] for name in RENDERERS}


# How each of them says that a person translated a sentence; the others show no translation.
HUMAN = {
    "outputs": "It cost 5 million euros. \\[human\\]",
    "result --json": '"status": "human"',
    "terminal": "1 human",
    "terminal brief": "1 human",
    "report": "1 human</span>",
    "report --json": '"human": 1',
    "digests": "**(human)**",
    "digests terminal": "(human)",
    "digest --json": '"status": "human"',
    "found": "It cost 5 million euros. [human]",
    "search --json": '"status": "human"',
    "diffs an article": "It cost 5 million euros.  (human)",
    "diffpage": "<ins>It cost 5 million euros.</ins> <small>(human)</small>",
    "diff --json": '"human": [0]',
    "bilingual summary": "1 human",
    "bilingual evidence": "human",
    "bilingual translation": "It cost 5 million euros. [human]",
    "bilingual sentences": "Translated or corrected by a person",
}


@pytest.mark.parametrize("name", HUMAN)
def test_what_a_person_translated_is_marked(name, isolated):
    said = "It cost 5 million euros."
    sentences = [replace(s, target=said, status=Status.HUMAN, doubts=()) if i == 1 else s
                 for i, s in enumerate(RESULT.sentences)]  # fmt: skip
    claims = (Claim(said, (1,), 0.9), *RESULT.summary.claims[1:])
    person = replace(RESULT, sentences=tuple(sentences), summary=replace(RESULT.summary, claims=claims))
    assert HUMAN[name] in RENDERERS[name](person)
    assert HUMAN[name].replace(said, "It cost 5 euros.") not in RENDERERS[name](RESULT)


@pytest.mark.parametrize("name", RENDERERS)
@pytest.mark.parametrize("quality", ["draft", UNPROVEN, "fair"])
def test_what_a_draft_or_an_unproven_model_made_says_so(name, quality, isolated):
    note, *rest = RESULT.models
    shown = RENDERERS[name](replace(RESULT, models=(replace(note, quality=quality), *rest)))
    sign = '"draft": true' if name.endswith("--json") else SIGNS.get(name, "DRAFT MODEL: do not rely on this text")
    assert (sign in shown) == (quality != "fair")


@pytest.fixture
def drop(isolated):
    (isolated / "drop").mkdir()
    for name, text in {"a": "The ferry sailed at noon.", "b": "The town was asleep."}.items():
        (isolated / "drop" / f"{name}.txt").write_text(f"{text} Nobody saw it leave the harbour that day.\n")
    summarize.run(["drop"], language="en")
    return isolated


def rendered(monkeypatch) -> list[str]:
    """The ids of the results that are rendered from now on."""
    seen: list[str] = []
    markdown = outputs.markdown
    monkeypatch.setattr(outputs, "markdown", lambda result: seen.append(result.id) or markdown(result))
    return seen


def test_an_unchanged_article_is_not_rendered_again(drop, monkeypatch):
    seen = rendered(monkeypatch)
    assert summarize.run(["drop"], language="en").totals.unchanged == 2
    assert seen == []


def test_a_file_that_was_edited_or_removed_comes_back(drop, monkeypatch):
    before = {path: path.read_bytes() for path in (drop / "out").glob("?.*")}
    (drop / "out" / "a.md").write_text("mine")
    (drop / "out" / "b.json").unlink()
    seen = rendered(monkeypatch)
    summarize.run(["drop"], language="en")
    assert seen == ["a", "b"]
    assert {path: path.read_bytes() for path in (drop / "out").glob("?.*")} == before


def test_another_place_of_the_source_is_another_rendering(drop, monkeypatch):
    (drop / "drop").rename(drop / "moved")
    seen = rendered(monkeypatch)
    assert summarize.run(["moved"], language="en").totals.unchanged == 2
    assert seen == ["a", "b"] and '"moved/a.txt"' in (drop / "out" / "a.json").read_text()


def test_another_folder_is_filled_as_well(drop):
    summarize.run(["drop"], language="en", out="other")
    assert (drop / "other" / "a.md").read_bytes() == (drop / "out" / "a.md").read_bytes()


def test_checks_that_could_not_be_asked_are_told():
    """In json by language, in Markdown in words; of a language that is read nothing is told."""
    greek = replace(RESULT, sentences=tuple(replace(s, language="el") for s in RESULT.sentences))
    assert "negation" in records.result_json(greek)["unasked"]["el"] and records.result_json(RESULT)["unasked"] == {}
    assert "* not checked in Greek: number words, times" in outputs.markdown(greek)
    assert "not checked" not in outputs.markdown(RESULT)
    shown = [str(block) for block in bilingual.article(greek, parts=("summary",))]
    assert any(line.startswith("not checked in Greek: number words, times") for line in shown)


GAPS = Reading(
    800,
    (LeftOut("Start\nSport", Reason.NAVIGATION, 10), LeftOut("Der <zweite> Absatz", Reason.OTHER, 200)),
    ("13",),
    ("20193",),
    0.05,
)


def test_what_was_left_out_of_an_article_can_be_seen():
    doubtful = replace(RESULT, reading=GAPS)
    page = outputs.markdown(doubtful)
    assert "> **20% of the source is not in this text**" in page and "the source does not have: 20193" in page
    assert "numbers lost in reading: 13" in page
    shown = " ".join(map(str, bilingual.article(doubtful, parts=["left out"])))
    assert "20% of the source" in shown and "Der <zweite> Absatz" in shown and "navigation, 10 letters" in shown
    assert "not in this text" in str(terminal.summary_row(doubtful))
    assert "not in this text" not in outputs.markdown(replace(RESULT, reading=replace(GAPS, bound=0.2)))
    assert "not known" in " ".join(map(str, bilingual.article(RESULT, parts=["left out"])))


def test_a_reading_comes_back_from_json_and_is_not_asked_of_old_results():
    body = records.encode_result(replace(RESULT, reading=GAPS))
    assert records.decode_result(body).reading == GAPS
    old = json.loads(body)
    assert old["reading"]["missing"] == 0.2 and old["reading"]["left_out"][0]["reason"] == "navigation"
    del old["reading"]
    assert records.decode_result(json.dumps(old)) == RESULT


def test_the_same_words_out_of_another_file_are_the_same_article_with_its_own_reading(drop):
    page = "<html><body><article><p>{}</p></article><footer>Imprint 2019</footer></body></html>"
    text = (drop / "drop" / "b.txt").read_text().strip()
    first = summarize.run(["drop/b.txt"], language="en")
    (drop / "drop" / "b.txt").rename(drop / "b.txt")
    (drop / "drop" / "b.html").write_text(page.format(text))
    second = summarize.run(["drop/b.html"], language="en")
    assert (first.totals.unchanged, second.totals.unchanged) == (1, 1)
    written = json.loads((drop / "out" / "b.json").read_text())
    assert [one["text"] for one in written["reading"]["left_out"]] == ["Imprint 2019"]

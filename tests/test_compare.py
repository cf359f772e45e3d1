"""Comparisons over a real store: runs of a fake translator, signatures of the real one."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from fake_plan import FakePlan
from hypothesis import given
from hypothesis import strategies as st

from summarize import api, compare
from summarize.chunk import divide
from summarize.compare import causes, naming
from summarize.errors import StoreError, UsageError
from summarize.job import pipeline
from summarize.job.plan import Plan
from summarize.render import report
from summarize.store import Item, Store, figures
from summarize.store.records import result_json
from summarize.types import Article, Failure, ModelNote, Result

BRIDGE = "Der Bürgermeister eröffnete am Montag die neue Brücke. Sie kostete fünf Millionen Euro. Niemand kam zum Fest."
HARVEST = "Die Bauern klagen über die Ernte dieses Jahres. Es hat seit Wochen nicht mehr geregnet in der Region."


def article(id: str, text: str, **more) -> Article:
    return Article(id=id, paragraphs=(text,), language="de", source=f"{id}.txt", **more)


def done(store, items, *, answer=str.upper, name="fake", state="done", inputs=("drop",), **settings) -> int:
    """A run in the history, as `api.run` leaves it."""
    first = lambda text: "\n".join(divide(text.split("\n\n")[-1], "en")[:2])
    plan = FakePlan(store, answer=answer, summarize=first, name=name, **settings)
    signatures = {"translate:de": {"model": f"{name}-de"}, "summarize": {"model": "writer"}}
    run = store.begin_run(list(inputs), {"kind": "short", "signatures": signatures})
    totals = pipeline.Totals()
    for position, settled in enumerate(pipeline.run(items, plan, store)):
        totals.count(settled)
        failed = {"message": settled.item.message} if isinstance(settled.item, Failure) else None
        store.add_items([Item(run, position, settled.item.id, settled.stored or None, settled.unchanged, failed)])
    store.end_run(run, state, {**totals.as_json(), "seconds": 2.0, "misses": len(plan.asked)})
    return run


def result(store, run: int, id: str) -> Result:
    (item,) = [i for i in store.items(run) if i.article == id]
    return compare.load(store, item.result)


# -- runs -------------------------------------------------------------------------------------------------------------


def test_two_runs(store):
    gone = article("gone", "Alles hat ein Ende und nur die Wurst hat zwei.")
    done(store, [article("bridge", BRIDGE), article("harvest", HARVEST), gone])
    edited = BRIDGE.replace("fünf", "sechs")
    news = article("news", edited + " Das Wetter war schlecht.")
    done(store, [article("bridge", edited), article("harvest", HARVEST), news])
    found = compare.choose(store, [])
    assert (found.old.name, found.new.name, found.unchanged) == ("run 1", "run 2", 1)
    assert [(d.id, d.state) for d in found.deltas] == [("bridge", "changed"), ("news", "added"), ("gone", "removed")]
    (bridge,) = found.changed
    assert bridge.words == (1, 1) and [c.kind for c in bridge.changes] == ["same", "changed"]
    assert [c.kind for c in bridge.causes] == ["article"] and "1 sentence changed" in bridge.causes[0].text
    (changed,) = [spans for spans in bridge.causes[0].sentences if any(s.text == "fünf" for s in spans)]
    assert [(s.kind, s.text) for s in changed][1:3] == [("removed", "fünf"), ("added", "sechs")]
    assert found.of("added")[0].note == "same story as bridge: 100 % shared, 1 sentence new"
    body = compare.as_json(found)
    counts = {"changed": 1, "renamed": 0, "added": 1, "removed": 1, "unchanged": 1}
    assert json.loads(json.dumps(body))["counts"] == counts


def test_a_source_that_changed_where_the_summary_does_not_look(store):
    done(store, [article("bridge", BRIDGE)])
    done(store, [article("bridge", BRIDGE.replace("zum Fest", "zur Feier"))])
    summary, translation = (compare.choose(store, ["1", "2"], what=what) for what in ("summary", "translation"))
    assert summary.unchanged == 1 and not summary.deltas
    (quiet,) = summary.quiet
    (cause,) = quiet.causes
    assert (quiet.id, quiet.state, quiet.note) == ("bridge", "unchanged", "the summary is as it was")
    assert cause.text == "the article changed: 1 sentence changed"
    ((kept, *edit, end),) = cause.sentences
    assert (kept.text, end.text) == ("Niemand kam ", ".")
    assert [(s.kind, s.text) for s in edit] == [("removed", "zum Fest"), ("added", "zur Feier")]
    body = compare.as_json(summary)
    assert body["source_changed_only"] == ["bridge"] and body["source_changes"]["bridge"][0]["kind"] == "article"
    (delta,) = translation.deltas
    assert delta.sentences["changed"] == 1 and delta.sentences["same"] == 2


def test_a_failure_is_named(store):
    done(store, [article("bridge", BRIDGE), article("harvest", HARVEST)])
    unreadable = Failure("bridge", "bridge.txt", "read", "EmptyArticle", "it has no letters")
    done(store, [unreadable, article("harvest", HARVEST)])
    (delta,) = compare.choose(store, ["1", "2"]).deltas
    assert delta.state == "removed" and delta.note == "failed in run 2: it has no letters"
    (delta,) = compare.choose(store, ["2", "1"]).deltas
    assert delta.state == "added" and delta.note == "failed in run 2: it has no letters"


def test_the_default_is_the_last_finished_run_over_the_same_inputs(store):
    done(store, [article("bridge", BRIDGE)])
    done(store, [article("other", HARVEST)], inputs=("elsewhere",))
    done(store, [article("bridge", BRIDGE + " Es regnete stark.")])
    done(store, [], state="interrupted")
    found = compare.choose(store, [])
    assert (found.old.name, found.new.name) == ("run 1", "run 3")
    assert compare.choose(store, ["3"]).old.name == "run 1"
    assert compare.choose(store, ["2"]).old.name == "run 1", "nothing over the same inputs: the one before"


def test_a_run_without_articles_is_no_default(store):
    """A mistyped path makes a run, too, and so does a drop of which nothing can be read."""
    done(store, [article("bridge", BRIDGE)])
    done(store, [article("bridge", BRIDGE + " Es regnete stark.")])
    done(store, [], inputs=("dorp",))
    done(store, [Failure("bridge", "bridge.txt", "read", "EmptyArticle", "it has no letters")])
    found = compare.choose(store, [])
    assert (found.old.name, found.new.name) == ("run 1", "run 2")
    assert compare.choose(store, ["4"]).old.name == "run 2", "a run that was asked for is taken as it is"
    assert figures.stats(store)["run"] == figures.stats(store, 1)["run"] == 2
    assert report.make(store).run.id == 2
    assert compare.choose(store, ["fake-de", "fake-de"], models=True).new.name in ("run 1", "run 2")


def test_a_renamed_article_is_a_rename(store):
    twin = "Zwei gleiche Texte stehen unter zwei Namen in diesem Lauf."
    done(store, [article("bridge", BRIDGE), article("harvest", HARVEST), article("t1", twin), article("t2", twin)])
    moved = [article("news/bridge", BRIDGE), article("harvest", HARVEST), article("t2", twin), article("t3", twin)]
    done(store, moved)
    found = compare.choose(store, [])
    assert [(d.id, d.state, d.note) for d in found.deltas] == [
        ("news/bridge", "renamed", "the same article as bridge before"),
        ("t3", "renamed", "the same article as t1 before"),
    ]
    assert found.unchanged == 2 and not any(d.changes or d.causes for d in found.deltas)
    assert compare.as_json(found)["counts"]["renamed"] == 2
    page = report.make(store)
    assert (page.new, page.gone, page.changed) == ([], [], [])
    done(store, [article("bridge", BRIDGE)], answer=str.title, name="other")
    (back,) = compare.choose(store, ["2", "3"]).of("renamed")
    assert back.words[0] and back.causes, "another model at once: both are told"


def test_a_title_that_changes_is_a_change(store):
    done(store, [article("bridge", BRIDGE, title="Die Brücke ist offen")])
    done(store, [article("bridge", BRIDGE, title="Die Brücke ist zu")])
    (delta,) = compare.choose(store, []).deltas
    assert delta.state == "changed" and all(c.still for c in delta.changes) and delta.words == (1, 1)
    assert [(s.kind, s.text) for s in delta.retitled][1:] == [("removed", "OFFEN"), ("added", "ZU")]
    assert [c.kind for c in delta.causes] == ["article"]
    (translation,) = compare.choose(store, [], what="translation").deltas
    assert translation.words == (1, 1), "there the title is a sentence"


def test_versions_of_an_article(store):
    done(store, [article("news/bridge", BRIDGE)])
    done(store, [article("news/bridge", BRIDGE.replace("fünf", "sechs"))])
    done(store, [article("news/bridge", BRIDGE.replace("fünf", "sechs"))])
    found = compare.choose(store, ["bridge"])
    assert (found.old.name, found.new.name) == ("news/bridge in run 1", "news/bridge in run 3")
    assert found.changed[0].words == (1, 1)
    done(store, [article("news/bridge", BRIDGE.replace("fünf", "sechs"))], name="b", answer=str.lower)
    assert compare.choose(store, ["bridge"]).old.name == "news/bridge in run 1", "another source before another model"
    other = compare.choose(store, ["bridge", "news/bridge"])
    assert other.unchanged == 1


@pytest.mark.parametrize(
    "names, models, words",
    [
        ([], False, "no two finished runs"),
        (["1"], False, "no finished run before run 1"),
        (["1", "7"], False, "no run 7"),
        (["7"], False, "no run 7"),
        (["bridge"], False, "one version of bridge only"),
        (["nothing"], False, "no article 'nothing'"),
        (["1", "2", "3"], False, "two things"),
        (["a"], True, "two models"),
        (["fake-de", "opus"], True, "no finished run used 'opus'; used were: fake-de, writer"),
    ],
)
def test_what_cannot_be_compared(store, names, models, words):
    done(store, [article("bridge", BRIDGE)])
    with pytest.raises(UsageError) as caught:
        compare.choose(store, names, models=models)
    assert words in caught.value.message and caught.value.hint


def test_the_first_run_can_be_compared_with_the_next_one(store):
    """One number means that run and the one before it, which the first one lacks."""
    done(store, [article("bridge", BRIDGE)])
    with pytest.raises(UsageError) as caught:
        compare.choose(store, ["1"])
    assert caught.value.hint == "run again: summarize run PATHS..."
    done(store, [], state="interrupted")
    done(store, [article("bridge", BRIDGE)])
    done(store, [article("bridge", BRIDGE)])
    with pytest.raises(UsageError) as caught:
        compare.choose(store, ["1"])
    assert caught.value.hint == "summarize diff 1 3", "the next that was finished"
    assert compare.choose(store, ["3"]).old.name == "run 1"


def test_two_models(store):
    done(store, [article("bridge", BRIDGE)], name="a")
    done(store, [article("bridge", BRIDGE)], name="b", answer=str.lower)
    done(store, [article("harvest", HARVEST)], name="b", inputs=("elsewhere",))
    found = compare.choose(store, ["a-de", "b-de"], models=True)
    assert (found.old.name, found.new.name) == ("run 1", "run 2"), "the newest over the same inputs"
    assert compare.choose(store, ["b-de", "a-de"], models=True).old.name == "run 2"


def test_a_damaged_result_is_an_error(store):
    done(store, [article("bridge", BRIDGE)])
    done(store, [article("bridge", BRIDGE + " Es regnete stark.")])
    store.db.execute("UPDATE results SET body = body || ' '")
    with pytest.raises(StoreError) as caught:
        compare.choose(store, [])
    assert "cache verify" in caught.value.hint


# -- naming an article ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "given, id",
    [
        ("bridge", "bridge"),  # an id, though it is the end of another, too
        ("de/bridge", "de/bridge"),
        ("000_4fa7a94abecd2504", "de/000_4fa7a94abecd2504"),  # its last part
        ("seeds/de/bridge.txt", "de/bridge"),  # its file in the drop
        ("out/de/000_4fa7a94abecd2504.json", "de/000_4fa7a94abecd2504"),  # and in the output folder
        ("drop.jsonl.gz", "drop#1"),
        ("de/000", "de/000_4fa7a94abecd2504"),  # what it alone begins with
        ("abecd2504", "de/000_4fa7a94abecd2504"),  # or ends with
        ("two words.txt", "two words"),
        ("4fa7", "de/000_4fa7a94abecd2504"),  # any part that no other has
        ("4FA7", "de/000_4fa7a94abecd2504"),
        ("o W", "two words"),
    ],
)
def test_an_article_is_found_by_what_a_reader_has_at_hand(store, given, id):
    ids = ("bridge", "de/bridge", "de/000_4fa7a94abecd2504", "drop#1", "two words")
    done(store, [article(i, BRIDGE) for i in ids])
    assert compare.newest(store, given).article == id


@given(st.lists(st.text("ab1-_", min_size=1, max_size=8), min_size=1, max_size=8, unique=True), st.data())
def test_any_part_that_one_id_alone_has_names_it(ids, data):
    id = data.draw(st.sampled_from(ids))
    start = data.draw(st.integers(0, len(id) - 1))
    part = id[start : data.draw(st.integers(start + 1, len(id)))]
    found = next(filter(None, naming._meant(part, ids)))
    having = [i for i in ids if part in i]
    assert set(found) <= set(having) and (found == [id] or len(having) > 1)


def test_several_articles_or_none_are_told_with_their_ids(store):
    done(store, [article(i, BRIDGE) for i in ("de/bridge", "en/bridge", "harvest", *(f"many{n}" for n in range(12)))])
    with pytest.raises(UsageError, match=r"'bridge.txt' may be de/bridge, en/bridge$"):
        compare.newest(store, "bridge.txt")
    with pytest.raises(UsageError, match=r" and 2 more$"):
        compare.newest(store, "many")
    with pytest.raises(UsageError, match="no article 'harvst' in any run") as caught:
        compare.newest(store, "harvst")
    assert caught.value.hint == "did you mean harvest?"
    done(store, [article("de/000_4fa7a94abecd2504", BRIDGE)])
    with pytest.raises(UsageError, match="no article '4fb7' in any run") as caught:
        compare.newest(store, "4fb7")
    assert caught.value.hint == "did you mean de/000_4fa7a94abecd2504?"
    with pytest.raises(UsageError, match="in run 9") as caught:
        compare.newest(store, "harvest", 9)
    assert "summarize runs" in caught.value.hint


def test_without_a_name_the_newest_run_says_which_article_is_meant(store):
    with pytest.raises(UsageError, match="no article in any run"):
        compare.newest(store, "")
    done(store, [article("bridge", BRIDGE)])
    assert compare.newest(store, "").article == "bridge"
    done(store, [article(f"many{n:02}", BRIDGE) for n in range(12)])
    with pytest.raises(UsageError, match=r"run 2 has several articles: many00, .*, many09 and 2 more$") as caught:
        compare.newest(store, "")
    assert caught.value.hint.endswith("summarize show ARTICLE")
    done(store, [])
    with pytest.raises(UsageError, match="run 2 has several"):
        compare.newest(store, "")
    assert compare.newest(store, "", 1).article == "bridge"
    with pytest.raises(UsageError, match="no article in run 9"):
        compare.newest(store, "", 9)


# -- files ------------------------------------------------------------------------------------------------------------


def test_files_as_texts(store, isolated):
    (isolated / "a.txt").write_text("Es regnet heute in Berlin. Morgen scheint die Sonne. Niemand weiß etwas.")
    (isolated / "b.txt").write_text("Morgen scheint die Sonne. Es regnet heute in Bonn. Niemand weiß etwas.")
    found = compare.choose(store, ["a.txt", "b.txt"])
    assert found.what == "text" and (found.old.name, found.new.name) == ("a.txt", "b.txt")
    (delta,) = found.deltas
    assert delta.words == (1, 1) and delta.sentences["moved"] == 1
    assert compare.choose(store, ["a.txt", "a.txt"]).unchanged == 1
    (isolated / "c.txt").write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0")
    with pytest.raises(UsageError, match=r"c\.txt"):
        compare.choose(store, ["a.txt", "c.txt"])


def test_files_of_records(store, isolated):
    line = lambda id, text: json.dumps({"id": id, "text": text, "language": "de"}) + "\n"
    (isolated / "a.jsonl").write_text(line("one", BRIDGE) + line("two", HARVEST))
    (isolated / "b.jsonl").write_text(line("two", HARVEST) + line("three", BRIDGE))
    found = compare.choose(store, ["a.jsonl", "b.jsonl"])
    assert found.unchanged == 1 and {d.id: d.state for d in found.deltas} == {"three": "added", "one": "removed"}


def test_files_that_a_run_wrote(store, isolated):
    done(store, [article("bridge", BRIDGE)])
    done(store, [article("bridge", BRIDGE.replace("fünf", "sechs"))])
    for run in (1, 2):
        (isolated / f"{run}.json").write_text(json.dumps(result_json(result(store, run, "bridge"))))
    found = compare.choose(store, ["1.json", "2.json"])
    assert found.what == "summary" and found.changed[0].causes[0].kind == "article"


# -- causes -----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def plans(tmp_path_factory):
    """What real plans say of themselves; nothing is loaded for it."""
    folder = tmp_path_factory.mktemp("plans")

    def plan(**settings) -> tuple[dict, tuple[ModelNote, ...]]:
        with Store.open(folder) as store:
            made = Plan(replace(api.settings(), cache=str(folder), **settings), store)
            return made.describe(["translate:de"]), made.notes(["de"])

    return plan


@pytest.mark.parametrize(
    "settings, kind, words",
    [
        ({"beams": 1}, "decoding", "de-en translation, decoding: beams 4 → 1"),
        ({"kind": "headline"}, "kind of summary", "kind of summary: short → headline"),
        ({"sentences": 2}, "length of summary", "3 → 2"),
        ({"quantization": "float32"}, "quantization", "int8 → float32"),
        ({"engine": "transformers"}, "engine", "ct2 → transformers"),
        ({"summarizer": "textrank"}, "model", "→ extractive:textrank"),
        ({"unsupported": "drop"}, "unsupported sentences", "mark → drop"),
    ],
)
def test_settings_are_found_as_causes(store, plans, settings, kind, words):
    done(store, [article("bridge", BRIDGE)])
    base = result(store, 1, "bridge")
    (old_plan, old_notes), (new_plan, new_notes) = (
        plans(summarizer="central"),
        plans(**{"summarizer": "central", **settings}),
    )
    old = replace(base, models=old_notes)
    other = tuple(replace(s, target=s.target + "!") for s in base.sentences)
    new = replace(base, models=new_notes, sentences=other)
    found = causes.find(old, new, old_plan, new_plan)
    assert kind in {c.kind for c in found} and any(words in c.text for c in found), found
    assert "article" not in {c.kind for c in found}
    told = [c.kind for c in found]
    assert len(told) == len(set(told)), "a change that the ladder repeats is told once"


def test_a_cause_without_effect_is_none(store, plans):
    done(store, [article("bridge", BRIDGE)])
    base = result(store, 1, "bridge")
    (old_plan, old_notes), (new_plan, new_notes) = plans(), plans(beams=1)
    found = causes.find(replace(base, models=old_notes), replace(base, models=new_notes), old_plan, new_plan)
    assert [c.kind for c in found] == ["unknown"], "every sentence kept its translation"


@pytest.mark.parametrize(
    "path, old, new, kind",
    [
        ("weights", "a" * 32, "b" * 32, "weights"),
        ("prompt", "a" * 32, "b" * 32, "prompt"),
        ("glossary", None, "c" * 32, "glossary"),
        ("engine_version", "ctranslate2 4.8.5", "ctranslate2 4.9", "engine version"),
        ("prepost", 1, 2, "code of pre- and post-processing"),
        ("guard", [1, 1], [1, 2], "code of the checks"),
        ("ladder", [["re-case", {"recased": 1}]], [["re-case", {"recased": 2}]], "repair ladder"),
        ("something_new", 1, 2, "something_new"),
    ],
)
def test_parts_of_a_signature_have_names(store, path, old, new, kind):
    done(store, [article("bridge", BRIDGE)])
    base = result(store, 1, "bridge")
    notes = [(ModelNote("summarize", "model", "unrated", s),) for s in "ab"]
    plan = lambda value: {"signatures": {"summarize": {"model": "model", path: value}}}
    (cause,) = causes.find(replace(base, models=notes[0]), replace(base, models=notes[1]), plan(old), plan(new))
    assert cause.kind == kind and "→" in cause.text and len(cause.text) < 120


def test_metadata_and_second_tries_are_causes(store):
    done(store, [article("bridge", BRIDGE, date="2026-01-01")])
    base = result(store, 1, "bridge")
    (cause,) = causes.find(base, replace(base, version="other", date="2026-01-02"), {}, {})
    assert cause.text == "the article changed: date"
    failed = replace(base, sentences=(replace(base.sentences[0], status="failed"), *base.sentences[1:]))
    assert [c.kind for c in causes.find(failed, base, {}, {})] == ["retry"]


# -- after a run ------------------------------------------------------------------------------------------------------


def test_updates(store):
    first = [article("bridge", BRIDGE), article("harvest", HARVEST), article("weather", "Es regnet heute in Berlin.")]
    done(store, first)
    assert store.changed(1) == []
    edited = article("bridge", BRIDGE.replace("fünf", "sechs") + " Das Wetter war schlecht. Es regnete.")
    done(store, [edited, article("harvest", HARVEST)])
    updates, count, remade = compare.updates(store, 2)
    assert [u.line for u in updates] == ["bridge: 2 sentences new, 1 changed, summary changed"]
    assert (count, remade) == (1, 0)
    done(store, first)
    updates, count, _ = compare.updates(store, 3)
    assert count == 1 and next(updates).news.removed, "an old version that came back is an update too"
    done(store, first, name="other", answer=str.lower)
    assert compare.updates(store, 4)[1:] == (0, 3)
    done(store, [article("bridge", HARVEST)])
    (update,) = compare.updates(store, 5)[0]
    assert update.line == "bridge: another text altogether, summary changed"


def test_updates_read_no_result_that_did_not_change(store):
    done(store, [article(f"a{i}", f"{BRIDGE} Es war der {i}. Tag.") for i in range(30)])
    done(store, [article(f"a{i}", f"{BRIDGE} Es war der {i}. Tag.") for i in range(30)])
    statements: list[str] = []
    store.db.set_trace_callback(statements.append)
    assert list(compare.updates(store, 2)[0]) == [] and len(statements) == 1
    store.db.set_trace_callback(None)
    steps = [row[3] for row in store.db.execute("EXPLAIN QUERY PLAN " + statements[0])]
    assert {s for s in steps if s.startswith("SCAN")} <= {"SCAN pairs"}, steps


# -- figures ----------------------------------------------------------------------------------------------------------


def test_figures(store):
    drop = [article(f"a{i}", f"{HARVEST} Am Tag {i} kam {i * 3} Mal Regen.") for i in range(25)]
    done(store, drop)
    done(store, drop)
    stats = figures.stats(store)
    first, second = stats["runs"]
    assert first["speed"] == round(first["translated_now"] / 2, 2) and second["speed"] is None
    assert second["reused"] == 1.0 and second["unchanged"] == 25 and 0 < first["reused"] < 1
    assert stats["run"] == 2 and sum(b["sentences"] for b in stats["ratios"]) == sum(second["sentences"].values())
    (one,) = [b for b in stats["ratios"] if b["sentences"]]
    assert one["from"] <= 1.0 < one["to"], "capitals are as long as what they come from"


def test_figures_of_an_empty_history(store):
    assert figures.stats(store) == {"runs": [], "run": None, "flags": {}, "rungs": {}, "ratios": []}


def test_nothing_here_needs_a_model_library(store, isolated):
    import subprocess
    import sys

    done(store, [article("bridge", BRIDGE)])
    done(store, [article("bridge", BRIDGE + " Es regnete stark.")])
    code = (
        "import sys\nfrom summarize.cli import main\n"
        f"try: main(['diff', '--why', '--cache', {str(Path(store.path).parent)!r}])\nexcept SystemExit as e:\n"
        "    heavy = {'torch', 'transformers', 'ctranslate2', 'tokenizers', 'numpy'} & set(sys.modules)\n"
        "    sys.exit(3 if heavy else e.code)"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=isolated, capture_output=True).returncode == 0

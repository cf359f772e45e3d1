"""Corrections that stay: what a person translated wins over every model, is marked as such everywhere, and changes
exactly its sentence and what rests on it."""

from __future__ import annotations

import json
import re
import shutil
import sys
from pathlib import Path

import pytest
from conftest import ROOT
from fake_plan import FakePlan
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from summarize import corrections, keys, prompts
from summarize.backends.asking import Asking
from summarize.compare import causes
from summarize.errors import UsageError
from summarize.job import accounting, pipeline
from summarize.memory import Unit, exchange, sheet
from summarize.memory.near import Finder
from summarize.memory.sheet import Row
from summarize.render.documents.note import Note
from summarize.render.documents.placing import Translations
from summarize.store import Item, Store, upkeep
from summarize.types import Article, InContext, Status

COLUMNS = "120"
SEED = "4fa7"
SENTENCES = [f"Der {word} steht seit Montag am {place} der Stadt." for word in ("Turm", "Zug", "Baum", "Wagen")
             for place in ("Rand", "Tor", "Hafen")]  # fmt: skip


def unit(source: str, target: str, language: str = "de", **more) -> Unit:
    return Unit(source, target, language, "en", **more)


def article(name: str, sentences, **more) -> Article:
    return Article(name, (" ".join(sentences),), source=f"{name}.txt", language="de", **more)


def settle(articles, plan, store) -> list[pipeline.Done]:
    return list(pipeline.run(articles, plan, store))


def texts(done: pipeline.Done) -> dict[str, str]:
    return {s.source: s.target for s in done.item.sentences}


# -- in the pipeline --------------------------------------------------------------------------------------------------


def test_a_correction_changes_its_sentence_wherever_it_stands_and_nothing_else(store):
    one, two, three = article("a", SENTENCES[:3]), article("b", SENTENCES[2:5]), article("c", SENTENCES[5:8])
    before = settle([one, two, three], FakePlan(store), store)
    store.keep([unit(SENTENCES[2], "The tower is at the harbour.")])
    plan = FakePlan(store)
    after = settle([one, two, three], plan, store)
    assert plan.asked == [] and [d.unchanged for d in after] == [False, False, True]
    for old, new in zip(before, after, strict=True):
        changed = {s for s, said in texts(new).items() if said != texts(old)[s]}
        assert changed == ({SENTENCES[2]} & set(texts(new)))
    (human,) = (s for s in after[0].item.sentences if s.status is Status.HUMAN)
    assert (human.target, human.logprob, human.rung) == ("The tower is at the harbour.", None, "")
    assert after[0].item.ledger == {"translated": 2, "repaired": 0, "human": 1, "copied": 0, "failed": 0}
    assert [d.unchanged for d in settle([one, two, three], FakePlan(store), store)] == [True] * 3


def test_taken_back_everything_is_as_it_was(store):
    one = article("a", SENTENCES[:3])
    (before,) = settle([one], FakePlan(store), store)
    store.keep([unit(SENTENCES[0], "Mine.")])
    (human,) = settle([one], FakePlan(store), store)
    assert store.forget(("de", "en"), SENTENCES[0]) and not store.forget(("de", "en"), SENTENCES[0])
    (after,) = settle([one], FakePlan(store), store)
    assert before.stored == after.stored != human.stored and not after.unchanged


@given(
    st.lists(st.tuples(st.sampled_from(SENTENCES), st.sampled_from(["", "One.", "Two. 3%", "Dr\u00ad. X"])), max_size=8)
)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_corrected_and_taken_back_the_result_says_what_the_memory_says(tmp_path, edits):
    with Store.open(tmp_path) as store:
        for u in list(store.units()):
            store.forget(("de", "en"), u.source)
        for source, said in edits:
            store.keep([unit(source, said)], replace=True) if said else store.forget(("de", "en"), source)
            done = settle([article("a", SENTENCES[:6]), article("b", SENTENCES[4:])], FakePlan(store), store)
            memory = {u.source: u.target for u in store.units()}
            for sentence in (s for d in done for s in d.item.sentences):
                human = memory.get(sentence.source)
                assert (sentence.status is Status.HUMAN) == (human is not None)
                assert sentence.target == (human.replace("\u00ad", "") if human else sentence.source.upper())


def test_white_space_and_what_nobody_sees_do_not_part_segments(store):
    store.keep([unit("Der  Turm\u00a0steht seit Montag am Rand\nder Stadt.", "There.")])
    (done,) = settle([article("a", SENTENCES[:1])], FakePlan(store), store)
    assert done.item.sentences[0].target == "There."


def test_a_language_without_a_model_has_what_people_translated(store):
    french = "Le président de la République a reçu la chancelière allemande lundi soir à Paris."
    one = Article("a", (french, "La chancelière est ensuite repartie pour Berlin avec son ministre."), source="a.txt")
    (before,) = settle([one], FakePlan(store), store)
    assert before.item.error == "NoModelForLanguage"
    store.keep([unit(french, "The president received the chancellor.", "fr-FR")])
    (after,) = settle([one], FakePlan(store), store)
    assert [s.status for s in after.item.sentences] == [Status.HUMAN, Status.FAILED]
    assert "The president" in after.item.summary.text


def test_a_translated_document_says_how_much_of_it_is_a_persons(store):
    store.keep([unit(SENTENCES[1], "Mine.")])
    (done,) = settle([article("a", SENTENCES[:3])], FakePlan(store), store)
    (line,) = Note([done.item], "2026-02-05").lines(Translations([done.item]))
    assert "1 sentence translated by a person." in line


def test_a_correction_is_for_one_pair_of_languages(store):
    store.keep(
        [unit(SENTENCES[0], "Mine."), Unit(SENTENCES[1], "À moi.", "de", "fr"), unit(SENTENCES[2], "Also.", "nl")]
    )
    said = {
        target: settle([article("a", SENTENCES[:3])], FakePlan(store, target=target), store) for target in ("en", "fr")
    }
    assert [s.status is Status.HUMAN for s in said["en"][0].item.sentences] == [True, False, False]
    assert [s.status is Status.HUMAN for s in said["fr"][0].item.sentences] == [False, True, False]


def test_another_model_and_another_context_change_no_correction(store):
    store.keep([unit(SENTENCES[1], "Mine.")])
    plan = FakePlan(store, name="other", answer=str.lower)
    plan.context = lambda code: 2
    (done,) = settle([article("a", SENTENCES[:3])], plan, store)
    assert [s.target for s in done.item.sentences][1] == "Mine." and SENTENCES[1] not in plan.asked
    (other,) = settle([article("a", SENTENCES[:3])], FakePlan(store, name="third"), store)
    assert other.item.sentences[1].target == "Mine."


def test_checks_are_asked_and_even_what_is_fatal_is_only_a_doubt(store):
    source = "Der Turm ist 30 Meter hoch und steht seit Montag am Rand der Stadt."
    store.keep([unit(source, "The tower is 40 metres high and has stood at the edge of the city since Monday.")])
    store.keep([unit(SENTENCES[0], SENTENCES[0])])
    (done,) = settle([article("a", [source, SENTENCES[0]])], FakePlan(store), store)
    numbers, same = done.item.sentences
    assert numbers.status is Status.HUMAN and "numbers" in numbers.doubts and "40 metres" in numbers.target
    assert same.status is Status.HUMAN and "untranslated" in same.doubts and same.target == SENTENCES[0]
    assert all("numbers" in c.doubts for c in done.item.summary.claims if 0 in c.evidence)


def test_pruning_and_repairing_keep_every_correction(store):
    store.keep([unit(SENTENCES[0], "Mine."), unit(SENTENCES[1], "Also mine.")])
    settle([article("a", SENTENCES[:3])], FakePlan(store), store)
    assert upkeep.prune(store, older_than=0, keep_runs=0)["outputs"]
    assert store.human(("de", "en"), SENTENCES[:3]) == {SENTENCES[0]: "Mine.", SENTENCES[1]: "Also mine."}
    assert upkeep.verify(store) == []
    store.db.execute("UPDATE memory SET target = 'forged' WHERE key = ?", (SENTENCES[0],))
    faults = upkeep.verify(store)
    assert faults == [f"unit {SENTENCES[0]}"] and list(store.human(("de", "en"), SENTENCES[:3])) == [SENTENCES[1]]
    upkeep.drop_faults(store, faults)
    assert upkeep.stats(store)["units"] == 2


def test_a_store_of_before_gets_its_memory(tmp_path):
    with Store.open(tmp_path) as store:
        store.db.execute("DROP TABLE memory")
        store.db.execute("DELETE FROM migrations WHERE name = 'm5_memory'")
    with Store.open(tmp_path) as store:
        store.keep([unit("a", "b")])
        assert [u.target for u in store.units()] == ["b"]


# -- conflicts --------------------------------------------------------------------------------------------------------


def test_of_two_translations_the_first_stays_and_both_are_told(store):
    kept = store.keep([unit("Ja.", "Yes."), unit("Ja.", "Yeah."), unit("Ja.", "Yes."), unit("Ja.", "Oui.", "nb")])
    assert (kept.new, kept.same, kept.left, kept.replaced) == (2, 1, 1, 0)
    assert [(c.source, c.kept, c.other) for c in kept.conflicts] == [("Ja.", "Yes.", "Yeah.")]
    kept = store.keep([unit("Ja.", "Yeah.")], replace=True)
    assert (kept.replaced, [(c.kept, c.other) for c in kept.conflicts]) == (1, [("Yeah.", "Yes.")])
    assert store.human(("de", "en"), ["Ja."]) == {"Ja.": "Yeah."}


def test_what_came_before_an_error_is_kept(store):
    def units():
        yield unit("Ja.", "Yes.")
        raise UsageError("broken")

    with pytest.raises(UsageError):
        store.keep(units())
    assert [u.source for u in store.units()] == ["Ja."]


# -- near ones --------------------------------------------------------------------------------------------------------


def test_near_ones_are_found_by_likeness_and_never_the_sentence_itself():
    finder = Finder([("Der Pegel steigt um 3 Meter.", "A"), ("Der Pegel steigt um 4 Meter.", "B"), ("Anderes.", "C")])
    found = finder.find("Der Pegel steigt um 3 Meter.")
    assert [(n.target, n.likeness > 0.9) for n in found] == [("B", True)]
    assert finder.find("Nichts davon kommt hier vor.") == [] and finder.find("") == [] and Finder([]).find("a") == []


def test_without_the_library_the_error_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "rapidfuzz", None)
    with pytest.raises(UsageError) as caught:
        Finder([])
    assert "summarize[memory]" in caught.value.hint


def test_a_chat_model_is_shown_near_ones_and_another_memory_is_another_question(store, tmp_path):
    path = tmp_path / "mine.md"
    path.write_text(
        "---\nname: mine\nkind: translate\nvariables: text, nearest\n---\n"
        "Like these:\n{{ nearest }}\n\nNow: {{ text }}\n"
    )
    asking = Asking(prompts.load(path, ()))
    assert asking.variables("de") == {"nearest": "0.85"}
    store.keep([unit(SENTENCES[1], "Mine.")])
    plan = FakePlan(store)
    plan.nearest = lambda code, text: plan.human(code).nearest(text)
    draft = accounting.prepare(article("a", SENTENCES[:1]), nearest=plan.nearest)
    (text,) = accounting.wanted([draft])["de"]
    assert text.nearest == (f"{SENTENCES[1]} → Mine.",) and str(text) == SENTENCES[0]
    (message,) = asking.render(text, **asking.variables("de"))
    assert message["content"].rstrip() == f"Like these:\n{SENTENCES[1]} → Mine.\n\nNow: {SENTENCES[0]}"
    (bare,) = asking.render(SENTENCES[0], **asking.variables("de"))
    assert bare["content"].rstrip() == f"Now: {SENTENCES[0]}"
    same = InContext(SENTENCES[0], (), text.nearest)
    assert text == same and text != SENTENCES[0] and hash(text) == hash(same)
    assert keys.output_key("s", text) == keys.output_key("s", same) != keys.output_key("s", SENTENCES[0])
    first = store.memory_version(("de", "en"))
    store.keep([unit(SENTENCES[1], "Other.")], replace=True)
    assert first != store.memory_version(("de", "en")) != store.memory_version(("fr", "en"))


# -- the sheet --------------------------------------------------------------------------------------------------------

ROWS = [Row(1, "Er geht.", "He goes."), Row(3, "Sie  bleibt\nhier.", "She remains.", "repaired, numbers?")]


def test_what_is_left_as_it_is_is_no_correction():
    made = sheet.text("A\ntitle", ROWS)
    assert sheet.corrected(made, ROWS) == {}
    assert "# sentence 3: repaired, numbers?\n# Sie bleibt hier.\n3> She remains.\n" in made
    changed = made.replace("He goes.", "He is\n  going.\x1b[31m").replace("3> She remains.", "3>")
    assert sheet.corrected(changed, ROWS) == {1: "He is going."}


@pytest.mark.parametrize("edited", ["2> What?", "1> a\n1> b", "words of no sentence", "# a\nwords"])
def test_a_sheet_that_does_not_say_what_belongs_where_is_refused(edited):
    with pytest.raises(UsageError, match="line"):
        sheet.corrected(edited, ROWS)


@given(st.dictionaries(st.sampled_from([1, 3]), st.text(st.characters(exclude_categories=("Cs",)), max_size=30)))
@settings(deadline=None)
def test_any_text_in_an_editor_is_a_correction_or_an_error(said):
    lines = "\n\n".join(f"{n}> {text}" for n, text in said.items())
    try:
        found = sheet.corrected(lines, ROWS)
    except UsageError:
        return
    assert set(found) <= set(said) and all(text.strip() and "\n" not in text for text in found.values())


# -- why --------------------------------------------------------------------------------------------------------------


def test_the_cause_is_named_with_the_words_and_no_model_is_blamed(store):
    one = article("a", SENTENCES[:3])
    (before,) = settle([one], FakePlan(store), store)
    store.keep([unit(SENTENCES[0], "THE TOWER IS AT THE EDGE.")])
    (after,) = settle([one], FakePlan(store), store)
    (cause,) = causes.find(before.item, after.item, {}, {})
    assert (cause.kind, cause.text) == ("human", "1 sentence translated by a person") and len(cause.sentences) == 1
    (back,) = causes.find(after.item, before.item, {}, {})
    assert back.text == "1 sentence no longer by a person"
    assert causes.retranslated(before.item, after.item, "translate:de") == 0


# -- commands ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def run(cli, isolated):
    """A run of the README's article; returns its result as JSON."""
    shutil.copytree(ROOT / "seeds", isolated / "seeds")

    def call(*more) -> dict:
        code, out, err = cli("run", "seeds/", "--json", *more)
        assert code in (0, 1), err
        return json.loads(out)["items"][0]

    return call


MINE = "A person wrote this sentence, and no model will ever write it again."


def test_from_a_correction_to_every_output_and_back(run, cli, isolated):
    before = run()
    number, old = next(
        (n, s) for n, s in enumerate(before["sentences"], 1) if n - 1 in before["summary"]["claims"][0]["evidence"]
    )
    code, out, err = cli("fix", SEED, number, "--text", MINE)
    assert code == 0 and old["source"].split()[0] in out and "{+" in out and "summarize run seeds/" in err
    after = run()
    changed = [n for n, (a, b) in enumerate(zip(before["sentences"], after["sentences"], strict=True), 1) if a != b]
    assert changed == [number]
    new = after["sentences"][number - 1]
    assert (new["target"], new["status"], after["ledger"]["human"]) == (MINE, "human", 1)
    id = after["id"]
    page = (isolated / "out" / f"{id}.md").read_text("utf-8")
    assert f"{MINE} \\[human\\]" in page and "1 human" in page
    assert (
        json.loads((isolated / "out" / f"{id}.json").read_text("utf-8"))["sentences"][number - 1]["status"] == "human"
    )
    code, out, _ = cli("show", SEED, "--no-pager")
    assert "human" in out and "Translated or corrected by a person" in out
    code, out, _ = cli("diff", "--why", "--translation", "--no-pager")
    assert "1 sentence translated by a person" in out and "(human)" in out and "de-en translation" not in out
    code, out, _ = cli("diff", "--why", "--no-pager")
    assert "1 sentence translated by a person" in out
    assert cli("diff", "--html", "diff.html", "--translation")[0] == 0
    assert "<small>(human)</small>" in (isolated / "diff.html").read_text("utf-8")
    assert cli("report", "-o", "report.html")[0] == 0
    report = (isolated / "report.html").read_text("utf-8")
    assert "1 human</span>" in report and "translated by a person" in report
    # another search, nothing kept of the past: it is still there
    assert cli("cache", "prune", "--older-than", "0", "--keep-runs", "0")[0] == 0
    again = run("--beams", "1", "--no-canary")
    assert again["sentences"][number - 1]["target"] == MINE
    # out of the store and into another one
    assert cli("memory", "export", "mine.tmx")[0] == 0
    assert cli("fix", SEED, number, "--undo")[0] == 0
    assert cli("fix", SEED, "--undo")[0] == 2
    taken_back = run()
    assert taken_back["sentences"] == before["sentences"] and taken_back["summary"] == before["summary"]
    assert cli("memory", "import", "mine.tmx")[0] == 0
    assert run()["sentences"][number - 1]["target"] == MINE


def test_an_editor_and_files(run, cli, isolated, monkeypatch):
    before = run()
    editor = isolated / "editor.py"
    editor.write_text(
        "import re, sys\npath = sys.argv[1]\ntext = open(path, encoding='utf-8').read()\n"
        "open(path, 'w', encoding='utf-8').write(re.sub(r'^2> .*', '2> Mine, typed.', text, flags=re.M))\n"
    )
    monkeypatch.setenv("EDITOR", f"{sys.executable} {editor}")
    code, out, err = cli("fix", SEED, "--json")
    assert code == 0, err
    (made,) = json.loads(out)["corrections"]
    assert (made["sentence"], made["after"]) == (2, "Mine, typed.") and made["before"] == before["sentences"][1][
        "target"
    ]
    monkeypatch.setenv("EDITOR", "false")
    code, _, err = cli("fix", SEED, 2)
    left = re.search(r"the text is in (\S+)", err)[1]
    assert code == 2 and "nothing was kept" in err and "2> " in Path(left).read_text("utf-8")
    editor.write_text("import sys; open(sys.argv[1], 'w').write('99> what')")
    monkeypatch.setenv("EDITOR", f"{sys.executable} {editor}")
    code, _, err = cli("fix", SEED)
    assert code == 2 and "99" in err and "your text is in" in err
    run()
    for name in ("draft.xlf", "draft.tsv"):
        assert cli("fix", SEED, "--to", name)[0] == 0
        units = list(exchange.read(isolated / name, "en", "de"))
        assert [u.source for u in units if u.finished] in (
            [before["sentences"][1]["source"]],
            [u.source for u in units],
        )
        path = isolated / name
        path.write_text(
            path.read_text("utf-8").replace(before["sentences"][2]["target"], f"Corrected in {name}."), "utf-8"
        )
        code, out, err = cli("fix", SEED, "--from", name, "--json")
        assert [c["after"] for c in json.loads(out)["corrections"]] == [f"Corrected in {name}."], err
        assert run()["sentences"][2]["target"] == f"Corrected in {name}."
        before = run()
    assert cli("fix", SEED, "--to", "draft.tmx")[0] == 2
    code, out, _ = cli("memory", "stats", "--json")
    assert {(row["origin"], row["units"]) for row in json.loads(out)} == {("fix", 1), ("draft.tsv", 1)}


def test_what_cannot_be_corrected_says_why(run, cli):
    run()
    for arguments, words in (
        (("fix", SEED, 999, "--text", "a"), "has no sentence 999"),
        (("fix", SEED, "--text", "a"), "which sentence"),
        (("fix", SEED, 1, "--text", " "), "without a word"),
        (("fix", SEED, 1, "--text", "a", "--undo"), "exclude each other"),
        (("fix", SEED, 1, "--from", "a.tmx"), "whole article"),
        (("fix", "nosucharticle"), "no article"),
        (("fix", SEED, "--from", "missing.tmx"), "cannot be read"),
    ):
        code, _, err = cli(*arguments)
        assert code == 2 and words in err and "Traceback" not in err, arguments


def test_importing_tells_conflicts_and_drafts_and_does_the_rest(cli, isolated):
    (isolated / "a.tsv").write_text("de\ten\nJa.\tYes.\nNein.\tNo.\nVielleicht.\t\n", "utf-8")
    (isolated / "b.tsv").write_text("Ja.\tYeah.\nGut.\tGood.\n", "utf-8")
    (isolated / "c.tmx").write_text("<tmx><body><tu><tuv xml:lang='de'><seg>a</seg></tuv>", "utf-8")
    code, _, err = cli("memory", "import", "a.tsv")
    assert code == 0 and "2 new" in err and "1 draft passed over" in err
    code, out, err = cli("memory", "import", "c.tmx", "b.tsv", "--lang", "de")
    assert code == 2 and "not well-formed" in err and "1 new" in err and "conflict  Ja." in out and "Yeah." in out
    code, out, err = cli("memory", "import", "b.tsv", "--lang", "de")
    assert code == 1 and "1 conflict" in err
    code, out, err = cli("memory", "import", "b.tsv", "--lang", "de", "--replace", "--json")
    assert code == 0 and json.loads(out)["files"][0]["replaced"] == 1
    code, out, _ = cli("memory", "search", "yeah")
    assert code == 0 and "Ja." in out and "b.tsv" in out
    assert cli("memory", "search", "yeah", "gut")[0] == 1
    assert json.loads(cli("memory", "search", "J", "--json")[1])[0]["target"] == "Yeah."
    for format in ("tmx", "xliff", "xliff2", "tsv"):
        code, out, _ = cli("memory", "export", "-", "--format", format, "--lang", "de")
        assert code == 0 and "Yeah." in out
    assert cli("memory", "export", "a.docx")[0] == 2
    code, _, err = cli("memory", "export", "mine.xlf")
    assert code == 0 and "3 translations by people" in err
    assert "forgot 2 segments" in cli("memory", "forget", "drops/b.tsv")[2]
    code, _, err = cli("memory", "forget", "b.tsv")
    assert code == 2 and "memory stats" in err


def test_show_has_near_ones_beside_the_translation_and_eval_scores_on_corrections(run, cli, isolated):
    before = run()
    source = before["sentences"][1]["source"]
    (isolated / "a.tsv").write_text(f"de\ten\n{source.replace('.', '')}!\tNearly this.\n", "utf-8")
    assert cli("memory", "import", "a.tsv")[0] == 0
    after = run()
    assert after["sentences"] == before["sentences"], "what is only near is no translation"
    code, out, _ = cli("show", SEED, "--memory", "--no-pager")
    assert code == 0 and "Nearly this." in out and "%" in out
    (one,) = json.loads(cli("show", SEED, "--memory", "--json")[1])["memory"]
    assert one["sentence"] == 2 and one["exact"] == "" and one["near"][0]["likeness"] >= 0.85
    assert cli("fix", SEED, 2, "--text", "Exactly this.")[0] == 0
    (one,) = json.loads(cli("show", SEED, "--memory", "--json")[1])["memory"]
    assert one["exact"] == "Exactly this."
    code, out, err = cli("eval", "--corrections", "--beams", "1", "--checks", "--json", "-q")
    assert code == 0, err
    (row,) = json.loads(out)["rows"]
    assert row["set"] == "corrections" and row["sentences"] == 2 and row["BLEU"]["score"] < 50, (
        "the model itself is asked"
    )
    assert cli("eval", "--corrections", "--lang", "fr", "--mt", "de-en")[0] != 0
    assert cli("eval", "--corrections", "sets/a.tsv")[0] == 2


def test_what_a_run_would_do_counts_what_people_did(cli, isolated):
    french = "Le président de la République a reçu la chancelière allemande lundi soir à Paris."
    (isolated / "a.txt").write_text(f"{french} La chancelière est ensuite repartie pour Berlin.", "utf-8")
    (isolated / "a.tsv").write_text(f"fr\ten\n{french}\tThe president received the chancellor.\n", "utf-8")
    assert cli("run", "a.txt", "--dry-run")[0] == 3
    assert cli("memory", "import", "a.tsv")[0] == 0
    code, out, _ = cli("run", "a.txt", "--dry-run", "--json")
    found = json.loads(out)
    assert (code, found["cached"], found["unserved"], found["lacking"]["fr"]["sentences"]) == (1, 1, 1, 1)
    code, out, _ = cli("run", "a.txt", "--json")
    assert code == 1 and json.loads(out)["items"][0]["ledger"]["human"] == 1


def test_corrections_of_an_article_that_came_by_a_pipe(store):
    (done,) = settle([article("stdin", SENTENCES[:2])], FakePlan(store), store)
    run = store.begin_run(["-"], {})
    store.add_items([Item(run, 0, "stdin", done.stored, False, None)])
    chosen = corrections.open_article(store, "stdin")
    assert chosen.next_step == "" and [r.number for r in chosen.rows()] == [1, 2]
    corrections.keep(store, chosen, {2: "Mine."})
    again = corrections.open_article(store, "stdin")
    assert [r.target for r in again.rows()] == [SENTENCES[0].upper(), "Mine."], "before any run"
    assert [(c.before, c.after) for c in corrections.keep(store, again, {2: "Ours."})] == [("Mine.", "Ours.")]
    assert [(u.target, u.finished) for u in again.units()] == [(SENTENCES[0].upper(), False), ("Mine.", True)]

"""The main job on fakes: order, windows, the ledger, the article-level key, one article's misfortunes."""

from __future__ import annotations

import pytest
from fake_plan import FakePlan

from summarize import chunk
from summarize.chunk import divide
from summarize.errors import ModelCorrupt, OutOfMemory, StoreError
from summarize.job import accounting, pipeline
from summarize.render import outputs
from summarize.store import records
from summarize.summarizers.extractive import Extractive
from summarize.types import LONGEST_TITLE, Article, Failure, Outcome, Output, Result, Status

GERMAN = "Die Kanzlerin reiste am Montag nach Paris. Dort traf sie den Präsidenten der Republik zu einem Gespräch."
FRENCH = "Le président de la République a reçu la chancelière allemande lundi soir à Paris pour un long entretien."
ENGLISH = "The chancellor travelled to Paris on Monday, where she met the president of the republic for a talk."


def article(name, *paragraphs, title="", **more) -> Article:
    return Article(name, paragraphs or (GERMAN,), title, source=f"{name}.txt", **more)


def settle(articles, plan, store):
    totals = pipeline.Totals()
    items = []
    for done in pipeline.run(articles, plan, store):
        totals.count(done)
        items.append(done.item)
    return items, totals


def test_every_sentence_has_one_fate_and_joining_gives_the_source_back(store):
    a = article("a", GERMAN, "***", ENGLISH, "„Nein!“,  sagte sie.\nDann ging sie.", title="Reise nach Paris")
    (result,), totals = settle([a], FakePlan(store), store)
    assert result.ledger == {"translated": 5, "repaired": 0, "human": 0, "copied": 2, "failed": 0}
    for number, paragraph in enumerate(a.paragraphs, 1):
        assert "".join(s.source + s.separator for s in result.sentences if s.paragraph == number) == paragraph
    assert result.title_en == "REISE NACH PARIS" and result.language == "de"
    assert [s.target for s in result.sentences if s.status is Status.COPIED] == ["***", ENGLISH]
    assert totals.exit_code == 0


def test_a_title_is_made_where_there_is_none_and_marked(store):
    ours = f"{ENGLISH} It was her first journey of the year."
    lead = lambda text: Extractive("short", "lead").run([text])[0].text
    (result,), _ = settle([article("a", ours)], FakePlan(store, summarize=lead), store)
    assert (result.title, result.title_en, result.made_title) == ("", ENGLISH, True)
    assert outputs.heading(result) == f"{ENGLISH} (made title)"
    assert records.result_json(result)["made_title"] is True
    assert records.decode_result(records.encode_result(result)) == result
    (headline,), _ = settle([article("a", ours)], FakePlan(store, summarize=lead, kind="headline"), store)
    assert outputs.heading(headline) == f"{ENGLISH} (made title)"
    (own,), _ = settle([article("a", ours, title="A journey to Paris and back")], FakePlan(store), store)
    assert outputs.heading(own) == "A journey to Paris and back" and "made_title" not in records.result_json(own)


@pytest.mark.parametrize("words", [10, 100, 10_000])
def test_a_text_that_never_ends_is_no_title_of_its_length(store, words):
    (result,), _ = settle([article("a", title=" ".join(["never"] * words))], FakePlan(store), store)
    assert len(outputs.heading(result)) <= LONGEST_TITLE + 2


def test_code_is_copied_and_no_part_of_a_summary(store):
    code = 'print("Die Kanzlerin. Sie reiste nach Paris.")'
    plan = FakePlan(store)
    (result,), _ = settle([article("a", GERMAN, code, code=frozenset({code}))], plan, store)
    assert (result.sentences[-1].target, result.sentences[-1].status) == (code, Status.COPIED)
    assert result.language == "de" and code not in plan.asked and "print" not in result.summary.text


def test_results_come_in_order_whatever_the_window(store):
    articles = [article(f"a{i:02}", f"{GERMAN} Und das ist Nummer {i} von vielen.") for i in range(10)]
    broken = Failure("x", "x.txt", "read", "EmptyArticle", "empty")
    items, totals = settle([*articles[:4], broken, *articles[4:]], FakePlan(store, window=3), store)
    assert [i.id for i in items] == ["a00", "a01", "a02", "a03", "x", *(f"a{i:02}" for i in range(4, 10))]
    assert (totals.articles, totals.failures, totals.exit_code) == (10, 1, 1)


def test_a_sentence_in_two_articles_is_translated_once(store):
    plan = FakePlan(store)
    settle([article("a"), article("b"), article("c", GERMAN, GERMAN)], plan, store)
    assert len(plan.asked) == 2


def test_a_second_run_asks_no_model_and_detects_nothing(store, monkeypatch):
    articles = [article(f"a{i}") for i in range(3)]
    first, _ = settle(articles, FakePlan(store), store)
    monkeypatch.setattr(pipeline, "prepare", lambda a: pytest.fail("an unchanged article was cut again"))
    plan = FakePlan(store)
    second, totals = settle(articles, plan, store)
    assert second == first and totals.unchanged == 3
    assert not plan.asked and not plan.writer.calls


def test_a_changed_sentence_costs_one_segment(store):
    settle([article("a", GERMAN + " Das Wetter war gut.")], FakePlan(store), store)
    plan = FakePlan(store)
    settle([article("a", GERMAN + " Das Wetter war schlecht.")], plan, store)
    assert plan.asked == ["Das Wetter war schlecht."]


def test_another_model_is_a_miss_and_another_kind_keeps_the_translation(store):
    settle([article("a")], FakePlan(store), store)
    other = FakePlan(store, name="other")
    settle([article("a")], other, store)
    assert len(other.asked) == 2
    bullets = FakePlan(store, kind="bullets")
    (result,), totals = settle([article("a")], bullets, store)
    assert result.summary.kind == "bullets" and totals.unchanged == 0 and not bullets.asked


def test_a_french_paragraph_without_a_model_fails_alone(store):
    (result,), totals = settle([article("a", GERMAN, FRENCH)], FakePlan(store), store)
    assert result.ledger["failed"] == 1 and result.ledger["translated"] == 2
    (failed,) = [s for s in result.sentences if s.status is Status.FAILED]
    assert failed.language == "fr" and failed.target == f"[not translated: {FRENCH}]" and "no model" in failed.reason
    assert result.summary.coverage == round(2 / 3, 4) and FRENCH[:10] not in plan_document(store)
    assert totals.exit_code == 1


def test_a_summarizer_is_told_which_sentences_may_be_wrong(store):
    plan = FakePlan(store, answer=lambda text: text.upper().replace("20", "30"))
    (result,), _ = settle([article("a", "Es regnet. Es kamen 20 Leute. Es war kalt.")], plan, store)
    assert [bool(s.doubts) for s in result.sentences if s.paragraph] == [False, True, False]
    [read] = plan.writer.calls[0]
    assert chunk.unsure(read) == {"ES KAMEN 30 LEUTE."} and chunk.divide(read, "en")[-1] == "ES WAR KALT."


def plan_document(store) -> str:
    plan = FakePlan(store)
    account = accounting.translate([accounting.prepare(article("z", GERMAN, FRENCH))], plan, lambda d, t: None)[0]
    from summarize.job.summaries import document

    return document(account)


def test_a_french_paragraph_with_a_model_is_routed_there(store):
    plan = FakePlan(store, languages=("de", "fr"))
    (result,), totals = settle([article("a", GERMAN, FRENCH)], plan, store)
    assert plan.models["fr"].calls == [[FRENCH]] and result.ledger["translated"] == 3
    assert [m.role for m in result.models] == ["translate:de", "translate:fr"]
    assert totals.exit_code == 0


def test_an_article_in_a_language_without_a_model(store):
    (failure, result), totals = settle([article("f", FRENCH, FRENCH), article("d")], FakePlan(store), store)
    assert isinstance(failure, Failure) and isinstance(result, Result)
    assert (failure.error, failure.source, failure.code) == ("NoModelForLanguage", "f.txt", 3)
    assert "models pull" in failure.hint
    assert totals.exit_code == 1
    _, alone = settle([article("f", FRENCH)], FakePlan(store), store)
    assert alone.exit_code == 3, "nothing could run for want of a model"


def test_a_model_that_breaks_fails_its_articles_only(store):
    plan = FakePlan(store, languages=("de", "fr"))
    plan.models["fr"].run = lambda texts: (_ for _ in ()).throw(ModelCorrupt("weights differ", "pull it again"))
    (bad, good), _ = settle([article("f", FRENCH), article("d")], plan, store)
    assert bad.error == "ModelCorrupt" and bad.hint == "pull it again" and isinstance(good, Result)


def test_a_summarizer_that_trips_over_one_article_costs_that_one(store):
    def summarize(text):
        if "NUMMER" in text:
            raise ValueError("tripped")
        return text[:30]

    articles = [article("a"), article("b", "Das ist die Nummer zwei."), article("c", GERMAN + " Es regnete.")]
    items, totals = settle(articles, FakePlan(store, summarize=summarize), store)
    assert [type(i) for i in items] == [Result, Result, Result]
    assert items[1].summary.outcome is Outcome.FAILED and "tripped" in items[1].summary.reason
    assert items[1].ledger["translated"] == 1, "the translation is kept"
    assert (totals.unsummarized, totals.exit_code) == (1, 70), "nobody foresaw it: a bug"
    again, totals = settle(articles, FakePlan(store, summarize=lambda t: t[:30]), store)
    assert totals.unchanged == 2 and again[1].summary.claims, "what failed in passing is not kept as the answer"


def test_a_sentence_that_breaks_the_engine_costs_that_sentence(store):
    def answer(text):
        if "Paris" in text:
            raise RuntimeError("engine broke")
        return text.upper()

    (bad, good), totals = settle(
        [article("a"), article("b", "Es regnete am Montag den ganzen Tag.")], FakePlan(store, answer=answer), store
    )
    assert bad.ledger == {"translated": 1, "repaired": 0, "human": 0, "copied": 0, "failed": 1}
    assert good.ledger["translated"] == 1
    (failed,) = [s for s in bad.sentences if s.status is Status.FAILED]
    assert "a bug: RuntimeError('engine broke')" in failed.reason and totals.exit_code == 70
    mended, _ = settle([article("a")], FakePlan(store), store)
    assert mended[0].ledger["failed"] == 0, "an engine's fault is tried again without being asked"


def test_each_sentence_tells_its_own_error_and_a_bug_is_not_hidden_behind_another(store):
    def answer(text):
        if "Paris" in text:
            raise OutOfMemory("too little memory", "close other programs")
        if "Dort" in text:
            raise KeyError("bug")
        return text.upper()

    (failure, good), totals = settle(
        [article("a"), article("b", "Es regnete.", GERMAN)], FakePlan(store, answer=answer), store
    )
    assert (failure.error, failure.code) == ("InternalError", 70) and "KeyError" in failure.message
    reasons = [s.reason for s in good.sentences]
    assert reasons[0] == "" and reasons[1].startswith("too little memory") and "KeyError" in reasons[2]
    assert totals.exit_code == 70 and good.summary.claims
    with_reason = FakePlan(store, answer=lambda t: (_ for _ in ()).throw(OutOfMemory("too little memory")))
    assert settle([article("c", "Es schneite.")], with_reason, store)[1].exit_code == 1, "foreseen: no bug"


def test_a_full_disk_ends_the_run_at_once(store):
    """Not sentence by sentence: the model is asked no more than it was before the disk was full."""
    plan = FakePlan(store, language="de")
    settle([article("before", "Es regnete am Montag den ganzen Tag.")], plan, store)
    asked = len(plan.asked)
    (pages,) = store.db.execute("PRAGMA page_count").fetchone()
    store.db.execute(f"PRAGMA max_page_count = {pages}")
    big = [article(f"a{i}", f"Das ist der Satz Nummer {i}. " + "Wort " * 900) for i in range(8)]
    with pytest.raises(StoreError, match="full"):
        settle(big, plan, store)
    assert len(plan.asked) - asked == 9, "eight sentences and one that all share, each once"
    assert store.answer(pipeline.article_key(article("before", "Es regnete am Montag den ganzen Tag."), plan))


def test_a_letterless_line_does_not_make_a_page_of_a_failure(store):
    (failure,), totals = settle([article("f", FRENCH, "* * *")], FakePlan(store), store)
    assert failure.error == "NoModelForLanguage" and totals.exit_code == 3


def test_a_languages_name_is_a_hint_and_a_forced_one_is_not(store):
    plan = FakePlan(store)
    (result,), _ = settle([article("a", GERMAN, ENGLISH, language="de")], plan, store)
    assert result.sentences[-1].status is Status.COPIED and ENGLISH not in plan.asked
    forced = FakePlan(store, language="de", kind="bullets")
    settle([article("a", GERMAN, ENGLISH, language="de")], forced, store)
    assert ENGLISH in forced.asked


def test_a_summary_of_which_nothing_is_supported_is_no_summary(store):
    plan = FakePlan(store, summarize=lambda t: "Aliens landed in 1999 near Roswell.", unsupported="drop")
    (result,), totals = settle([article("a")], plan, store)
    assert result.summary.outcome is Outcome.FAILED and "supported" in result.summary.reason and totals.exit_code == 1


def test_failed_and_repaired_are_tried_again_with_retry(store):
    bad = lambda t: Output("", Outcome.FAILED, faults=("truncated",)) if "Paris" in t else t.upper()
    (first,), totals = settle([article("a")], FakePlan(store, answer=bad), store)
    assert first.ledger["failed"] == 1 and totals.exit_code == 1
    kept = FakePlan(store)
    (again,), _ = settle([article("a")], kept, store)
    assert again == first and not kept.asked, "a failure is stored as what it is, and reused"
    retried = FakePlan(store, retry=True)
    (mended,), totals = settle([article("a")], retried, store)
    assert mended.ledger["failed"] == 0 and totals.exit_code == 0
    assert retried.asked == ["Die Kanzlerin reiste am Montag nach Paris."]
    (after,), _ = settle([article("a")], FakePlan(store), store)
    assert after == mended


def test_nothing_translated_is_a_failure(store):
    plan = FakePlan(store, answer=lambda t: "")
    (failure,), totals = settle([article("a")], plan, store)
    assert failure.error == "NothingTranslated" and "empty" in failure.message and totals.exit_code == 1


def test_letterless_text_never_reaches_a_model(store):
    plan = FakePlan(store)
    settle([article("a", GERMAN, "12.345,67 €", "— * —", "2:1 (1:0)")], plan, store)
    assert all(any(c.isalpha() for c in t) for t in plan.asked) and len(plan.asked) == 2


def test_summary_sentences_name_their_evidence(store):
    summarize = lambda text: "\n".join([divide(text, "en")[0], "Aliens landed in 1999 near Roswell."])
    (marked,), totals = settle([article("a")], FakePlan(store, summarize=summarize), store)
    assert marked.summary.claims[0].evidence == (0,) and not marked.summary.claims[0].problems
    assert marked.summary.claims[1].problems and totals.unsupported == 1
    with_drop = FakePlan(store, summarize=summarize, unsupported="drop", kind="bullets")
    (dropped,), _ = settle([article("a")], with_drop, store)
    assert [c.text for c in dropped.summary.claims] == [marked.summary.claims[0].text]


def test_a_crash_keeps_what_was_settled(store):
    """The second window dies; what the first yielded is in the store and the rest is done by the next run."""
    boom = lambda t: (_ for _ in ()).throw(KeyboardInterrupt()) if "Nummer 5" in t else t.upper()
    articles = [article(f"a{i}", f"{GERMAN} Das ist die Nummer {i}.") for i in range(6)]
    seen = []
    with pytest.raises(KeyboardInterrupt):
        for done in pipeline.run(articles, FakePlan(store, window=2, answer=boom), store):
            seen.append(done.item)
    assert len(seen) == 4
    plan = FakePlan(store, window=2)
    items, totals = settle(articles, plan, store)
    assert items[:4] == seen and totals.unchanged == 4 and totals.articles == 6
    assert plan.asked == ["Das ist die Nummer 4.", "Das ist die Nummer 5."]


def test_results_survive_json(store):
    (result,), _ = settle([article("a", GERMAN, FRENCH, date="2026-02-05", meta={"url": "x"})], FakePlan(store), store)
    assert records.decode_result(records.encode_result(result)) == result


def test_progress_reaches_the_total(store):
    events = []
    list(pipeline.run([article("a"), article("b", FRENCH)], FakePlan(store), store, on_event=events.append))
    translate = [e for e in events if e.stage == "translate"]
    assert translate[-1].done == translate[-1].total == 3
    assert [e for e in events if e.stage == "summarize"][-1].done == 1


def test_windows_are_read_as_they_are_needed(store):
    """Memory stays flat: no more than a window is pulled from the reader ahead of what was yielded."""
    pulled = []

    def stream():
        for i in range(20):
            pulled.append(i)
            yield article(f"a{i}")

    results = pipeline.run(stream(), FakePlan(store, window=4), store)
    next(results)
    assert len(pulled) == 4

"""The digest: stories of one or more runs, what is new in them, and what each sentence rests on."""

from __future__ import annotations

import json
import time
from dataclasses import replace

import browser as chromium
import pytest
from fake_plan import FakePlan
from test_report import HOSTILE
from test_search import keep

import summarize
from summarize import digest
from summarize.backends.cached import Cached
from summarize.backends.fake import Fake
from summarize.compare.events import ALIKE, Lead, events
from summarize.digest import CONTINUED, NEW, span, telling
from summarize.errors import UsageError
from summarize.keys import fingerprint
from summarize.render import digests, report
from summarize.store import Item
from summarize.store.records import failure_json
from summarize.types import Failure, ModelNote, Reading, Result, Sentence, Status, Summary

FERRY = [
    "The ferry Aurora ran aground off Kiel at night.",
    "All 212 passengers of the Aurora were brought ashore by lifeboats.",
    "The captain of the ferry spoke of a broken rudder.",
    "The coast guard in Kiel is looking into the accident.",
]
UPDATE = [*FERRY, "A tug pulled the ferry free by noon.", "Divers found a hole in the hull of the Aurora."]
OTHER = [
    "Off Kiel the ferry Aurora has run aground with 212 people on board.",
    "Lifeboats took the passengers of the Aurora to the harbour of Kiel.",
    "A passenger said that nobody had been afraid.",
]
BUDGET = [
    "The council of Altdorf passed the budget by a single vote.",
    "Mayor Huber of Altdorf called it a day of reason.",
    "The library will open at weekends again.",
]


@pytest.fixture
def cache(tmp_path):
    """Nothing is translated here: no model is needed."""
    return tmp_path / "cache"


def article(id, sentences, *, title="", date="", language="de", status=Status.TRANSLATED, **more):
    """Its original is the English backwards: another language, word for word."""
    said = [(0, title)] * bool(title) + [(n, s) for n, s in enumerate(sentences, 1)]
    made = tuple(Sentence(p, s[::-1], " ", language, s, status) for p, s in said)
    notes = (ModelNote(f"translate:{language}", "de-en", "fair", "aa"),)
    fields = {"sentences": made, "summary": Summary("short", ()), "models": notes, "date": date, **more}
    version = fingerprint("v", [s.source for s in fields["sentences"]])
    return Result(
        id=id, version=version, source=f"{id}.txt", source_hash="", title=title[::-1], title_en=title,
        language=language, **fields,
    )  # fmt: skip


FIRST = article("ferry", FERRY, title="Ferry aground off Kiel")
SECOND = article("aurora", OTHER, title="Aurora runs aground")
COUNCIL = article("council", BUDGET, title="Altdorf has a budget")


def made(store, **more):
    return digest.make(store, summarize.settings(), **more)


def ids(story):
    return [s.result.id for s in story.sources]


def test_what_tells_of_one_event_is_one_story_and_every_sentence_is_linked(store):
    keep(store, COUNCIL, FIRST, SECOND)
    d = made(store)
    ferry, council = d.stories
    assert set(ids(ferry)) == {"ferry", "aurora"} and ids(council) == ["council"]
    assert (ferry.state, ferry.size, d.articles, d.known, d.before) == (NEW, 2, 3, 0, None)
    for story in d.stories:
        assert 1 <= len(story.summary.claims) <= 3
        for claim in story.summary.claims:
            assert claim.evidence and not claim.problems
            for place in claim.evidence:
                for at in story.places[place]:
                    assert story.sentence(at).target == claim.text


def test_a_sentence_that_stands_in_two_articles_is_one_with_two_places(store):
    keep(store, FIRST, article("copy", [s.upper() for s in UPDATE], title="The same"))
    (story,) = made(store).stories
    assert ids(story) == ["copy", "ferry"], "the longest stands first"
    assert len(story.places) == 1 + len(UPDATE) and sum(len(p) == 2 for p in story.places) == len(FERRY)


def test_what_is_new_is_told_from_the_runs_before(store):
    keep(store, FIRST, COUNCIL)
    keep(store, article("ferry", UPDATE, title="Ferry aground off Kiel"), COUNCIL)
    d = made(store)
    (story,) = d.stories
    assert (d.before.id, d.known, story.state, story.mixed) == (1, 1, CONTINUED, True)
    assert {story.sentence(story.places[i][0]).target for i in story.fresh} == set(UPDATE) - set(FERRY)
    told = [*story.summary.claims, *story.news.claims]
    new = {c.text for c in told if story.new(c)}
    assert new and new <= set(UPDATE) - set(FERRY) and {c.text for c in told} - new <= set(FERRY)
    assert "New: " in digests.markdown(d).replace("**", "") or "Also new since run 1" in digests.markdown(d)
    assert "goes on since run 1: 2 of 6 sentences new" in digests.markdown(d)


def test_another_article_about_a_known_event_goes_on_with_it(store):
    keep(store, FIRST, COUNCIL)
    keep(store, SECOND)
    (story,) = made(store).stories
    assert (story.state, [(e.article, e.run) for e in story.earlier]) == (CONTINUED, [("ferry", 1)])
    assert story.size == 2 and not story.mixed and story.news is None


def test_a_run_that_brings_nothing_new_says_so(store):
    keep(store, FIRST, COUNCIL)
    copy = article("copy", FERRY, title="Ferry aground off Kiel")
    keep(store, FIRST, COUNCIL, copy)
    d = made(store)
    assert (d.stories, d.known) == ((), 3)
    assert "nothing new · 3 articles with nothing new since run 1" in digests.markdown(d)


def test_an_old_run_is_told_as_it_was_then(store):
    keep(store, FIRST)
    keep(store, SECOND)
    assert made(store, run=1).stories[0].state == NEW
    assert made(store, run=1) == made(store, run=1), "nothing is noted of a digest"


def test_since_takes_several_runs_together(store, monkeypatch):
    keep(store, COUNCIL)
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 30 * 3600)
    keep(store, FIRST)
    keep(store, article("ferry", UPDATE, title="Ferry aground off Kiel"), SECOND)
    day = time.strftime("%Y-%m-%dT%H:%M", time.localtime(now + 3600))
    for since in ("24h", "1d", "1", day):
        d = made(store, since=since)
        assert [r.id for r in d.runs] == [2, 3] and [set(ids(s)) for s in d.stories] == [{"ferry", "aurora"}]
        assert d.stories[0].state == NEW and d.before.id == 1
    assert len(made(store, since="1w").runs) == len(made(store, since="999999w").runs) == 3


@pytest.mark.parametrize(
    "more, message",
    [
        ({"since": "yesterday"}, "no time"),
        ({"since": "9"}, "no run since 9"),
        ({"since": "24h", "run": 1}, "exclude"),
        ({"run": 7}, "no run 7"),
        ({"since": "9" * 5000}, "no time"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_one_line(store, more, message):
    keep(store, FIRST)
    with pytest.raises(UsageError, match=message) as raised:
        made(store, **more)
    assert raised.value.hint


def test_without_a_run_there_is_none(store):
    with pytest.raises(UsageError, match="no run"):
        made(store)


def test_what_failed_and_what_is_in_doubt_is_said(store):
    failed = replace(FIRST.sentences[2], target="[not translated: x]", status=Status.FAILED, faults=("loop",))
    doubtful = replace(FIRST.sentences[1], doubts=("numbers",), logprob=-3.0)
    notes = (replace(FIRST.models[0], confidence=(-1.0, -0.5)),)
    bad = replace(FIRST, models=notes, sentences=(FIRST.sentences[0], doubtful, failed, *FIRST.sentences[3:]),
                  reading=Reading(100, lost=("212",)))  # fmt: skip
    run = keep(store, bad)
    broken = Failure("broken", "broken.txt", "read", "EmptyArticle", "no letters", "look at it")
    store.add_items([Item(run, 9, "broken", None, False, failure_json(broken))])
    d = made(store)
    text, told = digests.markdown(d), digests.as_json(d)
    lines = [
        "1 of 5 sentences not translated",
        "1 sentence in doubt",
        "numbers lost in reading: 212",
        "in doubt: numbers",
    ]
    for said in [*lines, "broken.txt (read): no letters"]:
        assert said in text, said
    assert told["stories"][0]["ledger"]["failed"] == 1 and told["failures"][0]["id"] == "broken"


def test_stories_beyond_the_limit_are_named_and_not_summarized(store):
    keep(store, FIRST, SECOND, COUNCIL)
    d = made(store, limit=1)
    assert [len(d.told), len(d.named)] == [1, 1] and d.named[0].summary is None
    assert "## More\n\n* Altdorf has a budget (council)" in digests.markdown(d)


def test_the_report_has_the_stories_and_links_them_to_sentences(store):
    keep(store, COUNCIL, FIRST, SECOND)
    page = report.make(store, tell=lambda run: made(store, run=run)).page
    assert '<section id="stories"' in page and '<a href="#stories">Stories <span class="count">2</span></a>' in page
    d = made(store)
    story, claim = d.stories[0], d.stories[0].summary.claims[0]
    (n, i), *_ = story.places[claim.evidence[0]]
    number = ["council", "ferry", "aurora"].index(story.sources[n].result.id) + 1
    assert f'href="#a{number}-s{i + 1}"' in page
    assert '<section id="stories"' not in report.make(store).page


@pytest.mark.skipif(not chromium.program(), reason="no chromium on this machine (Debian: apt-get install chromium)")
def test_in_a_browser_a_story_leads_to_its_articles_and_no_text_runs(store, tmp_path):
    keep(store, FIRST, SECOND, HOSTILE)
    path = tmp_path / "report.html"
    path.write_text(report.make(store, tell=lambda run: made(store, run=run)).page, encoding="utf-8")
    window = chromium.Browser(tmp_path / "profile")
    try:
        window.window(1200, 900)
        window.open(path, "stories")
        shown = "[...document.querySelectorAll('main > section')].filter(s => !s.hidden).map(s => s.id).join()"
        assert window.eval(shown) == "stories" and window.eval("typeof pwned") == "undefined"
        window.press("j")
        assert window.eval("document.activeElement.textContent") == digests.title(made(store).stories[0])
        window.press("Enter")
        assert window.eval(shown) == "reader"
        window.open(path, "stories")
        window.eval("document.querySelector('#stories .cite').click()")
        window.draw()
        assert window.eval(shown) == "reader"
        assert window.eval("document.activeElement.className") == "sentence translated"
        assert window.logged == [] and {r for r in window.requests if r != "about:blank"} == {path.resolve().as_uri()}
    finally:
        window.close()


def test_the_command_writes_what_it_shows(cli, cache, isolated):
    from summarize.store import Store

    with Store.open(cache) as store:
        keep(store, COUNCIL, FIRST, SECOND)
    (isolated / "out").mkdir()
    (isolated / "out" / "ferry.md").write_text("x")
    code, out, err = cli("digest")
    assert code == 0 and "1. " in out and "2 articles" in out and not err
    code, out, err = cli("digest", "-o", "out/today.md")
    text = (isolated / "out" / "today.md").read_text()
    assert (code, out) == (0, "") and "out/today.md" in err and "[ferry](<ferry.md>)" in text and "(aurora" not in text
    code, out, _ = cli("digest", "--json", "--limit", "1")
    told = json.loads(out)
    assert code == 0 and [s["summary"] is None for s in told["stories"]] == [False, True]
    claims = [claim["text"] for claim in told["stories"][0]["summary"]]
    assert claims and all(claim in text.replace("\\", "") for claim in claims)
    places = [p for claim in told["stories"][0]["summary"] for e in claim["evidence"] for p in e["places"]]
    assert {p["article"] for p in places} <= {"ferry", "aurora"}
    code, _, err = cli("digest", "--since", "never")
    assert code == 2 and "24h" in err


def test_what_is_in_two_target_languages_is_not_told_as_one(store):
    keep(store, FIRST, replace(SECOND, target="fr"), COUNCIL)
    assert sorted(map(ids, made(store).stories)) == [["aurora"], ["council"], ["ferry"]]


class Writing(FakePlan):
    """A chat model that answers with one line."""

    def __init__(self, store, line, quality="fair"):
        super().__init__(store, kind="headline")
        self._summarizer = Cached(store, Fake(lambda text: line, name=f"says {line}"))
        self.summarizer_note = ModelNote("summarize", "chat", quality, "cc")


def headlined(store, line, **more):
    d = made(store)
    return replace(
        d, stories=tuple(telling.told(d.stories, Writing(store, "The ferry."), Writing(store, line, **more)))
    )


def test_a_headline_that_a_model_wrote_is_held_against_the_articles(store):
    keep(store, FIRST, SECOND)
    good = headlined(store, "All 212 passengers of the Aurora were brought ashore.")
    assert "## 1. All 212 passengers of the Aurora were brought ashore.\n" in digests.markdown(good)
    assert good.stories[0].headline.evidence and not good.draft and "`chat` (fair" in digests.markdown(good)
    bad = headlined(store, "All 900 passengers of the Aurora drowned.")
    assert "drowned. **(unsupported: " in digests.markdown(bad)
    assert digests.as_json(bad)["stories"][0]["headline"]["problems"]
    assert headlined(store, "The ferry.", quality="draft").draft


def test_the_title_stands_where_a_model_has_nothing_to_say(store):
    keep(store, COUNCIL)
    assert headlined(store, "").stories[0].headline is None
    assert "## 1. Altdorf has a budget\n" in digests.markdown(headlined(store, ""))


# -- which articles are about one event -------------------------------------------------------------------------------


def test_what_is_alike_in_common_words_alone_is_not_one_event():
    accident = lambda town, driver: [
        f"Two people were injured in an accident in {town} on Monday.",
        "The ambulance took the injured driver to the hospital.",
        f"The driver, {driver}, had not seen the car.",
    ]
    leads = [Lead.of("", accident(t, d)) for t, d in (("Bonn", "Meier"), ("Hof", "Krause"), ("Bonn", "Meier"))]
    assert events(leads) == [[0, 2], [1]]


def test_a_round_up_does_not_chain_one_event_to_the_next():
    leads = [Lead.of("", s) for s in (FERRY, BUDGET, [*FERRY[:3], *BUDGET])]
    groups = sorted(map(sorted, events(leads)))
    assert [0, 1] not in groups and [0, 1, 2] not in groups


def test_the_same_words_a_month_later_are_another_event():
    ferry = Lead.of("", FERRY, "2026-02-01")
    near, far = ([ferry, Lead.of("", OTHER, day)] for day in ("2026-02-05", "2026-03-05"))
    assert events(near) == [[0, 1]] and events(far) == [[0], [1]]
    undated = [Lead.of("", FERRY, "2026-02-01"), Lead.of("", OTHER, "last Tuesday")]
    assert events(undated) == [[0, 1]]


def test_every_article_is_in_one_group():
    leads = [Lead.of(t, s) for t, s in (("", []), ("Nothing", []), ("", FERRY), ("", FERRY), ("", BUDGET))]
    assert sorted(n for group in events(leads) for n in group) == list(range(5))
    assert 0 < ALIKE < 1 and events([]) == []


def test_items_take_the_newest_result_and_forget_failures_that_were_mended(store):
    one = store.begin_run([], {})
    broken = failure_json(Failure("a", "a.txt", "read", "E", "m"))
    store.add_items([Item(one, 0, "a", None, False, broken), Item(one, 1, "b", None, False, broken)])
    store.end_run(one, "done", {})
    two = keep(store, replace(FIRST, id="a"))
    made_, failed = span.items(store, store.runs()[::-1])
    assert [(i.article, i.run) for i in made_.values()] == [("a", two)] and len(failed) == 1

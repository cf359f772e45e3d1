"""Titles: an article without one goes by the first sentence of its summary, and nothing is said twice."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from fake_plan import FakePlan
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_renderings import RENDERERS, RESULT, listed, text_of

from summarize import compare
from summarize.compare import comparisons
from summarize.job import pipeline
from summarize.render import bilingual, diffs, outputs
from summarize.summarizers.extractive import Extractive
from summarize.types import KINDS, LONGEST_TITLE, Article, Claim, Result, Sentence, Status, Summary

SAID = "Nobody knows what became of the ferry."
UNTITLED = replace(
    RESULT, title="", title_en=SAID, summary=Summary("short", (Claim(SAID, (1,)), Claim("It cost 5 euros.", (1,))))
)
HEADLINE = replace(RESULT, title_en=SAID.rstrip("."), summary=Summary("headline", (Claim(SAID, (1,)),)))
visible = lambda page: re.sub(r"<script.*?</script>", "", page, flags=re.DOTALL)


@pytest.mark.parametrize("result", [UNTITLED, HEADLINE], ids=["made title", "headline"])
@pytest.mark.parametrize("name", [n for n in RENDERERS if "json" not in n])
def test_what_is_both_title_and_summary_is_said_once(name, result, isolated):
    shown = " ".join(visible(RENDERERS[name](result)).split())
    assert shown.count(SAID.rstrip(".")) == (name != "diffs")


@pytest.mark.parametrize("name", ["digests", "digests terminal"])
def test_nor_does_a_digest_say_its_headline_again(name, isolated):
    told = (Sentence(1, "Niemand weiß etwas von der Fähre.", " ", "de", SAID, Status.TRANSLATED), *RESULT.sentences[1:])
    shown = " ".join(visible(RENDERERS[name](replace(UNTITLED, sentences=told))).split())
    assert shown.count(SAID) == 1 and shown.count(outputs.ABOVE) == 1


def test_its_evidence_and_its_doubts_stand_with_it():
    doubted = replace(UNTITLED, summary=Summary("short", (Claim(SAID, (1,), doubts=("numbers",)),)))
    assert listed(doubted, brief=False).splitlines()[2] == f"{SAID} (made title) (in doubt: numbers)"
    assert "made title · 1 failed" in listed(doubted, brief=True)
    assert "1 of the summary in doubt" in " ".join(listed(doubted, brief=True).split())
    assert "* the title above [1] **(in doubt: numbers)**" in outputs.markdown(doubted)
    assert "1. the title above [2] in doubt: numbers" in text_of(*bilingual.article(doubted, parts=["summary"]))
    page = visible(RENDERERS["report"](doubted))
    assert f'{SAID} (made title)</a> <em class="doubt">in doubt against the original: numbers</em></h3>' in page


def test_a_change_of_a_made_title_is_told_once_and_that_of_a_given_one_too():
    other = SAID.replace("Nobody knows", "Everybody knows")

    def told(old: Result, new: Result) -> str:
        found = compare.Comparison(compare.Side("a"), compare.Side("b"))
        comparisons.take(found, old, new, {}, {})
        return text_of(*diffs.articles(found.deltas, colour=False, side_by_side=False, why=False))

    changed = replace(UNTITLED, title_en=other, summary=Summary("short", (Claim(other), *UNTITLED.summary.claims[1:])))
    assert told(UNTITLED, changed).count("{+Everybody+}") == 1
    given = [replace(RESULT, title_en=title) for title in (SAID, other)]
    assert told(*given).count("{+Everybody+}") == 1
    assert told(HEADLINE, replace(HEADLINE, summary=RESULT.summary)).count(f"{{+{SAID}+}}") == 0


@pytest.mark.parametrize("length", [LONGEST_TITLE - 1, LONGEST_TITLE, LONGEST_TITLE + 1, 9 * LONGEST_TITLE])
def test_a_sentence_that_is_too_long_for_a_title_is_none(length, store):
    text = f"{'n' * 20} {'o ' * length}"[: length - 1] + "."
    plan = FakePlan(store, summarize=lambda _: text)
    (done,) = pipeline.run([Article("a", (text,), language="en")], plan, store)
    assert outputs.heading(done.item) == (f"{text} (made title)" if length <= LONGEST_TITLE else "a")
    assert text in outputs.markdown(done.item).split("## Translation")[0].replace("\\", "")
    assert len(listed(done.item, brief=False, width=1000)) < 3 * LONGEST_TITLE


def test_what_the_article_does_not_support_is_no_title(store):
    plan = FakePlan(store, summarize=lambda _: "Grindel resigned in 2024.")
    (done,) = pipeline.run([Article("a", ("The mayor of Ulm opened a bridge.",), language="en")], plan, store)
    assert done.item.summary.claims[0].problems and outputs.heading(done.item) == "a"


# -- articles of any sentences ----------------------------------------------------------------------------------------

WORDS = st.sampled_from(["mayor", "bridge", "council", "river", "ferry", "town", "budget", "strike", "school", "storm"])
SENTENCES = st.lists(WORDS, min_size=4, max_size=9).map(lambda found: f"The {' and the '.join(found)} met.")


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.lists(SENTENCES, min_size=1, max_size=12), st.sampled_from(KINDS), st.sampled_from(["", "first", "own"]))
def test_no_two_lines_of_a_list_say_the_same(store, sentences, kind, title):
    """Whatever the kind, with no title, one that is also the first sentence, or one of its own."""
    given = {"": "", "first": sentences[0], "own": "The strike of the ferry and the school"}[title]
    plan = FakePlan(store, kind=kind, summarize=lambda text: Extractive(kind, "central").run([text])[0].text)
    article = Article("a", (" ".join(sentences),), given, language="en")
    (done,) = pipeline.run([article], plan, store)
    lines = listed(done.item, brief=False, width=1000).splitlines()
    shown = [lines[0].removesuffix(outputs.MADE), *(line.removeprefix("• ") for line in lines if line.startswith("•"))]
    assert len(set(shown)) == len(shown)
    assert {claim.text for claim in done.item.summary.claims} <= set(shown), "and all of the summary is there"

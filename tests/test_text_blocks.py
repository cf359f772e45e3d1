"""Plain text and Markdown by block, on generated texts: what was one paragraph before an editor wrapped it is one
again, and nothing else is joined; code, tables, notes and ordinals stay."""

from __future__ import annotations

import textwrap

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from summarize.articles import seen
from summarize.articles.formats import document_reader

WORD = st.text("abcdefghijklmnoprstuäöüß", min_size=2, max_size=14)
NAME = WORD.map(str.capitalize)
SENTENCE = st.builds(lambda first, rest: f"{' '.join([first, *rest])}.", NAME, st.lists(WORD, min_size=6, max_size=20))
PARAGRAPH = st.lists(SENTENCE, min_size=3, max_size=6).map(" ".join)
HEADLINE = st.lists(NAME, min_size=2, max_size=5).map(" ".join)


def read(text: str, suffix: str = ".txt"):
    [draft] = document_reader(suffix)(text.encode())
    account = seen.reading(draft.seen, draft.title, draft.paragraphs)
    assert account.lost == account.formed == () and not account.missing, account
    return draft


@settings(deadline=None)
@given(st.lists(PARAGRAPH, min_size=1, max_size=4), st.integers(45, 120))
def test_paragraphs_wrapped_at_any_width_are_whole_again(paragraphs, width):
    wrapped = [textwrap.wrap(p, width, break_on_hyphens=False) for p in paragraphs]
    assume(all(len(lines) > 2 for lines in wrapped))
    assert read("\n\n".join("\n".join(lines) for lines in wrapped)).paragraphs == paragraphs


@settings(deadline=None)
@given(st.lists(HEADLINE, min_size=2, max_size=9), st.booleans())
def test_headlines_one_a_line_stay_apart(lines, blank):
    draft = read(("\n\n" if blank else "\n").join(lines))
    assert [draft.title, *draft.paragraphs] == (lines if draft.title else ["", *lines])


@settings(deadline=None)
@given(HEADLINE, PARAGRAPH, st.integers(45, 90))
def test_a_headline_over_wrapped_text_is_no_part_of_it(headline, paragraph, width):
    lines = textwrap.wrap(paragraph, width, break_on_hyphens=False)
    assume(len(lines) > 3)
    draft = read(f"{headline}\n\n" + "\n".join(lines))
    assert (draft.title, draft.paragraphs) == (headline, [paragraph])


CUT = st.builds(lambda a, b: (a + b, f"{a}-\n{b}"), st.text("abcdefgh", min_size=3), st.text("ijklm", min_size=3))
REST = st.builds(
    lambda a, b, c: (f"{a}- {b} {c}", f"{a}-\n{b} {c}"), NAME, st.sampled_from(["und", "oder", "bis"]), WORD
)
JOINED = st.builds(lambda a, b: (f"{a}-{b}", f"{a}-\n{b}"), NAME, NAME)


@settings(deadline=None)
@given(st.lists(st.tuples(SENTENCE, CUT | REST | JOINED), min_size=2, max_size=6))
def test_a_word_cut_at_the_end_of_a_line_is_whole_and_a_hyphen_that_means_something_stays(parts):
    """Every line but the last ends in a hyphen."""
    said = " ".join(f"{sentence} {whole}" for sentence, (whole, _) in parts)
    written = " ".join(f"{sentence} {cut}" for sentence, (_, cut) in parts)
    assume(all(len(line) >= 30 for line in written.split("\n")[:-1]))
    assert " ".join(read(written).paragraphs) == said


FIELD = st.text("abcäöü 0123456789", min_size=1, max_size=20).map(str.strip).filter(lambda s: s and s[0].isalpha())


@settings(deadline=None)
@given(HEADLINE, st.dates().map(str), FIELD, st.sampled_from(["---", "+++"]), PARAGRAPH)
def test_front_matter_of_both_kinds_is_data(title, day, other, fence, paragraph):
    form = '{} = "{}"' if fence == "+++" else '{}: "{}"'
    front = "\n".join(form.format(*pair) for pair in (("title", title), ("date", day), ("kicker", other)))
    draft = read(f"{fence}\n{front}\n{fence}\n\n{paragraph}\n", ".md")
    assert (draft.title, draft.date, draft.paragraphs) == (title, day, [paragraph])


CELL = st.text("abcäöü0123456789,", min_size=1, max_size=9).filter(lambda s: any(map(str.isalnum, s)))


@settings(deadline=None)
@given(st.lists(st.lists(CELL, min_size=3, max_size=3), min_size=2, max_size=6), PARAGRAPH)
def test_a_table_is_read_row_by_row(rows, paragraph):
    table = [f"| {' | '.join(row)} |" for row in rows]
    draft = read("\n".join([paragraph, "", table[0], "|---|---|---|", *table[1:], "", paragraph]), ".md")
    assert draft.paragraphs == [paragraph, *(" ".join(row) for row in rows), paragraph]


@settings(deadline=None)
@given(PARAGRAPH, SENTENCE, SENTENCE)
def test_a_footnote_is_text_and_its_mark_is_not(paragraph, note, other):
    draft = read(f"{paragraph}[^1] {other}[^n]\n\n[^1]: {note}\n\n[^n]: {other}\n", ".md")
    assert draft.paragraphs == [f"{paragraph} {other}", note, other]


CODE = st.text("abc 019(){}<>&;#*_[]|\"'=+-.", min_size=1, max_size=40).filter(str.strip).map(str.rstrip)


@settings(deadline=None)
@given(PARAGRAPH, st.lists(CODE, min_size=1, max_size=5), st.sampled_from(["```", "~~~", "````"]))
def test_code_is_copied(paragraph, lines, fence):
    code = "\n".join(lines)
    draft = read(f"{paragraph}\n\n{fence}\n{code}\n{fence}\n\n{paragraph}", ".md")
    assert draft.paragraphs == [paragraph, code, paragraph] and draft.code == {code}


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(1, 99999), st.sampled_from(".)"), SENTENCE), min_size=1, max_size=5))
def test_an_ordinal_at_the_head_of_a_paragraph_stays(items):
    paragraphs = [f"{number}{mark} {text}" for number, mark, text in items]
    assert read("\n\n".join(paragraphs), ".md").paragraphs == paragraphs

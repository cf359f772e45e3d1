"""The word diff and the alignment of sentences: nothing is lost, and what a reader would call the same is the same."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from summarize.compare.alignment import ADDED, CHANGED, REMOVED, SAME, after, before, count_words, sentences, words

TEXTS = st.one_of(st.text(), st.text(alphabet="ab ,.\n\u00a0é\u0301'-3", max_size=60))


@given(TEXTS, TEXTS)
def test_spans_give_both_texts_back(old, new):
    found = words(old, new)
    assert before(found) == old and after(found) == new
    assert all(s.text for s in found)
    kinds = [s.kind for s in found]
    assert all(a != b for a, b in pairwise(kinds)), "neighbours of one kind are one span"


@given(TEXTS)
def test_equal_texts_have_no_changes(text):
    assert {s.kind for s in words(text, text)} <= {SAME}
    assert all(c.still for c in sentences(text.split("."), text.split(".")))


@given(st.lists(TEXTS, max_size=8), st.lists(TEXTS, max_size=8))
def test_every_sentence_of_both_texts_has_one_place(old, new):
    changes = sentences(old, new)
    assert sorted(c.old for c in changes if c.old is not None) == list(range(len(old)))
    assert [c.new for c in changes if c.new is not None] == list(range(len(new))), "the new text's order"
    for c in changes:
        assert c.kind == (ADDED if c.old is None else REMOVED if c.new is None else c.kind)
        assert c.old is None or c.old_text == old[c.old]
        assert c.new is None or c.new_text == new[c.new]
        assert (c.kind == SAME) == (c.old is not None and c.new is not None and old[c.old] == new[c.new])


@given(st.lists(st.text(min_size=1), max_size=8, unique=True), st.randoms())
def test_a_shuffle_is_all_moves(texts, random):
    shuffled = list(texts)
    random.shuffle(shuffled)
    changes = sentences(texts, shuffled)
    assert {c.kind for c in changes} <= {SAME}
    stayed = [c.old for c in changes if not c.moved]
    assert stayed == sorted(stayed), "what has not moved has kept its order"
    assert any(c.moved for c in changes) == (texts != shuffled)


def spans(old, new):
    return [(s.kind, s.text) for s in words(old, new) if s.kind != SAME]


def test_words_with_joiners_are_whole():
    assert spans("It cost 3.5 million.", "It cost 3,6 million.") == [(REMOVED, "3.5"), (ADDED, "3,6")]
    assert spans("They don't know.", "They didn't know.") == [(REMOVED, "don't"), (ADDED, "didn't")]


def test_a_comma_between_two_changes_belongs_to_them():
    assert spans("On Monday, Berlin slept.", "On Friday, Paris slept.") == [
        (REMOVED, "Monday, Berlin"),
        (ADDED, "Friday, Paris"),
    ]


def test_white_space_stays_outside_a_replacement():
    assert spans("a  old b", "a  new b") == [(REMOVED, "old"), (ADDED, "new")]
    assert (
        spans("one two", "one  two") == [(REMOVED, " "), (ADDED, "  ")]
        or "".join(t for _, t in spans("one two", "one  two")).isspace()
    )


def test_versions_of_a_sentence_find_each_other():
    old = ["The mayor opened the bridge on Monday.", "Nobody came.", "It cost five million euros."]
    new = ["It cost six million euros.", "The mayor of Ulm opened the bridge on Monday.", "Rain fell all day."]
    found = {(c.kind, c.old, c.new) for c in sentences(old, new)}
    assert found == {(CHANGED, 0, 1), (REMOVED, 1, None), (CHANGED, 2, 0), (ADDED, None, 2)}
    assert sum(c.moved for c in sentences(old, new)) == 1


def test_what_was_removed_stands_where_it_stood():
    changes = sentences(["A one.", "B two.", "C three."], ["A one.", "C three."])
    assert [(c.kind, c.old) for c in changes] == [(SAME, 0), (REMOVED, 1), (SAME, 2)]


def test_repeated_sentences_are_paired_in_order():
    changes = sentences(["Yes.", "No.", "Yes."], ["Yes.", "No.", "Yes.", "Yes."])
    assert [(c.kind, c.old) for c in changes] == [(SAME, 0), (SAME, 1), (SAME, 2), (ADDED, None)]


def test_long_texts():
    old = [f"Sentence {i} speaks of town {i * 7} and of river {i % 13}." for i in range(2000)]
    new = [s.replace("speaks", "tells") if i % 3 == 0 else s for i, s in enumerate(old)]
    changes = sentences(old, new)
    assert sum(c.kind == CHANGED for c in changes) == 667 and not any(c.moved for c in changes)
    line = " ".join(f"w{i}" for i in range(30_000))
    found = words(line, line.replace("w15000 ", "x "))
    assert [s.text for s in found if s.kind != SAME] == ["w15000", "x"]
    far_apart = words(" ".join(f"a{i}" for i in range(5000)), " ".join(f"b{i}" for i in range(5000)))
    assert [s.kind for s in far_apart] == [REMOVED, ADDED]


def test_counting_words():
    assert count_words("Fünf Kappen, 3.5 kg – sehr gut!") == 7

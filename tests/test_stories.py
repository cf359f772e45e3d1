"""Near-duplicates: wire copy and updates are found, strangers are not, and it stays linear."""

from __future__ import annotations

import random

from growth import is_linear
from hypothesis import given
from hypothesis import strategies as st

from summarize.compare.stories import SKETCH, Index, shared, sketch

WORDS = [f"wort{i}" for i in range(3000)]


def article(seed: int, n: int = 20) -> list[str]:
    rng = random.Random(seed)
    return [" ".join(rng.choices(WORDS, k=12)).capitalize() + "." for _ in range(n)]


def test_wire_copy_and_updates_are_one_story():
    index = Index()
    first = article(1)
    index.add("strange", article(2))
    index.add("long", [*first, *article(3, 6)], "2026-02-02")
    index.add("first", first, "2026-02-01")
    index.add("copy", [s.upper() + "  " for s in first[:15]], "2026-02-03")
    (story,) = index.stories()
    assert story.articles == ("first", "long", "copy"), "by date"
    assert [(e.article, e.of, e.shared, e.fresh) for e in story.echoes] == [
        ("long", "first", 1.0, 6),
        ("copy", "first", 1.0, 0),
    ]


def test_without_dates_the_shorter_is_the_earlier_version():
    index = Index()
    base = article(1)
    index.add("a-update", [*base, *article(5, 3)])
    index.add("b", base)
    (story,) = index.stories()
    assert story.articles == ("b", "a-update") and story.echoes[0].fresh == 3


def test_lines_that_stand_everywhere_make_no_story():
    index = Index()
    footer = ["Lesen Sie auch unsere anderen Artikel zum Thema.", "Alle Rechte an diesem Text sind vorbehalten."]
    for n in range(40):
        index.add(str(n), [*article(n), *footer, "Foto: dpa"])
    assert index.stories() == []


def test_short_articles_must_be_equal():
    index = Index()
    index.add("a", ["Der Bürgermeister eröffnete die neue Brücke."])
    index.add("b", ["Der Bürgermeister eröffnete die neue Brücke.", "Es regnete den ganzen Tag lang."])
    assert index.stories() == []
    index.add("c", ["der bürgermeister eröffnete die neue Brücke!"])
    assert index.stories()[0].articles == ("a", "c")
    index.add("empty", [])
    index.add("empty too", ["Ja."])
    assert len(index.stories()) == 1


def test_many_copies_are_one_story():
    index = Index()
    for n in range(50):
        index.add(str(n), article(1))
    (story,) = index.stories()
    assert len(story.articles) == 50 and len(story.echoes) == 49


@given(st.lists(st.integers(0, 60), max_size=80), st.lists(st.integers(0, 60), max_size=80))
def test_sharing_is_symmetric_and_bounded(a, b):
    texts = article(9, 61)
    left, right = sketch(texts[i] for i in a), sketch(texts[i] for i in b)
    assert shared(left, right)[0] == shared(right, left)[0]
    assert 0 <= shared(left, right)[0] <= 1
    assert shared(left, right)[1] == len({*b} - {*a})


def test_full_sketches_estimate():
    base = article(4, 10 * SKETCH)
    half, other = base[: 5 * SKETCH], article(5, 5 * SKETCH)
    assert shared(sketch(base), sketch(half))[0] == 1.0
    assert 0.3 < shared(sketch(base), sketch([*half, *other]))[0] < 0.7


def test_ten_thousand_articles():
    def tell(many: int) -> None:
        index = Index()
        for n in range(many):
            index.add(str(n), article(n % (many * 19 // 20), 5))
        assert len(index.stories()) == many - many * 19 // 20

    assert is_linear(tell, 10_000)

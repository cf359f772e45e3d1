"""Checks that compare what the source says with what the output says; they know no language, `facts` does.

Both ways: what is missing is as wrong as what was added.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from ..facts import Fact, Facts
from ..facts.calendar import IMPOSSIBLE
from ..facts.digits import DIGIT
from ..facts.quantities import quantities, retold

_HOST = re.compile(r"[\w.-]+")
_WORD_BEFORE = re.compile(r"\w+ $")
_NEGATIVE = re.compile(r"(?<![\w\d.,)\]%–-])(?<!\d )[-−](?=\d)|\b[Mm]inus (?=\d)")


def addresses(source: Facts, output: Facts) -> bool:
    """A URL, e-mail address, handle, hashtag or piece of code is not there byte for byte, or was made up. A mere host
    may begin with a capital where a sentence does."""
    return _lacks(output, source.addresses) or _lacks(source, output.addresses)


def _lacks(text: Facts, addresses: list[str]) -> bool:
    return any(a not in text.text and (not _HOST.fullmatch(a) or a.lower() not in text.text.lower()) for a in addresses)


def numbers(source: Facts, output: Facts) -> bool:
    """A figure of the source is missing in the output, or the output has one that the source lacks; in words or as the
    name of a month it counts as there. A minus sign that is lost counts as well, and a figure of a time."""
    if not (source.of("number", "time") or output.of("number", "time")):
        return False
    if not (output.language.numerals or output.of("number", "time", "date")):
        return False  # it may spell them
    if _NEGATIVE.search(source.plain) and not output.language.minus.search(output.text):
        return True
    return (
        bool(_unconverted(_missing(source.of("number"), output), source, output))
        or bool(added(output, source, "number"))
        or _other_score(source, output)
        or _other_winner(source, output)
        or _mistimed(source, output)
        or (bool(source.of("time")) and _mistimed(output, source))
    )


def _other_score(source: Facts, output: Facts) -> bool:
    """2:1 became 2-2, although both numbers stand somewhere."""
    asked, given = source.values("score"), output.values("score")
    return len(asked) == len(given) and asked != given


def _other_winner(source: Facts, output: Facts) -> bool:
    """0:3, of which the source says no more, became a 3-0 that was won, or 3:0 one that was lost."""
    scores, there, told = source.of("score"), output.language.results, source.language.results
    if len(scores) != 1 or len(output.of("score")) != 1 or not (there and told):
        return False
    first, second = (int(figure) for figure in re.findall(r"\d+", source.quoted(scores[0])))
    did, not_done = ("won", "lost") if first > second else ("lost", "won")
    return (
        first != second
        and bool(there[not_done].search(output.text))
        and not there[did].search(output.text)
        and not told[not_done].search(source.text)
    )


def _mistimed(text: Facts, there: Facts) -> bool:
    """Whether a time in figures has an hour or a minute that the other text has in no form."""
    timed = [fact for fact in text.of("time") if DIGIT.search(text.quoted(fact)) and not told(fact, there)]
    known = there.said if timed else set()
    return any(
        not any({hour, hour % 12 or 12} & known and (not minute or minute in known) for hour, minute in fact.values)
        for fact in timed
    )


def counts(source: Facts, output: Facts) -> bool:
    """A number that one side spells out is neither spelled nor written on the other, or a large unit is another."""
    missing = [fact for fact in _missing(source.of("count"), output) if not _is_english(source.quoted(fact), output)]
    return bool(_unconverted(missing, source, output)) or bool(added(output, source, "count"))


def added(output: Facts, source: Facts, kind: str) -> list[Fact]:
    """The numbers of the output that the source has in no form. Of a language whose number words are not known, one
    with no figure at all may spell them."""
    if not source.language.numerals and (kind == "count" or not source.of("number", "time", "date")):
        return []
    if kind == "count" and not _is_read(source):
        return []
    missing = [fact for fact in _missing(output.of(kind), source) if not _as_it_stands(fact, output, source)]
    return _unconverted(missing, output, source)


def _is_english(word: str, output: Facts) -> bool:
    """Whether what may be a number stands in the output as it is: Swedish "sex" is also no six."""
    return len(word) > 2 and bool(re.search(rf"(?<!\w){re.escape(word)}(?!\w)", output.text))


def _as_it_stands(fact: Fact, output: Facts, source: Facts) -> bool:
    """Whether the source has a number word in the same English phrase: der Front Nine."""
    before = _WORD_BEFORE.search(output.text, 0, fact.start) if fact.kind == "count" else None
    return bool(before) and output.text[before.start() : fact.end] in source.text


def _is_read(source: Facts) -> bool:
    """Whether the source has words of its language: else it may be in another, or names alone."""
    common = source.language.common
    return common is not None and bool(common.search(source.text) or any(f.sure for f in source.of("count")))


def _missing(asked: Iterable[Fact], there: Facts) -> list[Fact]:
    """The numbers that another text has in no form."""
    asked = [fact for fact in asked if fact.sure]
    if not asked:
        return []
    known = there.said
    return [fact for fact in asked if not _readings(fact, there) & known]


def _unconverted(missing: list[Fact], text: Facts, there: Facts) -> list[Fact]:
    """Those of the missing numbers that are not there in another unit either."""
    same = retold(text, there) if missing and text.of("unit") else frozenset()
    return [fact for fact in missing if not fact.values & same]


def _readings(fact: Fact, there: Facts) -> set[Any]:
    return set(fact.values) | {v % 12 for v in fact.values if isinstance(v, int) and 12 < v <= 24 and there.late}


# --- times and dates -------------------------------------------------------------------------------------------------


def impossible_time(source: Facts, output: Facts) -> bool:
    """The output names an hour of the afternoon as one of the morning, whatever the source says."""
    return bool(IMPOSSIBLE.search(output.text))


def times(source: Facts, output: Facts) -> bool:
    """A time of day of the source has no equal in the output, or the output has one that is none, or another."""
    if impossible_time(source, output):
        return True
    asked, given = source.of("time"), output.of("time")
    return any(not told(fact, output) for fact in asked) or (bool(asked) and any(not told(f, source) for f in given))


def told(fact: Fact, there: Facts) -> bool:
    """Whether the other text has this time, by its hours and minutes or as the numbers that it may be."""
    given = there.values("time")
    if fact.values & given:
        return True
    known = there.said
    numbers = there.values("number", "count")
    if fact.parts and all(part in known for part in fact.parts):
        return not there.of("time") if len(fact.parts) > 1 else not any(not f.parts for f in there.of("time"))
    late = 12 if there.late else 0
    for hour, minute in fact.values:
        if minute in (0, 30) and (hour in numbers or (late and hour - late in numbers)):
            return minute == 0 or there.halves or 30 in numbers
        if 100 * hour + minute in numbers:
            return True
        if (hour in numbers or hour - late in numbers) and minute in numbers:
            return True
    return False


def dates(source: Facts, output: Facts) -> bool:
    """Months, days of the week, or the day of a month are not the same on both sides."""
    return _dates_lack(source, output) or (_is_read(source) and bool(added_days(output, source)))


def _dates_lack(source: Facts, output: Facts) -> bool:
    months, days = _months(output), output.values("weekday")
    if months and any(not {month for month, _ in f.values} & months for f in source.of("date") if f.sure):
        return True
    return any(not f.values & months for f in source.of("month") if f.sure) or any(
        not f.values & days for f in source.of("weekday") if f.sure
    )


def added_days(output: Facts, source: Facts) -> list[Fact]:
    """Months and days of the week that only the output names; March and May also begin a sentence."""
    months, days = _months(source), source.values("weekday")
    found = [f for f in output.of("month") if f.sure and not f.values & (months | {3, 5})]
    found += [f for f in output.of("weekday") if f.sure and not f.values & days]
    return [f for f in found if output.quoted(f) not in source.text]  # the name of a show


def _months(text: Facts) -> set[int]:
    return text.values("month") | {month for month, _ in text.values("date")}


# --- measures --------------------------------------------------------------------------------------------------------


def currencies(source: Facts, output: Facts) -> bool:
    """The output names another currency than the source, or none."""
    asked, given = ({value for f in text.of("money") for value in f.values} for text in (source, output))
    return any(f.sure and not f.values & given for f in _money(source)) or any(
        f.sure and not f.values & asked for f in _money(output)
    )


def _money(text: Facts) -> Iterator[Fact]:
    """Each amount once: a crown may be Czech or Swedish."""
    by_place: dict[int, Fact] = {}
    for fact in text.of("money"):
        known = by_place.get(fact.start)
        by_place[fact.start] = (
            replace(fact, values=fact.values | known.values, sure=fact.sure and known.sure) if known else fact
        )
    yield from by_place.values()


def percentages(source: Facts, output: Facts) -> bool:
    """A percentage became something else, or something else a percentage; or percentage points became percent."""
    asked, given = ([f for f in text.of("percent") if f.sure or "%" in f.values] for text in (source, output))
    if any(f.sure and "pp" in f.values for f in asked) and "pp" not in output.values("percent"):
        return True
    other = output if asked else source
    return not (asked and given) and any(f.sure or 100 in other.values("number") for f in asked + given)


def units(source: Facts, output: Facts) -> bool:
    """A figure of the source has a unit that the output does not name, neither by its sign nor in words."""
    lacking = [u for u in _units(source) if not any(output.language.units[n].search(output.text) for n in u.values)]
    if not lacking:
        return False
    same = retold(source, output)
    return not same or any(
        not number.values & same for name, number in quantities(source) if any(name in u.values for u in lacking)
    )


def _units(text: Facts) -> Iterator[Fact]:
    """Each unit once, and of those at one place the longest: km/h is no km."""
    by_place: dict[int, Fact] = {}
    money = {fact.start for fact in text.of("money")}  # a pound is a currency, too
    for fact in text.of("unit"):
        if fact.start in money:
            continue
        known = by_place.get(fact.start)
        if known is None or fact.end > known.end:
            by_place[fact.start] = fact
        elif fact.end == known.end:
            by_place[fact.start] = replace(fact, values=fact.values | known.values)
    yield from by_place.values()


# --- negation --------------------------------------------------------------------------------------------------------


def negation(source: Facts, output: Facts) -> bool:
    """The source denies more often than the output does, in whatever words, or the output denies and the source never.

    Denials are counted where the language's data file says so; elsewhere one is asked for, since one may take several
    words (no … nada), and English has many ways to say it softly ("short of", "yet to").
    """
    theirs, ours = source.language, output.language
    if theirs.no is None or theirs.denies is None or ours.no is None or ours.denies is None:
        return False
    if denied := len(theirs.no.findall(source.plain)):
        known = len(ours.denies.findall(output.plain))
        if not theirs.counted:
            denied, known = 1, known + len(ours.softly.findall(output.plain))
        if denied > known:
            return True
    return bool(ours.no.search(output.text)) and _is_read(source) and not theirs.denies.search(source.text)

"""What a text says, in every language with a data file: numbers against num2words, dates and times against babel."""

from __future__ import annotations

import shutil
from datetime import date

import pytest
from babel.dates import format_date, format_time
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from num2words import num2words

from summarize import checks
from summarize.facts import facts
from summarize.facts.quantities import converted
from summarize.languages import language as known
from summarize.languages.language import DATA, language

READ = sorted(path.stem for path in DATA.glob("*.toml"))
FOREIGN = [code for code in READ if code != "en"]


def test_the_languages_that_are_read():
    assert set(READ) >= {"de", "en", "fr", "es", "it", "nl", "pt", "pl", "cs", "ru", "uk", "sv", "tr"}
    assert all(language(code).read for code in READ) and not language("ja").read and not language("").read


def spelled(number: int, code: str) -> str:
    words = num2words(number, lang=code).lower()
    return words.replace(",", "").replace("förtio", "fyrtio").replace("dicott", "diciott")  # its slips


@pytest.mark.parametrize("code", READ)
@settings(max_examples=150, deadline=None)
@given(number=st.integers(2, 999_999) | st.integers(2, 199) | st.sampled_from([2 * 10**6, 3 * 10**9, 5000, 21_000]))
def test_a_number_in_words_is_the_number(code, number):
    if code == "tr" and number // 1000 % 10 == 1:
        return  # num2words leaves the one out
    assert number in facts(spelled(number, code), code).values("count")


@pytest.mark.parametrize("code", FOREIGN)
@settings(max_examples=60, deadline=None)
@given(number=st.integers(3, 19) | st.sampled_from([30, 50, 70, 90]), other=st.integers(3, 19))
def test_another_number_word_is_noticed(code, number, other):
    words, common = spelled(number, code), language(code).common_words[3]
    source = f"{common} x {words} y."
    assume(any(fact.sure for fact in facts(source, code).of("count")))  # "acht" is also care, "neuf" new
    assert "number words" not in checks.failed(source, f"x {num2words(number)} y.", code)
    if other != number:
        assert "number words" in checks.failed(source, f"x {num2words(other)} y.", code)


@pytest.mark.parametrize("code", READ)
@given(day=st.dates(date(1950, 1, 1), date(2049, 12, 31)))
@settings(max_examples=80, deadline=None)
def test_a_date_in_words_is_the_date(code, day):
    found = facts(format_date(day, "full", code), code)
    assert (day.month, day.day) in found.values("date") and day.isoweekday() in found.values("weekday")
    assert {day.month} == found.values("month") and day.year in found.values("number")


@pytest.mark.parametrize("code", FOREIGN)
@given(day=st.dates(date(1950, 1, 1), date(2049, 12, 31)), months=st.integers(1, 11), late=st.times())
@settings(max_examples=60, deadline=None)
def test_another_date_or_time_is_noticed(code, day, months, late):
    assume(100 * late.hour + late.minute != day.year)  # 1953 may be a time
    at = language(code).section("clock")["before"].split()[0].replace("·", " ")
    source = f"{format_date(day, 'full', code)}, {at} {late.hour}:{late.minute:02d}"
    english = f"{format_date(day, 'full', 'en')}, at {{}}"
    assert not {"dates", "times", "numbers"} & set(
        checks.failed(source, english.format(format_time(late, "short", locale="en")), code)
    )
    wrong = day.replace(day=1, month=(day.month - 1 + months) % 12 + 1)
    assert "dates" in checks.failed(
        source, f"{wrong.strftime('%B')} {day.day}, {day.year}, at {late.hour}:{late.minute:02d}", code
    )
    minute = (late.minute + 7) % 60
    assert "times" in checks.failed(source, english.format(f"{late.hour}:{minute:02d}"), code)
    if late.hour > 12:
        assert "times" in checks.failed(source, english.format(f"{late.hour - 12}:{late.minute:02d} a.m."), code)


@pytest.mark.parametrize("code", FOREIGN)
@given(number=st.integers(1000, 10**8))
@settings(max_examples=60, deadline=None)
def test_a_grouped_figure_is_read_as_the_language_writes_it(code, number):
    from babel.numbers import format_decimal

    source = format_decimal(number / 10, "#,##0.0", locale=code)
    assert "numbers" not in checks.failed(f"X {source} Y.", f"X {number / 10:,.1f} Y.", code)
    assert "numbers" in checks.failed(f"X {source} Y.", f"X {(number + 1) / 10:,.1f} Y.", code)


@pytest.mark.parametrize(
    "code, source, output, wrong",
    [
        ("fr", "Cinq maisons ont brûlé dans la nuit.", "Nine houses burned down in the night.", ("number words",)),
        ("fr", "Il n'est pas venu à la maison.", "He came to the house.", ("negation",)),
        ("fr", "Le coût est de 2,5 milliards d'euros.", "The cost is 2.5 million euros.", ("numbers",)),
        ("de", "Der Kurs dauert 5 h.", "The course takes 5 hours.", ()),
        ("pt", "Custou 2 biliões de euros.", "It cost 2 trillion euros.", ()),
        ("pt", "Custou 2 bilhões de euros.", "It cost 2 billion euros.", ()),
        ("es", "Esto no es bueno.", "This is not good.", ()),
        ("de", "Er kommt heute nach Hause.", "He doesn’t come home today.", ("negation",)),
        ("de", "Er kommt heute nicht nach Hause.", "He doesn’t come home today.", ()),
        ("fr", "Il est venu à la maison.", "He didn't come to the house.", ("negation",)),
        ("es", "Hoy es lunes, 3 de mayo.", "Today is Monday, May 3.", ()),
        ("es", "Costó 35 mil millones de dólares.", "It cost 35 billion dollars.", ()),
        ("it", "In Italia due case sono crollate lunedì.", "In Italy two houses collapsed on Monday.", ()),
        ("it", "Il treno parte alle 15.30.", "The train leaves at 3:30 p.m.", ()),
        ("it", "Il treno parte alle 15.30.", "The train leaves at 3:30 a.m.", ("times",)),
        (
            "nl",
            "De trein vertrekt vrijdagavond om half acht.",
            "The train leaves on Friday evening at half past seven.",
            (),
        ),
        ("nl", "De trein vertrekt om half acht.", "The train leaves at half past eight.", ("times",)),
        ("pl", "Zginęło 1 234 osób.", "1,234 people died.", ()),
        ("pl", "Zginęło pięciu żołnierzy w październiku.", "Five soldiers died in October.", ()),
        ("pl", "Zginęło pięciu żołnierzy w październiku.", "Six soldiers died in November.", ("number words", "dates")),
        ("ru", "В среду погибли двадцать пять человек.", "On Wednesday 25 people died.", ()),
        ("ru", "В пятницу погибли 25 человек, сообщили в 19 веке.", "On Sunday 25 people died.", ("numbers", "dates")),
        ("cs", "Dvaačtyřicetiletý muž přišel.", "The 42-year-old man came.", ()),
        ("sv", "Han kom i fredags klockan 15.30.", "He came on Friday at 3:30 p.m.", ()),
        ("tr", "On dört kişi temmuz ayında geldi.", "Fourteen people came in July.", ()),
        ("tr", "Gelip gelmeyeceği belli oldu.", "It became clear whether he would come.", ()),
        ("tr", "Toplantıya gelmeyecek.", "He will come to the meeting.", ("negation",)),
        ("tr", "Ev 125 milyon sterline satıldı.", "The house was sold for £125 million.", ()),
        ("tr", "Ardından topu Sterling aldı.", "Then Sterling took the ball.", ()),
        ("pl", "To był jego złoty medal.", "It was his gold medal.", ()),
        ("pl", "Zapłacił za to 100 złotych.", "He paid 100 euros for it.", ("currencies",)),
        ("pl", "Przyszedł, gdy była godzina 17.30 w sobotę.", "He came at 5.30pm on Saturday.", ()),
        ("pt", "Foi morto por um franco-atirador.", "He was killed by a sniper.", ()),
        ("ru", "В среду Юань пришёл на рынок.", "Yuan came to the market on Wednesday.", ()),
        ("fr", "C'est un grand pas vers la paix.", "It is a big step towards peace.", ()),
        ("fr", "Il a obtenu un coup franc dans la surface.", "He got a free kick in the box.", ()),
        ("fr", "Cela lui a coûté 100 francs.", "It cost him 100 dollars.", ("currencies",)),
        ("fr", "Les deux sont dans le camp de ce dernier.", "They side with the latter.", ()),
        ("es", "Ayer jugó contra Liverpool en casa.", "Yesterday it played against Green at home.", ("names",)),
        ("es", "No es verdad lo que dijo antes.", "What he still said before is true.", ("negation",)),
        ("it", "Il mio amico è venuto lunedì.", "My friend came on Monday.", ()),
        ("pl", "Czterdziestodwuletni mężczyzna przyszedł w sobotę.", "The man, 42, came on Saturday.", ()),
        ("pl", "Na początku XXI wieku była to nowa firma.", "In the early 2000s it was a new company.", ()),
        ("pl", "Wiatr wieje z prędkością 19 km/h.", "The wind blows at 12 miles per hour.", ()),
        ("cs", "Stál na levé straně ve středu pole.", "He stood on the left in midfield.", ()),
        ("sv", "Det är sex, sade han.", "It is sex, he said.", ()),
        ("tr", "İki ülke ve bir şehir var.", "There are two countries and one city.", ()),
        ("tr", "Weather.com bunu pazartesi günü bildirdi.", "On Monday weather.com reported this.", ()),
        ("uk", "У п’ятницю, 5 жовтня, прийшло двоє людей.", "On Friday, October 5, two people came.", ()),
        ("ar", "قتل ٢٥ شخصا.", "25 people were killed.", ()),
    ],
)
def test_languages_are_read(code, source, output, wrong):
    assert checks.failed(source, output, code) == wrong


@pytest.mark.parametrize(
    "source, output, same",
    [
        ("Es sind 300 km.", "It is 190 miles.", True),
        ("Es sind 300 km.", "It is 290 miles.", False),
        ("Es fielen 5 bis 10 cm Regen.", "There were 2 to 4 inches of rain.", True),
        ("Das Schwein wog 250 Kilo.", "The pig weighed 550 pounds.", True),
        ("Bei 30 °C wuchs er 3 km weiter.", "At 30 °C it grew 3 km further.", False),
    ],
)
def test_an_amount_in_another_unit_is_the_same_amount(source, output, same):
    assert all(converted(facts(source, "de"), facts(output, "en"))) == same


@pytest.mark.parametrize("code", FOREIGN)
@given(scores=st.lists(st.integers(0, 9), min_size=2, max_size=2, unique=True))
@settings(max_examples=20, deadline=None)
def test_a_score_keeps_its_winner(code, scores):
    more, fewer = max(scores), min(scores)
    assert "numbers" in checks.failed(f"X {fewer}:{more} y.", f"They won {more}-{fewer} y.", code)
    assert "numbers" in checks.failed(f"X {more}:{fewer} y.", f"They lost {fewer}-{more} y.", code)
    for source, output in ((f"{fewer}:{more}", f"lost {more}-{fewer}"), (f"{more}:{fewer}", f"won {more}-{fewer}")):
        assert "numbers" not in checks.failed(f"X {source} y.", f"They {output} y.", code)


@given(meters=st.integers(20, 900), wrong=st.integers(1, 9))
@settings(max_examples=60, deadline=None)
def test_an_amount_told_again_in_another_unit_is_no_new_number(meters, wrong):
    feet = round(meters / 0.3048)
    right, source = f"It is {meters} meters ({feet} feet) deep.", f"Es ist {meters} Meter tief."
    assert checks.failed(source, right, "de") == ()
    assert "numbers" in checks.failed(source, right.replace(f"({feet} ", f"({2 * feet + wrong} "), "de")


@pytest.mark.parametrize("name", ["de.toml", "de.glosses.txt", "de.words.txt"])
def test_a_change_of_any_of_its_files_is_another_version_of_a_language_and_of_no_other(name, tmp_path, monkeypatch):
    folder = tmp_path / "data"
    shutil.copytree(known.DATA, folder)
    monkeypatch.setattr(known, "DATA", folder)
    before = {code: known.Language(code).version for code in ("de", "fr")}
    with open(folder / name, "a", encoding="utf-8") as file:
        file.write("# x\n")
    assert known.Language("de").version != before["de"] and known.Language("fr").version == before["fr"]

"""Checks of a translation against its source: what each must notice, and what it must let pass."""

from __future__ import annotations

import pytest
from growth import is_linear
from hypothesis import given
from hypothesis import strategies as st

from summarize import checks
from summarize.facts import facts

TALKS = "Die Gespräche waren im Herbst wegen massiver Spannungen auf Eis gelegt worden."
TALKS_EN = "The talks had been put on ice in the autumn because of massive tensions."
RESIGNED = "Der Minister trat zurück, weil das Parlament die neue Immobiliensteuer mit großer Mehrheit ablehnte."


def alarm(check: str, source: str, output: str, code: str = "de") -> bool:
    return checks.CHECKS[check](facts(source, code), facts(output, "en"))


def test_the_table_names_every_check_once_and_fatal_ones_are_among_them():
    assert set(checks.CHECKS) > checks.FATAL
    assert len(set(checks.CHECKS.values())) == len(checks.CHECKS)


@pytest.mark.parametrize(
    "name, source, output",
    [
        ("empty", "Ja.", "…"),
        ("sentinel", "Ein Satz.", "A <extra_id_0> sentence."),
        ("sentinel", "Ein Satz.", "A sentence.</s>"),
        ("loop", "Er kam nach Hause.", "He came home, came home, came home, came home."),
        ("loop", "Nein.", "no no no no no no"),
        ("loop", "Er befehligt die Kräfte in Europa.", "He commands the European European European forces."),
        ("loop", "Er kam am Abend nach Hause.", "In the evening he came home in the evening he came home."),
        ("length", TALKS, "Talks."),
        ("length", "Ja.", "Yes, and then he went on to say a great many things that nobody had asked him."),
        ("untranslated", TALKS, TALKS),
        ("untranslated", TALKS, TALKS.replace("massiver", "massive")),
        ("untranslated", "Er ist da.", "Er ist da."),
        ("truncated", TALKS, "The talks had been put on ice in the autumn because"),
        ("addresses", "Mehr auf https://www.taz.de/!123/?a=b.", "More at https://www.taz.de/!124/?a=b."),
        ("addresses", "Schreiben Sie an leser@taz.de!", "Write to reader@taz.de!"),
        ("addresses", "Schreiben Sie an leser@taz.de!", "Write to us!"),
        ("addresses", "Das twitterte @grindel.", "That was tweeted by @grundel."),
        ("addresses", "Mehr bei uns.", "More at www.example.com."),
        ("addresses", "Mit `make test` geht es.", "It works with `do test`."),
        ("numbers", "Es kamen 9113 Zuschauer.", "There were 9118 spectators."),
        ("numbers", "Es kamen 10.000 Zuschauer.", "There were 10.000 spectators."),
        ("numbers", "2,3 Milliarden Dollar", "2.3 million dollars"),
        ("numbers", "5 Billionen Euro", "5 billion euros"),
        ("numbers", "Sie siegten 2:1.", "They won 2-0."),
        ("numbers", "Sie siegten.", "They won 2-0."),
        ("numbers", "Im Jahr 2018.", "In 2019."),
        ("numbers", "10³ Bakterien", "103 bacteria"),
        ("numbers", "Um 14 Uhr fiel der Schuss.", "At 2:03 p.m. the shot was fired."),
        ("numbers", "Sie wollen die Nr. 1 werden.", "They want to become No. 7."),
        ("number words", "Drei Männer und zwei Frauen.", "Four men and two women."),
        ("number words", "Millionen Menschen sahen zu.", "Billions of people watched."),
        ("number words", "Er verkaufte rund drei Millionen Platten.", "He sold about five million records."),
        ("number words", "Die Sparkasse verlor 3 Millionen.", "The bank lost five million."),
        ("number words", "Die beiden heirateten.", "The three got married."),
        ("number words", "Flüchtling attackierte drei Frauen.", "Refugee attacked five women."),
        ("number words", "Das war vor drei Jahrzehnten.", "That was five decades ago."),
        ("number words", "Bei dem Unfall starben mehrere Menschen.", "Five people died in the accident."),
        ("number words", "Achtzehn Menschen starben.", "Eighty people died."),
        ("number words", "Die Stadt zahlt rund zwanzig Millionen Euro.", "The city pays about thirty million euros."),
        ("number words", "Zwischen Graz und Wien gab es Unfälle.", "There were two accidents between Graz and Vienna."),
        ("number words", "Helfer retteten die Kinder in der Stadt.", "Helpers saved eleven children in the town."),
        ("number words", "Anderthalb Jahre später war es soweit.", "Two and a half years later it was time."),
        ("number words", "Ihm fehlten drei Hundertstelsekunden.", "He was five hundredths of a second short."),
        ("number words", "Das war wie zwei Stunden und halb so gut.", "It was like three hours and half as good."),
        ("number words", "Zwei Jahre später war das Paar da.", "The couple was there three years later."),
        ("number words", "Die drei erbeuteten vier Millionen Euro.", "The four stole three million euros."),
        ("times", "Beginn ist um 19.30 Uhr.", "It begins at 7:30."),
        ("times", "Um 9 Uhr.", "At 9 p.m."),
        ("dates", "Am 3. März.", "On May 3."),
        ("dates", "Am Samstagabend spielten sie.", "They played on Sunday evening."),
        ("dates", "Das war an dem Tag.", "It was that Friday."),
        ("currencies", "30 Euro", "$30"),
        ("percentages", "3,5 Prozent", "3.5 points"),
        ("percentages", "Das stimmt zu 100 Prozent.", "That is true of 100."),
        ("units", "Es sind 1.600 km (1.000 Meilen).", "It is 1,600 miles (1,000 mi)."),
        ("names", "Das hat Berlin gestern gesagt.", "That was what Green said yesterday."),
        ("names", "Das sagte Trainer Ainars Bagatskis.", "This was said by coach Ainars Miller."),
        ("names", "Damals hat Grindel ihn getroffen.", "Then he was met by Sydney."),
        ("names", "Der Audi A6 ist neu.", "The Audi is new."),
        ("names", "Das hat Grindel in Mainz gesagt.", "That was what Grindel said in Hiltrup after dinner."),
        ("negation", "Er kommt nicht.", "He is coming."),
        ("negation", "Er kommt nicht, und er sagt nichts.", "He is not coming, and he says it."),
        ("negation", "Er ist gestern nach Hause gekommen.", "He has not come home yesterday."),
        ("omission", TALKS, "The talks had been put on ice."),
        ("omission", RESIGNED, "The minister resigned."),
        ("omission", RESIGNED, "The minister resigned because his wife had fallen ill and needed him at her side."),
        ("negation", "Niemand hat das gewusst.", "Everyone knew that."),
        ("quotes", 'Er sagte: "Nein."', 'He said: "No.'),
        ("leftover", "Sein Schwiegersohn kam gestern.", "His Schwiegersohn came yesterday."),
        ("leftover", "Das ist eine seltsame Sache.", "This is a seltsame thing."),
        ("leftover", "Bundeskanzler Trifft Präsidenten", "Bundeskanzler Trifft Präsidenten"),
        ("invented", "Er nahm gravierende Änderungen vor.", "He made graviering changes."),
        ("invented", "Die Braunschweiger verloren.", "The Braunschze lost."),
        ("invented", "Die Donau-Iller-Halle steht.", "The hall Daau stands."),
        ("invented", "Die Taube saß auf dem Sockel.", "The dove sat on the sockle of it."),
    ],
)
def test_a_check_fires(name, source, output):
    assert name in checks.failed(source, output, "de")


@pytest.mark.parametrize(
    "source, output",
    [
        (TALKS, TALKS_EN),
        (RESIGNED, "Because the new real estate tax was rejected by a large majority of parliament, he resigned."),
        ("Bei einem harten Brexit drohen Kosten.", "In a no-deal Brexit costs are looming."),
        ("Er sitzt in der Haftanstalt Mat-Su.", "He is in the Mat-Su Pretrial Facility now."),
        ("Er ist zu 100 Prozent sicher.", "He is completely sure."),
        ("Sie wollen die Nr. 1 werden.", "They want to become the leader."),
        ("Es waren sonnige 27 Grad.", "It was a sunny 80 degrees."),
        ("Das ist rund 1,6 Kilometer von dort entfernt.", "It is about a mile away from there."),
        ("Das Wasser ist 30 Meter tief.", "The water is 30 meters (100 feet) deep."),
        ("Zehn Jahre zuvor wog ein 290 Kilo schweres Schwein mehr.", "Ten years before, a 650 pound pig weighed more."),
        ("Bald darauf kam er.", "Not long after, he came."),
        ("Er weiß noch nicht, ob er kommt.", "He has yet to find out whether he will come."),
        ("Köln verlor 0:3.", "Cologne lost 3-0."),
        ("Das Spiel endete 3:0.", "They won 3-0."),
        ("Sie spielt am Montag in der Europa League.", "On Monday she will play in the Europa League."),
        ("Das Virus heißt Poliovirus.", "It is called poliovirus, and is catastrophic or antediluvian."),
        ("Die Füchtorfer kamen.", "The people of Füchtorf and Füchtorfs came."),
        ("Jürgen Sümmermann aß Spaß.", "Jurgen Summermann ate Spass."),
        ("In Höxterhausen traf er Łukaszenko.", "In Hoexterhausen he met Lukaszenko."),
        ("Er schrieb an @mertens auf foo.bar/quux.", "He wrote to @mertens at foo.bar/quux, x-rayed and colourful."),
        ("Und Frauen müssen sie nutzen.", "And Women Need to Wield It."),
        ("Das hat ein Mann von Plaid Cymru gesagt.", "This was said by a Plaid AM."),
        ("Rote Tide in der Tampa Bay-Region", "Red tide in the Tampa Bay area"),
        ("„Nein, nein, nein, nein!“", "“No, no, no, no!”"),
        ("Sie lief und lief und lief und lief.", "She ran and ran and ran and ran."),
        ("Tore: Hintze (9), Ernst (6), Kümper (2), van de Pol", "Goals: Hintze (9), Ernst (6), Kümper (2), van de Pol"),
        ("1:0 Zymner (24.), 2:0 Fröhning (39.)", "1:0 Zymner (24), 2-0 Fröhning (39th minute)"),
        ("Das Zeichen </s> beendet den Satz.", "The sign </s> ends the sentence."),
        ("Stop!", "Stop!"),
        ("2019", "2019"),
        ("Es sind 1.234,56 Euro.", "It is €1,234.56."),
        ("Rund 10 000 Zuschauer.", "About ten thousand spectators."),
        ("2 bis 3 Mio. Euro", "2 to 3 million euros"),
        ("2,8 Mrd. Dollar", "$2.8bn"),
        ("1200 Milliarden Euro", "1.2 trillion euros"),
        ("Die 20er Jahre und die dreißiger Jahre.", "The 1920s and the 1930s."),
        ("In der Saison 2017/18.", "In the 2017-2018 season."),
        ("Am 15. Juli 1950.", "On July 15, 1950."),
        ("Am 20.3.2021 und am 04.05.2018.", "On March 20, 2021 and on 04/05/2018."),
        ("Wir treffen uns um 14.13 Uhr.", "We meet at 14:13."),
        ("Beginn ist um 19.30 Uhr, Einlass ab 19 Uhr.", "It begins at 7:30 pm, admission is from 7 pm."),
        ("Von 12 bis 15 Uhr.", "From noon to three in the afternoon."),
        ("Das 60. Weinfest, der 3. Platz.", "The sixtieth wine festival, third place."),
        ("Zwei Dutzend Männer, zwölf Frauen.", "24 men, 12 women."),
        ("Er verkaufte zwei bis drei Millionen Platten.", "He sold two million to three million records."),
        ("Das kostet 3 Mio. Euro.", "It costs three million euros."),
        ("Das kostet drei Millionen.", "It costs 3,000,000."),
        ("Die beiden sind ein Paar.", "The two are a couple."),
        ("Das sind zwei bis drei Mrd. Euro.", "That is two to three billion euros."),
        ("Das sind zwei- bis dreihunderttausend Euro.", "That is 200,000 to 300,000 euros."),
        ("Der Bau kostet dreieinhalb Millionen Franken.", "The building costs 3.5 million francs."),
        ("Die Fahrt dauert 2,5 Stunden.", "The trip takes two and a half hours."),
        ("Um halb zehn war Schluss.", "It was over at half past nine."),
        ("Das kostet eine halbe Million Euro.", "It costs 500,000 euros."),
        ("Die Elf verlor das Spiel.", "The side lost the match."),
        ("Sie stehen im Viertelfinale.", "They are in the last eight."),
        ("Im Achtelfinale war Schluss.", "It ended in the round of 16."),
        ("Ihm gelang ein Hattrick.", "He scored three goals."),
        ("Ihm fehlten drei Hundertstelsekunden.", "He was three hundredths of a second short."),
        ("Sie trafen in der Startelf je ein Tor.", "They scored two goals, one each, in the starting eleven."),
        ("Ein Toter, drei Verletzte.", "One dead, three injured."),
        ("2,2 Millionen Quadratkilometer", "2.2 million km2"),
        ("Abbildung 1.1.", "Figure 1.1."),
        ("Er kam am Sonntag und im März.", "He came on Sunday, in March."),
        ("Lundi, les deux hommes viendront.", "On Monday, the two men will come."),
        ("Вчера президент приехал в Минск.", "Yesterday the president came to Minsk."),
        (
            "我们昨天在北京见到了主席和总理。",
            "Yesterday we met the chairman and the premier in the city of Beijing.",
        ),
        ("Mehr auf www.taz.de/hilfe.", "More at www.taz.de/hilfe."),
        ("Damals traf Ali Chamenei ihn in München.", "Then Ali Khamenei met him in Munich."),
        ("Er kann nicht kommen.", "He is unable to come."),
        ("Die Lage ist unklar.", "The situation is not clear."),
        ("Il viendra lundi avec les deux hommes.", "He will not come."),  # only German is known so well
        ("Der Rat der Donauländer tagt in Wien.", "The Council of the Danube Countries meets in Vienna."),
        ("Nicht nur das.", "Only that."),
        ('Und dann "', 'And then "'),
        (
            "Er liest die Westfälischen Nachrichten und mag Kunst.",
            "He reads the Westfälischen Nachrichten and likes art.",
        ),
        ('Der Roman "Sommer" ist digital.', 'The novel "Sommer" is digital.'),
    ],
)
def test_good_translations_pass(source, output):
    assert checks.failed(source, output, "de") == ()


@pytest.mark.parametrize(
    "german, english",
    [
        ("1.234.567", "1,234,567"),
        ("3,5", "3.5"),
        ("10'000 Franken", "10,000 francs"),
        ("11.000 und 22.500 Dollar", "$11,000 and $22,500"),
        ("1½ Jahre", "1½ years"),
    ],
)
def test_figures_mean_the_same_in_both_languages(german, english):
    assert facts(german, "de").values("number") == facts(english, "en").values("number")


@pytest.mark.parametrize(
    "word, value",
    [("zweihundertfünfzigtausend", 250_000), ("siebzehnjährige", 17), ("einundzwanzig", 21), ("Drittel", 3)],
)
def test_german_number_words(word, value):
    assert value in facts(word, "de").values("count")


@pytest.mark.parametrize(
    "words, value", [("two hundred and fifty thousand", 250_000), ("twenty-one", 21), ("sixtieth", 60), ("dozen", 12)]
)
def test_english_number_words(words, value):
    assert value in facts(words, "en").values("count")


@pytest.mark.parametrize(
    "source, sentence, foreign",
    [
        ("Am 3. März kamen 5.000 Gäste.", "On March 3 there were 5,000 guests.", ()),
        ("Am 3. März kamen 5.000 Gäste.", "On April 3 there were 500 guests.", ("500", "April")),
        ("Um 19.30 Uhr kamen zwei Gäste.", "Two guests came at 7:30 p.m.", ()),
        ("Um 19.30 Uhr kamen die zwei Gäste.", "At 8:30 p.m. there were three guests.", ("8:30 p.m.", "three")),
        ("Es sind 2,3 Milliarden Euro.", "It is 2.3 million euros.", ("2.3 million",)),
        ("Auf der Oktobertagung gab es Streit.", "At its October meeting there was a dispute.", ()),
        ("Um halb acht kamen zweieinhalb Millionen.", "At 7:30 there were 2.5 million.", ()),  # a part of a word
        ("Deshalb kamen 50 Gäste.", "So there were 60 guests.", ("60",)),
        ("Zur Halbzeit stand es 0:2, am Ende 4:2.", "It was 0-2 at half-time and 4-0 in the end.", ("4-0",)),
        ("Das 3:1 (1:1) fiel nach 2 bis 3 Minuten.", "The 3-1 (1-1) came after 2-3 minutes.", ()),
        ("Unfall auf der B217 bei Hannover.", "Accident on the B267 near Hanover.", ("B267",)),
        ("Unfall auf der A 2 in Bayern.", "Accident on the A2 in Bavaria.", ()),
        ("Es kamen 5.000 Gäste und 20 Reporter.", "There were 20 reporters.", ()),  # less is no matter
    ],
)
def test_what_a_sentence_has_and_the_original_has_not(source, sentence, foreign):
    assert set(checks.foreign(source, sentence, "de")) == set(foreign)


@given(st.integers(0, 10**9), st.integers(0, 99))
def test_a_number_survives_the_change_of_locale_and_no_other_does(whole, cents):
    english = f"{whole:,}.{cents:02d}"
    german = english.translate(str.maketrans(",.", ".,"))
    assert not alarm("numbers", f"Es sind {german} Meter.", f"It is {english} metres.")
    assert alarm("numbers", f"Es sind {german} Meter.", f"It is {whole + 1:,}.{cents:02d} metres.")


@given(st.text(max_size=200), st.text(max_size=200))
def test_every_text_can_be_checked(source, output):
    assert set(checks.failed(source, output, "de")) <= set(checks.CHECKS)


@given(st.text(alphabet="12.,:er- 'aA@/", max_size=60))
def test_a_letterless_or_odd_text_equals_itself_in_its_addresses_and_times(text):
    assert not alarm("addresses", text, text)
    assert not alarm("sentinel", text, text)


@pytest.mark.parametrize("unit", ["1.", "a.", "1 000", "A b", "neun", "@"])
def test_no_text_takes_long(unit):
    assert is_linear(lambda n: checks.failed(unit * n, unit * n + " x", "de"), 5000)


@pytest.mark.parametrize(
    "language, source, output",
    [
        ("es", "Esto no es bueno.", "This is not good."),
        ("es", "Hoy es lunes.", "Today is Monday."),
        ("it", "In Italia due case sono crollate lunedì.", "In Italy two houses collapsed on Monday."),
        ("fr", "Le coût est de 2,5 milliards d'euros.", "The cost is 2.5 billion euros."),
        ("fr", "Le train part à 15h30 le 12.10.2018.", "The train leaves at 3:30 p.m. on October 12, 2018."),
        ("pl", "Zginęło 1 234 osób.", "1,234 people died."),
        ("ar", "قتل ٢٥ شخصا.", "25 people were killed."),
    ],
)
def test_what_is_not_known_of_a_language_flags_nothing(language, source, output):
    assert checks.failed(source, output, language) == ()


@pytest.mark.parametrize("language", ["fr", "es", "it", "nl", "pl", "ru", "xx", ""])
@given(number=st.integers(13, 10**9), wrong=st.integers(1, 9), data=st.data())
def test_a_wrong_digit_is_found_in_any_language(language, number, wrong, data):
    digits = str(number)
    at = data.draw(st.integers(0, len(digits.rstrip("0")) - 1))
    other = digits[:at] + str((int(digits[at]) + wrong) % 10) + digits[at + 1 :]
    source = f"X {number} y."
    assert "numbers" not in checks.failed(source, f"X {number:,} y.", language)
    if other.strip("0") != digits.strip("0"):
        assert "numbers" in checks.failed(source, f"X {other} y.", language)


def test_checks_that_read_the_source_are_named_where_they_cannot_be_asked():
    assert checks.unasked("de") == checks.unasked("fr") == ()
    assert set(checks.unasked("ja")) == checks.KNOWING <= set(checks.CHECKS)
    assert not checks.KNOWING & checks.FATAL


def test_what_is_known_of_german_is_no_part_of_another_languages_signature(monkeypatch):
    from summarize.backends.judge import Judge
    from summarize.languages.language import language

    before = {code: Judge(code).version for code in ("de", "fr")}
    monkeypatch.setattr(language("de"), "version", "another")
    assert Judge("fr").version == before["fr"] and Judge("de").version != before["de"]


@pytest.mark.parametrize("opening, closing", ["„“", "“”", "»«", "«»", '""', "‘’", "‹›", "「」", "『』"])
def test_a_quotation_that_goes_on_in_the_next_sentence_is_no_fault(opening, closing):
    assert not alarm("quotes", f"{opening}Abc def.", '"Abc def.')
    if closing != "’":  # it may be an apostrophe: then nothing is said
        assert alarm("quotes", f"{opening}Abc def.{closing}", '"Abc def.')


@pytest.mark.parametrize("language", ["de", "fr", "ru", ""])
@given(hour=st.integers(13, 24), minute=st.integers(0, 59), mark=st.sampled_from([".", ":"]))
def test_an_hour_of_the_afternoon_is_none_of_the_morning(language, hour, minute, mark):
    source = f"Um {hour}.{minute:02d} Uhr geschah es."
    for late in ("a.m.", "am", "A.M."):
        assert "times" in checks.failed(source, f"At {hour}{mark}{minute:02d} {late} it happened.", language)
    if language == "de" and hour < 24:
        for right in (f"{hour}:{minute:02d}", f"{hour - 12}:{minute:02d} p.m."):
            assert "times" not in checks.failed(source, f"At {right} it happened.", language)


ADDRESSES = (
    "www.example.de/a/b/c/sturm-im-norden",
    "https://example.de/politik/inland/wahl-in-hessen-und-bayern-100.html",
    "leser.briefe@die-zeitung-im-norden.de",
)


@pytest.mark.parametrize("language", ["de", "fr"])
@pytest.mark.parametrize("address", ADDRESSES)
def test_words_of_an_address_are_no_untranslated_words(address, language):
    assert checks.failed(f"Mehr unter {address}", f"More at {address}", language) == ()


@given(words=st.lists(st.sampled_from(["STURM", "BEHINDERT", "VERKEHR", "NORDEN", "NACHT"]), min_size=3, unique=True))
def test_a_line_of_capitals_that_comes_back_is_untranslated(words):
    line = " ".join(words)
    assert "untranslated" in checks.failed(line, line, "de")
    assert "untranslated" in checks.failed(line, line.capitalize(), "de")
    assert "untranslated" not in checks.failed(line, "A STORM IN THE NORTH STOPS ALL TRAINS OVER NIGHT", "de")
    assert checks.failed("SPD, CDU, FDP, NATO", "SPD, CDU, FDP, NATO", "de") == ()


@pytest.mark.parametrize("language", ["de", "fr"])
def test_a_lost_character_is_never_passed_off(language):
    found = checks.failed("Das ist gut 😀.", "This is good \ufffd.", language)
    assert "sentinel" in found and "sentinel" in checks.FATAL
    assert "sentinel" not in checks.failed("Das ist gut \ufffd.", "This is good \ufffd.", language)


@pytest.mark.parametrize(
    "source, output",
    [
        ("STURM LEGT BAHNVERKEHR IN NORDDEUTSCHLAND LAHM", "STURM LEGT BAHNVERKEHR IN NORDDEULAND LAHM"),
        ("MEHRERE TAUSEND REISENDE SASSEN STUNDENLANG FEST.", "MEHREE TAUSEND REISENT SASSES STUNDENLANG."),
    ],
)
def test_capitals_that_come_back_garbled_are_untranslated(source, output):
    assert "untranslated" in checks.failed(source, output, "de")
    assert "untranslated" not in checks.failed(source, "A STORM STOPS ALL TRAINS IN THE NORTH OF GERMANY", "de")


@pytest.mark.parametrize(
    "source, output",
    [
        *((f"Am 3. {short}. tagt der Rat in Bonn.", f"On 3 {month} the council meets in Bonn.") for short, month in
          zip("Jan Feb Aug Sep Sept Okt Nov Dez".split(),  # noqa: SIM905
              "January February August September September October November December".split(), strict=True)),  # noqa: SIM905
        *((f"Am {short}. spielt der Klub in Bonn.", f"On {day}day the club plays in Bonn.") for short, day in
          zip("Mo Di Mi Do Fr Sa So".split(), "Mon Tues Wednes Thurs Fri Satur Sun".split(), strict=True)),  # noqa: SIM905
        ("Die Sitzung am 7.10. fällt aus.", "The meeting on October 7 is cancelled."),
        ("Seit dem 24.02.2022 herrscht Krieg.", "There has been war since February 24, 2022."),
        ("Es dauerte 4½ Stunden.", "It took 4.5 hours."),
        ("CO₂ ist ein Gas.", "CO2 is a gas."),
        ("Die Zinsen stiegen um 0,25 Prozentpunkte.", "Interest rates rose by 0.25 percentage points."),
        ("Nachts wurden -12 Grad gemessen.", "At night, minus 12 degrees were measured."),
        ("Nachts wurden -12 Grad gemessen.", "At night it was 12 degrees below zero."),
    ],
)  # fmt: skip
def test_short_and_numeric_dates_halves_points_and_signs_are_understood(source, output):
    assert checks.failed(source, output, "de") == ()


@pytest.mark.parametrize(
    "name, source, output",
    [
        ("dates", "Am 3. Okt. tagt der Rat.", "On 3 November the council meets."),
        ("dates", "Am Sa. spielt der Klub.", "On Sunday the club plays."),
        ("numbers", "Es dauerte 4½ Stunden.", "It took 4 hours."),
        ("percentages", "Die Zinsen stiegen um 0,25 Prozentpunkte.", "Interest rates rose by 0.25 percent."),
        ("numbers", "In der Nacht wurden -12 Grad gemessen.", "In the night, 12 degrees were measured."),
        ("numbers", "Der Umsatz lag bei -3,5 %.", "Turnover was at 3.5%."),
    ],
)
def test_and_what_they_become_is_noticed(name, source, output):
    assert name in checks.failed(source, output, "de")


@pytest.mark.parametrize(
    ("source", "output", "wrong"),
    [
        ("Um 20:15 beginnt der Film.", "The film starts at 8:15 p.m.", ()),
        ("Um 20:15 beginnt der Film.", "The film starts at 8:50 p.m.", ("numbers", "times")),
        ("Um 14 h fiel der Schuss.", "At 2 p.m. the shot was fired.", ()),
        ("Der Flug dauert 14 h.", "The flight takes 14 hours.", ()),
        ("Sie siegten mit 24:19.", "They won 24-19.", ()),
        ("Um halb drei fiel der Schuss.", "The shot was fired at 2:30.", ()),
        ("Um halb drei fiel der Schuss.", "The shot was fired at half past two.", ()),
        ("Um halb eins war Schluss.", "It was over at 12.30 p.m.", ()),
        ("Um halb drei fiel der Schuss.", "The shot was fired at half past three.", ("times",)),
        ("Der EuGH gab der Klägerin recht.", "The ECJ ruled in favour of the plaintiff.", ()),
        ("Die MwSt steigt.", "VAT is rising.", ()),
        ("Er sagte: «Мы не отступим».", "He said: «But supplies».", ("names",)),
        ("Er sagte: «Мы не отступим».", "He said: «Мы не отступим».", ()),
        ("Er wurde am 1.2.2020 geboren.", "He was born on 2 January 2020.", ("dates",)),
        ("Er wurde am 1.2.2020 geboren.", "He was born on 1 February 2020.", ()),
        ("Am 3.4. und am 5.6. spielen sie.", "They play on April 3 and June 5.", ()),
    ],
)
def test_times_dates_and_scripts(source, output, wrong):
    assert checks.failed(source, output, "de") == wrong

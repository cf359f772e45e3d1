"""Another target than English: what is translated, what passes through, how it is checked, and what is refused."""

from __future__ import annotations

import json
from itertools import permutations
from pathlib import Path

import pytest
import tiny_models
from hypothesis import given, settings
from hypothesis import strategies as st
from model_server import serving

from summarize import catalog, checks, config, keys, prompts
from summarize.backends import neural
from summarize.backends.asking import Asking
from summarize.backends.canary import ENGLISH, SENTENCES
from summarize.engines.decoding import Decoding
from summarize.errors import ConfigError, ModelUnsupported, NoModelForLanguage, PromptError
from summarize.families import FAMILIES
from summarize.job import accounting
from summarize.job.plan import Plan
from summarize.languages.language import language
from summarize.store import Store
from summarize.summarizers.extractive import Extractive
from summarize.types import Article

PARALLEL = {**SENTENCES, "en": ENGLISH}
READ = sorted(code for code in PARALLEL if language(code).read)

GERMAN = [
    "Am Montag kamen 500 Gäste in die kleine Stadt.",
    "Der Bürgermeister begrüßte sie vor dem Rathaus.",
    "Die neue Brücke kostet 3 Millionen Euro.",
    "Sie wird nicht vor dem Winter fertig.",
]
IN_FRENCH = [
    "Lundi, 500 invités sont venus dans la petite ville.",
    "Le maire les a accueillis devant la mairie.",
    "Le nouveau pont coûte 3 millions d'euros.",
    "Il ne sera pas terminé avant l'hiver.",
]
IN_ARABIC = [
    "يوم الاثنين جاء 500 ضيف إلى المدينة الصغيرة.",
    "استقبلهم العمدة أمام مبنى البلدية.",
    "الجسر الجديد يكلف 3 ملايين يورو.",
    "لن يكتمل قبل الشتاء.",
]
IN_ENGLISH = [
    "On Monday 500 guests came to the small town.",
    "The mayor welcomed them in front of the town hall.",
    "The new bridge costs 3 million euros.",
    "It will not be finished before winter.",
]
WORDS = {source: target for side in (GERMAN, IN_ENGLISH) for source, target in zip(side, IN_FRENCH, strict=True)}
WORDS |= {
    source: target for code in ("de", "en") for source, target in zip(PARALLEL[code], PARALLEL["fr"], strict=True)
}


@pytest.fixture
def drop(isolated) -> Path:
    folder = isolated / "drop"
    folder.mkdir()
    for name, lines in (("german", GERMAN), ("english", IN_ENGLISH), ("french", IN_FRENCH)):
        (folder / f"{name}.txt").write_text(" ".join(lines) + "\n", encoding="utf-8")
    return folder


@pytest.fixture
def server():
    with serving(lambda text: WORDS.get(text, "Je ne sais pas.")) as model:
        yield model


@pytest.fixture
def plan(cache):
    def make(**flags):
        return Plan(config.load({"cache": str(cache), "threads": 1, **flags}, {}, cache), Store.open(cache))

    return make


def results(isolated) -> dict[str, dict]:
    return {name: json.loads((isolated / f"out/{name}.json").read_text()) for name in ("german", "english", "french")}


# -- a run ------------------------------------------------------------------------------------------------------------


def test_a_run_into_french(cli, server, drop, isolated):
    status, out, err = cli("run", drop, "--mt", server.spec, "--target", "fr")
    assert status == 0, err
    found = results(isolated)
    for name, code in (("german", "de"), ("english", "en"), ("french", "fr")):
        made = found[name]
        assert (made["language"], made["target"]) == (code, "fr")
        assert [s["target"] for s in made["sentences"]] == IN_FRENCH
        assert {s["status"] for s in made["sentences"]} == ({"copied"} if code == "fr" else {"translated"})
        claims = made["summary"]["claims"]
        assert claims and all(c["text"] in IN_FRENCH and c["support"] == 1 and not c["problems"] for c in claims)
        assert made["title_en"] in IN_FRENCH, "a title that is made is of the translation"
    assert found["german"]["unasked"] == {"de": ["leftover", "invented", "omission"]} and not found["french"]["unasked"]
    page = (isolated / "out/german.md").read_text()
    assert "## Translation (French)" in page and "not checked in German to French: leftover, invented, omission" in page
    assert all("into French" in m["content"] for body in server.asked for m in body["messages"])
    assert IN_FRENCH[0] in out

    asked = len(server.asked)
    assert cli("run", drop, "--mt", server.spec, "--target", "fr")[0] == 0
    assert len(server.asked) == asked, "the second time nothing is asked"


def test_what_the_translation_has_wrong_is_in_doubt(cli, server, drop, isolated):
    wrong = {GERMAN[0]: "Mardi, 5000 invités sont venus dans la petite ville."}
    server.answer = lambda text: {**WORDS, **wrong}.get(text, "Je ne sais pas.")
    assert cli("run", drop, "--mt", server.spec, "--target", "fr")[0] == 1
    made = results(isolated)["german"]
    (claim,) = (c for c in made["summary"]["claims"] if "5000" in c["text"])
    assert "5000" in claim["problems"], "the summary is held against the German original"
    flags = [s["flags"] for s in made["sentences"]]
    assert flags == [["numbers?", "dates?"], [], [], []]


def test_the_canary_knows_what_is_french(cli, server, drop):
    server.answer = lambda text: {**WORDS, **dict(zip(SENTENCES["de"], ENGLISH, strict=True))}.get(text, "?")
    status, _, err = cli("run", drop / "german.txt", "--mt", server.spec, "--target", "fr")
    told = " ".join(err.split())
    assert status != 0 and SENTENCES["fr"][0] in told and "was expected" in told, "it answers in English"


def test_another_target_is_another_text(cli, server, drop, isolated, cache):
    cli("run", drop, "--mt", server.spec, "--target", "fr")
    asked = len(server.asked)
    server.answer = dict(zip([*GERMAN, *SENTENCES["de"]], [*IN_ENGLISH, *ENGLISH], strict=True)).get
    assert cli("run", drop / "german.txt", "--mt", server.spec)[0] == 0
    assert len(server.asked) > asked
    assert "## Translation\n" in (isolated / "out/german.md").read_text()
    _, out, _ = cli("diff", "1", "2", "--why")
    assert "translated into English, not into French" in " ".join(out.split())
    with Store.open(cache) as store:
        newest, first = store.runs(2)
    assert first.plan["target"] == "fr" and "target" not in newest.plan
    assert set(first.plan["signatures"]) == {"translate:de", "translate:en", "summarize"}, "those that it used"
    assert len(keys.canonical(first.plan)) < 60_000


def test_the_web_page_says_into_what(cli, server, drop, isolated):
    cli("run", drop, "--mt", server.spec, "--target", "fr")
    assert cli("report")[0] == 0
    page = (isolated / "report.html").read_text()
    assert 'lang="fr" dir="auto"' in page and IN_FRENCH[0] in page


@pytest.mark.parametrize(("target", "name", "lines"), [("fr", "French", IN_FRENCH), ("ar", "Arabic", IN_ARABIC)])
def test_a_page_goes_back_into_its_document(target, name, lines, cli, server, isolated):
    server.answer = dict(zip(GERMAN, lines, strict=True)).get
    page = "".join(f"<p>{line}</p>" for line in GERMAN)
    (isolated / "page.html").write_text(f"<html lang=de><head><title></title></head><body>{page}</body></html>")
    asked = ("run", "page.html", "--mt", server.spec, "--target", target, "--to", "html", "--no-canary")
    status, _, err = cli(*asked)
    assert status == 0, err
    made = (isolated / f"out/page.{target}.html").read_text()
    assert f'<html lang="{target}"' in made and ('dir="rtl"' in made) == (target == "ar")
    assert f"Machine translation from German into {name}" in made and lines[1] in made


def test_a_glossary_says_terms_in_any_target(cli, server, drop, isolated):
    honoured = "La nouvelle passerelle coûte 3 millions d'euros."
    server.answer = lambda text: honoured if "passerelle" in text else WORDS.get(text)
    (isolated / "terms.tsv").write_text("de\tfr\nBrücke\tpasserelle\nBürgermeister\tmaire\n")
    run = ("run", drop / "german.txt", "--mt", server.spec, "--target", "fr", "--no-canary")
    status, _, err = cli(*run, "--glossary", "terms.tsv")
    assert status == 0, err
    sentences = {s["source"]: s for s in json.loads((isolated / "out/german.json").read_text())["sentences"]}
    bridge, mayor = sentences[GERMAN[2]], sentences[GERMAN[1]]
    assert bridge["target"] == honoured and bridge["flags"] == ["glossary"]
    assert mayor["target"] == IN_FRENCH[1] and not mayor["flags"], "what comes out right by itself is left alone"
    status, out, _ = cli("glossary", "check", "terms.tsv", drop / "german.txt", "--target", "fr", "--json")
    found = json.loads(out)
    assert status == 0 and {t["target"]: sum(t["forms"].values()) for t in found["terms"]} == {
        "passerelle": 1,
        "maire": 1,
    }
    status, out, _ = cli("glossary", "check", "terms.tsv")
    assert status == 0 and "terms.tsv:1: note: its terms are in French, not in English" in out


def test_an_article_in_the_target_alone_needs_no_model(cli, drop, isolated):
    status, _, err = cli("run", drop / "french.txt", "--target", "fr")
    assert status == 0, err
    assert (isolated / "out/french.json").is_file()


def test_a_language_without_a_way_says_so(cli, drop):
    status, _, err = cli("run", drop / "german.txt", "--target", "fr")
    assert status == 3 and "no model translates German (de) to French" in " ".join(err.split())
    status, _, err = cli("run", drop / "german.txt", "--target", "fr", "--mt", "de-en")
    told = " ".join(err.split())
    assert status == 3 and "de-en translates into English" in told and "--mt en=MODEL" in told


@pytest.mark.parametrize(
    ("flags", "says"),
    [
        (["--summarizer", "minilm"], "the summarizer minilm is for English"),
        (["--summarizer", "smollm2"], "--summarizer lead or textrank or central"),
        (["--glossary", "terms.tsv"], "check terms.tsv --target fr"),
        (["--target", "ar", "--to", "docx"], "--to docx writes from left to right, not Arabic"),
        (["--target", "french"], 'is not an ISO 639 code such as "de"'),
        (["--target", ""], "ISO 639 code"),
    ],
)
def test_what_is_for_english_alone_is_refused_in_a_line(flags, says, cli, server, drop, isolated):
    (isolated / "terms.tsv").write_text("de\ten\nBrücke\tbridge\n")
    status, out, err = cli("run", drop, "--mt", server.spec, "--target", "fr", *flags)
    assert status == 2 and says in " ".join(err.split()) and not out
    assert not server.asked


def test_a_prompt_that_cannot_say_into_what_is_refused(tmp_path):
    path = tmp_path / "plain.md"
    path.write_text("---\nname: plain\nkind: translate\nvariables: text\n---\nTranslate to English: {{ text }}\n")
    prompt = prompts.load(str(path), prompts.folders())
    assert Asking(prompt).render("Hallo.")
    with pytest.raises(PromptError, match="cannot ask for French"):
        Asking(prompt, target="fr")


def test_suggest_knows_the_target(cli, drop, tmp_path, cache):
    status, out, _ = cli("models", "suggest", drop, "--target", "fr", "--json")
    rows = {row["language"]: row for row in json.loads(out)}
    assert status == 0 and set(rows) == {"de", "en"} and not rows["de"]["model"]


# -- models that can --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    """Checkpoints with more than one target, and which of their tokens say into what."""
    root = tmp_path_factory.mktemp("many")
    return {kind: tiny_models.make(kind, root) for kind in ("nllb", "m2m100", "mbart", "madlad", "marian to many")}


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """A cache, so that each is converted once."""
    return tmp_path_factory.mktemp("shared")


@pytest.mark.parametrize("kind", ["nllb", "m2m100", "mbart", "madlad", "marian to many"])
def test_a_model_for_many_is_told_into_what(kind, many, tmp_path):
    folder = many[kind].path
    for target in ("en", "fr"):
        found = catalog.resolve(str(folder), cache=tmp_path, target=target)
        assert found.target == target and target not in found.source and {"en", "fr"} <= set(found.targets)
        assert "de" in found.source
        neural_one = neural.load(found, cache=tmp_path, decoding=Decoding(beams=1)).speaking("de")
        assert neural_one.signature.parts["target"] == target
    with pytest.raises(ModelUnsupported, match="not into Zulu" if kind != "m2m100" else "not into Quechua"):
        catalog.resolve(str(folder), cache=tmp_path, target="zu" if kind != "m2m100" else "qu")


@pytest.mark.parametrize(
    ("kind", "token"),
    [
        ("nllb", "fra_Latn"),
        ("m2m100", "__fr__"),
        ("mbart", "fr_XX"),
        ("madlad", "<2fr>"),
        ("marian to many", ">>fra<<"),
    ],
)
def test_the_token_is_that_of_hugging_face(kind, token, many, tmp_path):
    from transformers import AutoTokenizer

    from summarize.engines import convert

    checkpoint = many[kind]
    number = AutoTokenizer.from_pretrained(str(checkpoint.path)).convert_tokens_to_ids(token)
    family = FAMILIES[checkpoint.family.name]
    folder = tmp_path / "made"
    convert.convert(checkpoint.path, folder, family, "tokenizer")
    tokens = family.open_tokens(convert.companions(folder), "de", "fr")
    sent = tokens.encode("Guten Morgen.")
    assert (tokens.start == (number,)) if family.coded else (sent[0] == number)
    assert sent.count(number) == (0 if family.coded else 1)
    spelled = tokens.encode(f"Guten {token} Morgen.")
    assert spelled.count(number) == sent.count(number), "an article cannot choose the language"


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["ct2", "transformers"])
@pytest.mark.parametrize("kind", ["nllb", "m2m100", "mbart", "madlad", "marian to many"])
def test_the_target_changes_what_is_said(kind, engine, many, shared):
    outputs = []
    for target in ("en", "fr"):
        checkpoint = catalog.resolve(str(many[kind].path), cache=shared, target=target)
        how = {"engine": engine, "quantization": "float32", "decoding": Decoding(beams=1, max_new=12)}
        model = neural.load(checkpoint, cache=shared, **how).speaking("de")
        outputs.append([out.text for out in model.run(GERMAN)])
    assert outputs[0] != outputs[1]


# -- checks and summaries by pair -------------------------------------------------------------------------------------


@pytest.mark.parametrize("pair", [p for p in permutations(READ, 2) if "en" not in p], ids="-".join)
def test_human_translations_pass_whatever_the_pair(pair):
    source, target = pair
    pairs = zip(PARALLEL[source], PARALLEL[target], strict=True)
    assert [checks.failed(*texts, source, target) for texts in pairs] == [()] * len(ENGLISH)


@settings(deadline=None, max_examples=60)
@given(st.sampled_from(READ), st.sampled_from(READ), st.integers(2, 99_999), st.integers(2, 99_999))
def test_another_number_is_found_whatever_the_pair(source, target, said, given):
    text = {code: PARALLEL[code][0] for code in (source, target)}
    flags = checks.failed(f"{text[source]} ({said})", f"{text[target]} ({given})", source, target)
    assert ("numbers" in flags) == (said != given)


@pytest.mark.parametrize("target", ["fr", "ru", "pl", "uk"])
def test_a_copy_a_loop_and_silence_are_found_whatever_the_target(target):
    source = "Der Minister sagte am Montag, dass er das neue Gesetz über die Steuern nicht unterschreiben werde."
    once = PARALLEL[target][1].rstrip(".")
    assert "untranslated" in checks.failed(source, source, "de", target)
    assert "loop" in checks.failed(source, " ".join([once] * 5) + ".", "de", target)
    assert "empty" in checks.failed(source, "…", "de", target)
    assert "length" in checks.failed(source * 3, PARALLEL[target][0], "de", target)


DENIALS = {
    "de": ("Er kommt morgen nicht.", "Er kommt morgen."),
    "en": ("He will not come tomorrow.", "He will come tomorrow."),
    "es": ("Mañana no vendrá.", "Mañana vendrá."),
    "fr": ("Il ne viendra pas demain.", "Il viendra demain."),
    "it": ("Domani non verrà.", "Domani verrà."),
    "nl": ("Hij komt morgen niet.", "Hij komt morgen."),
    "pl": ("Jutro nie przyjdzie.", "Jutro przyjdzie."),
    "pt": ("Amanhã não virá.", "Amanhã virá."),
    "ru": ("Завтра он не придёт.", "Завтра он придёт."),
    "sv": ("Han kommer inte i morgon.", "Han kommer i morgon."),
    "tr": ("Yarın gelmeyecek.", "Yarın gelecek."),
    "uk": ("Завтра він не прийде.", "Завтра він прийде."),
}


@pytest.mark.parametrize("pair", list(permutations(DENIALS, 2)), ids="-".join)
def test_a_denial_that_is_lost_is_found_whatever_the_pair(pair):
    (denied, affirmed), (said_not, said) = (DENIALS[code] for code in pair)
    assert checks.failed(denied, said_not, *pair) == () == checks.failed(affirmed, said, *pair)
    assert checks.failed(denied, said, *pair) == ("negation",)
    if pair[0] in ("de", "en", "fr", "sv"):  # these have a word by which the language of so short a line is known
        assert checks.failed(affirmed, said_not, *pair) == ("negation",), "and one that is added"


def test_signs_without_spaces_are_read():
    """Chinese is short, ends otherwise, and a loop in it is none of words."""
    source = "The minister said on Monday that he would not sign the new law, which parliament had passed last week."
    said = "部长周一表示，他不会签署议会上周通过的新法律。"
    assert checks.failed(source, said, "en", "zh") == ()
    assert "loop" in checks.failed(source, "部长周一表示，" * 6, "en", "zh")
    assert set(checks.unasked("en", "zh")) == checks.KNOWING | checks.ENGLISH


def test_an_extractive_summary_in_any_language():
    for code, body in (("fr", IN_FRENCH), ("zh", ["他来了。", "市长迎接了他们！", "新桥耗资三百万欧元。", "为什么？"])):
        (out,) = Extractive("short", "central", 2, language=code).run(["\n\n".join(body)])
        assert len(out.text.split("\n")) == 2 and set(out.text.split("\n")) <= set(body) - {"为什么？"}
    plain, other = Extractive("short", "central"), Extractive("short", "central", language="fr")
    assert plain.signature != other.signature and "language" not in plain.signature.parts


def test_what_is_in_the_target_language_is_copied():
    article = Article("a", (" ".join(IN_FRENCH), " ".join(GERMAN), "12:30"))
    draft = accounting.prepare(article, target="fr")
    assert set(accounting.wanted([draft])) == {"de"}
    assert accounting.spoken([article], target="de") == {"fr": 4}


def test_a_plan_into_another_language_is_another_plan(plan, server):
    plans = [plan(mt=server.spec, target=target) for target in ("en", "fr", "es")]
    assert len({p.fingerprint for p in plans}) == 3
    assert "en" in plans[1].routes and "fr" not in plans[1].routes
    with pytest.raises(NoModelForLanguage, match="to Spanish"):
        plans[2].translator("xx")
    with pytest.raises(ConfigError, match="Spanish"):
        plan(mt=server.spec, target="es", summarizer="minilm").refuse()


def test_older_results_are_in_english(plan, server, store):
    from test_renderings import RESULT

    from summarize.store.records import decode_result, encode_result

    body = json.loads(encode_result(RESULT))
    assert body.pop("target") == "en"
    assert decode_result(json.dumps(body)) == RESULT

"""Chat models translate: prompts, context, glossary, answers that say more than that, a chat model as second."""

from __future__ import annotations

import json

import pytest
import tiny_models
from hypothesis import given
from hypothesis import strategies as st
from model_server import serving

from summarize import config, keys, prompts
from summarize.backends.asking import Asking, Readings, answers, chatter, foreign, readings
from summarize.backends.fake import Fake
from summarize.backends.fitted import Fitted
from summarize.backends.guard import Guarded
from summarize.backends.judge import Judge
from summarize.backends.opening import Opening
from summarize.backends.rungs import CLEANED, NBest
from summarize.errors import ModelUnsupported, PromptError
from summarize.families.causal import ChatTokens
from summarize.glossary import Glossary, Term
from summarize.job import accounting
from summarize.job.plan import Plan
from summarize.memory import Unit
from summarize.store import Store
from summarize.types import Article, InContext, Outcome, before

SOURCE = "Die Stadt hat eine neue Brücke gebaut."
RIGHT = "The city has built a new bridge."
SHIPPED = prompts.folders("nowhere")


@pytest.fixture(scope="module")
def chat(tmp_path_factory):
    return tiny_models.make("causal", tmp_path_factory.mktemp("chat")).path


@pytest.fixture
def plan(cache):
    def make(**flags):
        given = {"cache": str(cache), "threads": 1, "canary": False, "quantization": "float32", **flags}
        return Plan(config.load(given, {}, cache), Store.open(cache))

    return make


def asked(name: str, text: str = SOURCE, code: str = "de", glossary=None, context: int = 0):
    asking = Asking(prompts.load(name, SHIPPED), glossary)
    return [(m["role"], m["content"]) for m in asking.render(text, **asking.variables(code, context))]


# -- prompts ----------------------------------------------------------------------------------------------------------


def test_documented_formats_are_word_for_word():
    assert asked("translate-gemma") == [
        (
            "user",
            "You are a professional German (de) to English (en) translator. Your goal is to accurately convey the "
            "meaning and nuances of the original German text while adhering to English grammar, vocabulary, and "
            "cultural sensitivities.\nProduce only the English translation, without any additional explanations or "
            f"commentary. Please translate the following German text into English:\n\n\n{SOURCE}",
        )
    ]
    words = f"Translate the following German source text to English:\nGerman: {SOURCE}\nEnglish: "
    assert asked("translate-eurollm") == [("system", ""), ("user", words)]
    words = (
        "Translate the following text into English. Note that you should only output the translated result without any "
        f"additional explanation:\n\n{SOURCE}"
    )
    assert asked("translate-hy-mt") == [("user", words)]
    terms = Glossary([Term("Brücke", "bridge"), Term("Stadt", "city"), Term("Haus", "house")], "de")
    told = "Reference the following translations:\nStadt translates to city\nBrücke translates to bridge\n\n"
    assert asked("translate-hy-mt", glossary=terms) == [("user", told + words)]


def test_the_plain_prompt_leaves_out_what_there_is_none_of():
    (bare,) = asked("translate")
    assert bare[1].endswith(f"without any explanation.\n\n{SOURCE}") and bare[1].count("\n\n") == 1
    text = InContext(SOURCE, ("Es regnet.", "Er kam."))
    assert asked("translate", text) == [bare], "without --context nothing is shown"
    (shown,) = asked("translate", text, context=2)
    assert "not to be translated:\nEs regnet. Er kam.\n\n" in shown[1] and shown[1].endswith(SOURCE)


@pytest.mark.parametrize(
    ("name", "prompt"),
    [
        ("google/translategemma-4b-it", "translate-gemma"),
        ("translategemma:4b", "translate-gemma"),
        ("utter-project/EuroLLM-1.7B-Instruct", "translate-eurollm"),
        ("tencent/HY-MT1.5-1.8B", "translate-hy-mt"),
        ("hy-mt2", "translate-hy-mt"),
        ("HuggingFaceTB/SmolLM2-135M-Instruct", "translate"),
        ("", "translate"),
    ],
)
def test_a_models_name_chooses_its_prompt(name, prompt):
    assert prompts.for_model([name], SHIPPED).name == prompt


def test_the_setting_goes_before_the_card_and_the_card_before_the_name(chat, plan, tmp_path, cli):
    def prompt(**flags):
        opened = plan(mt=f"de={chat}", **flags).opening
        return opened.asking(opened.find(str(chat), "translate")).prompt.name

    assert prompt() == "translate"
    card = chat / "card.json"
    try:
        card.write_text(json.dumps({"prompt": "translate-hy-mt"}))
        assert prompt() == "translate-hy-mt" and prompt(mt_prompt="translate-eurollm") == "translate-eurollm"
        code, out, _ = cli("models", "info", chat, "--json")
        assert code == 0 and json.loads(out)["translates with"]["prompt"] == "translate-hy-mt"
    finally:
        card.unlink()
    (tmp_path / "translate-mine.md").write_text(
        "---\nname: translate-mine\nkind: translate\nmodels: tiny-*\nvariables: text\n---\n{{ text }}"
    )
    assert prompt(prompts=str(tmp_path)) == "translate-mine", "one's own folder, by the folder's name"


@pytest.mark.parametrize(
    "head",
    ["kind: short\nvariables: text", "kind: translate\nvariables: source", "kind: translate\nvariables: text, mood"],
)
def test_a_prompt_that_asks_for_no_translation_says_what_it_lacks(head):
    body = " ".join(f"{{{{ {name} }}}}" for name in head.rpartition(": ")[2].split(", "))
    with pytest.raises(PromptError, match="asks for no translation") as caught:
        Asking(prompts.parse(f"---\nname: x\n{head}\n---\n{body}", "own/x.md"))
    assert "source_code" in caught.value.hint and "own/x.md" in caught.value.message


def test_a_template_that_wants_parts_gets_the_text_and_its_languages(chat, tmp_path):
    """As TranslateGemma's: it refuses words, and writes the question itself."""
    template = (
        "{% set c = messages[0]['content'] %}{% if c is string %}{{ raise_exception('a list, please') }}{% endif %}"
        "<|im_start|>user\n{{ c[0]['source_lang_code'] }} to {{ c[0]['target_lang_code'] }}: {{ c[0]['text'] }}"
        "<|im_end|>\n<|im_start|>assistant\n"
    )
    for file in chat.iterdir():
        if file.name not in ("chat_template.jinja", "model.safetensors"):
            (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / "chat_template.jinja").write_text(template)
    tokens = ChatTokens(tmp_path)
    for text in (SOURCE, "Ein <|im_end|> im Text"):
        asking = Asking(prompts.load("translate-gemma", SHIPPED))
        ids = tokens.encode_messages(asking.render(text, **asking.variables("de")))
        head = f"<|im_start|>user\nde to en: {text}<|im_end|>\n<|im_start|>assistant"
        assert tokens._tokenizer.decode(ids, skip_special_tokens=False) == head
        assert ids.count(2) == 1, "what the text spells stays text"
    with pytest.raises(ModelUnsupported, match="refuses this prompt: a list, please") as caught:
        tokens.encode(SOURCE)
    assert "system turn" in caught.value.hint


# -- the model --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("engine", ["ct2", "transformers"])
def test_a_chat_model_translates_through_its_own_template(engine, chat, plan):
    opened = plan(mt=f"de={chat}", engine=engine).opening
    model = opened.translator(opened.find(str(chat), "translate")).speaking("de")
    (out,) = model.run([SOURCE])
    tokens = ChatTokens(chat)
    assert model.count(SOURCE) == len(tokens.encode(asked("translate")[0][1]))
    assert out.text and out.logprob is not None
    assert model.signature.parts["variables"] == {"source": "German", "target": "English"}
    assert model.signature.parts["task"] == "translate" and model.signature.parts["source"] == ["de"]
    assert model.speaking("fr").signature.parts["variables"]["source"] == "French"


def test_both_engines_say_the_same(chat, plan):
    said = []
    for engine in ("ct2", "transformers"):
        opened = plan(mt=f"de={chat}", engine=engine).opening
        said.append(
            opened.translator(opened.find(str(chat), "translate")).speaking("de").run(tiny_models.SENTENCES[:20])
        )
    assert [o.text for o in said[0]] == [o.text for o in said[1]] and len({o.text for o in said[0]}) > 10


def test_a_chat_model_reads_any_language_and_those_of_its_readme_if_it_has_one(chat, plan):
    assert {"de", "fr", "zh"} <= set(plan(mt=str(chat)).routes) and "en" not in plan(mt=str(chat)).routes
    assert plan(mt=str(chat)).routes["fr"].source[0] == "de", "the language that its canary sings in"
    (chat / "README.md").write_text("---\nlanguage:\n- en\n- fr\n- deu\n---\n")
    try:
        found = plan(mt=str(chat)).routes
        assert {code for code, c in found.items() if c.id == str(chat)} == {"de", "fr"}
    finally:
        (chat / "README.md").unlink()


def test_near_translations_by_people_are_shown_where_the_prompt_has_a_place(chat, plan, tmp_path):
    path = tmp_path / "mine.md"
    path.write_text("---\nname: mine\nkind: translate\nvariables: text, nearest\n---\n{{ nearest }}\n\n{{ text }}\n")
    shown = lambda: plan(mt=f"de={chat}", mt_prompt=str(path))
    deaf = lambda: plan(mt=f"de={chat}")
    before = shown().fingerprint, deaf().fingerprint
    store = shown().store
    store.keep([Unit(SOURCE.replace("neue", "alte"), "The city has built an old bridge.", "de", "en")])
    assert shown().fingerprint != before[0] and deaf().fingerprint == before[1]
    near = shown().nearest("de", SOURCE)
    assert near == ("Die Stadt hat eine alte Brücke gebaut. → The city has built an old bridge.",)
    assert deaf().nearest("de", SOURCE) == () and shown().nearest("fr", SOURCE) == ()
    made = shown()
    draft = accounting.prepare(Article("a", (SOURCE,), language="de"), "de", nearest=made.nearest)
    accounting.translate([draft], made, lambda done, total: None)
    known = made.translator("de").known
    assert list(known([InContext(SOURCE, (), near)])) and not known([SOURCE])


def test_prompt_and_context_are_in_the_signature(chat, plan):
    key = lambda **more: keys.signature_key(plan(mt=f"de={chat}", **more).signatures["translate:de"])
    found = [key(), key(mt_prompt="translate-hy-mt"), key(context=1), key(context=2)]
    assert len(set(found)) == 4 and key() == found[0]
    deaf = lambda **more: keys.signature_key(
        plan(mt=f"de={chat}", mt_prompt="translate-hy-mt", **more).signatures["translate:de"]
    )
    assert deaf(context=2) == deaf(), "that prompt has no place for it"
    marian = lambda **more: keys.signature_key(plan(mt="de=de-en", **more).signatures["translate:de"])
    assert marian(context=2) == marian()


def test_of_a_chat_model_as_second_the_first_models_sentences_stay(chat, plan, tmp_path):
    weak = tiny_models.make("marian", tmp_path).path
    both = plan(mt="de=de-en", fallback=f"de={chat}")
    texts = ["Wir haben heute keine Zeit.", "Der Hund schläft."]
    assert [o.text for o in both.translator("de").run(texts)] == [
        o.text for o in plan(mt="de=de-en").translator("de").run(texts)
    ]
    ladder = dict(both.signatures["translate:de"].parts["ladder"])
    assert ladder["second model"]["variables"]["source"] == "German" and ladder["second model"]["model"] == str(chat)
    bare = plan(mt=f"de={weak}", fallback=str(chat))
    assert set(bare.seconds) == set(bare.routes), "without a language it is second wherever there is a first"


# -- context ----------------------------------------------------------------------------------------------------------


@given(st.text(), st.lists(st.text(), min_size=1, max_size=3), st.lists(st.text(), max_size=3))
def test_a_text_in_context_is_another_text(text, some, others):
    one, other = InContext(text, some), InContext(text, others)
    assert (one == other) == (some == others) and (one != other) == (some != others)
    assert one != text and text != one and len({one, text, InContext(text, some)}) == 2
    assert InContext(text) == text and hash(InContext(text)) == hash(text)
    assert str(one) == text and type(str(one)) is str and before(one) == tuple(some) and before(text) == ()
    assert (keys.output_key("s", one) == keys.output_key("s", other)) == (some == others)
    assert keys.output_key("s", one) != keys.output_key("s", text)


def test_sentences_know_what_stands_before_them():
    article = Article("a", ("Er kam. Er ging.", "17", "Er blieb."), title="Der Mann", language="de")
    draft = accounting.prepare(article, "de", lambda code: 2)
    found = {str(span.text): before(span.text) for _, _, span in draft.spans}
    assert found == {
        "Der Mann": (),
        "Er kam.": ("Der Mann",),
        "Er ging.": ("Der Mann", "Er kam."),
        "17": (),
        "Er blieb.": ("Er ging.", "17"),
    }
    plain = accounting.prepare(article, "de")
    assert [span for *_, span in plain.spans] == [type(s)(str(s.text), s.separator) for *_, s in draft.spans]
    assert not any(before(span.text) for *_, span in plain.spans)


def test_the_same_sentence_in_two_places_is_asked_for_twice_only_with_context(cli, isolated):
    words = {"Er kam.": "He came.", "Er ging.": "He left.", "Sie kam.": "She came.", "Er ging fort.": "He went away."}
    (isolated / "a.txt").write_text("Er kam. Er ging. Sie kam. Er ging.", encoding="utf-8")
    with serving(words.__getitem__) as server:
        how = ("run", "a.txt", "--json", "--lang", "de", "--no-canary", "--mt", f"de={server.spec}")
        (item,) = json.loads(cli(*how)[1])["items"]
        assert [s["target"] for s in item["sentences"]] == ["He came.", "He left.", "She came.", "He left."]
        assert len(server.asked) == 3
        (item,) = json.loads(cli(*how, "--context", "1")[1])["items"]
        questions = [body["messages"][0]["content"] for body in server.asked[3:]]
        assert len(questions) == 4, "all four, the first of them without a context under another signature"
        assert sum("not to be translated:\nEr kam.\n\nEr ging." in q for q in questions) == 1
        assert [s["source"] for s in item["sentences"]] == ["Er kam.", "Er ging.", "Sie kam.", "Er ging."]
        cli(*how, "--context", "1", "--kind", "headline")
        assert len(server.asked) == 7, "those in context are found again"
        dry = json.loads(cli(*how, "--context", "1", "--kind", "long", "--dry-run")[1])
        assert (dry["cached"], dry["to_translate"]) == (4, 0)


# -- answers that say more --------------------------------------------------------------------------------------------

CHATTY = [
    f"Here is the translation:\n\n{RIGHT}",
    f"{RIGHT}\n\nNote: I kept the tense.",
    f"Translation: {RIGHT}",
    f'Sure! Here is the English translation:\n"{RIGHT}"',
    f"```\n{RIGHT}\n```",
    f"<think>The user wants English.\nHm.</think>\n\n{RIGHT}",
    f'In German, "{SOURCE}" translates to "{RIGHT}"',
    f"**{RIGHT}**\n\nLet me know!",
    f"**{RIGHT}**",
    f"For FC 1:3 and such, the sentence translates to: {RIGHT}",
    f"“{RIGHT}”",
]


@pytest.mark.parametrize("answer", CHATTY)
def test_what_is_more_than_the_translation_is_left_out_where_a_check_proves_it(answer):
    guarded = Guarded(Fitted(Readings(Fake(lambda text: answer))), (), Judge("de", answers()))
    (out,) = guarded.run([SOURCE])
    assert (out.text, out.rung, out.outcome) == (RIGHT, CLEANED, Outcome.REPAIRED) and out.faults and not out.doubts
    second = NBest(Readings(Fake(lambda text: answer)), 1, Judge("de", answers()))
    assert second.run([SOURCE])[0].text == RIGHT


@pytest.mark.parametrize(
    ("source", "answer"),
    [
        (SOURCE, RIGHT),
        ("„Nein“, sagte er.", '"No", he said.'),
        ("Er sagt: Ja.", "He says: Yes."),
        ("Nach der Wahl sagte er, es sei gut.", "After the vote he said: it is good."),
        ("Achtung: Die Übersetzung fehlt.", "Attention: the translation is missing."),
    ],
)
def test_an_answer_that_passes_is_not_touched(source, answer):
    (out,) = Guarded(Fitted(Readings(Fake(lambda text: answer))), (), Judge("de", answers())).run([source])
    assert out.text == answer and not out.rung


def test_an_answer_of_which_no_reading_passes_fails_as_it_is():
    guarded = Guarded(Fitted(Readings(Fake(lambda text: "I'm sorry.\n\nI cannot."))), (), Judge("de", answers()))
    (out,) = guarded.run(["Am 3. März 2026 kamen 500 Gäste aus der ganzen Stadt zu der neuen Brücke am Fluss."])
    assert out.outcome is Outcome.FAILED and out.text.startswith("[not translated:")


@given(st.text(max_size=80), st.text(max_size=200))
def test_readings_invent_nothing(source, answer):
    for reading in readings(source, answer):
        assert (reading and reading in answer.replace("\r", "\n")) or "\n" not in reading
    chatter(source, answer)


def test_an_answer_in_another_language_is_no_translation():
    assert foreign(SOURCE, "Am Montag war die alte Brücke zum ersten Mal für alle offen.")
    assert not foreign(SOURCE, RIGHT) and not foreign(SOURCE, "Angela Merkel, Frank-Walter Steinmeier")


def test_a_glossary_is_told_in_the_prompt_where_the_answer_lacks_a_target(tmp_path, cache):
    """By a model that does what it is told: the rung is asked for the one sentence that lacks the target."""

    def answer(question):
        return "The town has built a new span." if "translates to" not in question else RIGHT

    with serving() as server:
        server.reply = lambda body: {
            "choices": [{"message": {"content": answer(body["messages"][-1]["content"])}, "finish_reason": "stop"}]
        }
        terms = tmp_path / "terms.tsv"
        terms.write_text("Brücke\tbridge\n", encoding="utf-8")
        flags = {"cache": str(cache), "canary": False, "mt": f"de={server.spec}", "glossary": str(terms)}
        plan = Plan(config.load(flags, {}, cache), Store.open(cache))
        (out,) = plan.translator("de").run([SOURCE])
    assert (out.text, out.rung) == (RIGHT, "terms in prompt") and "glossary" in out.faults


def test_one_model_in_two_roles_is_opened_once(chat, plan):
    both = plan(mt=f"de={chat},fr={chat}")
    assert both.opening.translator(both.routes["de"]) is both.opening.translator(both.routes["fr"])
    assert isinstance(both.opening, Opening)

"""Prompt files are read strictly, and the article's own braces stay text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarize.errors import PromptError
from summarize.prompts import KINDS, TRANSLATE, Prompt, available, folders, load, parse
from summarize.resources import shipped

HEAD = "---\nname: short\nkind: short\nvariables: text, sentences\n---\n"
BODY = "In {{ sentences }} sentences:\n\n{{text}}\n"


def test_a_prompt_file():
    prompt = parse(HEAD.replace("\n---\n", "\nsystem: Be brief: no more.\n---\n") + BODY)
    assert (prompt.name, prompt.kind, prompt.variables) == ("short", "short", ("text", "sentences"))
    assert prompt.render(text="Ein Satz.", sentences=3) == [
        {"role": "system", "content": "Be brief: no more."},
        {"role": "user", "content": "In 3 sentences:\n\nEin Satz."},
    ]


def test_without_system_there_is_one_message():
    assert [m["role"] for m in parse(HEAD + BODY).render(text="", sentences=1)] == ["user"]


def test_system_as_a_section_of_the_body():
    prompt = parse(HEAD + "\n# system\nUse {{ sentences }} sentences.\n\nNo more.\n\n# user\n{{ text }}\n")
    assert prompt.render(text="T", sentences=2) == [
        {"role": "system", "content": "Use 2 sentences.\n\nNo more."},
        {"role": "user", "content": "T"},
    ]


@pytest.mark.parametrize(
    "variables", ["text, sentences", "[text, sentences]", "['text', \"sentences\"]", " text,sentences "]
)
def test_lists(variables):
    assert parse(HEAD.replace("text, sentences", variables) + BODY).variables == ("text", "sentences")


def test_windows_line_ends_and_a_byte_order_mark_are_harmless():
    assert parse("\ufeff" + (HEAD + BODY).replace("\n", "\r\n")).digest == parse(HEAD + BODY).digest


@given(st.text())
def test_what_an_article_says_is_never_interpreted(text):
    prompt = parse(HEAD + "{{ sentences }}{{ text }}")
    assert prompt.render(text=text, sentences="{{ text }}")[0]["content"] == "{{ text }}" + text


def test_braces_and_backslashes_in_an_article_stay():
    article = r"{{ sentences }} {% x %} {text} \1 \g<0> {{"
    assert parse(HEAD + BODY).render(text=article, sentences=1)[0]["content"].endswith(article)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (BODY, "no front matter"),
        ("", "no front matter"),
        ("---\nname: a\n", "no front matter"),
        (HEAD.replace("name: short\n", "") + BODY, "'name'"),
        (HEAD.replace("kind: short\n", "") + BODY, "'kind'"),
        (HEAD.replace("variables: text, sentences\n", "") + BODY, "'variables'"),
        (HEAD.replace("kind: short", "kind: tiny") + BODY, "'tiny'"),
        (HEAD.replace("name: short", "name: a/b") + BODY, "'a/b'"),
        (HEAD.replace("kind:", "knid:") + BODY, "'knid'"),
        (HEAD.replace("kind: short", "kind: short\nkind: long") + BODY, "second time"),
        (HEAD.replace("kind: short", "kind short") + BODY, "line 3"),
        (HEAD.replace("text, sentences", "\n  - text\n  - sentences") + BODY, "line 5"),
        (HEAD.replace("text, sentences", "[text, sentences") + BODY, "not closed"),
        (HEAD.replace("text, sentences", "text, 2") + BODY, "'2'"),
        (HEAD.replace("text, sentences", "text, text") + BODY, "twice"),
        (HEAD + "  \n", "nothing below"),
        (HEAD + BODY + "{{ titel }}", "'titel' is not declared"),
        (HEAD + "{{ text }}", "'sentences' is declared and never used"),
        (HEAD + BODY + "{{ text", "'{{'"),
        (HEAD + BODY + "{{ a b }}", "'{{'"),
        (HEAD.replace("\n---\n", "\nsystem: A\n---\n") + "# system\nB\n# user\n" + BODY, "another"),
    ],
)
def test_what_is_wrong_is_named_with_the_file(text, says):
    with pytest.raises(PromptError) as caught:
        parse(text, "own/short.md")
    assert says in caught.value.message
    assert "own/short.md" in caught.value.message
    assert caught.value.hint


def test_an_undeclared_variable_names_the_nearest():
    with pytest.raises(PromptError) as caught:
        parse(HEAD + BODY + "{{ sentence }}")
    assert "'sentences'" in caught.value.hint


def test_a_missing_value_and_an_unknown_one_are_named():
    prompt = parse(HEAD + BODY, "own/short.md")
    with pytest.raises(PromptError, match=r"own/short\.md.*'sentences'"):
        prompt.render(text="T")
    with pytest.raises(PromptError, match=r"own/short\.md.*'title'"):
        prompt.render(text="T", sentences=1, title="x")


def test_the_users_folder_wins(tmp_path):
    (tmp_path / "short.md").write_text(HEAD + BODY, "utf-8")
    (tmp_path / "README.md").write_text("about these prompts", "utf-8")
    where = folders(tmp_path)
    assert load("short", where).path == str(tmp_path / "short.md")
    assert load("long", where).path == str(shipped("prompts") / "long.md")
    assert [n for n in sorted(available(where)) if not n.startswith(TRANSLATE)] == [
        "bullets",
        "headline",
        "long",
        "short",
    ]
    assert load("short", folders(tmp_path / "missing")).path == str(shipped("prompts") / "short.md")


def test_a_path_is_read_wherever_it_lies(tmp_path):
    (tmp_path / "mine.md").write_text(HEAD + BODY, "utf-8")
    assert load(tmp_path / "mine.md", ()).name == "short"


def test_what_cannot_be_loaded(tmp_path):
    with pytest.raises(PromptError) as caught:
        load("headlin", folders(tmp_path))
    assert "'headline'" in caught.value.hint
    with pytest.raises(PromptError, match="no prompt file"):
        load(tmp_path / "none.md", ())
    (tmp_path / "latin.md").write_bytes(b"---\nname: \xfc")
    with pytest.raises(PromptError, match="UTF-8"):
        load(tmp_path / "latin.md", ())
    (tmp_path / "folder.md").mkdir()
    with pytest.raises(PromptError, match="cannot be read"):
        load(tmp_path / "folder.md", ())
    (tmp_path / "other.md").write_text(HEAD + BODY, "utf-8")
    with pytest.raises(PromptError, match="named 'short' inside"):
        load("other", [tmp_path])


def test_the_digest_is_of_what_the_model_sees():
    prompt = Prompt("a", "short", ("text",), "{{ text }}", "S", "a.md")
    assert prompt.digest == Prompt("b", "long", ("text",), "{{ text }}", "S", "b.md").digest
    assert prompt.digest != Prompt("a", "short", ("text",), "{{ text }}", "S.", "a.md").digest
    assert prompt.digest != Prompt("a", "short", ("text",), "S{{ text }}", "", "a.md").digest


@pytest.mark.parametrize("kind", KINDS)
def test_a_prompt_is_shipped_for_every_kind(kind):
    prompt = load(kind, [shipped("prompts")])
    values = {"text": "The council met on Monday.", "sentences": 5}
    messages = prompt.render(**{name: values[name] for name in prompt.variables})
    assert prompt.kind == kind
    assert [m["role"] for m in messages] == ["system", "user"]
    assert messages[1]["content"] == "The council met on Monday."

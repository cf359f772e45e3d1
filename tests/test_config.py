"""Flag over environment over file over default, for every type; what is not understood is refused by name."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest

from summarize import prompts
from summarize.config import FIELDS, FILE, KEYS, KINDS, PREFIX, SERVER_KEY, Settings, load
from summarize.errors import ConfigError

# One key of each type: in the file, there as TOML, in the environment, as a flag; each with what it must become.
LAYERS = {
    "mt": ('{de = "a"}', {"de": "a"}, "de=b,fr=/c", {"de": "b", "fr": "/c"}, "d", {"": "d"}),
    "summarizer": ('"textrank"', "textrank", "lead", "lead", "minilm", "minilm"),
    "kind": ('"long"', "long", "bullets", "bullets", "headline", "headline"),
    "beams": ("1", 1, "2", 2, 3, 3),
    "sentences": ("1", 1, "0", 0, "2", 2),
    "offline": ("true", True, "no", False, True, True),
    "retry": ("true", True, "1", True, False, False),
    "out": ('"a"', "a", "b", "b", "c", "c"),
    "language": ('"DE"', "de", "fr", "fr", "es", "es"),
}


@pytest.mark.parametrize("key", LAYERS)
def test_every_layer_of_precedence(tmp_path, key):
    toml, from_file, variable, from_environment, flag, from_flag = LAYERS[key]
    name = PREFIX + key.upper()
    default = load({}, {}, tmp_path)
    assert getattr(default, key) == getattr(Settings(), key)
    assert default.origin(key) == "default"

    (tmp_path / FILE).write_text(f"{key} = {toml}\n")
    settings = load({key: None}, {"PATH": "/bin", name: ""}, tmp_path)
    assert (getattr(settings, key), settings.origin(key)) == (from_file, str(tmp_path / FILE))

    settings = load({}, {name: variable}, tmp_path)
    assert (getattr(settings, key), settings.origin(key)) == (from_environment, f"environment {name}")

    settings = load({key: flag}, {name: variable}, tmp_path)
    assert getattr(settings, key) == from_flag
    assert settings.origin(key) == "flag --" + {"language": "lang"}.get(key, key)


def test_defaults(tmp_path):
    settings = load({}, {}, tmp_path)
    assert settings == Settings()
    assert (settings.kind, settings.engine, settings.quantization, settings.beams) == ("short", "auto", "int8", 4)
    assert dict(settings.mt) == {}


def test_settings_cannot_be_changed(tmp_path):
    settings = load({"mt": "de-en"}, {}, tmp_path)
    with pytest.raises(FrozenInstanceError):
        settings.beams = 1
    with pytest.raises(TypeError):
        settings.mt["fr"] = "x"


def test_kinds_are_those_of_the_prompts():
    assert KINDS == prompts.KINDS


@pytest.mark.parametrize("word", ["true", "1", "yes", "YES", "on"])
def test_true_words(tmp_path, word):
    assert load({}, {"SUMMARIZE_OFFLINE": word}, tmp_path).offline is True


@pytest.mark.parametrize("word", ["false", "0", "no", "False", "off"])
def test_false_words(tmp_path, word):
    (tmp_path / FILE).write_text("offline = true\n")
    assert load({}, {"SUMMARIZE_OFFLINE": word}, tmp_path).offline is False


@pytest.mark.parametrize(
    ("value", "table"),
    [
        ("de-en", {"": "de-en"}),
        ("Helsinki-NLP/opus-mt-de-en", {"": "Helsinki-NLP/opus-mt-de-en"}),
        ("de=de-en", {"de": "de-en"}),
        ("de=de-en, fr=/models/fr=en", {"de": "de-en", "fr": "/models/fr=en"}),
        (["de=de-en", "fr=/path"], {"de": "de-en", "fr": "/path"}),
        ("fr=/path,de-en", {"fr": "/path", "": "de-en"}),
        ("./models/a=b", {"": "./models/a=b"}),
        ({"de": "a"}, {"de": "a"}),
    ],
)
def test_model_tables(tmp_path, value, table):
    assert dict(load({"mt": value}, {}, tmp_path).mt) == table


def test_a_model_table_in_the_file(tmp_path):
    (tmp_path / FILE).write_text('kind = "long"\n[mt]\nde = "de-en"\nfr = "/path"\n')
    assert dict(load({}, {}, tmp_path).mt) == {"de": "de-en", "fr": "/path"}


def test_a_file_elsewhere(tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "own.toml").write_text('beams = 2\nout = "translations"\ncache = "/var/cache/s"\n')
    (tmp_path / "folder" / FILE).write_text("beams = 3\n")
    cwd = tmp_path / "folder"
    assert load({}, {}, cwd).beams == 3
    for flags, environ in [({"config": str(tmp_path / "own.toml")}, {}), ({}, {"SUMMARIZE_CONFIG": "../own.toml"})]:
        settings = load(flags, environ, cwd)
        assert (settings.beams, settings.cache) == (2, "/var/cache/s")
        assert (cwd / settings.out).resolve() == (tmp_path / "translations").resolve()


@pytest.mark.parametrize(
    ("code", "language"), [("deu", "de"), ("GER", "de"), ("fra", "fr"), ("slv", "sl"), ("zho", "zh"), ("gsw", "gsw")]
)
def test_three_letters_become_two_where_there_are_two(tmp_path, code, language):
    assert load({"language": code}, {}, tmp_path).language == language


def test_models_for_languages_in_three_letters(tmp_path):
    for key in ("mt", "fallback"):
        assert dict(getattr(load({key: "deu=de-en,fre=/path"}, {}, tmp_path), key)) == {"de": "de-en", "fr": "/path"}
    (tmp_path / FILE).write_text('[mt]\ndeu = "de-en"\n')
    assert dict(load({}, {}, tmp_path).mt) == {"de": "de-en"}
    with pytest.raises(ConfigError, match="models by language"):
        load({"mt": "deu=one,de=two"}, {}, tmp_path)


def test_lang_is_the_flag_for_language(tmp_path):
    assert load({"lang": "de"}, {}, tmp_path).language == "de"


@pytest.mark.parametrize(
    ("toml", "says", "hints"),
    [
        ("beam = 4", "'beam'", "beams"),
        ("qqq = 4", "'qqq'", "summarizer"),
        ("origins = {}", "'origins'", "mt"),
        ('beams = "4"', "beams = '4'", "4"),
        ("beams = 0", "beams = 0", "4"),
        ("beams = true", "beams = True", "4"),
        ("beams = 2.5", "a whole number from 1 on", "4"),
        ('fail_on = "dubt"', "one of draft, doubt, failed", "'doubt'"),
        ('fail_on = ["draft", "all"]', "one of draft, doubt, failed", "default is 'failed'"),
        ("fail_on = [1]", "one of draft, doubt, failed", "default is 'failed'"),
        ('kind = "shrt"', "one of headline, short, bullets, long", "'short'"),
        ("kind = 1", "kind = 1", "'short'"),
        ("offline = 1", "offline = 1", "False"),
        ('offline = "yes"', "true or false", "False"),
        ("out = 3", "out = 3", "'out'"),
        ('out = ""', "a folder", "'out'"),
        ('language = "german"', "ISO 639", "--lang de"),
        ('[mt]\nde = ""', "mt = {'de': ''}", "{}"),
        ('[mt]\ngerman = "x"', "'german'", "{}"),
        ('mt = "de=a,de=b"', "models by language", "{}"),
        ("mt = 4", "mt = 4", "{}"),
        ("[mt.de]\nmodel = 1", "mt = ", "{}"),
        ("kind = long", "not valid TOML", "quotes"),
    ],
)
def test_what_the_file_has_wrong(tmp_path, toml, says, hints):
    (tmp_path / FILE).write_text(toml + "\n")
    with pytest.raises(ConfigError) as caught:
        load({}, {}, tmp_path)
    assert says in caught.value.message
    assert str(tmp_path / FILE) in caught.value.message
    assert hints in caught.value.hint


@pytest.mark.parametrize(
    ("variable", "value", "says", "hints"),
    [
        ("SUMMARIZE_BEAM", "4", "'SUMMARIZE_BEAM'", "SUMMARIZE_BEAMS"),
        ("SUMMARIZE_MODELS", "x", "'SUMMARIZE_MODELS'", "SUMMARIZE_MT or SUMMARIZE_FALLBACK or SUMMARIZE_SUMMARIZER?"),
        ("SUMMARIZE_BEAMS", "four", "beams = 'four' (environment SUMMARIZE_BEAMS)", "4"),
        ("SUMMARIZE_BEAMS", "-1", "beams = -1", "4"),
        ("SUMMARIZE_RETRY", "maybe", "retry = 'maybe'", "yes"),
        ("SUMMARIZE_ENGINE", "transformer", "one of auto, ct2, transformers", "'transformers'"),
    ],
)
def test_what_the_environment_has_wrong(tmp_path, variable, value, says, hints):
    with pytest.raises(ConfigError) as caught:
        load({}, {variable: value}, tmp_path)
    assert says in caught.value.message
    assert hints in caught.value.hint


@pytest.mark.parametrize(("key", "value"), [("beams", "x"), ("beams", 0), ("device", "gpu"), ("offline", "perhaps")])
def test_what_a_flag_has_wrong(tmp_path, key, value):
    with pytest.raises(ConfigError, match=f"{key} = {value!r}.*flag --{key}"):
        load({key: value}, {}, tmp_path)


def test_an_unknown_flag_is_refused(tmp_path):
    with pytest.raises(ConfigError) as caught:
        load({"sumarizer": "x"}, {}, tmp_path)
    assert "summarizer" in caught.value.hint


def test_files_that_cannot_be_read(tmp_path):
    with pytest.raises(ConfigError, match=r"none\.toml"):
        load({"config": "none.toml"}, {}, tmp_path)
    (tmp_path / FILE).write_bytes(b'out = "\xfc"')
    with pytest.raises(ConfigError, match="UTF-8"):
        load({}, {}, tmp_path)


VALUES = {
    "mt": "de=x", "summarizer": "lead", "kind": "long", "engine": "ct2", "quantization": "float32", "out": "a",
    "cache": "b", "prompts": "c", "prompt": "d", "language": "fr", "target": "es", "unsupported": "drop",
    "device": "cpu", "offline": "yes", "retry": "yes", "sentences": "7", "beams": "7", "threads": "7", "window": "7",
    "fallback": "de=y", "glossary": "terms.tsv", "canary": "no", "include": "*.txt", "exclude": "*.md", "to": "docx",
    "bilingual": "on",
    "mt_prompt": "e", "context": "7", "allow_remote": "yes", "cluster": "local:2",
    "fail_on": "draft,doubt",
}  # fmt: skip


def test_every_key_can_be_set_everywhere(tmp_path):
    settings = load({}, {PREFIX + key.upper(): value for key, value in VALUES.items()}, tmp_path)
    assert set(VALUES) == set(KEYS)
    assert all(getattr(settings, key) != getattr(Settings(), key) for key in KEYS)
    assert load(VALUES, {}, tmp_path) == settings


def test_what_sends_articles_away_is_typed_and_never_read_from_a_file(tmp_path):
    (tmp_path / FILE).write_text("allow_remote = true\n")
    with pytest.raises(ConfigError, match="cannot be set in a file") as caught:
        load({}, {}, tmp_path)
    assert caught.value.hint == "type --allow-remote"


def test_the_key_of_a_model_server_is_no_setting(tmp_path):
    settings = load({}, {SERVER_KEY: "secret"}, tmp_path)
    assert settings == Settings() and "secret" not in repr(settings)


@pytest.mark.parametrize("key", [k for k in KEYS if k not in ("prompts", "window")])
def test_every_key_with_a_help_is_an_option(key, tmp_path):
    """What is declared of a setting is all that the command line needs to know of it."""
    import typer
    from typer.testing import CliRunner

    from summarize.cli.options import with_settings

    @with_settings
    def command(chosen: Settings, path: str, loud: bool = False) -> None:
        seen.append((chosen, path, loud))

    seen: list = []
    app = typer.Typer()
    app.command()(command)
    about = FIELDS[key].metadata
    flag = about["flags"][0] if about["flags"] else f"--{key.replace('_', '-')}"
    default = getattr(Settings(), key)
    typed = [flag.split("/")[default]] if isinstance(default, bool) else [flag, VALUES[key]]
    ended = CliRunner().invoke(app, ["file", "--loud", *typed])
    assert ended.exit_code == 0, ended.output
    ((chosen, path, loud),) = seen
    assert (path, loud, chosen.origins) == (
        "file",
        True,
        {key: "flag --" + {"language": "lang"}.get(key, key).replace("_", "-")},
    )
    assert getattr(chosen, key) == getattr(load({key: VALUES[key]}, {}, tmp_path), key) != default


def test_model_folders_in_a_file_are_beside_the_file(tmp_path):
    (tmp_path / "there" / "my-model").mkdir(parents=True)
    (tmp_path / "there" / FILE).write_text('[mt]\nde = "my-model"\nfr = "Helsinki-NLP/opus-mt-fr-en"\n')
    mt = load({"config": f"there/{FILE}"}, {}, tmp_path).mt
    assert mt == {"de": str(tmp_path / "there" / "my-model"), "fr": "Helsinki-NLP/opus-mt-fr-en"}

"""A model behind a server on this machine: its protocol, its troubles, and that nothing goes elsewhere."""

from __future__ import annotations

import json
import threading

import pytest
import tiny_models
from model_server import WORDS, serving

from summarize import catalog, config, keys
from summarize.backends.opening import Opening
from summarize.catalog import servers, wire
from summarize.config import SERVER_KEY
from summarize.errors import ConfigError, ModelError, ModelNotFound, ModelUnsupported, ServerRefused, ServerSilent
from summarize.job.plan import Plan
from summarize.store import Store
from summarize.types import Outcome

GERMAN = list(WORDS)
FREE = "server:http://127.0.0.1:9/v1#tiny"  # the port that throws away; nobody listens there


@pytest.fixture(autouse=True)
def hasty(monkeypatch):
    """Pauses are as short as can be."""
    monkeypatch.setattr(wire, "FIRST_PAUSE", 0.001)
    monkeypatch.setattr(wire, "LONGEST_PAUSE", 0.002)
    monkeypatch.setattr(wire, "ASKED_PAUSE", 0.02)


@pytest.fixture
def server():
    with serving() as model:
        yield model


@pytest.fixture
def backend(cache):
    """The bare backend for a spec."""

    def make(spec, code="de", **flags):
        settings = config.load({"cache": str(cache), "canary": False, **flags}, {}, cache)
        opening = Opening(settings, lambda line: None, None)
        return opening.translator(opening.find(spec, "translate")).speaking(code)

    return make


@pytest.fixture
def plan(cache):
    def make(announce=lambda line: None, **flags):
        store = Store.open(cache)
        return Plan(config.load({"cache": str(cache), "threads": 1, **flags}, {}, cache), store, announce=announce)

    return make


# -- what goes well ---------------------------------------------------------------------------------------------------


def test_texts_are_asked_for_with_the_prompt_and_come_back_in_order(backend, server):
    outputs = backend(server.spec).run(GERMAN)
    assert [o.text for o in outputs] == list(WORDS.values())
    (body,) = [b for b in server.asked if b["messages"][-1]["content"].endswith(GERMAN[1])]
    assert body["model"] == "tiny" and body["temperature"] == 0 and body["stream"] is False and body["max_tokens"] > 20
    assert body["messages"][-1]["content"].startswith("Translate the following text from German into English.")


def test_several_are_asked_at_once_and_no_more(backend, server):
    server.seconds = 0.2
    backend(server.spec, threads=3).run([f"Satz {i}." for i in range(12)])
    assert server.most_at_once == 3 and len(server.asked) == 12


def test_a_run_translates_and_summarizes_by_a_server(cli, server, isolated):
    (isolated / "a.txt").write_text(" ".join(GERMAN), encoding="utf-8")
    how = ("run", "a.txt", "--json", "--lang", "de", "--mt", f"de={server.spec}")
    code, out, err = cli(*how)
    (item,) = json.loads(out)["items"]
    assert [s["target"] for s in item["sentences"]] == list(WORDS.values()), err
    assert (item["models"][0]["id"], item["models"][0]["quality"]) == (server.spec, "unverified") and code == 0
    asked = len(server.asked)
    _, out, _ = cli(*how, "--kind", "headline")
    assert len(server.asked) == asked, "the translations come from the cache"
    assert "unverified" in (isolated / "out" / "a.md").read_text()
    code, out, _ = cli("run", "a.txt", "--json", "--lang", "de", "--summarizer", server.spec)
    assert json.loads(out)["items"][0]["models"][-1]["id"] == server.spec


def test_a_server_mends_what_the_first_model_cannot(plan, server, tmp_path):
    weak = tiny_models.make("marian", tmp_path).path
    hard, right = "Es kamen 500 Gäste aus Abu Dhabi.", "500 guests came from Abu Dhabi."
    server.answer = {**WORDS, hard: f"Here is the translation:\n\n{right}"}.__getitem__
    (mended,) = plan(mt=f"de={weak}", fallback=server.spec, canary=False).translator("de").run([hard])
    assert (mended.text, mended.rung, mended.outcome) == (right, "second model", Outcome.REPAIRED)
    assert "chatter" not in mended.faults and len(server.asked) == 1


def test_its_canary_is_heard_first_and_a_senseless_server_is_given_up(plan, server):
    server.answer = lambda text: "I am a helpful assistant."
    translator = plan(mt=f"de={server.spec}").translator("de")
    with pytest.raises(ModelError, match="the same to"):
        translator.run(GERMAN)
    asked = len(server.asked)
    with pytest.raises(ModelError, match="the same to"):
        translator.run(GERMAN)
    assert len(server.asked) == asked


# -- its signature ----------------------------------------------------------------------------------------------------


def test_the_signature_holds_what_the_server_tells_and_nothing_that_passes(backend, server):
    key = lambda **more: keys.signature_key(backend(server.spec, **more).signature)
    first = key()
    assert key() == first, "`created` is another one each time"
    assert key(threads=2) == first
    assert keys.signature_key(backend(server.spec, "fr").signature) != first
    server.extra["/props"] = {"build_info": "b1234", "model_path": "/x/y.gguf", "chat_template": "{{ m }}"}
    second = key()
    server.extra["/api/tags"] = {"models": [{"name": "tiny", "digest": "sha256:1"}]}
    third = key()
    server.extra["/api/tags"] = {"models": [{"name": "tiny", "digest": "sha256:2"}]}
    assert len({first, second, third, key()}) == 4
    assert "unverified" in backend(server.spec).signature.parts["engine_version"]


def test_what_is_in_the_cache_is_read_while_the_server_is_off(plan):
    with serving() as server:
        plan(mt=f"de={server.spec}").translator("de").run(GERMAN)
    off = plan(mt=f"de={server.spec}").translator("de")
    assert [o.text for o in off.run(GERMAN)] == list(WORDS.values())
    with pytest.raises(ServerSilent, match="no model server answers") as caught:
        off.run(["Etwas Neues."])
    assert "llama-server" in caught.value.hint
    with pytest.raises(ServerSilent):
        plan(mt=f"de={FREE}").signatures  # noqa: B018


def test_the_model_is_named_or_the_only_one(cache):
    found = lambda spec: catalog.resolve(spec, cache=cache, task=None)
    with serving(models=("/models/a-Q4.gguf",)) as one:
        assert found(f"server:{one.base}").model == found(f"server:{one.base}/#a-Q4.gguf").model == "/models/a-Q4.gguf"
    with serving(models=("gemma3:latest", "qwen3:4b")) as two:
        assert found(f"server:{two.base}#gemma3").model == "gemma3:latest"
        with pytest.raises(ModelNotFound, match="which one is meant is not said; there: gemma3:latest, qwen3:4b"):
            found(f"server:{two.base}")
        with pytest.raises(ModelNotFound) as caught:
            found(f"server:{two.base}#qwen3")
        assert caught.value.hint == f"write server:{two.base}#qwen3:4b"
    with serving(models=()) as none, pytest.raises(ModelNotFound, match="there: none"):
        found(f"server:{none.base}#x")


def test_models_info_says_that_it_is_not_verified(cli, server):
    code, out, _ = cli("models", "info", server.spec, "--json")
    facts = json.loads(out)
    assert code == 0 and facts["card"]["quality"] == "unverified" and facts["translates with"]["prompt"] == "translate"
    code, out, _ = cli("models", "info", server.spec)
    assert "unverified" in out and "translates with" in out
    code, _, err = cli("models", "verify", server.spec)
    assert code == 3 and f"models info {server.spec}" in " ".join(err.split()).replace(" #", "#")


# -- its troubles -----------------------------------------------------------------------------------------------------

LOADING = (503, {"error": {"message": "Loading model", "type": "unavailable_error", "code": 503}})
BUSY = (429, {"error": {"message": "too many requests"}}, {"Retry_After": "1"})
TOO_LONG = (400, {"error": {"code": 400, "message": "request (9000 tokens) exceeds the available context size"}})
VLLM_LONG = (400, {"object": "error", "message": "This model's maximum context length is 2048 tokens.", "code": 400})


@pytest.mark.parametrize("trouble", [LOADING, BUSY, (500, b"oops"), "cut", "half", "garbage"], ids=str)
def test_what_may_pass_is_tried_again(trouble, backend, server):
    server.troubles = [trouble] * 3
    assert backend(server.spec).run(GERMAN[:1])[0].text == "Good morning."
    assert len(server.asked) == 4


@pytest.mark.parametrize(
    ("trouble", "error", "says", "todo"),
    [
        (LOADING, ServerRefused, r"\(503\): Loading model", "still loading"),
        (BUSY, ServerRefused, r"\(429\): too many requests", "--threads 1"),
        ("cut", ModelError, "broke", "start it"),
        ("garbage", ModelUnsupported, "no JSON", "/v1"),
        ((401, {"error": "missing key"}), ServerRefused, "missing key", SERVER_KEY),
        ((404, {"error": {"message": "model 'x' not found"}}), ServerRefused, "'x' not found", "/v1"),
        ((400, {"error": {"message": "\x1b[31mno such field\x1b[0m\n"}}), ServerRefused, ": no such field$", "log"),
        ("no choices", ModelUnsupported, "chat completions", "/v1"),
    ],
    ids=str,
)
def test_what_does_not_pass_says_what_to_do(trouble, error, says, todo, backend, server):
    server.troubles = [trouble] * 50
    with pytest.raises(error, match=says) as caught:
        backend(server.spec).run(GERMAN[:1])
    assert todo in caught.value.hint and len(server.asked) in (1, wire.TRIES, wire.TRIES * wire.PATIENT)
    assert (len(server.asked) > wire.TRIES) == (trouble is LOADING), "a model that loads is waited for"


def test_a_slow_answer_is_not_waited_for_without_end(backend, server, monkeypatch):
    ask = backend(server.spec)
    monkeypatch.setattr(wire, "PATIENCE", 0.2)
    server.troubles = ["slow"]
    with pytest.raises(ModelError, match=r"no answer within 0\.2 seconds"):
        ask.run(GERMAN[:1])
    assert len(server.asked) == 1, "it is not made to do the same work twice"


@pytest.mark.parametrize("trouble", [TOO_LONG, VLLM_LONG], ids=["llama.cpp", "vllm"])
def test_a_text_too_long_for_the_server_costs_that_text(trouble, backend, server):
    server.troubles = [trouble]
    (out,) = backend(server.spec).run(["Ein Satz."])
    assert out.outcome is Outcome.FAILED and out.faults == ("too long",)


@pytest.mark.parametrize(("trouble", "flag"), [("length", "truncated"), ("filter", "refused")])
def test_an_answer_that_did_not_end_is_none(trouble, flag, backend, server, plan):
    server.troubles = [trouble]
    (out,) = backend(server.spec).run(GERMAN[:1])
    assert out.outcome is Outcome.FAILED and out.faults == (flag,)
    server.troubles = [trouble]
    (settled,) = plan(mt=f"de={server.spec}", canary=False).translator("de").run(["Es kamen 500 Gäste. " * 8])
    assert flag in settled.faults, "it climbed the ladder"


def test_a_server_that_dies_in_the_middle_keeps_what_was_done(plan):
    with serving() as server:
        first = plan(mt=f"de={server.spec}", canary=False).translator("de")
        first.slice_size = 1
        server.answer = lambda text: threading.current_thread() and WORDS[text]
        server.troubles = [None, (501, b"")]
        with pytest.raises(ServerRefused):
            first.run(GERMAN)
        assert len(first.known(GERMAN)) == 1


# -- nothing goes elsewhere, no key is written down -------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    ["http://192.0.2.1:8080/v1", "https://api.example.com/v1", "http://127.0.0.1.example.com/v1", "http://0.0.0.0/v1"],
)
def test_another_machine_is_refused_unless_it_is_typed(address, cli, isolated, cache):
    (isolated / "a.txt").write_text("Guten Morgen.")
    code, _, err = cli("run", "a.txt", "--mt", f"de=server:{address}#m")
    assert code == 2 and "--allow-remote" in err and "leave" in err
    (isolated / "summarize.toml").write_text("allow_remote = true\n")
    code, _, err = cli("run", "a.txt", "--mt", f"de=server:{address}#m")
    assert code == 2 and "cannot be set in a file" in err
    assert wire.Wire(address, remote=True).host in address


def test_a_name_that_leads_to_another_machine_is_found_out(monkeypatch, server):
    monkeypatch.setattr(wire, "loopback", lambda host: (host == "127.0.0.1" and False) or host == "localhost")
    with pytest.raises(ConfigError, match="not this machine"):
        wire.Wire(server.base.replace("127.0.0.1", "localhost")).get("/models")


@pytest.mark.parametrize("address", ["http://me:secret@127.0.0.1/v1", "http://127.0.0.1/v1?key=secret"])
def test_a_secret_in_an_address_is_refused_and_not_repeated(address, cache):
    with pytest.raises(ConfigError, match="written down") as caught:
        catalog.resolve(f"server:{address}#m", cache=cache)
    assert "secret" not in caught.value.message + caught.value.hint and SERVER_KEY in caught.value.hint


@pytest.mark.parametrize(
    "address",
    [
        "ftp://127.0.0.1/v1",
        "127.0.0.1:80",
        "http://",
        "http://127.0.0.1:99999/v1",
        "",
        "http://[::1/v1",
        "http://127.0.0.1/a b",
    ],
)
def test_what_is_no_address_says_how_one_looks(address, cache):
    with pytest.raises(ConfigError, match="no address") as caught:
        catalog.resolve(f"server:{address}#m", cache=cache)
    assert "server:http://127.0.0.1:11434/v1#MODEL" in caught.value.hint


def test_the_key_is_sent_and_stands_nowhere_else(cli, server, isolated, cache, monkeypatch):
    monkeypatch.setenv(SERVER_KEY, "sk-very-secret")
    (isolated / "a.txt").write_text(" ".join(GERMAN), encoding="utf-8")
    said = [cli("run", "a.txt", "--json", "--lang", "de", "--mt", f"de={server.spec}")]
    assert {h["Authorization"] for h in server.headers} == {"Bearer sk-very-secret"}
    server.troubles = [(403, {"error": "the key sk-very-secret is not known"})] * 99
    said.append(cli("run", "a.txt", "--lang", "de", "--mt", f"de={server.spec}", "--beams", "1", "--no-canary"))
    (isolated / "b.txt").write_text("Ein ganz anderer Satz steht hier.", encoding="utf-8")
    said.append(cli("run", "b.txt", "--lang", "de", "--mt", f"de={server.spec}"))
    said += [cli("models", "info", server.spec, "--json"), cli("doctor", "--json"), cli("runs", "--json")]
    assert "…" in said[2][1] + said[2][2]
    assert not any("sk-very-secret" in out + err for _, out, err in said)
    for place in (isolated, cache):
        files = [
            p for p in place.rglob("*") if p.is_file() and "models/" not in p.as_posix().replace("models/servers", "")
        ]
        assert files and not any(b"sk-very-secret" in p.read_bytes() for p in files)


def test_what_is_remembered_of_a_server_names_its_model_and_no_more(server, tmp_path):
    catalog.resolve(server.spec, cache=tmp_path)
    (memory,) = (tmp_path / "models" / "servers").glob("*.json")
    assert json.loads(memory.read_text()) == {"told": {"model": {"id": "tiny", "owned_by": "test"}}}
    assert set(server.listed[0]) - set(servers.NAMING) == {"object", "created"}


def test_a_key_that_cannot_be_sent_is_not_repeated(server, cache, monkeypatch):
    monkeypatch.setenv(SERVER_KEY, "sk-one\nsk-two")
    with pytest.raises(ConfigError, match=SERVER_KEY) as caught:
        catalog.resolve(server.spec, cache=cache)
    assert "sk-" not in caught.value.message + caught.value.hint
    monkeypatch.setenv(SERVER_KEY, " sk-one\n")
    assert catalog.resolve(server.spec, cache=cache).model == "tiny"

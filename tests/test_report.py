"""The report page: complete, inert and self-contained; then the same page in a real browser."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import time
from dataclasses import replace
from html.parser import HTMLParser

import browser as chromium
import pytest

from summarize import checks
from summarize.cli import main
from summarize.errors import UsageError
from summarize.render import explain, html, report
from summarize.store import Item, Store
from summarize.store.records import decode_result, encode_result, failure_json
from summarize.types import Claim, Failure, ModelNote, Outcome, Result, Sentence, Status, Summary

NASTY = (
    '</script><script>pwned=1</script><!-- ]]> <img src=x onerror="pwned=1"> {{ 7*7 }} \u2028 \u202eesrever\u202c & "q"'
)
PLAN = {"kind": "short", "signatures": {"translate:de": {"model": "de-en"}, "summarize": {"method": "central"}}}
OTHER = {**PLAN, "signatures": {**PLAN["signatures"], "summarize": {"method": "lead"}}}


def sentence(paragraph, source, target, status=Status.TRANSLATED, *, language="de", **more):
    return Sentence(paragraph, source, " ", language, target, status, **more)


def article(id, *sentences, picks=(1,), title="Überschrift", title_en="Headline", language="de", **more):
    claims = tuple(Claim(sentences[i].target, (i,), 1.0) for i in picks)
    notes = (
        ModelNote("translate:de", "de-en", "draft", "aa", (-1.0, -0.5)),
        ModelNote("summarize", "extractive:central", "verbatim", "bb"),
    )
    fields = {"summary": Summary("short", claims), "models": notes, "date": "2026-02-05", **more}
    return Result(
        id=id, version=f"v-{id}", source=f"drop/{id}.txt", source_hash="sha256:00", title=title, title_en=title_en,
        language=language, sentences=sentences, **fields,
    )  # fmt: skip


BRIDGE = article(
    "bridge",
    sentence(0, "Die Brücke ist fertig", "The bridge is finished"),
    sentence(1, "Bürgermeister Groß öffnete sie am Montag.", "Mayor Groß opened it on Monday.", logprob=-0.1),
    sentence(1, "Der Bau dauerte 4 Jahre.", "It took 14 years to build.", doubts=("numbers",), logprob=-2.0),
    sentence(2, "Niemand kam.", "Nobody came.", Status.REPAIRED, rung="no-repeat", faults=("loop",)),
    sentence(2, "Xyz.", "[not translated: Xyz.]", Status.FAILED, faults=("empty",)),
    title="Die Brücke ist fertig",
    title_en="The bridge is finished",
    picks=(1, 3),
)
FRENCH = article(
    "fr/port",
    sentence(1, "Le port est fermé depuis mardi.", "The port has been closed since Tuesday.", language="fr"),
    sentence(1, "La grève continue.", "The strike goes on.", language="fr"),
    language="fr",
    title="",
    title_en="",
)
HOSTILE = article(
    "hostile",
    sentence(0, NASTY, NASTY),
    sentence(1, NASTY, NASTY),
    title=NASTY,
    title_en=NASTY,
    meta={"url": "javascript:pwned=1", "canonical": "https://example.org/a", "author": NASTY},
    summary=Summary("short", (Claim(NASTY, (1,), 0.4, ("500", NASTY)),), Outcome.REPAIRED, "extractive"),
)
BEFORE = replace(
    BRIDGE,
    summary=Summary("short", (Claim("Mayor Groß opened it on Sunday.", (1,)),)),
    models=(BRIDGE.models[0], ModelNote("summarize", "extractive:lead", "verbatim", "cc")),
)
GONE = article("gone", sentence(1, "Alt.", "Old."), picks=(0,))
FAILURE = Failure("empty", "drop/empty.txt", "read", "EmptyArticle", "no letters in <it>", "look at it")


def history(folder, *runs):
    """A store with these runs: (plan, results)."""
    with Store.open(folder) as store:
        for plan, results in runs:
            run = store.begin_run(["drop"], plan)
            stored = [(r.id, store.put_answer(f"{run}/{r.id}", r.id, r.version, encode_result(r))) for r in results]
            items = [Item(run, n, id, key, False, None) for n, (id, key) in enumerate(stored)]
            store.add_items([*items, Item(run, len(items), "empty", None, False, failure_json(FAILURE))])
            store.end_run(run, "done", {"articles": len(results), "seconds": 1.0})
    return folder


@pytest.fixture
def folder(tmp_path):
    return history(tmp_path / "history", (PLAN, [BEFORE, GONE, HOSTILE]), (OTHER, [BRIDGE, FRENCH, HOSTILE]))


@pytest.fixture
def made(folder):
    with Store.open(folder) as store:
        return report.make(store)


class Elements(HTMLParser):
    """Every element with its attributes; what stands in scripts and styles; the text outside of them."""

    def __init__(self, page):
        super().__init__(convert_charrefs=True)
        self.elements, self.raw, self.text, self._inside = [], [], "", ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag in ("script", "style"):
            self._inside = tag
            self.raw.append([tag, dict(attrs).get("type"), ""])

    def handle_endtag(self, tag):
        self._inside = "" if tag == self._inside else self._inside

    def handle_data(self, data):
        if self._inside:
            self.raw[-1][2] += data
        else:
            self.text += data


# -- without a browser ------------------------------------------------------------------------------------------------


def test_results_come_back_out_of_the_page(made):
    blocks = [content for tag, kind, content in Elements(made.page).raw if kind == "application/json"]
    assert [decode_result(b) for b in blocks[:3]] == [BRIDGE, FRENCH, HOSTILE]
    assert not any(c in block for block in blocks for c in "<>&\u2028\u2029")


def test_article_text_stays_text(made):
    page = Elements(made.page)
    scripts = [kind for tag, kind, _ in page.raw if tag == "script"]
    assert scripts.count(None) == 2, "the page's own scripts and no other"
    assert not [tag for tag, _ in page.elements if tag in ("img", "iframe", "object", "embed", "link", "base")]
    assert not [
        name for _, attributes in page.elements for name in attributes if name.startswith("on") or name == "style"
    ]
    assert "<script>pwned=1</script>" in page.text and "{{ 7*7 }}" in page.text
    assert "esrever" in page.text and not re.search("[\u202a-\u202e\u2066-\u2069]", page.text)


def test_policy_allows_what_stands_in_the_page_and_nothing_else(made):
    page = Elements(made.page)
    policy = next(a["content"] for tag, a in page.elements if a.get("http-equiv") == "Content-Security-Policy")
    digest = lambda text: f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
    rules = {name: values for name, *values in (rule.split() for rule in policy.split(";"))}
    assert rules["default-src"] == ["'none'"] and rules["require-trusted-types-for"] == ["'script'"]
    assert rules["style-src"] == [digest(content) for tag, _, content in page.raw if tag == "style"]
    assert rules["script-src"] == [digest(content) for tag, kind, content in page.raw if tag == "script" and not kind]


def test_nothing_comes_from_outside(made):
    page = Elements(made.page)
    addresses = [a[n] for _, a in page.elements for n in ("src", "href", "action", "srcset", "data") if n in a]
    assert addresses and all(a.startswith("#") for a in addresses)
    style, *scripts = (content for _, kind, content in page.raw if kind is None)
    assert "url(" not in style and "@import" not in style
    code = "\n".join(scripts)
    for forbidden in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "fetch(", "import("):
        assert forbidden not in code


def test_every_address_in_the_page_leads_somewhere(made):
    page = Elements(made.page)
    ids = {a["id"] for _, a in page.elements if "id" in a}
    assert all(a["href"][1:] in ids for tag, a in page.elements if tag == "a")


def test_all_there_is_to_know_is_in_it(made):
    text = " ".join(Elements(made.page).text.split())
    assert "DRAFT MODEL: do not rely on this text" in text
    assert "5 sentences: 3 translated, 1 repaired, 1 failed" in text and "1 doubtful" in text
    assert "no letters in <it>" in text and "look at it" in text
    assert "not in the article: 500" in text
    assert made.facts() == {
        "run": 2, "against": 1, "articles": 3, "failures": 1, "draft": True, "doubtful": 1, "unsupported": 1,
        "sentences": {"translated": 7, "repaired": 1, "human": 0, "copied": 0, "failed": 1},
        "changed": 1, "new": 1, "gone": 1,
    }  # fmt: skip


def test_confidence_stands_beside_every_article_that_has_one(made):
    page = Elements(made.page)
    sure = [a for tag, a in page.elements if tag == "p" and "sure" in a.get("class", "")]
    assert [(a["class"], a["title"]) for a in sure] == [("sure low", explain.CONFIDENCE["low"])]
    assert "confidence low · 1 of 2 low" in " ".join(page.text.split())
    kinds = [a["data-confidence"] for tag, a in page.elements if "data-confidence" in a]
    assert kinds == ["low", "unknown", "unknown"]
    assert page.text.count(explain.SURE) == 2, "in the help and among the marks"


def test_what_changed_and_why(made):
    (change,) = made.changed
    assert [(s.kind, s.text) for s in change.summary[0].spans if s.kind != "same"] == [
        ("removed", "Sunday"),
        ("added", "Monday"),
    ]
    assert [cause.text for cause in change.causes] == ["summarizer: extractive:lead → extractive:central"]
    assert "<del>Sunday</del>" in made.page and "<ins>Monday</ins>" in made.page
    assert made.new == [(2, "fr/port")] and made.gone == ["gone"]


def test_a_first_run_has_no_changes(tmp_path):
    with Store.open(history(tmp_path / "one", (PLAN, [BRIDGE]))) as store:
        made = report.make(store)
    assert made.earlier is None and 'id="changes"' not in made.page and "since run" not in made.page


def test_unchanged_articles_are_no_change(tmp_path):
    with Store.open(history(tmp_path / "same", (PLAN, [BRIDGE]), (PLAN, [BRIDGE]))) as store:
        made = report.make(store)
    assert made.earlier and not made.changed and not made.new


def test_a_story_told_again_points_at_the_first(tmp_path):
    texts = [
        "Der Bürgermeister eröffnete die neue Brücke.",
        "Der Bau hat vier Jahre gedauert.",
        "Niemand war da, um es zu sehen.",
    ]
    told = [sentence(1, t, t.upper()) for t in texts]
    again = article("wire", *told, sentence(1, "Am Dienstag wurde sie wieder geschlossen.", "IT WAS CLOSED."))
    with Store.open(history(tmp_path / "story", (PLAN, [article("first", *told), again]))) as store:
        page = report.make(store).page
    assert '<a href="#a1">same story as first: 100 % shared, 1 sentence new</a>' in page


def test_runs_that_are_not_there(folder, tmp_path):
    with Store.open(folder) as store:
        for run, against in ((99, None), (2, 99), (2, 2)):
            with pytest.raises(UsageError) as error:
                report.make(store, run, against)
            assert error.value.hint
    with Store.open(tmp_path / "empty") as store, pytest.raises(UsageError, match="no run"):
        report.make(store)


def test_an_older_run_and_another_to_compare_with(tmp_path):
    with Store.open(history(tmp_path / "h", (PLAN, [BEFORE]), (PLAN, [BRIDGE]), (OTHER, [BEFORE]))) as store:
        assert report.make(store, 2).facts()["against"] == 1
        third = report.make(store, 3, 1)
    assert third.facts()["against"] == 1 and not third.changed


def test_every_flag_is_explained():
    assert set(checks.CHECKS) <= set(explain.FLAGS)


def test_every_repair_is_explained(tmp_path):
    from summarize import config
    from summarize.job.plan import Plan

    with Store.open(tmp_path / "cache") as store:
        plan = Plan(config.load({}, {}, tmp_path), store)
        rungs = [name for name, _ in plan.signatures["translate:de"].parts["ladder"]]
    assert rungs and set(rungs) <= set(explain.RUNGS)
    assert [r for r in explain.RUNGS if r in rungs] == rungs, "in the order in which they are tried"


def test_embedded_json_is_json():
    value = {"text": NASTY, "lone": "a\ud800b"}
    text = str(html.embedded(value))
    assert json.loads(text) == {"text": NASTY, "lone": "a\ufffdb"}
    assert not set("<>&\u2028") & set(text)


def test_the_size_is_that_of_its_texts(tmp_path):
    """An article costs its texts twice (to read without a script, and as data) and little more."""
    one, many = (history(tmp_path / str(n), (PLAN, [replace(BRIDGE, id=f"b{i}") for i in range(n)])) for n in (1, 41))
    sizes = []
    for folder in (one, many):
        with Store.open(folder) as store:
            sizes.append(len(report.make(store).page.encode()))
    each = (sizes[1] - sizes[0]) / 40
    texts = sum(len((s.source + s.target).encode()) for s in BRIDGE.sentences)
    assert sizes[0] < 60_000 and each < 2 * texts + len(encode_result(BRIDGE)) + 1_600


@pytest.fixture
def cli(folder, capsys):
    def call(*arguments):
        with pytest.raises(SystemExit) as ended:
            main(["report", *map(str, arguments), "--cache", str(folder)])
        return ended.value.code, *capsys.readouterr()

    return call


def test_the_command(cli, isolated):
    code, out, err = cli()
    assert code == 0 and not out and "report.html: run 2, 3 articles, 1 changed since run 1" in err
    page = (isolated / "report.html").read_text(encoding="utf-8")
    assert page.startswith("<!doctype html>")
    assert cli("-o", "-")[1] == page
    code, out, _ = cli("1", "-o", "old.html", "--json")
    facts = json.loads(out)
    assert facts["run"] == 1 and facts["against"] is None
    assert facts["bytes"] == (isolated / "old.html").stat().st_size


def test_the_command_says_what_to_do(cli, isolated):
    (isolated / "file").write_text("")
    for arguments, expected in (
        (("-o", "-", "--json"), 2),
        (("7",), 2),
        (("2", "--against", "2"), 2),
        (("-o", "file/x.html"), 1),
    ):
        code, _, err = cli(*arguments)
        assert code == expected and len(err.splitlines()) >= 2, arguments


def test_a_page_goes_into_a_new_folder_but_not_into_a_new_one_in_a_new_one(cli, isolated):
    assert cli("-o", "new/page.html")[0] == 0 and (isolated / "new" / "page.html").exists()
    code, _, err = cli("-o", "nope/deep/page.html")
    assert code == 2 and f"no folder {isolated / 'nope'}\n" in err and "mkdir -p nope/deep" in err
    assert not (isolated / "nope").exists()


# -- in a browser -----------------------------------------------------------------------------------------------------

ON_SCREEN = "e => e.offsetParent !== null && getComputedStyle(e).visibility === 'visible'"


@pytest.fixture(scope="module")
def window(tmp_path_factory):
    if not chromium.program():
        pytest.skip("no chromium on this machine (Debian: apt-get install chromium)")
    opened = chromium.Browser(tmp_path_factory.mktemp("profile"))
    yield opened
    opened.close()


@pytest.fixture
def page(made, tmp_path, window):
    path = tmp_path / "report.html"
    path.write_text(made.page, encoding="utf-8")
    window.window(1200, 900)
    window.file = path
    window.open(path)
    yield window
    assert window.logged == [], "the browser complained"
    assert {r for r in window.requests if r != "about:blank"} == {path.resolve().as_uri()}, "it asked for more"


def shown(page, selector):
    return page.eval(f"[...document.querySelectorAll({selector!r})].filter({ON_SCREEN}).map(e => e.textContent.trim())")


def lit(page):
    return page.eval("[...document.querySelectorAll('.lit')].map(e => e.id)")


@pytest.mark.slow
def test_browser_search_and_filters(page):
    assert shown(page, ".item h3")[:2] == ["The bridge is finished", "fr/port"]
    page.press("/")
    for query, found in (("burgermeister gross", 1), ('"strike goes on"', 1), ("closed bridge", 0), ("greve", 1)):
        page.eval("document.querySelector('#query').value = ''")
        page.type(query)
        assert len(shown(page, ".item")) == found, query
    assert shown(page, ".hit") == ["La grève continue."]
    page.press("Escape")
    assert len(shown(page, ".item")) == 3
    choose = (
        "(s => {{ s.value = {!r}; s.dispatchEvent(new Event('input', {{bubbles: true}})) }})"
        "(document.querySelector({!r}))"
    )
    for select, value, found in (
        ("#by-language", "fr", 1),
        ("#by-language", "", 3),
        ("#by-mark", "failed", 1),
        ("#by-mark", "flag:numbers?", 1),
        ("#by-mark", "", 3),
        ("#by-confidence", "unknown", 2),
        ("#by-confidence", "low", 1),
    ):
        page.eval(choose.format(value, select))
        assert len(shown(page, ".item")) == found, value
    assert shown(page, "#found") == ["1 of 3 articles"]


@pytest.mark.slow
def test_browser_reads_an_article(page):
    page.open(page.file, "a1")
    assert shown(page, "#reader h2") == ["The bridge is finished"] and not shown(page, ".item")
    assert shown(page, ".original")[1] == "Bürgermeister Groß öffnete sie am Montag."
    page.point("#s2 .original")
    assert lit(page) == ["claim-1", "s2"]
    page.point("#claim-2")
    assert lit(page) == ["claim-2", "s4"]
    page.eval("document.querySelector('#claim-2 .cite').click()")
    assert page.eval("document.activeElement.id") == "s4"
    why = shown(page, ".why")
    assert any("a figure was lost, altered or added" in w and w.startswith("doubtful") for w in why)
    assert any("repeated itself" in w and "repetition forbidden" in w for w in why)
    assert any("No repair helped" in w for w in why)
    assert shown(page, ".columns span")[1:] == ["German", "English", "Confidence"]
    assert shown(page, ".sentence .sure") == ["confidence high", "confidence low"]
    assert "least sure fifth" in page.eval("document.querySelector('.sentence .sure.low').title")
    page.eval("document.querySelector('[name=view][value=translation]').click()")
    assert shown(page, ".original") == ["Niemand kam."], "only the sentence in focus shows its original"


@pytest.mark.slow
def test_browser_obeys_the_keys(page):
    page.press("j"), page.press("ArrowDown")
    assert page.eval("document.activeElement.hash") == "#a2"
    page.press("k"), page.press("Enter")
    assert page.eval("location.hash") == "#a1"
    page.press("j"), page.press("j")
    assert page.eval("document.activeElement.id") == "s2" and "s2" in lit(page)
    page.press("n")
    assert page.eval("location.hash") == "#a2"
    page.press("Escape")
    assert len(shown(page, ".item")) == 3 and page.eval("document.activeElement.hash") == "#a2"
    page.press("?")
    assert shown(page, "dialog h2") == ["Keys", "Confidence"]
    page.press("Escape")
    assert not shown(page, "dialog h2")


@pytest.mark.slow
def test_browser_runs_nothing_of_an_article(page):
    page.open(page.file, "a3")
    assert "<script>pwned=1</script>" in shown(page, ".translation")[0]
    assert page.eval("typeof pwned") == "undefined"
    links = page.eval(
        "[...document.querySelectorAll('#reader a')].map(a => a.href).filter(h => !h.startsWith('file:'))"
    )
    assert links == ["https://example.org/a"]
    assert page.eval("/[\\u202a-\\u202e]/.test(document.querySelector('#reader').textContent)") is False


@pytest.mark.slow
def test_browser_shows_what_changed(page):
    page.open(page.file, "changes")
    assert shown(page, ".change del") == ["Sunday"] and shown(page, ".change ins")[0] == "Monday"
    page.eval("document.querySelector('.change h3 a').click()")
    page.draw()
    assert shown(page, "#reader h2") == ["The bridge is finished"]


@pytest.mark.slow
def test_browser_on_a_phone_in_the_dark_and_on_paper(page):
    light = page.eval("getComputedStyle(document.body).backgroundColor")
    for view in ("articles", "a1", "a3", "changes", "about"):
        page.window(320, 640, dark=True)
        page.open(page.file, view)
        assert page.eval("document.documentElement.scrollWidth") == 320, view
    assert page.eval("getComputedStyle(document.body).backgroundColor") != light
    page.window(800, 900, dark=True, media="print")
    page.open(page.file)
    assert page.eval("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert not shown(page, "#search") and len(shown(page, ".item")) == 3


@pytest.mark.slow
def test_browser_names_every_control(page):
    for view in ("articles", "a1", "changes", "about"):
        page.open(page.file, view)
        nodes = page.call("Accessibility.getFullAXTree")["nodes"]
        controls = [
            n for n in nodes if n.get("role", {}).get("value") in ("link", "button", "searchbox", "combobox", "radio")
        ]
        assert controls and all(n.get("name", {}).get("value", "").strip() for n in controls), view
        roles = {n.get("role", {}).get("value") for n in nodes if not n.get("ignored")}
        assert {"main", "banner", "navigation", "contentinfo"} <= roles


@pytest.mark.slow
def test_browser_without_scripts_still_reads(made, tmp_path, window):
    path = tmp_path / "report.html"
    path.write_text(made.page, encoding="utf-8")
    window.window(1200, 900, scripts=False)
    window.call("Page.navigate", url=path.resolve().as_uri())
    time.sleep(1)
    document = window.call("DOM.getDocument", depth=-1)["root"]["nodeId"]
    find = lambda selector: window.call("DOM.querySelectorAll", nodeId=document, selector=selector)["nodeIds"]
    try:
        assert len(find(".item")) == 3 and len(find("details .pair p")) >= 8 and len(find(".change del")) == 1
        boxes = [
            window.call("DOM.getBoxModel", nodeId=n)["model"]["height"]
            for n in find(".item h3, #changes h2, #about h2")
        ]
        assert all(height > 0 for height in boxes)
    finally:
        window.window(1200, 900)


@pytest.mark.slow
def test_browser_opens_a_thousand_articles_at_once(tmp_path, window):
    """A quarter of a second of a processor, and a tenth of one for the first search, which reads all texts: bounded
    with room for slower ones. What does the work: few elements an article, of which only the first are laid out."""
    filler = [
        sentence(p, f"Satz {p} über den Hafen und die Stadt. " * 3, f"Sentence {p} about the port. " * 3)
        for p in range(1, 16)
    ]
    results = [
        replace(BRIDGE, id=f"n{n}", sentences=(*BRIDGE.sentences, *filler), title_en=f"Story {n}") for n in range(1000)
    ]
    with Store.open(history(tmp_path / "big", (PLAN, results))) as store:
        path = tmp_path / "big.html"
        path.write_text(report.make(store).page, encoding="utf-8")
    window.window(1200, 900)
    window.open(path)
    assert window.processor() < 2.5
    assert window.eval("document.querySelectorAll('.item, .item *').length") < 30 * len(results)
    assert len(shown(window, ".item")) == 60
    window.eval(
        "(async () => { const q = document.querySelector('#query'); q.value = 'story 77';"
        " q.dispatchEvent(new Event('input', {bubbles: true})); await new Promise(requestAnimationFrame); })()"
    )
    assert window.processor() < 4
    assert window.eval("document.querySelector('#found').textContent") == "19 of 1,000 articles"
    assert len(shown(window, ".item")) == 19

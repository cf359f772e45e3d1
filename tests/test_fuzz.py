"""A small campaign for every run of the tests; what the large one (benchmarks/campaigns/fuzz.py) found stays found."""

from __future__ import annotations

from contextlib import suppress

import pytest
from conftest import ROOT
from growth import is_linear
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.campaigns import inputs, targets
from summarize import checks, config
from summarize.articles import formats, json_records, webpage
from summarize.compare import alignment
from summarize.errors import ArticleError, ConfigError
from summarize.render import outputs

CORPUS = inputs.corpus([ROOT / "seeds"])
SOME = [
    st.binary(max_size=400),
    st.lists(st.sampled_from(inputs.PIECES), max_size=20).map(b"".join),
    st.randoms(use_true_random=False).map(lambda rng: inputs.mutated(rng, CORPUS["txt"], CORPUS["html"])),
    st.randoms(use_true_random=False).map(lambda rng: inputs.mutated(rng, CORPUS["tbx"], CORPUS["jsonl"])),
]


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.one_of(SOME))
@pytest.mark.parametrize("target", targets.TARGETS)
def test_no_input_breaks_a_promise(target, data):
    targets.run(target, data)


def test_a_broken_promise_is_noticed(monkeypatch):
    monkeypatch.setattr(targets.chunk, "join", lambda spans: "".join(s.text for s in spans))
    with pytest.raises(AssertionError):
        targets.run("sentences", b"Ein Satz.  Noch einer.")


# -- what was found ---------------------------------------------------------------------------------------------------


def test_a_number_of_any_length_is_compared():
    long = "7" * 5000
    assert "numbers" not in checks.failed(f"Es sind {long} Euro.", f"It is {long} euros.", "de")
    assert "numbers" in checks.failed(f"Es sind {long} Euro.", f"It is {long}8 euros.", "de")
    checks.failed(f"1.2.{long} Mio.", f"{long}.{long}", "de")


@pytest.mark.parametrize(
    "mark", ["<!--", "<a ", "<a b='", "<?xml ", "<!-- --", "</", " ", "\n", '<a href="', "<![CDATA["]
)
def test_a_page_of_marks_that_are_never_closed_takes_linear_time(mark):
    """html.parser took a minute for 80,000 characters of "<a "; a page may have ten million."""

    def read(length: int) -> None:
        page = (mark * length)[:length]
        list(webpage.parse(page.encode()))
        webpage.visible_text(page)

    assert is_linear(read, 300_000)


UNITS = [
    "\n",
    "\r",
    " ",
    "\t",
    ":",
    "1",
    "a",
    "From 1",
    "From 1\n",
    ">",
    "-",
    "--> ",
    "00:00:01,000 --> ",
    "=?",
    "<item>",
    "a: b\n",
]


@pytest.mark.parametrize("suffix", [*formats.DOCUMENTS])
def test_every_reader_takes_linear_time_over_what_is_said_without_end(suffix):
    """40,000 empty lines took the reader of subtitles half a minute, an envelope without an end that of mailboxes."""
    parse = formats.document_reader(suffix)

    def read(length: int) -> None:
        with suppress(ArticleError):
            list(parse((unit * length)[:length].encode()))

    for unit in UNITS:
        assert is_linear(read, 40_000), unit


def test_markup_in_a_record_is_read_as_in_a_page():
    (draft,) = json_records.parse(
        b'{"text": "<p>Ein <b>Satz</b>.<p>Noch <i>einer<br>und &lt;mehr&gt;.<script>x</script>"}'
    )
    assert [p.strip() for p in draft.paragraphs if p.strip()] == ["Ein Satz.", "Noch einer", "und <mehr>."]


def test_a_text_that_says_one_word_over_and_over_is_compared_in_no_time():
    def compare(many: int) -> None:
        old, new = ". x" * many, "x . x" * many
        spans = alignment.words(old, new)
        assert (alignment.before(spans), alignment.after(spans)) == (old, new)

    assert is_linear(compare, 900)


def test_settings_that_name_no_users_home_or_an_endless_model(tmp_path):
    assert config.load({"out": "~nobody-of-that-name/x"}, {}, tmp_path).out == "~nobody-of-that-name/x"
    with pytest.raises(ConfigError):
        config.load({"config": "~nobody-of-that-name.toml"}, {}, tmp_path)
    (tmp_path / "summarize.toml").write_text(f'mt = "{"x" * 5000}"')
    assert config.load({}, {}, tmp_path).mt == {"": "x" * 5000}


def test_empty_lines_without_end_are_escaped_in_linear_time():
    """Each line looked for its mark through all the empty ones below: 19 seconds for 40,000."""

    def escape(many: int) -> None:
        assert outputs.escape("\n" * many + "# no") == "\n" * many + "\\# no"

    assert is_linear(escape, 300_000)

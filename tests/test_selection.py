"""Folders as they are: what is chosen, what holds no text, saved pages, lists of addresses; told, and not failed."""

from __future__ import annotations

import doctest
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarize.articles import SUFFIXES, Choice, answer, formats, read, selection
from summarize.articles.selection import holds_no_text, is_of_page, matches
from summarize.cli import main
from summarize.render import listings, phrases, terminal
from summarize.types import Article, Failure


@pytest.fixture
def drop(tmp_path):
    """Makes a folder of the named files, each with a sentence in it."""

    def made(*names: str, text: str = "Der Pegel steigt."):
        for name in names:
            path = tmp_path / "drop" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return tmp_path / "drop"

    return made


def ids(*paths, chosen: Choice | None = None) -> list[str]:
    found = read([str(path) for path in paths], choice=chosen)
    return [item.id if isinstance(item, Article) else f"!{item.id}" for item in found]


@pytest.mark.parametrize("module", [selection, answer, formats, phrases, terminal, listings])
def test_examples_of_the_docstrings(module):
    result = doctest.testmod(module)
    assert result.attempted and not result.failed


LITTER = ["Thumbs.db", "desktop.ini", ".DS_Store", "x/style.css", "x/app.js", "a.jpg", "b.JPEG", "c.mp3", "d.mp4"]
LITTER += ["e.woff2", "f.ttf", "setup.exe", "run.bat", "tool.py", "lib.so", "x/p.png.gz"]


def test_what_holds_no_text_is_counted_and_no_failure(drop):
    chosen = Choice()
    assert ids(drop("a.txt", *LITTER), chosen=chosen) == ["a"]
    (kinds,) = chosen.as_json().values()
    assert sum(kinds.values()) == len(LITTER) and {"Thumbs.db", ".DS_Store", ".jpg", ".css", ".png"} <= set(kinds)


def test_what_is_still_being_written_is_counted_and_no_failure(drop):
    chosen = Choice()
    folder = drop("a.txt", "a.txt.part", "b.TMP", "c.txt.crdownload", "d.part.txt")
    assert ids(folder, chosen=chosen) == ["a", "d.part"]
    assert phrases.skipped(chosen.as_json()).startswith("skipped: 3 files that are still being written (1 .")


def test_what_is_unknown_stays_a_failure(drop):
    folder = drop("a.txt", "b.xls", "c.rtf", "d.php", "README", "e.pages")
    assert sorted(ids(folder)) == ["!README", "!b", "!c", "!d", "!e", "a"]
    (failure,) = read([str(folder / "b.xls")])
    assert ".xls" in failure.message and "rename or convert" in failure.hint


def test_what_is_named_is_never_skipped(drop):
    chosen = Choice()
    assert ids(drop("a.jpg") / "a.jpg", chosen=chosen) == ["!a"] and not chosen.skipped


def test_a_folder_of_pictures_alone_has_no_article(drop):
    (failure,) = read([str(drop("a.jpg", "b.png"))])
    assert failure.message == "no article in this folder"


def test_no_kind_that_is_read_is_skipped():
    assert not [s for s in SUFFIXES if holds_no_text(f"a{s}") or holds_no_text(f"a{s.upper()}.gz")]


@pytest.mark.parametrize(
    ("include", "exclude", "expected"),
    [
        ([], [], ["a", "politik/b", "politik/eu/c", "sport/d"]),
        (["*.md"], [], ["politik/b", "sport/d"]),
        (["politik/"], [], ["politik/b", "politik/eu/c"]),
        (["politik/*.md"], [], ["politik/b"]),
        (["politik/**/*.txt"], [], ["politik/eu/c"]),
        (["**/eu"], [], ["politik/eu/c"]),
        (["politik"], ["eu"], ["politik/b"]),
        ([], ["*.txt"], ["politik/b", "sport/d"]),
        ([], ["sport/", "a.*"], ["politik/b", "politik/eu/c"]),
        (["?.md"], ["s*"], ["politik/b"]),
        (["nichts"], [], ["!DROP"]),
    ],
)
def test_globs_choose(drop, include, exclude, expected):
    folder = drop("a.txt", "politik/b.md", "politik/eu/c.txt", "sport/d.md")
    chosen = Choice(include, exclude)
    found = ids(folder, chosen=chosen)
    assert ["!DROP" if id.startswith("!") else id for id in found] == expected
    assert len([id for id in found if not id.startswith("!")]) + sum(chosen.skipped.values()) == 4
    assert ids(folder / "a.txt", chosen=Choice(exclude=["*.txt"])) == [], "also what is named, and without a failure"


def test_a_link_that_leads_out_can_be_left_out(drop, tmp_path):
    (tmp_path / "else").mkdir()
    folder = drop("a.txt")
    (folder / "link").symlink_to(tmp_path / "else")
    (folder / "b.txt").symlink_to("/etc/passwd")
    assert ids(folder, chosen=Choice(exclude=["link", "b.*"])) == ["a"]
    assert len(ids(folder)) == 3


NAMES = st.lists(st.sampled_from("ab"), min_size=1, max_size=4)


@given(names=NAMES, pattern=st.lists(st.sampled_from(["a", "b", "*", "**"]), max_size=4))
def test_two_stars_stand_for_any_number_of_folders(names, pattern):
    """Held against a regular expression."""
    import re

    parts = [r"(?:[ab]/)*" if part == "**" else part.replace("*", "[ab]*") + "/" for part in pattern]
    assert matches(names, pattern) == bool(re.fullmatch("".join(parts), "/".join(names) + "/"))


@pytest.mark.parametrize("folder", ["Seite_files", "Seite-Dateien", "Seite_fichiers", "Seite.files"])
def test_a_page_that_a_browser_saved_whole(drop, folder):
    chosen = Choice()
    parts = [f"{folder}/{name}" for name in ("frame.html", "app.js", "a.png", "tief/text.txt")]
    assert ids(drop("Seite.html", "b.txt", *parts), chosen=chosen) == ["Seite", "b"]
    assert sum(chosen.as_json()["part of a saved page"].values()) == 4


def test_a_folder_of_that_name_alone_is_one(drop):
    assert ids(drop("Seite_files/a.txt", "Seite.txt")) == ["Seite", "Seite_files/a"]
    assert ids(drop() / "Seite_files", chosen=Choice()) == ["a"]
    assert is_of_page("x_files", {"x.HTM"}) and not is_of_page("x_files", {"x.txt", ".html"})


@pytest.mark.parametrize("text", ["https://example.org/a\n", "\n http://a.example/1 \r\n\nHTTPS://b.example/2\n"])
def test_a_list_of_addresses_is_refused(drop, text):
    folder = drop("urls.txt", text=text)
    (failure,) = read([str(folder)])
    assert "a list of addresses" in failure.message and f"wget --input-file {folder}/urls.txt" in failure.hint
    assert ids(drop("mehr.txt", text=f"{text}\nDas sind die Quellen.") / "mehr.txt") == ["mehr"]


def test_the_command_says_what_it_skipped(drop, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)

    def run(*options: str) -> tuple[str, str]:
        with pytest.raises(SystemExit) as ended:
            main(["run", "drop", "--summarizer", "lead", "--lang", "en", *options])
        assert ended.value.code == 0
        return capsys.readouterr()

    drop("a.txt", "b.md", *LITTER, text="The level rises.")
    out, err = run("--exclude", "*.md")
    assert f"skipped: {len(LITTER)} files that hold no text (" in err and "skipped" not in out
    assert "1 file left out by --include or --exclude (1 .md)" in err
    totals = json.loads((tmp_path / "out" / "run-manifest.json").read_text())["totals"]
    assert totals["skipped"]["left out"] == {".md": 1} and totals["failures"] == 0
    body = json.loads(run("--dry-run", "--json")[0])
    assert (body["articles"], sum(body["skipped"]["no text"].values())) == (2, len(LITTER))
    (tmp_path / "summarize.toml").write_text('exclude = ["*.md"]\ninclude = "*.txt,*.md"\n')
    assert "left out" in run("--dry-run")[0]


def test_the_command_reads_archives(tmp_path, monkeypatch, capsys):
    written = Path(__file__).parent / "data" / "archives"
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit):
        main(["run", str(written), "--summarizer", "lead", "--lang", "en", "--dry-run", "--json"])
    body = json.loads(capsys.readouterr().out)
    # five each of the five archives, "bsdtar" as .zip and as .tgz; eight pages; links and passwords
    assert (body["articles"], body["failures"]) == (5 * 5 + 8, 5 + 2)
    assert body["skipped"]["part of a saved page"] == {".css": 5, ".js": 5, ".png": 5}


def test_a_library_that_is_missing_is_named(drop, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "feedparser", None)
    (failure,) = read([str(drop("a.rss"))])
    assert isinstance(failure, Failure) and failure.hint == "pip install 'summarize[formats]'"

"""Discovery, ids, limits and every way in which an input can be no article: the faults are made, not imagined."""

from __future__ import annotations

import builtins
import gzip
import hashlib
import io
import json
import os
import tempfile
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from summarize.articles import SUFFIXES, Source, discover, read
from summarize.articles.discovery import unreadable
from summarize.articles.drafts import language_code
from summarize.types import Article, Failure

SEED = (
    " date 2026-02-05 Seit Herbst 2021 war der Dialog zwischen Militärs von Washington und Moskau unterbrochen worden. "
    "Nun kommt es zu einer überraschenden Wendung.\n\nAbu Dhabi - Die USA und Russland haben die Wiederaufnahme "
    "vereinbart.\n\nKontinuierlicher Kontakt geplant\n\nEs gab Telefonate."
)


def write(folder: Path, **files: str | bytes) -> Path:
    """Files named by keyword: "a__b_txt" is a/b.txt."""
    for key, content in files.items():
        path = folder / key.replace("__", "/").replace("_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def ids(paths, **options) -> list[str]:
    return [item.id if isinstance(item, Article) else f"!{item.error}" for item in read(paths, **options)]


def only_failure(paths, **options) -> Failure:
    [item] = read(paths, **options)
    assert isinstance(item, Failure)
    assert item.stage == "read" and item.message and item.hint and item.code == 1
    return item


def test_the_seed_article(tmp_path):
    path = tmp_path / "000_4fa7.txt"
    path.write_text(SEED, encoding="utf-8")
    [article] = read([str(path)])
    assert (article.id, article.date, article.title, article.language) == ("000_4fa7", "2026-02-05", "", "")
    assert article.paragraphs[0].startswith("Seit Herbst 2021 war der Dialog")
    assert len(article.paragraphs) == 4
    assert article.source == str(path)
    assert article.source_hash == "sha256:" + hashlib.sha256(SEED.encode()).hexdigest()


def test_a_folder_is_read_in_order_and_mirrored(tmp_path):
    write(
        tmp_path, b_txt="Bonn.", a__z_md="Zoo.", a__c__x_html="<p>Xanten.</p>", **{"_git__x_txt": "no", "_x_txt": "no"}
    )
    assert ids([str(tmp_path)]) == ["a/c/x", "a/z", "b"]
    assert ids([f"{tmp_path}/"]) == ["a/c/x", "a/z", "b"]
    assert ids([str(tmp_path / "a" / "z.md")]) == ["z"]


def test_globs_that_the_shell_left_alone(tmp_path):
    write(tmp_path, b_txt="Bonn.", a__z_txt="Zoo.", a__c__x_txt="Xanten.", a__c__y_md="Ypern.")
    assert ids([f"{tmp_path}/*.txt"]) == ["b"]
    assert ids([f"{tmp_path}/*"]) == ["a/c/x", "a/c/y", "a/z", "b"]
    assert ids([f"{tmp_path}/**/*.txt"]) == ["a/c/x", "a/z", "b"]
    assert ids([f"{tmp_path}/a/?/[xq].*"]) == ["c/x"]
    assert only_failure([f"{tmp_path}/*.rst"]).error == "UnreadableArticle"


def test_a_file_whose_name_looks_like_a_glob(tmp_path):
    (tmp_path / "a[1].txt").write_text("Aachen.")
    assert ids([str(tmp_path / "a[1].txt")]) == ["a[1]"]


def test_the_same_file_twice_is_read_once(tmp_path):
    write(tmp_path, a_txt="Aachen.")
    (tmp_path / "b.txt").symlink_to(tmp_path / "a.txt")
    assert ids([str(tmp_path), str(tmp_path / "a.txt"), f"{tmp_path}/*.txt", f"{tmp_path}/./a.txt"]) == ["a"]


def test_symlink_loops_end(tmp_path):
    write(tmp_path, a__x_txt="Xanten.")
    (tmp_path / "a" / "loop").symlink_to(tmp_path)
    (tmp_path / "a" / "self").symlink_to(tmp_path / "a")
    assert ids([str(tmp_path)]) == ["a/x"]
    assert ids([f"{tmp_path}/**/*.txt"]) == ["a/x"]


def test_links_that_lead_out_of_a_drop_are_told_and_not_followed(tmp_path):
    write(tmp_path, drop__a_txt="Aachen.", drop__b__x_txt="Xanten.", other__o_txt="Oslo.", secret_txt="Geheim.")
    drop = tmp_path / "drop"
    (drop / "alone.txt").symlink_to(tmp_path / "secret.txt")
    (drop / "b" / "up").symlink_to("../../other")
    assert ids([str(drop)]) == ["a", "!UnreadableArticle", "!UnreadableArticle", "b/x"]
    told = [item for item in read([str(drop)]) if isinstance(item, Failure)]
    assert [f.source for f in told] == [str(drop / "alone.txt"), str(drop / "b" / "up")]
    assert all("leads out of the drop" in f.message and "name what it leads to" in f.hint for f in told)
    assert ids([f"{drop}/**/a*.txt"]) == ["a", "!UnreadableArticle", "!UnreadableArticle"]
    assert ids([f"{drop}/**/x.txt"]) == ["!UnreadableArticle", "b/x"], "nobody knows what is behind a folder"


def test_links_that_are_named_or_stay_within_what_is_named_are_followed(tmp_path):
    write(tmp_path, drop__a_txt="Aachen.", drop__c_txt="Celle.", other__o_txt="Oslo.", secret_txt="Geheim.")
    drop = tmp_path / "drop"
    (drop / "b.txt").symlink_to("a.txt")
    (drop / "again").symlink_to(drop)
    assert ids([str(drop)]) == ["a", "c"], "once each"
    (tmp_path / "today").symlink_to(drop)
    assert ids([str(tmp_path / "today")]) == ["a", "c"]
    (tmp_path / "one.txt").symlink_to(drop / "c.txt")
    assert ids([str(tmp_path / "one.txt")]) == ids([f"{tmp_path}/one.*"]) == ["one"]
    (drop / "d").symlink_to(tmp_path / "other")
    (drop / "e.txt").symlink_to(tmp_path / "secret.txt")
    assert ids([str(drop), str(tmp_path / "other"), str(tmp_path / "secret.txt")]) == ["a", "c", "d/o", "e"]


def test_a_folder_named_like_a_text_is_a_folder(tmp_path):
    write(tmp_path, **{"x_txt__y_txt": "Ypern."})
    assert ids([str(tmp_path)]) == ["x.txt/y"]


def test_discover_is_lazy(tmp_path):
    write(tmp_path, a_txt="A", b_txt="B")
    sources = discover([str(tmp_path)])
    assert isinstance(next(sources), Source)
    (tmp_path / "b.txt").unlink()
    assert next(sources).id == "b"


def test_one_name_in_several_formats_is_told_apart_by_them(tmp_path):
    write(tmp_path, a_html="<p>Aachen.</p>", a_txt="Aachen.", b_txt="Bonn.")
    (tmp_path / "a.txt.gz").write_bytes(gzip.compress(b"Aachen."))
    assert ids([str(tmp_path)]) == ["a", "a.txt", "a.txt.gz", "b"]
    assert ids([str(tmp_path / "b.txt"), str(tmp_path / "a.txt"), str(tmp_path / "a.html")]) == ["b", "a", "a.html"]


def test_records_of_two_tables_with_one_name_are_told_apart_by_these(tmp_path):
    rows = "id,text\n1,Eins.\n2,Zwei.\n"
    write(tmp_path, t_csv=rows, **{"x__u_csv": rows, "t_jsonl": '{"text": "Eins"}', "t_json": '[{"text": "Eins"}]'})
    assert ids([str(tmp_path)]) == ["1", "2", "t#1", "t.jsonl#1", "x/u.csv/1", "x/u.csv/2"]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sets(
        st.tuples(
            st.sampled_from(["", "x/"]),
            st.sampled_from("ab"),
            st.sampled_from([".txt", ".md", ".html", ".text", ".txt.gz", ".md.gz"]),
        ),
        min_size=1,
    )
)
def test_every_file_of_a_folder_has_an_id_of_its_own_and_the_short_one_if_it_can(tmp_path, files):
    drop = Path(tempfile.mkdtemp(dir=tmp_path))
    (drop / "x").mkdir()
    for folder, stem, suffix in files:
        said = b"Ein Satz."
        (drop / f"{folder}{stem}{suffix}").write_bytes(gzip.compress(said) if suffix.endswith(".gz") else said)
    first: dict[str, str] = {}
    for folder, stem, suffix in sorted(files, key=lambda one: (*one[:1], one[1] + one[2])):
        first.setdefault(folder + stem, folder + stem + suffix)
    names = {folder + stem + suffix for folder, stem, suffix in files}
    expected = {short if (short := name.split(".")[0]) and first[short] == name else name for name in names}
    assert sorted(ids([str(drop)])) == sorted(expected) and len(expected) == len(names)


def test_two_inputs_with_one_id_in_files_of_one_name_name_both(tmp_path):
    write(tmp_path, **{"x__a_txt": "Aachen.", "y__a_txt": "Aachen."})
    first, second = read([str(tmp_path / "x" / "a.txt"), str(tmp_path / "y" / "a.txt")])
    assert first.id == "a" and second.error == "DuplicateArticle"
    assert str(tmp_path / "x" / "a.txt") in second.message and str(tmp_path / "y" / "a.txt") in second.message


def test_two_records_with_one_id_name_both_lines(tmp_path):
    write(tmp_path, a_jsonl='{"id": "x", "text": "Eins"}\n{"text": "Zwei"}\n{"id": "x", "text": "Drei"}\n')
    first, second, third = read([str(tmp_path)])
    assert (first.id, second.id) == ("x", "a#2")
    assert third.error == "DuplicateArticle"
    assert "a.jsonl line 1" in third.message and "a.jsonl line 3" in third.message


def test_hostile_record_ids_stay_inside(tmp_path):
    records = [{"id": id, "text": "Text"} for id in ("../../etc/passwd", "/abs", "-rf", "a\x00b", 7, True)]
    write(tmp_path, a_jsonl="\n".join(map(json.dumps, records)))
    found = ids([str(tmp_path)])
    assert found[4:] == ["7", "a#6"]
    assert not [id for id in found if ".." in id or id.startswith(("/", "-")) or "\0" in id]


@pytest.mark.parametrize(
    ("written", "code"),
    [("de-AT", "de"), ("deu", "de"), ("Deutsch", "de"), ("Portuguese", "pt"), ("Nederlands", "nl"), ("nonsense", "")],
)
def test_a_language_is_known_by_its_name(written, code):
    assert language_code(written) == code


def test_the_users_language_wins(tmp_path):
    write(tmp_path, a_jsonl='{"text": "Bonjour", "lang": "fr-FR"}\n{"text": "Hallo"}')
    assert [a.language for a in read([str(tmp_path)])] == ["fr", ""]
    assert [a.language for a in read([str(tmp_path)], language="nl")] == ["nl", "nl"]


# Standard input


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (SEED, ["stdin"]),
        ('{"text": "Eins"}\n\n{"id": "z", "text": "Zwei"}', ["stdin#1", "z"]),
        ('{"text": "Eins"}\nkaputt\n{"text": "Drei"}\n', ["stdin#1", "!UnreadableArticle", "stdin#3"]),
        ('{\n "text": "Eins"\n}', ["stdin"]),
        ('{"text": "Eins",\n "id": "x"}', ["x"]),
        ('[{"text": "Eins"},\n{"text": "Zwei"}]', ["stdin#1", "stdin#2"]),
        ("<!DOCTYPE html><p>Ein Satz.</p>", ["stdin"]),
        ("[1] Ein Vermerk.", ["stdin"]),
        ("", ["!EmptyArticle"]),
    ],
)
def test_standard_input(data, expected):
    assert ids(["-", "-"], stdin=io.BytesIO(data.encode())) == expected


def test_standard_input_is_the_source():
    [article] = read(["-"], stdin=io.BytesIO(SEED.encode()))
    assert (article.source, article.date) == ("-", "2026-02-05")


def test_a_named_pipe_is_read_only_when_named(tmp_path):
    os.mkfifo(tmp_path / "pipe.txt")
    assert only_failure([str(tmp_path)]).error == "UnsupportedFormat"


# Faults


@pytest.mark.parametrize(
    ("name", "content", "error", "says"),
    [
        ("a.txt", b"", "EmptyArticle", "letters"),
        ("a.txt", b" \n\n 12 : 34 \n---\n", "EmptyArticle", "letters"),
        ("a.md", b"# 12\n", "EmptyArticle", "letters"),
        ("a.html", b"<html><body><script>var x</script></body></html>", "EmptyArticle", "letters"),
        ("a.json", b'{"text": ""}', "EmptyArticle", "letters"),
        ("a.json", b"[]", "EmptyArticle", "no article in it"),
        ("a.jsonl", b"", "EmptyArticle", "no article in it"),
        ("a.jsonl", b"\n \n", "EmptyArticle", "no article in it"),
        ("a.jsonl.gz", gzip.compress(b"", mtime=0), "EmptyArticle", "no article in it"),
        ("a.txt", b"%PDF-1.7 and so on", "UnsupportedFormat", "PDF"),
        ("a.html", b"PK\x03\x04 and so on", "UnsupportedFormat", "Word"),
        ("a.jsonl", b"\x89PNG\r\n\x1a\n and so on", "UnsupportedFormat", "PNG"),
        ("a.txt", b"text\x00\x01\x02\x00", "UnsupportedFormat", "binary"),
        ("a.txt", bytes(range(256)) * 50, "UnsupportedFormat", "binary"),
        ("a.xls", b"Text", "UnsupportedFormat", ".xls"),
        ("a.pdf", b"Text", "UnreadableArticle", "damaged PDF"),
        ("README", b"Text", "UnsupportedFormat", "suffix"),
        ("a.json", b"{", "UnreadableArticle", "not JSON"),
        ("a.json", b"3", "UnreadableArticle", "int"),
        ("a.json", b"[" * 200_000, "UnreadableArticle", "nesting"),
        ("a.json", b"9" * 5000, "UnreadableArticle", "huge"),
        ("a.json", b'{"words": "Text"}', "UnreadableArticle", "text, body"),
        ("a.json", b'{"text": {"a": 1}}', "UnreadableArticle", "string"),
        ("a.jsonl", '{"text": "Ü"}'.encode("utf-16"), "UnreadableArticle", "UTF-16"),
        ("a.txt.gz", b"no gzip", "UnreadableArticle", "gzip"),
        ("a.jsonl.gz", gzip.compress(b'{"text": "T"}' * 99, mtime=0)[:-20], "UnreadableArticle", "gzip"),
    ],
)
def test_what_is_no_article(tmp_path, name, content, error, says):
    (tmp_path / name).write_bytes(content)
    failure = only_failure([str(tmp_path)])
    assert (failure.error, failure.source) == (error, str(tmp_path / name))
    assert says in failure.message


def test_a_path_that_is_not_there(tmp_path):
    assert "no such" in only_failure([str(tmp_path / "nope.txt")]).message
    assert "no article" in only_failure([str(tmp_path)]).message


def test_a_link_to_nothing(tmp_path):
    (tmp_path / "a.txt").symlink_to(tmp_path / "gone.txt")
    assert "link to nothing" in only_failure([str(tmp_path)]).message
    assert only_failure([str(tmp_path / "a.txt")]).error == "UnreadableArticle"


def test_a_file_that_vanishes_between_finding_and_reading(tmp_path):
    write(tmp_path, a_txt="Aachen.", b_txt="Bonn.", c_txt="Celle.")
    items = read([str(tmp_path)])
    next(items)
    (tmp_path / "b.txt").unlink()
    gone, last = items
    assert (gone.error, last.id) == ("UnreadableArticle", "c")


@pytest.mark.parametrize("error", [PermissionError(13, "denied"), OSError(5, "Input/output error")])
def test_a_file_that_may_not_be_read(tmp_path, monkeypatch, error):
    write(tmp_path, a_txt="Aachen.", b_txt="Bonn.", c_txt="Celle.")
    real = builtins.open

    def failing(path, *args, **kwargs):
        if str(path).endswith("b.txt"):
            raise error
        return real(path, *args, **kwargs)

    monkeypatch.setattr(builtins, "open", failing)
    first, second, third = read([str(tmp_path)])
    assert (first.id, second.error, third.id) == ("a", "UnreadableArticle", "c")
    assert second.message == unreadable(error).message and second.hint


def test_a_folder_that_may_not_be_listed(tmp_path, monkeypatch):
    write(tmp_path, a__x_txt="Xanten.", b__y_txt="Ypern.")
    real = os.listdir

    def failing(path):
        if str(path).endswith("/a"):
            raise PermissionError(13, "denied")
        return real(path)

    monkeypatch.setattr(os, "listdir", failing)
    assert ids([str(tmp_path)]) == ["!UnreadableArticle", "b/y"]


def test_a_read_that_fails_halfway_keeps_what_came_before():
    class Torn(io.BytesIO):
        def read(self, size=-1):
            if self.tell():
                raise OSError(5, "Input/output error")
            return super().read(17)

    data = Torn(b'{"text": "Eins"}\n{"text": "Zwei"}\n')
    assert ids(["-"], stdin=data) == ["stdin#1", "!UnreadableArticle"]


# Limits


def test_a_file_over_the_limit_is_named(tmp_path):
    write(tmp_path, a_txt="Wort " * 1000, b_txt="Bonn.")
    first, second = read([str(tmp_path)], limit=4999)
    assert "larger than" in first.message and second.id == "b"
    assert ids([str(tmp_path)], limit=5000) == ["a", "b"]


def test_a_gzip_bomb_is_stopped(tmp_path):
    (tmp_path / "a.txt.gz").write_bytes(gzip.compress(b"A" * 10_000_000, mtime=0))
    assert "larger than" in only_failure([str(tmp_path)], limit=1_000_000).message


def test_a_line_over_the_limit_costs_that_line_only(tmp_path):
    lines = ['{"text": "Eins"}', json.dumps({"text": "x" * 500}), '{"text": "Drei"}']
    write(tmp_path, a_jsonl="\n".join(lines))
    first, second, third = read([str(tmp_path)], limit=100)
    assert (first.id, second.id, third.id) == ("a#1", "a#2", "a#3")
    assert "line 2: longer than" in second.message


@pytest.mark.parametrize("suffix", [".txt", ".md", ".jsonl"])
def test_three_megabytes_on_one_line(tmp_path, suffix):
    """Quadratic work on it would take hours."""
    text = "Ein Satz über *Köln* [und](x) mehr. " * 90_000
    path = tmp_path / f"a{suffix}"
    path.write_text(json.dumps({"text": text}) if suffix == ".jsonl" else text)
    [article] = read([str(path)])
    assert isinstance(article, Article) and len(article.paragraphs) == 1
    assert len(article.paragraphs[0]) > 2_500_000


@pytest.mark.parametrize(
    "part", ["[", "[a](", "<!--", "![", "*a ", "**", "_", "`", "> ", "| ", "  ", "<", "\\", "# ", "\n\n", "- "]
)
def test_markdown_takes_linear_time(tmp_path, part):
    (tmp_path / "a.md").write_text("Wort " + part * 40_000 + " Ende")
    assert ids([str(tmp_path)]) == ["a"]


def test_nested_html_does_no_harm(tmp_path):
    write(tmp_path, a_html="<div>" * 50_000 + "<p>Ein Satz.</p>")
    [article] = read([str(tmp_path)])
    assert "Ein Satz." in article.paragraphs


def test_memory_stays_flat(tmp_path):
    """1,000 records of 10 kB in one file and 100 such files: never more than a few records at a time."""
    line = json.dumps({"text": "Wort für Wort. " * 660}) + "\n"
    (tmp_path / "a.jsonl").write_text(line * 1000)
    for number in range(100):
        (tmp_path / f"b{number}.txt").write_text("Wort für Wort. " * 660)
    tracemalloc.start()
    count = sum(1 for _ in read([str(tmp_path)]))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 1100
    assert peak < 3_000_000


FUZZED = [*SUFFIXES, ".txt.gz", ".jsonl.gz"]
FRAGMENTS = st.sampled_from(
    [
        *(b"---\n", b"# ", b"```\n", b"<p>", b"</p>", b"<title>", b"<!--", b"&#x110000;", b"<?xml encoding='utf-16'?>"),
        *(b"[", b"]", b"{", b'{"text": "', b'"}', b'"id": ["a"], ', b'"date": 7, ', b"\\ud800", b"\n", b"\r\n\r\n"),
        *("ü".encode(), "ü".encode("cp1252"), b"\xff\xfe", b"\xef\xbb\xbf", b"\x1f\x8b\x08", b"\x1b[31m"),
        *(b"date: 2026-02-30", b"date 2026-02-05 ", b"charset=utf-7 ", b"charset=base64 "),
    ]
)


@settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    suffix=st.sampled_from(FUZZED),
    data=st.binary(max_size=300) | st.lists(FRAGMENTS | st.binary(max_size=6), max_size=12).map(b"".join),
    compress=st.booleans(),
)
def test_read_never_raises(tmp_path, suffix, data, compress):
    path = tmp_path / f"a{suffix}"
    path.write_bytes(gzip.compress(data, mtime=0) if compress and suffix.endswith(".gz") else data)
    for item in [*read([str(tmp_path)]), *read(["-"], stdin=io.BytesIO(data))]:
        if isinstance(item, Failure):
            assert item.hint and item.message and item.stage == "read"
        else:
            assert item.paragraphs and all(p.strip() == p and p for p in item.paragraphs)
            json.dumps([item.id, item.title, *item.paragraphs, *item.meta.values()], ensure_ascii=False).encode()
    path.unlink()

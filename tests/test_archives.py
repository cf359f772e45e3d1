"""Archives: those that tools wrote, those of any readable files, and hostile ones; each is made here."""

from __future__ import annotations

import gzip
import io
import random
import struct
import tarfile
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from summarize.articles import Choice, archives, read, streams
from summarize.articles.formats import split_suffix
from summarize.types import Article, Failure

WRITTEN = Path(__file__).parent / "data" / "archives"
SAYS = b"Der Pegel steigt seit Dienstag."


def items(*paths, choice: Choice | None = None, **options) -> list[Article | Failure]:
    found = list(read([str(path) for path in paths], choice=choice, **options))
    assert all(item.stage == "read" and item.message and item.hint for item in found if isinstance(item, Failure))
    return found


def ids(found: list[Article | Failure]) -> list[str]:
    return [item.id if isinstance(item, Article) else f"!{item.id}" for item in found]


def told(found: list[Article | Failure]) -> list[str]:
    return [item.message for item in found if isinstance(item, Failure)]


def zipped(path: Path, *members: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, data in members:
            archive.writestr(zipfile.ZipInfo(name), data, method)
    return path


def tarred(path: Path, *members: tuple[str | tarfile.TarInfo, bytes], mode: str = "w") -> Path:
    with tarfile.open(path, mode) as archive:
        for name, data in members:
            info = name if isinstance(name, tarfile.TarInfo) else tarfile.TarInfo(name)
            info.size = info.size or len(data)
            archive.addfile(info, io.BytesIO(data))
    return path


def special(name: str, kind: bytes, to: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, to
    return info


# Archives of tools


@pytest.mark.parametrize("name", ["infozip.zip", "sevenzip.zip", "bsdtar.zip", "bsdtar.tgz", "gnutar.tar.gz"])
def test_archives_that_tools_wrote(name):
    """Each of the same folder: a text, a page with its folder, JSON lines, a gzipped Markdown and a link."""
    choice, top = Choice(), name.partition(".")[0] + "/drop/"
    found = items(WRITTEN / name, choice=choice)
    assert sorted(ids(found)) == sorted(
        [f"!{top}verweis", *(top + n for n in ("meldungen#1", "meldungen#2", "politik/Brücke", "seite", "wetter"))]
    )
    by_id = {item.id.removeprefix(top): item for item in found}
    assert by_id["politik/Brücke"].paragraphs[0] == "Die Brücke in Köln ist gesperrt."
    assert (by_id["wetter"].title, by_id["seite"].title) == ("Wetter", "Hochwasser am Rhein")
    assert by_id["wetter"].source == f"{WRITTEN / name}/drop/wetter.md.gz"
    assert "a link" in by_id["verweis"].message
    assert choice.as_json() == {"part of a saved page": {".css": 1, ".js": 1, ".png": 1}}


def test_an_archive_with_a_password():
    assert told(items(WRITTEN / "locked.zip")) == ["encrypted"] * 2


# Any archive gives what the folder gives that it was made from

NAMES = st.lists(st.sampled_from(["a", "Bö", "c d", "2026-02-05", ".hidden", "x_files", "ß.y"]), min_size=1, max_size=3)
FILES = st.sampled_from(
    [
        (".txt", SAYS + b"\n\nDie Stadt warnt."),
        (".md", "# Köln\n\nDer *Rhein* steigt.".encode()),
        (".json", b'{"title": "Pegel", "text": "Er steigt."}'),
        (".jsonl", b'{"text": "Eins."}\n{"text": 2}\n{"text": "Drei."}\n'),
        (".html", b"<title>Pegel</title><p>Der Pegel steigt am Dienstag weiter.</p>"),
        (".csv", b"title,text\nPegel,Er steigt.\n"),
        (".srt", b"1\n00:00:01,000 --> 00:00:02,000\nEr steigt.\n"),
        (".txt.gz", gzip.compress(SAYS, mtime=0)),
        (".txt", b""),
        (".json", b"{"),
        (".xls", b"x"),
        (".jpg", b"\xff\xd8"),
        (".css", b"p {}"),
    ]
)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    files=st.lists(st.tuples(NAMES, FILES), min_size=1, max_size=8),
    kind=st.sampled_from([".zip", ".tar", ".tar.gz", ".zip.gz"]),
    exclude=st.sampled_from([(), ("*.md",), ("a/",), ("c d/*",)]),
)
@example(files=[(["x"], (".html", b"<p>Ein Satz.")), (["x_files", "a"], (".txt", SAYS))], kind=".tar", exclude=())
def test_an_archive_gives_what_its_folder_gives(tmp_path_factory, files, kind, exclude):
    place = tmp_path_factory.mktemp("drop")
    folder = place / "drop"
    members = {"/".join(names) + suffix: data for names, (suffix, data) in files}
    assume(len({split_suffix(name)[0] for name in members}) == len(members))
    for name, data in members.items():
        path = folder / name
        assume(not path.is_dir() and not any(map(Path.is_file, path.parents)))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    order = list(members.items())
    random.Random(len(order)).shuffle(order)
    archive = place / f"drop{kind}"
    if "zip" in kind:
        zipped(place / "drop.zip", *order)
        if kind.endswith(".gz"):
            archive.write_bytes(gzip.compress((place / "drop.zip").read_bytes()))
    else:
        tarred(archive, *order, mode="w:gz" if kind.endswith(".gz") else "w")
    what = lambda i: (i.id, i.error, i.hint) if isinstance(i, Failure) else (i.id, i.title, i.paragraphs, i.source_hash)
    chosen = Choice(exclude=exclude), Choice(exclude=exclude)
    from_folder = [what(i) for i in items(folder, choice=chosen[0]) if i.source != str(folder)]
    from_archive = [what(i) for i in items(archive, choice=chosen[1]) if i.source != str(archive)]
    from_folder = [(f"drop/{id}", *rest) for id, *rest in from_folder]
    hintless = lambda found: [(id, *(str(part).partition(" -m json.tool ")[0] for part in rest)) for id, *rest in found]
    if "tar" in kind:  # in its own order
        from_folder, from_archive = sorted(map(str, hintless(from_folder))), sorted(map(str, hintless(from_archive)))
        assert from_archive == from_folder
    assert hintless(from_archive) == hintless(from_folder)
    assert chosen[0].as_json() == chosen[1].as_json()


def test_archives_in_one_another(tmp_path):
    inner = zipped(tmp_path / "inner.zip", ("a.txt", SAYS)).read_bytes()
    middle = tarred(tmp_path / "middle.tar.gz", ("b.txt", SAYS), ("inner.zip", inner), mode="w:gz").read_bytes()
    outer = zipped(tmp_path / "outer.zip", ("middle.tgz", middle))
    assert sorted(ids(items(outer))) == ["outer/middle/b", "outer/middle/inner/a"]
    deep = zipped(tmp_path / "deep.zip", ("outer.zip", outer.read_bytes()), ("c.txt", SAYS))
    found = items(deep)
    assert sorted(ids(found)) == ["!deep/outer/middle/inner", "deep/c", "deep/outer/middle/b"]
    assert "more than 3 deep" in told(found)[0]


# Hostile ones: one clear line each, and the rest is done


def test_names_that_lead_out_stay_in(tmp_path):
    names = ["../../a.txt", "/etc/b.txt", "c\x1b[31m\n.txt", "C:\\x\\d.txt", "./e//f.txt", "..", "-g.txt"]
    for path in (
        zipped(tmp_path / "a.zip", *((name, SAYS) for name in names)),
        tarred(tmp_path / "b.tar", *((name, SAYS) for name in names)),
    ):
        found = items(path)
        top = path.name[0]
        assert [i for i in ids(found) if not i.startswith("!")] == [i.id for i in found if isinstance(i, Article)]
        assert all(i.id.startswith(f"{top}/") and ".." not in i.id and "\x1b" not in i.id + i.source for i in found)
        assert {f"{top}/a", f"{top}/etc/b", f"{top}/e/f"} <= set(ids(found))
        assert len(told(found)) == 1, "a file that is called .. and has no suffix"
    assert not (tmp_path.parent / "a.txt").exists()


def test_the_same_name_twice_names_both(tmp_path):
    with pytest.warns(UserWarning, match="Duplicate"):
        path = zipped(tmp_path / "a.zip", ("x.txt", SAYS), ("x.txt", b"Etwas anderes."), ("y.txt", SAYS))
    assert ids(items(path)) == ["a/x", "!a/x", "a/y"]
    assert "is claimed by" in told(items(path))[0]
    assert ids(items(tarred(tmp_path / "b.tar", ("x.txt", SAYS), ("./x.txt", SAYS)))) == ["b/x", "!b/x"]


@pytest.mark.parametrize(("raw", "id"), [("Köln".encode("cp437"), "Köln"), ("Köln".encode(), "Köln")])
def test_names_of_old_programs(tmp_path, raw, id):
    path = zipped(tmp_path / "a.zip", ("KXXln.txt"[: len(raw)] + ".txt", SAYS))
    written = path.read_bytes().replace(("KXXln.txt"[: len(raw)] + ".txt").encode(), raw + b".txt")
    path.write_bytes(written)
    assert ids(items(path)) == [f"a/{id}"]


def test_a_tar_with_names_in_latin_1(tmp_path):
    path = tmp_path / "a.tar"
    with tarfile.open(path, "w", format=tarfile.USTAR_FORMAT, encoding="latin-1") as archive:
        info = tarfile.TarInfo("Köln.txt")
        info.size = len(SAYS)
        archive.addfile(info, io.BytesIO(SAYS))
    assert ids(items(path)) == ["a/Köln"]


BOMB = b"\n" * 30_000_000


def test_a_bomb_is_one_line(tmp_path):
    path = zipped(tmp_path / "a.zip", ("b.txt", BOMB), ("c.jsonl", BOMB), ("d.txt", SAYS))
    found = items(path)
    assert ids(found) == ["!a/b", "!a/c", "a/d"]
    assert all("more than 200 times its size" in message for message in told(found))
    for name, mode in (("b.tar.gz", "w:gz"),):
        found = items(tarred(tmp_path / name, ("x.txt", SAYS), ("y.txt", BOMB * 4), ("z.txt", SAYS), mode=mode))
        assert ids(found)[0] == "b/x" and "more than 200 times its size" in told(found)[-1]
    (tmp_path / "c.jsonl.gz").write_bytes(gzip.compress(BOMB))
    assert "200 times" in told(items(tmp_path / "c.jsonl.gz"))[0]


def test_much_of_little_ends_too(tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "UNPACKED", 1000)
    monkeypatch.setattr(archives.Budget.__init__, "__defaults__", (4, 1000))
    texts = [(f"{n}.txt", SAYS * 10) for n in range(9)]
    found = items(zipped(tmp_path / "a.zip", *texts))
    assert ids(found) == ["a/0", "a/1", "a/2", "!a/3", "!a"]
    nested = zipped(tmp_path / "b.zip", ("i.zip", (tmp_path / "a.zip").read_bytes()), ("z.txt", SAYS))
    assert ids(items(nested))[-1] == "!b" and len(told(items(nested))) < 5, "what is in it counts for the outer one"
    found = items(zipped(tmp_path / "c.zip", *((f"{n}.txt", SAYS) for n in range(9))))
    assert ids(found) == ["c/0", "c/1", "c/2", "c/3", "!c"] and "members in it" in told(found)[0]


def test_a_member_that_declares_much_more_than_it_has(tmp_path):
    path = zipped(tmp_path / "a.zip", ("b.txt", SAYS), ("c.txt", SAYS), method=zipfile.ZIP_STORED)
    data = bytearray(path.read_bytes())
    for at in (data.find(b"PK\3\4") + 22, data.find(b"PK\1\2") + 24):
        data[at : at + 4] = struct.pack("<I", 1_000_000_000)
    path.write_bytes(data)
    assert ids(items(path)) in (["!a/b", "a/c"], ["a/b", "a/c"])
    head = tarfile.TarInfo("b.txt")
    head.size = 1_000_000_000
    (tmp_path / "c.tar").write_bytes(tarred(tmp_path / "x.tar", ("a.txt", SAYS)).read_bytes()[:1024] + head.tobuf())
    found = items(tmp_path / "c.tar")
    assert ids(found)[0] == "c/a" and 1 <= len(told(found)) <= 2 and "damaged archive" in told(found)[-1]


def test_links_and_devices_are_passed_over_and_told(tmp_path):
    path = tarred(
        tmp_path / "a.tar",
        (special("passwd.txt", tarfile.SYMTYPE, "/etc/passwd"), b""),
        (special("hard.txt", tarfile.LNKTYPE, "../../x"), b""),
        (special("null.txt", tarfile.CHRTYPE), b""),
        (special("pipe.txt", tarfile.FIFOTYPE), b""),
        ("text.txt", SAYS),
    )
    found = items(path)
    assert ids(found) == ["!a/passwd", "!a/hard", "!a/null", "!a/pipe", "a/text"]
    assert "a link to /etc/passwd" in told(found)[0] and "device" in told(found)[2]


@pytest.mark.parametrize("kind", ["a.zip", "a.tar", "a.tar.gz"])
def test_archives_that_were_cut_off(tmp_path, kind):
    """Wherever it ends: what came whole is read, and that it is cut off is told."""
    rng = random.Random(0)
    noise = lambda: " ".join(rng.choices(["Köln", "Pegel", "Wasser", "steigt", "sinkt", "heute"], k=60)).encode()
    path, texts = tmp_path / kind, [(f"{n}.txt", noise()) for n in range(4)]
    zipped(path, *texts) if kind == "a.zip" else tarred(path, *texts, mode="w:gz" if "gz" in kind else "w")
    data = path.read_bytes()
    end = len(data) if kind != "a.tar" else 4 * 1024 + 512  # one block of the end mark is enough
    for cut in range(0, end, max(1, end // 60)):
        path.write_bytes(data[:cut])
        found = items(path)
        assert told(found), cut
        assert all(i.paragraphs[0].encode() in [t for _, t in texts] for i in found if isinstance(i, Article))


@pytest.mark.parametrize("suffix", [".txt.gz", ".jsonl.gz", ".tar.gz", ".md.gz"])
def test_a_gzip_with_something_behind_it(tmp_path, suffix):
    data = {".jsonl.gz": b'{"text": "Ein Satz."}\n'}.get(suffix, SAYS)
    if suffix == ".tar.gz":
        data = tarred(tmp_path / "x.tar", ("b.txt", SAYS)).read_bytes()
    (tmp_path / f"a{suffix}").write_bytes(gzip.compress(data) + b"garbage")
    found = items(tmp_path / f"a{suffix}")
    assert len(told(found)) == 1 and ("gzip" in told(found)[0] or "archive" in told(found)[0])
    assert len(found) == (2 if suffix in (".jsonl.gz", ".tar.gz") else 1), "what could be read was"


def test_a_tar_with_something_behind_it(tmp_path):
    one = tarred(tmp_path / "a.tar", ("a.txt", SAYS)).read_bytes()
    (tmp_path / "b.tar").write_bytes(one + one)
    found = items(tmp_path / "b.tar")
    assert ids(found) == ["b/a", "!b"] and "behind its end" in told(found)[0]


def test_heads_that_lie(tmp_path):
    """A size below zero, a name of a gigabyte, a wrong checksum: the library would hang, swallow or overlook them."""
    good = tarred(tmp_path / "a.tar", ("a.txt", SAYS)).read_bytes()[:1024]
    negative = tarfile.TarInfo("b.txt")
    negative.size = -512
    long = special("c.txt", tarfile.GNUTYPE_LONGNAME)
    long.size = 1_000_000_000
    broken = bytearray(tarfile.TarInfo("d.txt").tobuf())
    broken[0] ^= 1
    for number, head in enumerate([negative.tobuf(tarfile.GNU_FORMAT), long.tobuf(), bytes(broken)]):
        path = tmp_path / f"x{number}.tar"
        path.write_bytes(good + head + b"\0" * 1024)
        found = items(path)
        assert ids(found) == [f"x{number}/a", f"!x{number}"], number
        assert "damaged archive" in told(found)[0]


def test_a_table_of_contents_without_end(tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "DIRECTORY", 1000)
    path = zipped(tmp_path / "a.zip", *((f"{n}.txt", SAYS) for n in range(40)))
    assert ids(items(path)) == ["!a"] and "a table of contents of" in told(items(path))[0]


def test_one_bad_member_costs_that_member_only(tmp_path):
    path = zipped(tmp_path / "a.zip", ("a.txt", SAYS), ("b.txt", SAYS * 9), ("c.txt", SAYS), method=zipfile.ZIP_STORED)
    data = bytearray(path.read_bytes())
    data[data.find(SAYS * 9) + 3] ^= 1
    path.write_bytes(data)
    assert ids(items(path)) == ["a/a", "!a/b", "a/c"] and "CRC" in told(items(path))[0]


def test_what_nobody_reads_is_counted_or_told(tmp_path):
    choice = Choice()
    path = zipped(
        tmp_path / "a.zip",
        *((name, b"x") for name in ("a.jpg", "b.JPG", "c.exe", "d.xls", "README", "__MACOSX/._a.txt", "e/.DS_Store")),
    )
    assert ids(items(path, choice=choice)) == ["!a/README", "!a/d"]
    assert choice.as_json() == {"no text": {".jpg": 2, ".DS_Store": 1, ".exe": 1}}


def test_an_archive_of_nothing(tmp_path):
    assert told(items(zipped(tmp_path / "a.zip"))) == told(items(tarred(tmp_path / "b.tar"))) == ["no article in it"]


def test_a_large_member_is_named(tmp_path):
    path = zipped(tmp_path / "a.zip", ("a.txt", random.Random(1).randbytes(2000).hex().encode()), ("b.txt", SAYS))
    found = items(path, limit=1000)
    assert ids(found) == ["!a/a", "a/b"] and "larger than" in told(found)[0]


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    kind=st.sampled_from([".zip", ".tar", ".tar.gz", ".tgz"]),
    cuts=st.lists(st.tuples(st.integers(0, 3000), st.binary(min_size=1, max_size=4)), max_size=6),
)
def test_damage_never_raises(tmp_path, kind, cuts):
    path = tmp_path / f"a{kind}"
    if kind == ".zip":
        zipped(path, ("a.txt", SAYS), ("b.jsonl", b'{"text": "Ja."}\n'), ("c.zip", b"PK\3\4"))
    else:
        tarred(path, ("a.txt", SAYS), ("b" * 200 + ".txt", SAYS), mode="w" if kind == ".tar" else "w:gz")
    data = bytearray(path.read_bytes())
    for at, new in cuts:
        data[at % len(data) : at % len(data) + len(new)] = new
    path.write_bytes(data)
    assert items(path)


def test_streams_are_bounded():
    assert streams.bounded(io.BytesIO(b"x" * 10), 10) == b"x" * 10
    assert streams.inflated(io.BytesIO(gzip.compress(b"\n" * 9_000_000))).read() == b"\n" * 9_000_000

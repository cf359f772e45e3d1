"""Drops that lie elsewhere are read as a folder is, if their address is typed, and say what is missing."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from summarize import articles
from summarize.articles import Choice, remote
from summarize.errors import UsageError
from summarize.types import Article

fsspec = pytest.importorskip("fsspec")

TEXT = "Die Stadt hat eine neue Brücke. Am Montag war die Brücke zum ersten Mal offen.\n"
FILES = {
    "a.txt": TEXT,
    "b/c.jsonl": "".join(json.dumps({"id": f"n{n}", "text": TEXT}) + "\n" for n in range(3)),
    "b/ä ü#1?.txt": TEXT,
    "b/.hidden.txt": TEXT,
    ".trash/d.txt": TEXT,
    "page.html": f"<html><body><article><p>{TEXT * 3}</p></article></body></html>",
    "page_files/inner.html": "<p>no article</p>",
    "foto.jpg": "no text",
    "z.txt.part": TEXT,
    "empty.txt": "",
    "no.xyz": TEXT,
}


def drop(folder: Path) -> Path:
    for name, text in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    shutil.make_archive(str(folder / "more"), "zip", folder, "b")
    return folder


def read(*paths: str, **how) -> list[tuple]:
    """What is read: ids and texts, or what is wrong; and what was passed over."""
    choice = Choice(**how)
    found = [
        (item.id, item.paragraphs if isinstance(item, Article) else (item.error, item.message))
        for item in articles.read(paths, choice=choice)
    ]
    return [*found, choice.as_json()]


@pytest.fixture
def memory(tmp_path):
    """(a drop on the disk, the address of the same in memory)"""
    here = drop(tmp_path / "drop")
    system = fsspec.filesystem("memory")
    system.put(str(here), "/elsewhere", recursive=True)
    yield str(here), "memory://elsewhere"
    system.rm("/elsewhere", recursive=True)


def alike(here: str, there: str) -> None:
    assert read(there) == read(here) and len(read(here)) > 9
    assert read(there, exclude=["b/"]) == read(here, exclude=["b/"]) != read(here)
    assert read(there, include=["*.jsonl"]) == read(here, include=["*.jsonl"])
    assert read(f"{there}/a.txt", f"{there}/a.txt") == read(f"{here}/a.txt")
    assert read(f"{there}/no.xyz") == read(f"{here}/no.xyz"), "a file that is named is read, or told"
    for glob in ("*.txt", "b/*", "b/*.json?", "[ab]*"):
        assert read(f"{there}/{glob}") == read(f"{here}/{glob}"), glob
    (nothing, _) = read(f"{there}/nowhere.txt")
    assert nothing[1][1] == "no such file or folder there"
    assert "no file matches" in str(read(f"{there}/*.nothing"))


def test_what_lies_elsewhere_is_read_as_what_lies_here(memory):
    alike(*memory)


def test_the_address_of_a_file_here_is_its_path(tmp_path):
    here = drop(tmp_path / "my drop")
    assert read(f"file://{tmp_path}/my%20drop") == read(str(here))
    (article,) = list(articles.read([f"file://localhost{tmp_path}/my%20drop/a.txt"]))
    assert article.source == f"{here}/a.txt"


def test_sources_are_addresses(memory):
    sources = [item.source for item in articles.read([memory[1] + "/"])]
    assert "memory://elsewhere/b/ä ü#1?.txt" in sources and "memory://elsewhere/more.zip/b/c.jsonl" in sources


def test_a_listing_is_not_kept(memory):
    system, asked = fsspec.filesystem("memory"), []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(system), "invalidate_cache", lambda self, path=None: asked.append(path))
        read(memory[1])
    assert len(asked) == 2, "of each folder that is read"


def test_an_error_while_it_is_read_is_that_of_one_article(memory):
    class Broken(io.BytesIO):
        def read(self, size=-1):
            raise ConnectionResetError("the line is cut")

    system = type(fsspec.filesystem("memory"))
    with pytest.MonkeyPatch.context() as patch:
        opened = system.open
        patch.setattr(system, "open", lambda self, path, *a: Broken() if "/a." in path else opened(self, path, *a))
        found = dict(read(memory[1])[:-1])
    assert found["a"] == ("UnreadableArticle", "it cannot be read: the line is cut")
    assert len(found) == len(dict(read(memory[1])[:-1])), "the others are read"


def test_what_is_missing_is_named(cli, monkeypatch):
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "s3fs", None)
        patch.setattr(sys.modules["fsspec.registry"], "_registry", {})
        code, _, err = cli("run", "s3://bucket/drop/")
        assert code == 2 and "needs the package s3fs" in err and "pip install 'summarize[remote]'" in err
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "fsspec", None)
        code, _, err = cli("run", "memory://drop/")
        assert code == 2 and "needs the package fsspec" in err
    code, _, err = cli("run", "smb://host/share/")
    assert code == 2 and "pip install 'summarize[remote]' smbprotocol" in err
    code, _, err = cli("run", "s3://bucket/drop/", "--offline")
    assert code == 2 and "--offline forbids s3://bucket/drop/" in err
    code, _, err = cli("run", "sftp://me:geheim@host/drop/")
    assert code == 2 and "password" in err and "geheim" not in err
    code, _, err = cli("watch", "s3://bucket/drop/", "--once")
    assert code == 2 and "summarize run s3://bucket/drop/" in err
    code, _, err = cli("run", "https://example.org/a.html")
    assert code == 2 and "nothing is fetched from the network" in err
    with pytest.raises(UsageError):
        remote.check("smb://host/share/")
    Path("s3:").mkdir()
    assert remote.is_remote("s3://bucket") and not remote.is_remote("s3:"), "a folder of that name is a folder"


def test_a_run_over_an_address(cli, memory):
    chosen = ("-q", "--exclude", "*.xyz", "--exclude", "empty.txt")
    code, _, err = cli("run", memory[1], *chosen)
    assert code == 0, err
    there = json.loads(Path("out/a.json").read_text("utf-8"))
    assert there["source"] == "memory://elsewhere/a.txt"
    assert cli("run", memory[0], "--out", "here", *chosen)[0] == 0
    here = json.loads(Path("here/a.json").read_text("utf-8"))
    assert {**here, "source": ""} == {**there, "source": ""}
    assert {p.relative_to("here") for p in Path("here").rglob("*")} == {
        p.relative_to("out") for p in Path("out").rglob("*")
    }


@pytest.fixture(scope="module")
def s3():
    """The address of a server on this machine that speaks S3, in the environment; a bucket `news` is on it."""
    pytest.importorskip("s3fs", reason="pip install 'summarize[remote]'")
    server = pytest.importorskip("moto.server", reason="pip install 'moto[server]'")
    made = server.ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    made.start()
    host, port = made.get_host_and_port()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
        patch.setenv("AWS_ACCESS_KEY_ID", "key")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        system = fsspec.filesystem("s3", skip_instance_cache=True)
        system.mkdir("news")
        yield system
    made.stop()


def test_a_bucket_is_read_as_a_folder_is(s3, tmp_path, monkeypatch):
    here = drop(tmp_path / "drop")
    s3.put(str(here) + "/", "news/drop/", recursive=True)
    alike(str(here), "s3://news/drop")
    assert read("s3://news")[0] == ("drop/a", read(str(here))[0][1])
    (lost, _) = read("s3://olds/")
    assert "no such file or folder there" in lost[1][1]


def test_a_server_that_is_not_there_is_told(s3, monkeypatch, tmp_path):
    command = [sys.executable, "-m", "summarize", "run", "s3://news/drop", "-q"]
    environ = {**os.environ, "AWS_ENDPOINT_URL": "http://127.0.0.1:9", "AWS_MAX_ATTEMPTS": "1"}
    done = subprocess.run(command, cwd=tmp_path, env=environ, capture_output=True, text=True, timeout=120)
    assert done.returncode == 1 and "AWS_ENDPOINT_URL" in done.stderr and "Traceback" not in done.stderr

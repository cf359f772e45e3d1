"""Every test runs in an empty folder, with an empty hub cache, no settings from outside, and no way to the internet."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job ignores it, and so would children
for name in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"):  # which is read when a library is imported
    os.environ.pop(name, None)
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # before torch is imported; see engines/torch_engine.py
# The same examples in every run: a test that fails was broken by a change. --hypothesis-profile default draws new ones.
settings.register_profile("steady", derandomize=True)
settings.load_profile("steady")
ROOT = Path(__file__).resolve().parent.parent
_connect = socket.socket.connect


def _only_loopback(self, address, *rest):
    if isinstance(address, tuple) and address[0] not in ("127.0.0.1", "::1", "localhost"):
        raise RuntimeError(f"a test tried to reach {address}")
    return _connect(self, address, *rest)


@pytest.fixture(autouse=True)
def isolated(tmp_path, monkeypatch):
    for name in list(os.environ):
        if name.startswith("SUMMARIZE_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
    monkeypatch.delenv("HF_HUB_CACHE", raising=False)
    monkeypatch.setattr(socket.socket, "connect", _only_loopback)
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    return work


@pytest.fixture(scope="session")
def converted(tmp_path_factory) -> Path:
    """A cache folder in which the shipped model is converted for CTranslate2, made once for all tests."""
    from summarize import catalog
    from summarize.engines.convert import prepared

    cache = tmp_path_factory.mktemp("converted")
    prepared(catalog.resolve("de-en", cache=cache), "int8", cache)
    return cache


@pytest.fixture
def cache(converted, tmp_path) -> Iterator[Path]:
    """A fresh cache that borrows the converted model and the unpacked language model, so that tests pay for them
    once. What a test adds to the models no other test has."""
    folder = tmp_path / "cache"
    folder.mkdir()
    for made_once in ("models", "language"):
        (converted / made_once).mkdir(exist_ok=True)
        (folder / made_once).symlink_to(converted / made_once, target_is_directory=True)
    yield folder
    (converted / "models" / "registry.json").unlink(missing_ok=True)


@pytest.fixture
def store(tmp_path):
    """An empty store."""
    from summarize.store import Store

    with Store.open(tmp_path / "store") as opened:
        yield opened


@pytest.fixture
def cli(request, cache, monkeypatch, capsys):
    """Runs a command in this process, on a terminal as wide as the test file's COLUMNS says (else 80); returns
    (exit code, stdout, stderr)."""
    from summarize.cli import main

    monkeypatch.setenv("SUMMARIZE_CACHE", str(cache))
    monkeypatch.setenv("COLUMNS", getattr(request.module, "COLUMNS", "80"))

    def call(*arguments):
        with pytest.raises(SystemExit) as ended:
            main([str(a) for a in arguments])
        out, err = capsys.readouterr()
        return ended.value.code, out, err

    return call

"""A model hub on the loopback interface: as much of the hub's HTTP API as huggingface_hub needs to download.

    with HubServer() as hub:
        hub.publish("org/tiny", {"config.json": b"{}", "model.safetensors": weights})
        monkeypatch.setenv("HF_ENDPOINT", hub.url)

`requests` lists what was asked ("GET /org/tiny/resolve/…"); `damage` maps a file name to how its transfer goes wrong.
"""

from __future__ import annotations

import hashlib
import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit

API = re.compile(r"/api/models/(?P<repo>[^/]+/[^/]+)(?:/(?P<what>revision|tree)/(?P<revision>[^/]+))?/?")
RESOLVE = re.compile(r"/(?P<repo>[^/]+/[^/]+)/resolve/(?P<revision>[^/]+)/(?P<name>.+)")
LARGE = (".safetensors", ".bin", ".spm")


class HubServer:
    """`damage[name]`: "short" sends half of the file as if it were all; "flipped" changes its last byte."""

    def __init__(self) -> None:
        self.repos: dict[str, dict[str, dict[str, bytes]]] = {}  # repo -> commit -> file name -> bytes
        self.branches: dict[tuple[str, str], str] = {}
        self.gated: set[str] = set()
        self.damage: dict[str, str] = {}
        self.requests: list[str] = []
        hub = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                hub._answer(self, body=True)

            def do_HEAD(self) -> None:
                hub._answer(self, body=False)

            def log_message(self, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    def __enter__(self) -> HubServer:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()

    def stop(self) -> None:
        """From now on, connections are refused. May be called twice."""
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()

    def publish(self, repo: str, files: dict[str, bytes], branch: str = "main") -> str:
        """Make a commit and point `branch` at it; returns the commit (40 hex digits)."""
        digest = hashlib.sha1(repo.encode())
        for name, data in sorted(files.items()):
            digest.update(name.encode() + b"\0" + data)
        commit = digest.hexdigest()
        self.repos.setdefault(repo, {})[commit] = dict(files)
        self.branches[repo, branch] = commit
        return commit

    def transfers(self) -> list[str]:
        """Names of the files whose bytes were sent."""
        return [line.rsplit("/", 1)[1] for line in self.requests if line.startswith("GET") and "/resolve/" in line]

    def _answer(self, handler: BaseHTTPRequestHandler, body: bool) -> None:
        path = unquote(urlsplit(handler.path).path)
        self.requests.append(f"{handler.command} {path}")
        if match := API.fullmatch(path):
            self._api(handler, body, **match.groupdict())
        elif match := RESOLVE.fullmatch(path):
            self._file(handler, body, **match.groupdict())
        else:
            _send(handler, 404, b"no such page", body)

    def _api(
        self, handler: BaseHTTPRequestHandler, body: bool, repo: str, what: str | None, revision: str | None
    ) -> None:
        commit = self._commit(handler, body, repo, revision or "main")
        if not commit:
            return
        files = self.repos[repo][commit]
        if what == "tree":
            answer: object = [{"type": "file", "path": name, **_facts(name, data)} for name, data in files.items()]
        else:
            siblings = [{"rfilename": name, **_as_blob(_facts(name, data))} for name, data in files.items()]
            answer = {"_id": "1", "id": repo, "modelId": repo, "sha": commit, "private": False, "siblings": siblings}
        _send(handler, 200, json.dumps(answer).encode(), body, {"Content-Type": "application/json"})

    def _file(self, handler: BaseHTTPRequestHandler, body: bool, repo: str, revision: str, name: str) -> None:
        commit = self._commit(handler, body, repo, revision)
        if not commit:
            return
        data = self.repos[repo][commit].get(name)
        if data is None:
            _send(handler, 404, b"", body, {"X-Error-Code": "EntryNotFound", "X-Repo-Commit": commit})
            return
        facts = _facts(name, data)
        etag = facts["lfs"]["oid"] if "lfs" in facts else facts["oid"]
        headers = {"ETag": f'"{etag}"', "X-Repo-Commit": commit, "Accept-Ranges": "bytes"}
        sent = self._damaged(name, data) if body else data
        asked = re.fullmatch(r"bytes=(\d+)-", handler.headers.get("Range", ""))
        if asked and body:
            start = int(asked[1])
            headers["Content-Range"] = f"bytes {start}-{len(sent) - 1}/{len(sent)}"
            _send(handler, 206, sent[start:], body, headers)
        else:
            _send(handler, 200, sent, body, headers)

    def _damaged(self, name: str, data: bytes) -> bytes:
        match self.damage.get(name):
            case "short":
                return data[: len(data) // 2]
            case "flipped":
                return data[:-1] + bytes([data[-1] ^ 1])
        return data

    def _commit(self, handler: BaseHTTPRequestHandler, body: bool, repo: str, revision: str) -> str:
        """The commit of a branch or commit name; "" after an error has been sent."""
        if repo in self.gated:
            _send(handler, 403, b"{}", body, {"X-Error-Code": "GatedRepo", "X-Error-Message": "accept the licence"})
        elif repo not in self.repos:
            _send(
                handler, 404, b"{}", body, {"X-Error-Code": "RepoNotFound", "X-Error-Message": "Repository not found"}
            )
        else:
            commit = self.branches.get((repo, revision), revision)
            if commit in self.repos[repo]:
                return commit
            _send(
                handler, 404, b"{}", body, {"X-Error-Code": "RevisionNotFound", "X-Error-Message": "no such revision"}
            )
        return ""


def _facts(name: str, data: bytes) -> dict:
    """As the hub's tree says it: git's hash of the file, and for a large file the SHA-256 of its bytes."""
    facts: dict = {"oid": hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest(), "size": len(data)}
    if name.endswith(LARGE):
        facts["lfs"] = {"oid": hashlib.sha256(data).hexdigest(), "size": len(data), "pointerSize": 130}
    return facts


def _as_blob(facts: dict) -> dict:
    """The same facts as the model page's API names them."""
    blob = {"blobId": facts["oid"], "size": facts["size"]}
    if "lfs" in facts:
        blob["lfs"] = {"sha256": facts["lfs"]["oid"], "size": facts["size"], "pointerSize": 130}
    return blob


def _send(handler: BaseHTTPRequestHandler, status: int, data: bytes, body: bool, headers: dict | None = None) -> None:
    handler.send_response(status)
    for name, value in {"Content-Length": str(len(data)), **(headers or {})}.items():
        handler.send_header(name, value)
    handler.end_headers()
    if body:
        handler.wfile.write(data)

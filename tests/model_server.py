"""A model server on the loopback that speaks the protocol of chat completions, and misbehaves on demand."""

from __future__ import annotations

import json
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from summarize.backends.canary import ENGLISH, SENTENCES

KNOWN = dict(zip(SENTENCES["de"], ENGLISH, strict=True))  # what a canary asks
WORDS = {
    "Guten Morgen.": "Good morning.",
    "Die Stadt hat eine neue Brücke.": "The city has a new bridge.",
    "Es kamen 500 Gäste.": "500 guests came.",
}


class ModelServer:
    """`answer(text)` gives the words; `troubles` are taken one a request to /chat/completions: a status with a body, or
    "cut", "half", "garbage", "slow", "length", "filter", "no choices". `asked` are the bodies, `headers` theirs."""

    def __init__(self, answer=None, models=("tiny",), **extra):
        self.answer = answer or (lambda text: {**KNOWN, **WORDS}.get(text, f"This is what it says: {len(text)}."))
        self.listed = [
            {"id": name, "object": "model", "owned_by": "test", "created": time.time_ns()} for name in models
        ]
        self.extra = extra  # by path: what /props, /api/tags … answer
        self.troubles: list = []
        self.asked: list[dict] = []
        self.headers: list[dict] = []
        self.at_once = self.most_at_once = 0
        self.seconds = 0.0  # that an answer takes
        self.lock = threading.Lock()
        self.spec = ""

    def reply(self, body: dict) -> dict:
        # the text is the last paragraph of the question
        text = body["messages"][-1]["content"].rpartition("\n\n")[2]
        message = {"role": "assistant", "content": self.answer(text)}
        return {"choices": [{"index": 0, "message": message, "finish_reason": "stop"}], "object": "chat.completion"}


class Handler(BaseHTTPRequestHandler):
    server_version = "test"

    def log_message(self, *arguments):
        pass

    def send(self, status: int, body: object, **headers: str) -> None:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self):
        model: ModelServer = self.server.model
        if self.path == "/v1/models":
            for entry in model.listed:
                entry["created"] = time.time_ns()  # as llama.cpp and vLLM do
            return self.send(200, {"object": "list", "data": model.listed})
        if self.path in model.extra:
            return self.send(200, model.extra[self.path])
        return self.send(404, {"error": {"message": "File Not Found", "type": "not_found_error", "code": 404}})

    def do_POST(self):
        model: ModelServer = self.server.model
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with model.lock:
            model.asked.append(body)
            model.headers.append(dict(self.headers))
            trouble = model.troubles.pop(0) if model.troubles else None
            model.at_once += 1
            model.most_at_once = max(model.most_at_once, model.at_once)
        time.sleep(model.seconds)
        with model.lock:  # before it is answered: who has the answer may ask again at once
            model.at_once -= 1
        self.misbehave(model, body, trouble)

    def misbehave(self, model: ModelServer, body: dict, trouble: object) -> None:
        reply = model.reply(body)
        if isinstance(trouble, tuple):
            status, said, *more = trouble
            return self.send(status, said, **(more[0] if more else {}))
        if trouble == "cut":
            return self.connection.close()
        if trouble == "half":
            self.send_response(200)
            self.send_header("Content-Length", "5000")
            self.end_headers()
            return self.wfile.write(b'{"choices": [')
        if trouble == "garbage":
            return self.send(200, b"<html>Hello</html>")
        if trouble == "slow":
            time.sleep(3)
        if trouble in ("length", "filter"):
            reply["choices"][0]["finish_reason"] = {"length": "length", "filter": "content_filter"}[trouble]
        if trouble == "no choices":
            reply = {"object": "something else"}
        return self.send(200, reply)


@contextmanager
def serving(*arguments, **more):
    """A server with a free port for as long as the block lasts; its `spec` names its first model."""
    model = ModelServer(*arguments, **more)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.model = model
    server.handle_error = lambda *arguments: None  # a connection that was cut is meant to be
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    model.base = f"http://127.0.0.1:{server.server_port}/v1"
    model.spec = f"server:{model.base}#{model.listed[0]['id']}" if model.listed else f"server:{model.base}"
    try:
        yield model
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

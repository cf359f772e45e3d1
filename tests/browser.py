"""A headless Chromium, driven over a pipe by the DevTools protocol: no driver, no port, no package."""

from __future__ import annotations

import base64
import json
import os
import select
import shutil
import signal
import subprocess
import time
from pathlib import Path

FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-dev-shm-usage"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync", "--remote-debugging-pipe"),
)
PATIENCE = 60.0  # seconds for one answer


def program() -> str | None:
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


class Browser:
    """One page. `requests` and `logged` collect what it asked for and what it complained of since the last `open`."""

    def __init__(self, profile: Path):
        self.requests: list[str] = []
        self.logged: list[str] = []
        self._number, self._buffer, self._session = 0, b"", None
        (to_child, self._write), (self._read, from_child) = os.pipe(), os.pipe()
        command = 'exec "$@" 3<&"$FROM" 4>&"$TO"'  # the protocol speaks on these two descriptors
        self._process = subprocess.Popen(
            ["bash", "-c", command, "browser", program(), *FLAGS, f"--user-data-dir={profile}", "about:blank"],
            env={**os.environ, "FROM": str(to_child), "TO": str(from_child)},
            pass_fds=(to_child, from_child), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, process_group=0,
        )  # fmt: skip
        os.close(to_child), os.close(from_child)
        targets = self.call("Target.getTargets")["targetInfos"]
        page = next(t["targetId"] for t in targets if t["type"] == "page")
        self._session = self.call("Target.attachToTarget", targetId=page, flatten=True)["sessionId"]
        for domain in ("Page", "Network", "Log", "Runtime"):
            self.call(f"{domain}.enable")
        self.call("Performance.enable", timeDomain="threadTicks")

    def close(self) -> None:
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        os.close(self._write), os.close(self._read)

    def call(self, method: str, **parameters) -> dict:
        """The result of a DevTools command. Raises RuntimeError when it fails, TimeoutError when it does not answer."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._write, json.dumps(message).encode() + b"\0")
        return self._until(lambda answer: answer.get("id") == self._number)

    def _until(self, wanted) -> dict:
        ends = time.monotonic() + PATIENCE
        while True:
            while b"\0" in self._buffer:
                line, self._buffer = self._buffer.split(b"\0", 1)
                answer = json.loads(line)
                self._note(answer)
                if wanted(answer):
                    if "error" in answer:
                        raise RuntimeError(answer["error"]["message"])
                    return answer.get("result", answer)
            if not select.select([self._read], [], [], max(0.0, ends - time.monotonic()))[0]:
                raise TimeoutError("the browser does not answer")
            self._buffer += os.read(self._read, 1 << 20)

    def _note(self, event: dict) -> None:
        detail = event.get("params", {})
        if event.get("method") == "Network.requestWillBeSent":
            self.requests.append(detail["request"]["url"])
        elif event.get("method") == "Log.entryAdded":
            self.logged.append(detail["entry"]["text"])
        elif event.get("method") == "Runtime.exceptionThrown":
            self.logged.append(detail["exceptionDetails"].get("exception", {}).get("description", "exception"))
        elif event.get("method") == "Runtime.consoleAPICalled":
            self.logged.append(" ".join(str(a.get("value", "")) for a in detail["args"]))

    # -- what a test says ---------------------------------------------------------------------------------------------

    def open(self, path: Path, fragment: str = "") -> float:
        """Loads a page from a file; returns the milliseconds until it was loaded and drawn."""
        self.call("Page.navigate", url="about:blank")
        self.requests.clear()
        self.logged.clear()
        started = time.monotonic()
        self.call("Page.navigate", url=path.resolve().as_uri() + (f"#{fragment}" if fragment else ""))
        self._until(lambda event: event.get("method") == "Page.loadEventFired")
        self.draw()
        return (time.monotonic() - started) * 1000

    def processor(self) -> float:
        """Seconds of a processor that the open page has taken for itself."""
        return next(m["value"] for m in self.call("Performance.getMetrics")["metrics"] if m["name"] == "TaskDuration")

    def eval(self, expression: str):
        """The value of a JavaScript expression; promises are awaited."""
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(answer["exceptionDetails"]["exception"].get("description", "exception"))
        return answer["result"].get("value")

    def draw(self) -> None:
        self.eval("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done))).then(() => true)")

    def press(self, key: str) -> None:
        text = {"text": key} if len(key) == 1 else {"text": "\r"} if key == "Enter" else {}
        code = {"Enter": 13, "Escape": 27, "ArrowDown": 40, "ArrowUp": 38, "Tab": 9}.get(key, 0)
        for kind in ("keyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=key, windowsVirtualKeyCode=code, **text)
        self.draw()

    def type(self, text: str) -> None:
        self.call("Input.insertText", text=text)
        self.draw()

    def point(self, selector: str) -> None:
        """Moves the mouse over the middle of the first element that fits."""
        place = self.eval(
            f"(() => {{ const e = document.querySelector({selector!r}); e.scrollIntoView({{block: 'center'}});"
            " const r = e.getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2]; })()"
        )
        self.call("Input.dispatchMouseEvent", type="mouseMoved", x=place[0], y=place[1])
        self.draw()

    def window(self, width: int, height: int, *, dark: bool = False, media: str = "", scripts: bool = True) -> None:
        self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600
        )
        features = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        self.call("Emulation.setEmulatedMedia", media=media, features=features)
        self.call("Emulation.setScriptExecutionDisabled", value=not scripts)

    def picture(self, path: Path) -> Path:
        path.write_bytes(base64.b64decode(self.call("Page.captureScreenshot", format="png")["data"]))
        return path

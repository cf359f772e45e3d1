"""The command line. `main` maps errors to exit codes; each module beside this one holds a group of commands.

Exit codes: 0 all well, 1 something failed or fell short, 2 usage, 3 a model is not available, 130 interrupted (`run`
and `watch` go on when they are started again), 70 a bug.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .interrupts import INTERRUPTED

BUG = 70


def main(arguments: list[str] | None = None) -> None:
    """Entry point of the `summarize` script; always ends in SystemExit."""
    # Python's None for a stream that was closed (`>&-`)
    streams = [stream or open(os.devnull, "w") for stream in (sys.stdout, sys.stderr)]  # noqa: SIM115
    given = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = map(_Stream, streams)
    try:
        sys.exit(_run(sys.argv[1:] if arguments is None else arguments))
    finally:
        with contextlib.suppress(OSError):
            sys.stderr.flush()
        sys.stdout, sys.stderr = given


class _Stream:
    """A stream whose reader may leave (`| head`): the rest of the output goes nowhere, and the command, whose work is
    more than its output, ends as it would have."""

    def __init__(self, stream: Any):
        self._stream = stream

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        return self._kept(self._stream.write, text)

    def flush(self) -> None:
        self._kept(self._stream.flush)

    def _kept(self, call: Callable, *arguments: str) -> Any:
        try:
            return call(*arguments)
        except BrokenPipeError:
            _give_up(self._stream)
            return call(*arguments)


def _run(arguments: list[str]) -> int:
    import typer

    from ..errors import SummarizeError
    from .app import app

    signal.signal(signal.SIGTERM, _terminate)
    try:
        code = app(arguments, prog_name="summarize", standalone_mode=False)
        sys.stdout.flush()
        return _interrupted(arguments) if code == INTERRUPTED else code if isinstance(code, int) else 0
    except SummarizeError as e:
        if "--json" in arguments:  # a program that asked for data gets some
            print(json.dumps({"error": type(e).__name__, "message": e.message, "hint": e.hint, "exit_code": e.code}))
        return _say(e.message, e.hint, e.code)
    except typer.Exit as e:
        return _interrupted(arguments) if e.exit_code == INTERRUPTED else e.exit_code
    except (typer.Abort, KeyboardInterrupt):
        return _interrupted(arguments)
    except Exception as e:
        if hasattr(e, "show") and hasattr(e, "exit_code"):  # a usage error, of click or of typer's own copy of it
            e.show(file=sys.stderr)
            return e.exit_code
        # Files of ours have errors of their own, with a name: this is stdout, redirected to a disk that is full.
        if isinstance(e, OSError) and e.errno in (errno.ENOSPC, errno.EDQUOT) and not e.filename:
            _give_up(sys.stdout)
            return _say(f"the output cannot be written: {e.strerror}", "free some space, or write it elsewhere", 1)
        return _bug(arguments)


def _give_up(stream: Any) -> None:
    """Python would complain again when it flushes at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _interrupted(arguments: list[str]) -> int:
    running = next((a for a in arguments if not a.startswith("-")), "") in ("run", "watch")
    hint = "what was finished is kept; the same command goes on from there" if running else "start it again"
    return _say("interrupted", hint, INTERRUPTED)


def _terminate(*_: object) -> None:
    raise KeyboardInterrupt


def _say(message: str, hint: str, code: int) -> int:
    from .options import wrapped

    print(wrapped(f"summarize: {message}"), file=sys.stderr)
    if hint:
        print(f"  {hint}", file=sys.stderr)
    return code


def _bug(arguments: list[str]) -> int:
    """An unexpected exception: the whole story goes into a file, fit to be pasted into a report."""
    from . import about

    story = f"{about.versions()}\narguments: {arguments}\n\n{traceback.format_exc()}"
    path = Path(f"summarize-bug-{time.strftime('%Y%m%d-%H%M%S')}.log")
    try:
        path.write_text(story, encoding="utf-8")
        where = f"the details are in {path}; please report it with them"
    except OSError:
        print(story, file=sys.stderr)
        where = "please report it with the lines above"
    return _say(f"this is a bug: {sys.exc_info()[1]!r}", where, BUG)

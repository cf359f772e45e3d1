"""The command line. `main` maps errors to exit codes; each module beside this one holds a group of commands.

Exit codes: 0 all well, 1 something failed or fell short, 2 usage, 3 a model is not available, 130 interrupted (`run`
goes on when it is started again), 70 a bug.
"""

from __future__ import annotations

import errno
import json
import os
import signal
import sys
import time
import traceback
from pathlib import Path

INTERRUPTED = 130
BUG = 70


def main(arguments: list[str] | None = None) -> None:
    """Entry point of the `summarize` script; always ends in SystemExit."""
    sys.exit(_run(sys.argv[1:] if arguments is None else arguments))


def _run(arguments: list[str]) -> int:
    import typer

    from ..errors import SummarizeError
    from .app import app

    signal.signal(signal.SIGTERM, _terminate)
    sys.stdout = sys.stdout or open(os.devnull, "w")  # noqa: SIM115  Python's None for a stream that was closed (`>&-`)
    sys.stderr = sys.stderr or open(os.devnull, "w")  # noqa: SIM115
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
    except BrokenPipeError:
        _give_up_stdout()  # the reader left (`| head`)
        return 1
    except Exception as e:
        if hasattr(e, "show") and hasattr(e, "exit_code"):  # a usage error, of click or of typer's own copy of it
            e.show(file=sys.stderr)
            return e.exit_code
        # Files of ours have errors of their own, with a name: this is stdout, redirected to a disk that is full.
        if isinstance(e, OSError) and e.errno in (errno.ENOSPC, errno.EDQUOT) and not e.filename:
            _give_up_stdout()
            return _say(f"the output cannot be written: {e.strerror}", "free some space, or write it elsewhere", 1)
        return _bug(arguments)


def _give_up_stdout() -> None:
    """Python would complain again when it flushes at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _interrupted(arguments: list[str]) -> int:
    running = next((a for a in arguments if not a.startswith("-")), "") == "run"
    hint = "what was finished is kept; the same command goes on from there" if running else "start it again"
    return _say("interrupted", hint, INTERRUPTED)


def _terminate(*_: object) -> None:
    raise KeyboardInterrupt


def _say(message: str, hint: str, code: int) -> int:
    print(f"summarize: {message}", file=sys.stderr)
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

"""`summarize watch`: a drop without end."""

from __future__ import annotations

import re
from typing import Annotated

import typer

from ..config import Settings
from ..errors import UsageError
from .options import AsJson, print_json, say, with_settings

Paths = Annotated[list[str], typer.Argument(metavar="DROP", help="Folders, files or globs.")]
Opt = typer.Option
UNITS = {"": 1.0, "s": 1.0, "m": 60.0, "h": 3600.0}


@with_settings
def watch(
    chosen: Settings,
    paths: Paths,
    every: Annotated[str, Opt(metavar="TIME", help="How long a file must stay the same: 30s, 5m, 1h.")] = "30s",
    once: Annotated[bool, Opt("--once", help="Do what there is to do, and end (for a timer).")] = False,
    mirror: Annotated[bool, Opt("--mirror", help="Move outputs of what is gone to .gone in the folder.")] = False,
    jsonl: Annotated[str | None, Opt(metavar="FILE", help="Also add news as JSON lines (- for stdout).")] = None,
    as_json: AsJson = False,
    brief: Annotated[bool | None, Opt("--brief/--full", help="Two lines an article (beyond a screenful).")] = None,
    quiet: Annotated[bool, Opt("--quiet", "-q", help="No list, no status; errors only.")] = False,
) -> int:
    """Translate and summarize articles as they arrive.

    As `run`, again and again, with the models kept in memory, until it is interrupted. A file is read when it has
    stayed the same for a while, at once when it was moved into the drop; dotfiles, .part and .tmp never. What is told
    is what is new, changed, failed or gone; a file that fails is tried again when it changes, and now and then.
    Interrupted or killed, the same command goes on.

    \b
    summarize watch drop/
    summarize watch drop/ --every 5s --mirror --out english
    summarize watch drop/ --jsonl - | publish
    summarize watch drop/ --once -q

    With pip install 'summarize[watch]' the file system tells at once when something happens; on network drives, and
    without it, the drop is looked at from time to time.
    """
    from .. import watching
    from ..render import terminal
    from ..render.progress import Watching
    from . import interrupts, running

    if as_json and (jsonl == "-" or not once):
        raise UsageError("--json prints once, at the end", "use it with --once, or follow with --jsonl - instead")
    seconds = _seconds(every)
    lines = running.Lines(jsonl, paths, added=True) if jsonl else None
    make = lambda: running.Sink(
        as_json=as_json, quiet=quiet or jsonl == "-", brief=brief, lines=[lines] if lines else []
    )
    sink, gone, code = make(), [], 0

    def leave(id: str, source: str) -> None:
        gone.append({"id": id, "source": source})
        if lines:
            lines.write({"gone": gone[-1]})

    status = Watching(quiet=quiet or as_json)
    told = {"on_event": status, "on_item": lambda item: sink.take(item), "on_gone": leave, "announce": status.say}
    try:
        with interrupts.heard(status.say):
            for turn in watching.watch(paths, chosen, every=seconds, once=once, mirror=mirror, **told):
                stands = (turn.counts, turn.articles, turn.failing, turn.changing)
                standing = terminal.standing(" ".join(paths), *stands)
                recorded = turn.report and turn.report.run
                code = max(code, turn.report.exit_code if turn.report else 0)
                if recorded or gone or once:
                    status.stop()
                    sink.flush()
                    if as_json:
                        print_json({**turn.as_json(), "items": sink.items, "gone": gone})
                    elif recorded:
                        sink.close(turn.report, chosen)
                    if not quiet and not as_json:
                        for line in terminal.departed([one["source"] for one in gone], most=running.NEWS):
                            say(line)
                        if not status.live or once:
                            say(standing)
                    sink, gone = make(), []
                if not once:
                    status.show(standing)
    except BaseException:
        status.stop()
        sink.flush()
        raise
    finally:
        status.stop()
        if lines:
            lines.close()
    return code


def _seconds(text: str) -> float:
    """
    >>> _seconds("30s"), _seconds("1.5m"), _seconds("2")
    (30.0, 90.0, 2.0)
    """
    found = re.fullmatch(r"(\d+(?:\.\d+)?) ?([smh]?)", text.strip().lower())
    if not found or not float(found[1]):
        raise UsageError(f"--every {text} is no time", "as in --every 30s, 5m or 1h")
    return float(found[1]) * UNITS[found[2]]

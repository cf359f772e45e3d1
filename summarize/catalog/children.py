"""Work that needs torch, or that opens a pickle, runs in a Python process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from ..errors import ModelCorrupt
from ..resources import PACKAGE


def run_module(module: str, source: Path, target: Path) -> None:
    """`python -m MODULE SOURCE TARGET`, without the hub. Raises ModelCorrupt with the child's last words."""
    # The child must find this package even when it is run from a checkout that is not installed.
    paths = [str(PACKAGE.parent), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "HF_HUB_OFFLINE": "1"}
    done = subprocess.run(
        [sys.executable, "-m", module, str(source), str(target)],
        capture_output=True,
        text=True,
        errors="replace",
        env=environment,
        check=False,
    )
    if done.returncode:
        last = done.stderr.strip().splitlines()[-1:] or [f"exit status {done.returncode}"]
        raise ModelCorrupt(f"{source} cannot be converted: {last[0]}", "fetch or copy the model again")

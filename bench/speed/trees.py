"""The two checkouts that are compared: the commit before, in its own folder, and this one."""

import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

from bench.product import ROOT
from bench.speed.models import Machine

BEFORE: Final = "783b70e"


class Tree(NamedTuple):
    """Checkout, and the Python that has what it requires."""

    name: str
    root: Path
    python: str


@contextmanager
def before() -> Iterator[Tree]:
    """Check the commit before out; remove it again at the end."""
    with tempfile.TemporaryDirectory(prefix="speed-before-") as folder:
        root = Path(folder) / "tree"
        git("worktree", "add", "--quiet", "--detach", "--force", str(root), BEFORE)
        try:
            yield Tree("before", root, python_for(root, Path(folder) / "venv"))
        finally:
            git("worktree", "remove", "--force", str(root))


def after() -> Tree:
    return Tree("after", ROOT, sys.executable)


def python_for(root: Path, venv: Path) -> str:
    """Return a Python with what a checkout requires: this one, or one of its own."""
    if pins(root / "requirements.txt") <= pins(ROOT / "requirements.txt"):
        return sys.executable
    python = venv / "bin" / "python"
    run(sys.executable, "-m", "venv", str(venv))
    run(str(python), "-m", "pip", "install", "--quiet", "-r", str(root / "requirements.txt"))
    return str(python)


def pins(requirements: Path) -> set[str]:
    """Return the lines that name a package and its version."""
    lines = requirements.read_text(encoding="utf-8").splitlines()
    return {line.strip() for line in lines if "==" in line and not line.startswith("#")}


def commit() -> str:
    """Return the commit that is checked out here; "+" for one with changes on top."""
    changed = git("status", "--porcelain", "--untracked-files=no")
    return git("rev-parse", "--short=7", "HEAD") + ("+" if changed else "")


def git(*arguments: str) -> str:
    return run("git", "-C", str(ROOT), *arguments)


def run(*command: str) -> str:
    """Return what a command prints. Raises CalledProcessError."""
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)  # noqa: S603
    return done.stdout.strip()


def machine() -> Machine:
    info = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    model = info.partition("model name")[2].partition("\n")[0].strip(" \t:")
    return Machine(
        cpu=model or "unknown CPU",
        cores=os.cpu_count() or 1,
        memory_gb=os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30,
        kernel=platform.release(),
        python=platform.python_version(),
    )

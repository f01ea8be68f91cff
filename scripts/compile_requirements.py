# ruff: noqa: INP001  scripts are run, not imported
"""Compiler of requirements*.in into pinned requirements*.txt, with the reason of each line.

Options are handed to pip-compile: `--upgrade`, `--upgrade-package tornado`.
"""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
ASKED = re.compile(
    r"^(?P<name>[A-Za-z0-9][A-Za-z0-9-]*)[^#\n]*?  # (?P<reason>.+)$", re.MULTILINE
)


def compile_file(name: str, options: list[str]) -> None:
    """Write `name`.txt without the addresses of whatever index was used."""
    quiet = ["--quiet", "--no-header", "--no-emit-index-url", "--no-emit-trusted-host"]
    quiet += ["--no-emit-find-links", "--no-emit-options", "--strip-extras", "--allow-unsafe"]
    command = [sys.executable, "-m", "piptools", "compile", *quiet, *options]
    command += ["--output-file", f"{name}.txt", f"{name}.in"]
    subprocess.run(command, cwd=ROOT, check=True)  # noqa: S603  our own words
    target = ROOT / f"{name}.txt"
    asked = (ROOT / f"{name}.in").read_text(encoding="utf-8")
    pinned = target.read_text(encoding="utf-8")
    for package, reason in ASKED.findall(asked):
        line = re.compile(rf"^(?={re.escape(package)}==)", re.MULTILINE | re.IGNORECASE)
        pinned = line.sub(f"# {reason}\n", pinned)
    target.write_text(f"# Compiled from {name}.in by `make requirements`.\n{pinned}", "utf-8")


if __name__ == "__main__":
    for file in ("requirements", "requirements-dev", "requirements-bench"):
        compile_file(file, sys.argv[1:])

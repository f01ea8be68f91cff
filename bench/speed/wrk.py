"""wrk, the load generator in C, of Debian; a script of ours gives each request a person."""

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

SCRIPT: Final = Path(__file__).with_name("people.lua")
MISSING: Final = "wrk is missing: apt-get install wrk"


class Load(Struct, frozen=True):
    """What came of a load. `p99_ms`: time in which 99 of 100 requests were answered."""

    per_second: float
    p99_ms: float
    requests: int
    failed: int


def find() -> str:
    """Return the program. Raises FileNotFoundError, saying how to get it."""
    program = shutil.which("wrk")
    if program is None:
        raise FileNotFoundError(MISSING)
    return program


def keep(tokens: Sequence[str], file: Path) -> Path:
    """Write the tokens of those who ask, for the script to read."""
    file.write_text("\n".join(tokens), encoding="ascii")
    return file


def load(url: str, tokens: Path, connections: int, seconds: float) -> Load:
    """Ask for one address, each time as the next person. Raises ValueError for a refusal."""
    command = [find(), "-t1", f"-c{connections}", f"-d{seconds:g}s", "-s", str(SCRIPT), url]
    done = subprocess.run(  # noqa: S603  # our own words
        [*command, "--", str(tokens)], check=True, stdout=subprocess.PIPE, text=True
    )
    found = msgspec.json.decode(done.stdout.splitlines()[-1], type=Load)
    if found.failed or not found.requests:
        raise ValueError(f"{url}: {found.failed} of {found.requests} requests failed")
    return found

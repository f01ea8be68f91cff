"""What a fault is: a bug that is planted, and the test that must notice it."""

from pathlib import Path
from typing import Final, NamedTuple

from tests.matrix.rows import FILES

ROOT: Final = Path(__file__).parents[2]


class Fault(NamedTuple):
    """In `module`, `old` becomes `new`; the test `test` must then fail."""

    title: str
    module: str
    old: str
    new: str
    test: str


def row(name: str) -> str:
    """Return the walk of a row of the matrix. KeyError when there is none."""
    return f"{FILES[name]}::test_everybody_gets_what_they_may[{name}]"

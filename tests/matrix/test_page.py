"""The page docs/reference/access.md: the tables and the counts, as they are."""

import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

import pytest

from services.kernel.permissions import PERMISSIONS, RUNGS, Permission, Role
from tests.matrix.posts import POSTS, WHERE, Position
from tests.matrix.row import Row
from tests.matrix.rows import ROWS
from tests.matrix.rules import Outcome

pytestmark = [pytest.mark.slow, pytest.mark.deep]

PATH: Final = Path(__file__).parents[2] / "docs" / "reference" / "access.md"
HEAD: Final = """# Who may do what, and where

Made by `python -m tests.matrix` of services/kernel/permissions.py and
tests/matrix; do not edit it.
`python -m pytest tests/matrix --nightly` asks the running server every question counted here;
without `--nightly` one of each kind (tests/matrix/sample.py).

A permission is held at a place and covers everything under it. Who holds it nowhere is told
403; who holds it elsewhere is told 404: what is forbidden looks missing. The roles of a home
end with the relation, those of an office with the term, those of a firm with its contract:
each is read anew for every request.
"""
STANDS: Final = """## Where everybody stands

What is asked for lies in the own place. Where a field is empty, the role is not held on so low
a rung, and its holder in the field to the right stands for it.

"""
LEFT: Final = """
And what is left of a role, or never was one:

"""
DIFFERS: Final = """## What differs, and why

`rule`: not the one of the tables alone. `because`: why an allowed call cannot succeed here.
`silent`: why a success is not audited. `beyond`, `past`, `bare`: what an answer names.

"""


def page() -> str:
    parts = (HEAD, _permissions(), _positions(), _counts(), _routes(), _reasons())
    return "\n".join(parts)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(cells) + " |" for cells in (head, ["---"] * len(head), *rows)]
    return "\n".join(lines) + "\n"


def _permissions() -> str:
    rows = [
        [
            role,
            ", ".join(sorted(RUNGS[role])) if role in RUNGS else "home",
            *("x" if permission in PERMISSIONS[role] else "" for permission in Permission),
        ]
        for role in Role
    ]
    table = _table(["role", "held at", *Permission], rows)
    return f"## Role x permission x rung\n\n{table}"


def _positions() -> str:
    shown = [p for p in Position if any(p in places for places in WHERE.values())]
    rows = [[role, *(WHERE[role].get(p, "") for p in shown)] for role in Role]
    others = [
        [post.position, ", ".join(f"{r} of {p}" for r, p in post.roles)] for post in POSTS
    ]
    rest = [row for row in others if row[0] not in shown]
    return STANDS + _table(["role", *shown], rows) + LEFT + _table(["position", "held"], rest)


def outcomes(row: Row) -> Counter[Outcome]:
    """Count the cells of a row; those of an old confirmation are refused."""
    return Counter(cell.outcome for cell in (*row.cells(), *row.again()))


def counts() -> dict[str, int]:
    cells = sum((outcomes(row) for row in ROWS), Counter[Outcome]())
    return {
        "routes (a verb of a path)": len(ROWS),
        "paths": len({row.path for row in ROWS}),
        "roles": len(Role),
        "positions": len(Position),
        "people asking": len(POSTS),
        "cells": cells.total(),
        **{f"cells: {outcome}": cells[outcome] for outcome in Outcome},
        "cells: of an old confirmation": sum(len(list(row.again())) for row in ROWS),
    }


def _counts() -> str:
    table = _table(["what", "how many"], [[name, f"{n:,}"] for name, n in counts().items()])
    return f"## Counts\n\n{table}"


def _routes() -> str:
    rows = []
    for row in ROWS:
        found, contract = outcomes(row), row.contract
        numbers = [str(found[outcome] or "") for outcome in Outcome]
        again = "yes" if contract.asks_again else ""
        rows.append([f"`{row.verb.upper()} {row.path}`", contract.needs, again, *numbers])
    head = ["route", "needs", "asks again", *Outcome]
    return f"## Routes, with the cells by outcome\n\n{_table(head, rows)}"


def _reasons() -> str:
    named = ("because", "silent", "beyond", "past", "bare")
    rows = [
        [f"`{row.verb.upper()} {row.path}`", name, text]
        for row in ROWS
        for name, text in [
            ("rule", row.rule.reason),
            *((name, getattr(row, name)) for name in named),
        ]
        if text
    ]
    return DIFFERS + _table(["route", "what", "why"], rows)


def write() -> None:
    PATH.write_text(page(), encoding="utf-8")


def test_the_page_is_current() -> None:
    """Print the counts, too: `pytest -s`."""
    sys.stdout.write("".join(f"\n{number:>7,}  {name}" for name, number in counts().items()))
    assert PATH.read_text(encoding="utf-8") == page(), "run make generated"

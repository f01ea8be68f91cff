"""Matcher: entries of all sides, laid side by side by their references, in constant memory.

A day may have half a million trades, in no common order: the entries lie in a temporary
SQLite database, which is a file without a name that ends with its connection.
"""

import sqlite3
from collections.abc import Collection, Iterable, Iterator
from contextlib import closing
from itertools import groupby
from types import TracebackType
from typing import Final, Self

from services.reconciliations.entries import DifferenceKind, Entry, Match, MovementKind, Side
from services.reconciliations.models import DaySums

TABLE: Final = """
    CREATE TABLE entries (kind TEXT, reference TEXT, side TEXT, fen INTEGER, number TEXT)
"""
GROUPS: Final = """
    SELECT kind, reference, side, SUM(fen), COUNT(*), MAX(number)
    FROM entries GROUP BY kind, reference, side ORDER BY kind, reference, side
"""
KNOWN: Final = "SELECT 1 FROM entries WHERE kind = ? AND reference = ? AND side = ? LIMIT 1"
MOVED: Final = "SELECT 1 FROM entries WHERE kind = 'payment' AND reference = ? LIMIT 1"
TOTALS: Final = "SELECT kind, COUNT(*), SUM(fen) FROM entries WHERE side = ? GROUP BY kind"


class Matcher:
    """`compared`: the sides that are read. Usable from one thread after the other."""

    def __init__(self, compared: Collection[Side]) -> None:
        self.compared = frozenset(compared)
        self._db = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._db.execute("PRAGMA synchronous = OFF")
        self._db.execute(TABLE)
        self._db.execute("CREATE INDEX by_reference ON entries (kind, reference, side)")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._db.close()

    def add(self, side: Side, entries: Iterable[Entry]) -> None:
        """Add what a side says, some entries at a time."""
        rows = [(e.kind.value, e.reference, side.value, e.amount_fen, e.order) for e in entries]
        self._db.execute("BEGIN")
        self._db.executemany("INSERT INTO entries VALUES (?, ?, ?, ?, ?)", rows)
        self._db.execute("COMMIT")

    def knows(self, side: Side, kind: MovementKind, reference: str) -> bool:
        """Tell whether a side has an entry of this reference."""
        found = self._db.execute(KNOWN, (kind.value, reference, side.value))
        return found.fetchone() is not None

    def sums(self, side: Side) -> DaySums:
        """Add up what a side says."""
        found = {kind: (count, fen) for kind, count, fen in self._db.execute(TOTALS, (side,))}
        payments, paid_fen = found.get(MovementKind.PAYMENT, (0, 0))
        refunds, refunded_fen = found.get(MovementKind.REFUND, (0, 0))
        return DaySums(
            payments=payments, paid_fen=paid_fen, refunds=refunds, refunded_fen=refunded_fen
        )

    def differences(self) -> Iterator[tuple[Match, DifferenceKind]]:
        """Yield what does not agree, in the order of kinds and references."""
        for match in self._matches():
            kind = match.difference(self.compared)
            if kind is not None and not self._is_said(match):
                yield match, kind

    def _is_said(self, match: Match) -> bool:
        """Tell whether a fee lacks in the trade bill because its whole payment does."""
        if match.kind is not MovementKind.FEE or Side.BILLED in match.fen:
            return False
        return self._db.execute(MOVED, (match.reference,)).fetchone() is not None

    def _matches(self) -> Iterator[Match]:
        with closing(self._db.execute(GROUPS)) as rows:
            for (kind, reference), group in groupby(rows, key=lambda row: row[:2]):
                own = list(group)
                yield Match(
                    kind=MovementKind(kind),
                    reference=reference,
                    order=max(row[5] for row in own),
                    fen={Side(row[2]): row[3] for row in own},
                    counts={Side(row[2]): row[4] for row in own},
                )

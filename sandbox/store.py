"""Store in memory and SQLite: every change is written before the call is answered."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Generic, TypeVar

import msgspec

from sandbox.clock import ClockState
from sandbox.records import (
    BillEdit,
    BillFile,
    Code,
    Follower,
    Grant,
    Job,
    MediaCheck,
    Message,
    Order,
    Prepay,
    Refund,
    Settings,
    TemplateMessage,
    Token,
    TokenSlot,
    TradeState,
    User,
)

T = TypeVar("T")


class Table(Generic[T]):
    """Table of one kind of record: read from memory, written through to SQLite."""

    def __init__(self, db: sqlite3.Connection, kind: str, row_type: type[T]) -> None:
        self._db, self._kind, self._type = db, kind, row_type
        self.rows: dict[str, T] = {}

    def load(self) -> None:
        found = self._db.execute("SELECT key, body FROM rows WHERE kind = ?", (self._kind,))
        self.rows = {key: self._decoded(body) for key, body in found}

    def _decoded(self, body: bytes) -> T:
        """Decode a kept row. Fields that this version no longer has are left out."""
        kept = msgspec.json.decode(body)
        if isinstance(kept, dict) and issubclass(self._type, msgspec.Struct):
            known = {field.encode_name for field in msgspec.structs.fields(self._type)}
            kept = {name: value for name, value in kept.items() if name in known}
        return msgspec.convert(kept, self._type)

    def get(self, key: str) -> T | None:
        return self.rows.get(key)

    def save(self, key: str, row: T) -> T:
        self.rows[key] = row
        self._db.execute(
            "INSERT OR REPLACE INTO rows VALUES (?, ?, ?)",
            (self._kind, key, msgspec.json.encode(row)),
        )
        return row

    def remove(self, key: str) -> None:
        if self.rows.pop(key, None) is not None:
            self._db.execute("DELETE FROM rows WHERE kind = ? AND key = ?", (self._kind, key))


class Store:
    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(path, isolation_level=None)
        # WAL mode survives a killed process; a power cut may lose data, which is acceptable.
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = OFF")
        self._db.execute(
            "CREATE TABLE IF NOT EXISTS rows (kind TEXT, key TEXT, body BLOB,"
            " PRIMARY KEY (kind, key)) WITHOUT ROWID"
        )
        self.clock = Table(self._db, "clock", ClockState)
        self.settings = Table(self._db, "settings", Settings)
        self.users = Table(self._db, "user", User)
        self.codes = Table(self._db, "code", Code)
        self.tokens = Table(self._db, "token", Token)
        self.token_slots = Table(self._db, "token_slot", TokenSlot)
        self.grants = Table(self._db, "grant", Grant)
        self.messages = Table(self._db, "message", Message)
        self.followers = Table(self._db, "follower", Follower)
        self.template_messages = Table(self._db, "template_message", TemplateMessage)
        self.orders = Table(self._db, "order", Order)
        self.combined = Table(self._db, "combined", Order)  # a paid one has no money of its own
        self.prepays = Table(self._db, "prepay", Prepay)
        self.transactions = Table(self._db, "transaction", str)  # transaction_id → order key
        self.refunds = Table(self._db, "refund", Refund)
        self.early_payers = Table(self._db, "early_payer", str)  # openid → how to notify
        self.bill_edits = Table(self._db, "bill_edit", BillEdit)
        self.bill_files = Table(self._db, "bill_file", BillFile)
        self.media_checks = Table(self._db, "media_check", MediaCheck)
        self.jobs = Table(self._db, "job", Job)
        self._tables = [t for t in vars(self).values() if isinstance(t, Table)]
        self.load()

    def load(self) -> None:
        for table in self._tables:
            table.load()

    def clear(self) -> None:
        self._db.execute("DELETE FROM rows")
        self.load()

    @contextmanager
    def together(self) -> Iterator[None]:
        """Transaction: all writes inside or none, even when the process is killed."""
        self._db.execute("BEGIN")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            self.load()
            raise
        self._db.execute("COMMIT")

    def close(self) -> None:
        self._db.close()

    def order(self, key: str) -> Order | None:
        """Return an order, or a combined one: both have numbers of their merchant's."""
        return self.orders.get(key) or self.combined.get(key)

    def parts(self, order: Order) -> list[Order]:
        """Return the orders that a payment of this one pays: itself, or its parts."""
        return [self.orders.rows[key] for key in order.parts] or [order]

    def move(self, order: Order, state: TradeState) -> None:
        """Save the new state of an order; of a combined one, that of its parts, too."""
        for part in self.parts(order):
            part.state = state
            self.orders.save(part.key, part)
        if order.parts:
            order.state = state
            self.combined.save(order.key, order)

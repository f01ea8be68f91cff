"""State machine: one shape of table for every lifecycle, and the one compare-and-set by it.

A table is the specification and the code at once: what may be asked of a document in a state,
who may ask it, what act it leaves in the audit, and when it happens by itself. No other code
writes a kept state after the first (tests/architecture/test_states.py).
"""

from collections.abc import Callable, Sequence
from datetime import timedelta
from enum import StrEnum
from typing import Generic, TypeVar

from msgspec import Struct
from pymongo import ReturnDocument, UpdateOne
from pymongo.asynchronous.client_session import AsyncClientSession as Transaction
from pymongo.asynchronous.collection import AsyncCollection

from services.kernel.acts import Act
from services.kernel.bulk import insert_all
from services.kernel.documents import Document
from services.kernel.permissions import Permission

S = TypeVar("S", bound=StrEnum)
A = TypeVar("A", bound=StrEnum)
T = TypeVar("T")


class Transition(Struct, Generic[S, A], frozen=True):
    """Row of a table: what an action makes of a document in a state.

    `source`: None when the document does not exist yet.
    `target`: None when it is removed.
    `needs`: permission of who may ask; None for the worker, for WeChat's word, or with `own`.
    `own`: whoever it is about or made for may ask, without any office.
    `due`: the deadline that makes it happen by itself: a field of the document, or a span.
    `act`: what the audit says when a person asked; the worker's act where it leaves one.
    """

    source: S | None
    action: A
    target: S | None
    needs: Permission | None = None
    own: bool = False
    due: str | timedelta | None = None
    act: Act | None = None


class Table(Generic[S, A]):
    """Transitions of one kind of document, and the only way to write its state."""

    def __init__(
        self,
        first: S | None,
        *rows: Transition[S, A],
        field: str = "state",
        along: Callable[[S], Document] = lambda _: {},
    ) -> None:
        """Make a table. Raises ValueError when a pair of state and action has two rows.

        `first`: state in which a document is inserted; None when an action does that.
        `field`: the document's field that keeps the state.
        `along`: other fields that follow from the state and are written with it.
        """
        self.first = first
        self.rows = rows
        self.field = field
        self.along = along
        self._by_pair = {(row.source, row.action): row for row in rows}
        if len(self._by_pair) != len(rows):
            message = "two rows for one state and action"
            raise ValueError(message)

    def of(self, action: A) -> list[Transition[S, A]]:
        """Return the rows of an action."""
        return [row for row in self.rows if row.action is action]

    def sources(self, action: A) -> list[S]:
        """Return the states an action may find: the compare of compare-and-set."""
        return [row.source for row in self.of(action) if row.source is not None]

    def target(self, action: A) -> S:
        """Return the one state an action leads to. Raises ValueError unless it is one."""
        return self._one(action, "target", {row.target for row in self.of(action)})

    def act(self, action: A) -> Act:
        """Return what the audit calls an action. Raises ValueError when it leaves no act."""
        return self._one(action, "act", {row.act for row in self.of(action)})

    def needs(self, action: A) -> Permission:
        """Return who may ask for an action. Raises ValueError when no office may."""
        return self._one(action, "needs", {row.needs for row in self.of(action)})

    def find(self, state: S | None, action: A) -> Transition[S, A] | None:
        """Return the row of a state and an action; None when the table has none."""
        return self._by_pair.get((state, action))

    def require(self, state: S | None, action: A, error: Exception) -> Transition[S, A]:
        """Return the row of a state and an action. Raises `error` when the table has none."""
        row = self.find(state, action)
        if row is None:
            raise error
        return row

    def where(self, key: Document, action: A) -> Document:
        """Return the query for documents in a state that the action may find.

        A key that names the state narrows it to that one: for who decided by what they read.
        Raises ValueError when the action does not start from there.
        """
        if self.field in key:
            message = f"no {action} from {key[self.field]}"
            self.require(key[self.field], action, ValueError(message))
            return key
        sources: Sequence[S] = self.sources(action)
        return {**key, self.field: sources[0] if len(sources) == 1 else {"$in": sources}}

    async def move(
        self,
        collection: AsyncCollection[Document],
        key: Document,
        action: A,
        changes: Document,
        *,
        tx: Transaction | None = None,
    ) -> bool:
        """Compare and set the state of one document; False when somebody was first."""
        update = {"$set": self._set(key, action, changes)}
        done = await collection.update_one(self.where(key, action), update, session=tx)
        return done.matched_count == 1

    async def move_and_get(
        self,
        collection: AsyncCollection[Document],
        key: Document,
        action: A,
        changes: Document,
        *,
        tx: Transaction | None = None,
    ) -> Document | None:
        """Do what `move` does and return the document; None when somebody was first.

        In one command: read by a second one, it may have moved on.
        """
        return await collection.find_one_and_update(
            self.where(key, action),
            {"$set": self._set(key, action, changes)},
            return_document=ReturnDocument.AFTER,
            session=tx,
        )

    def update(self, key: Document, action: A, changes: Document) -> UpdateOne:
        """Return what `move` does, as one write of a bulk."""
        return UpdateOne(self.where(key, action), {"$set": self._set(key, action, changes)})

    async def move_many(
        self,
        collection: AsyncCollection[Document],
        key: Document,
        action: A,
        changes: Document,
        *,
        tx: Transaction | None = None,
        computed: bool = False,
    ) -> int:
        """Compare and set the state of many; return how many were in one it starts from.

        `computed`: the changes are expressions of MongoDB over each document's own fields.
        """
        update = {"$set": self._set(key, action, changes)}
        done = await collection.update_many(
            self.where(key, action), [update] if computed else update, session=tx
        )
        return done.matched_count

    async def rewrite_many(
        self,
        tx: Transaction,
        collection: AsyncCollection[Document],
        documents: Sequence[Document],
        action: A,
    ) -> bool:
        """Compare and set the state of many, or of none; False when one had moved on.

        `documents`: the whole documents as they will be, but for the state. They are removed
        and inserted: in a transaction MongoDB parses the collection's catalogue entry twice for
        each index of each document that is updated, so that an update takes twice as long as
        both. For thousands at once; their `_id` stays. A field that the writer does not know is
        lost: a process of before it must not run beside one that adds it.
        """
        ids = [document["_id"] for document in documents]
        there = await self.remove(collection, {"_id": {"$in": ids}}, action, tx=tx)
        if there != len(ids):
            return False
        moved = self._set({}, action, {})
        await insert_all(tx, collection, [document | moved for document in documents])
        return True

    async def remove(
        self,
        collection: AsyncCollection[Document],
        key: Document,
        action: A,
        *,
        tx: Transaction | None = None,
    ) -> int:
        """Remove documents in a state that the action may find; return how many."""
        done = await collection.delete_many(self.where(key, action), session=tx)
        return done.deleted_count

    def _set(self, key: Document, action: A, changes: Document) -> Document:
        """Return what to write: the state, what follows from it, and the caller's changes."""
        found = self.find(key[self.field], action) if self.field in key else None
        target = found.target if found and found.target else self.target(action)
        return {self.field: target, **self.along(target), **changes}

    def _one(self, action: A, what: str, found: set[T | None]) -> T:
        if len(found) == 1 and (only := found.pop()) is not None:
            return only
        message = f"{action} has no one {what}"
        raise ValueError(message)

"""What a head has to do today: each package registers its kinds of entries, as data.

One rule orders the list of all kinds: what is overdue first, then what ends today, then the
rest; within each of these the kind with the smaller `weight`, then the earlier end, then the
name of the kind where two weigh the same, then the key. services/today reads the kinds, and
knows none of them.
"""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from msgspec import Struct

from services.kernel.documents import Document
from services.kernel.permissions import Actor, Permission

# End of an entry that has none: it comes last of its kind.
NO_END: Final = datetime(9999, 1, 1, tzinfo=UTC)
# A count for supervisors goes no further: who has a thousand things to do has too many.
MOST_COUNTED: Final = 1_000


class Entry(Struct, frozen=True, kw_only=True):
    """One thing to do.

    `key`: what tells it from the others of its kind, e.g. notice and home; unique and constant.
    `place`: path of the place that it is about. `subject`: id of what it is about, by which the
    client opens it. `title`: what is to be done, in a few words. `due_at`: until when; None for
    no end. A day's end is the first instant of the next one: at midnight it is due still.
    `operations`: by which this one is done, where they are not those of its kind.
    """

    key: str
    place: str
    subject: str
    title: str
    due_at: datetime | None = None
    operations: tuple[str, ...] = ()

    @property
    def position(self) -> tuple[datetime, str]:
        """Position among the entries of its kind."""
        return self.due_at or NO_END, self.key


class Part(Struct, frozen=True, kw_only=True):
    """Part of the entries of one kind, in the order of their end and then of their key.

    `after`: end and key behind which it begins; None for the beginning. `until`: entries that
    end before this instant only; None for all. `limit`: most entries. `without`: keys that were
    put off.
    """

    after: tuple[datetime, str] | None = None
    until: datetime | None = None
    limit: int
    without: Sequence[str] = ()

    def of(self, entries: Iterable[Entry]) -> list[Entry]:
        """Return the part of some entries: for a kind of which somebody has few."""
        found = sorted(entries, key=lambda entry: entry.position)
        return [entry for entry in found if self._has(entry)][: self.limit]

    def _has(self, entry: Entry) -> bool:
        due, key = entry.position
        in_time = self.until is None or due < self.until
        behind = self.after is None or (due, key) > self.after
        return in_time and behind and key not in self.without

    def where(self, due: str, key: str = "_id") -> Document:
        """Return the condition for it, of rows with end and key in these fields.

        Each row has an end, NO_END for none: an index begins with what the list is asked for
        and goes on with these two.
        """
        asked: list[Document] = []
        if self.after is not None:
            at, last = self.after
            asked += [{due: {"$gte": at}}]  # on its own, for the index to begin there
            asked += [{"$or": [{due: {"$gt": at}}, {key: {"$gt": last}}]}]
        if self.until is not None:
            asked.append({due: {"$lt": self.until}})
        if self.without:
            asked.append({key: {"$nin": list(self.without)}})
        return {"$and": asked} if asked else {}


class TodayKind(Struct, frozen=True, kw_only=True):
    """Kind of entries of the list of what a head has to do.

    `name`: "package.what"; never changed. `label`: what people call it. `weight`: its position
    among the kinds. `needs`: permission without which nobody has any; its places are those of
    the entries; None where offices decide.
    `read`: (deps, actor, part) → entries, in one indexed query. `count`: (deps, actor, places)
    → how many there are at each of some places together with all under it, without what they
    are about, for supervisors; a count stops at MOST_COUNTED.
    `read` is given an actor with what they hold as a head or by living there, and nothing of
    what they hold as staff. `done`: (deps, actor, key) → the entry is done, where that needs
    nothing but saying so, and NotFound where it is not the actor's any more; None where it is
    done by the act it asks for, which takes it off the list.
    `operations`: operations of the API by which it is done, as the contract names them.
    """

    name: str
    label: str
    weight: int
    needs: Permission | None
    read: Callable[[Any, Actor, Part], Awaitable[Sequence[Entry]]]
    count: Callable[[Any, Actor, Sequence[str]], Awaitable[dict[str, int]]]
    done: Callable[[Any, Actor, str], Awaitable[None]] | None = None
    operations: tuple[str, ...] = ()

"""What a head has to do today: each package registers its kinds of entries, as data.

One rule orders the list of all kinds: what is overdue first, then what ends today, then the
rest; within each of these the kind with the smaller `weight`, then the earlier end, then the
key. services/today reads the kinds, and knows none of them.
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from msgspec import Struct

from services.kernel.permissions import Actor, Permission

# End of an entry that has none: it comes last of its kind.
NO_END: Final = datetime(9999, 1, 1, tzinfo=UTC)


class Entry(Struct, frozen=True, kw_only=True):
    """One thing to do.

    `key`: what tells it from the others of its kind, e.g. notice and home; unique and constant.
    `place`: path of the place that it is about. `subject`: id of what it is about, by which the
    client opens it. `title`: what is to be done, in a few words. `due_at`: until when; None for
    no end.
    """

    key: str
    place: str
    subject: str
    title: str
    due_at: datetime | None = None


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


class TodayKind(Struct, frozen=True, kw_only=True):
    """Kind of entries of the list of what a head has to do.

    `name`: "package.what"; never changed. `label`: what people call it. `weight`: its position
    among the kinds. `needs`: permission without which nobody has any; its places are those of
    the entries. `own`: whether an entry is of one person, and not of all who hold the place.
    `read`: (deps, actor, part) → entries, in one indexed query. `count`: (deps, actor, places)
    → how many there are at each of some places together with all under it, without what they
    are about, for supervisors; a count stops at 1,000.
    `done`: (deps, actor, key) → the entry is done, where that needs nothing but saying so; None
    where it is done by the act it asks for, which takes it off the list.
    `operations`: operations of the API by which it is done, as the contract names them.
    """

    name: str
    label: str
    weight: int
    needs: Permission
    own: bool = False
    read: Callable[[Any, Actor, Part], Awaitable[Sequence[Entry]]]
    count: Callable[[Any, Actor, Sequence[str]], Awaitable[dict[str, int]]]
    done: Callable[[Any, Actor, str], Awaitable[None]] | None = None
    operations: tuple[str, ...] = ()

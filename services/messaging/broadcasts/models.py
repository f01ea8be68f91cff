"""Broadcasts: one message to many, the homes it means, and how far it got."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from msgspec import Struct, field

from services.kernel.documents import Document
from services.kernel.labels import Labelled
from services.messaging.broadcasts.states import BroadcastState

FAN_OUT: Final = "messaging.broadcast"  # the job that carries a broadcast on
# After its end a broadcast is counted once more: longer than a lease of its job.
SETTLED_AFTER: Final = timedelta(minutes=2)
UNREAD: Final = "messaging.unread"  # the job that makes entries unread again
ANSWERED: Final = "messaging.answered"  # the job that notes an answer given before the message
ANSWERED_AFTER: Final = timedelta(seconds=30)  # it looks again, until all is written
AT_ONCE: Final = 1_000  # places that a source hands over at a time


class Urgency(Labelled):
    """Rule for the pushes of a broadcast in quiet hours, or within an hour of another push."""

    EMERGENCY = "emergency", "立即推送"  # goes through, and before what is ordinary
    ANSWER = (
        "answer",
        "答复推送",
    )  # to one's own question: waits for the morning, not for a turn
    WAITS = "waits", "稍后推送"
    DROPPED = "dropped", "只在站内"  # the inbox has it; no push later


class Quiet(Struct, frozen=True):
    """Hours in which nothing ordinary is pushed, Beijing time, e.g. 22 to 7.

    `from_hour`, `to_hour`: 0 to 23; the same for none.
    """

    from_hour: int = 22
    to_hour: int = 7


class Counts(Struct, kw_only=True):
    """Counts of a broadcast. Recounted from its messages and homes when it is done.

    `homes`: homes meant. `people`: people with an entry in their inbox. `sent`: WeChat took
    the push. `refused`: the person does not want it, or had no grant. `failed`: WeChat said no.
    `unknown`: no answer. `dropped`: not tried, by quiet hours or a push within the hour.
    """

    homes: int = 0
    people: int = 0
    sent: int = 0
    refused: int = 0
    failed: int = 0
    unknown: int = 0
    dropped: int = 0


class Broadcast(Struct, kw_only=True):
    """One message to everybody that its source names, in the inbox once and pushed once.

    `source`: name that a package registered (Feature.broadcasts). `key`: what the source knows
    it by. `title`, `body`: the text for all, kept here and not with each person; empty where
    each has one of their own. `values`: what the WeChat template speaks of, for all.
    `after`: how far the present state got. `version`: fence of the worker.
    `push_until`: no push after that instant, however long it waits.
    `next_push_at`: when pushing goes on; None while it does.
    `rewritten_at`: when its text was written anew; who read it before has not read that.
    `narrow`: only who was told may read what it tells of, so that told() finds these entries
    among all others.
    """

    id: str = field(name="_id")
    source: str
    key: str
    template: str
    title: str = ""
    body: str = ""
    page: str = ""
    values: dict[str, str] = {}
    urgency: Urgency = Urgency.WAITS
    quiet: Quiet = Quiet()
    push_until: datetime
    narrow: bool = False
    state: BroadcastState = BroadcastState.GATHERING
    after: str = ""
    held: int = 0  # pushes that wait for another hour, of the present pass
    left: int = 0  # of those that waited after the pass before, and were not come to again yet
    next_push_at: datetime | None = None
    counts: Counts = field(default_factory=Counts)
    version: int = 0
    created_at: datetime
    rewritten_at: datetime | None = None
    done_at: datetime | None = None

    @property
    def waiting(self) -> int:
        """Number of pushes that wait for another hour."""
        return self.held + self.left if self.state is BroadcastState.PUSHING else 0

    @property
    def has_one_text(self) -> bool:
        return bool(self.title)


class Because(Labelled):
    """Reason why nobody of a home was reached: how far what was told got."""

    NOBODY_BOUND = "nobody_bound", "无人绑定"
    INBOX_ONLY = "inbox_only", "只在站内,未查看"
    PUSHED_NOT_OPENED = "pushed_not_opened", "已推送,未查看"


class BroadcastHome(Struct, kw_only=True):
    """Home that a broadcast means. `people`: who is bound there, of those it means.

    `pushed_at`, `shown_at`, `answered_at`, `visited_at`: the first time, for any of them.
    `reached`: somebody opened or answered it, or was told at the door; kept for the index.
    """

    id: str = field(name="_id")  # broadcast and home
    broadcast: str
    home: str
    people: list[str]
    pushed_at: datetime | None = None
    shown_at: datetime | None = None
    answered_at: datetime | None = None
    visited_at: datetime | None = None
    reached: bool = False

    @property
    def because(self) -> Because:
        """Why it is not reached, if it is not."""
        if not self.people:
            return Because.NOBODY_BOUND
        return Because.PUSHED_NOT_OPENED if self.pushed_at else Because.INBOX_ONLY


class Answer(Struct, frozen=True):
    """Answer of somebody to what a broadcast asks.

    `message`: id of theirs. `home`: for which one; empty for all where they are told.
    """

    broadcast: str
    message: str
    home: str
    at: datetime


class LookUp(Struct, frozen=True, kw_only=True):
    """Homes not reached that the rows of another package's pipeline are given.

    `ranges`: conditions on `home`, of paths.under_each(). `first`: expression of the row for
    the path from which on; None for all. `without`: ids of homes that are left out. `apart`:
    paths of homes that are. `limit`: most homes of each row and range.
    """

    ranges: Sequence[Document]
    first: Any = None
    without: Sequence[str] = ()
    apart: Sequence[str] = ()
    limit: int


class Wish(Struct, frozen=True, kw_only=True):
    """Broadcast as a package asks for it; fields as in Broadcast."""

    source: str
    key: str
    template: str
    title: str = ""
    body: str = ""
    page: str = ""
    values: Mapping[str, str] = {}
    urgency: Urgency = Urgency.WAITS
    quiet: Quiet = Quiet()
    push_within: timedelta = timedelta(days=2)
    narrow: bool = False


class Recipients(Struct, frozen=True):
    """People who are meant at one place: a home and who belongs to it, or an office's place.

    `people`: ids of those with an account; none where nobody is bound to the home.
    """

    place: str
    people: tuple[str, ...]
    is_home: bool = True


class Part(Struct, frozen=True):
    """Part of the people of a broadcast, in the order of the places.

    `after`: where the next part begins; None when this one was the last.
    """

    recipients: list[Recipients]
    after: str | None


class Source(Struct, frozen=True, kw_only=True):
    """Where a broadcast finds its people. A package registers it (Feature.broadcasts).

    `part`: (deps, key, after, limit) → the next people, whatever happened since; "" begins.
    `write`: (deps, key, people) → person → values of their own text; None for one text for all.
    """

    part: Callable[[Any, str, str, int], Awaitable[Part]]
    write: (
        Callable[[Any, str, Sequence[str]], Awaitable[Mapping[str, dict[str, str]]]] | None
    ) = None


def broadcast_id(source: str, key: str) -> str:
    """Name a broadcast: the same source and key is the same broadcast, told once."""
    return f"{source}:{key}"


def home_id(broadcast: str, home: str) -> str:
    return f"{broadcast}@{home}"


class HomesReached(Struct, kw_only=True):
    """Homes of a broadcast at a place, each counted once.

    `meant`: Homes that it means.
    `pushed`: Homes with somebody whose push WeChat accepted.
    `shown`: Homes with somebody who opened it.
    `answered`: Homes that answered, by somebody of them or through a head.
    `visited`: Homes that were told at their door, or found a paper there.
    `reached`: Homes that were shown, answered or visited.
    `unreached`: Homes meant and not reached, whether WeChat accepted a push or not.
    `nobody`: Homes that nobody is bound to.
    """

    meant: int = 0
    pushed: int = 0
    shown: int = 0
    answered: int = 0
    visited: int = 0
    reached: int = 0
    unreached: int = 0
    nobody: int = 0


class PeopleReached(Struct, kw_only=True):
    """People of a broadcast at a place, each counted once there, however many homes they have.

    Who closed their account since is not counted any more.

    `meant`: People who have it in their inbox.
    `pushed`: People whose push WeChat accepted.
    `shown`: People who opened it.
    `answered`: People who answered it themselves.
    """

    meant: int = 0
    pushed: int = 0
    shown: int = 0
    answered: int = 0


class PlaceReached(Struct, kw_only=True):
    """Reach of a broadcast at one place.

    `place`: Path of the place.
    `homes`: Homes there.
    `people`: People there.
    """

    place: str
    homes: HomesReached
    people: PeopleReached

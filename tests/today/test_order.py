"""The written rule for any kinds: the order of the list, and pages while others come and go."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as some

from services.kernel.errors import InvalidInput
from services.kernel.permissions import Actor
from services.kernel.today import Entry, Part, TodayKind
from services.kernel.vault import Vault
from services.places import actions as places
from services.today import actions, positions, store
from services.today.models import MyTodayQuery
from services.today.positions import Order, Position
from tests.build.world import NOON

MIDNIGHT: Final = datetime(2026, 3, 2, 16, tzinfo=UTC)  # Beijing's
HOUR: Final = timedelta(hours=1)
MOMENT: Final = timedelta(milliseconds=1)
# Instants beside all at which the rule makes a difference, and no end.
ENDS: Final = (
    None,
    *(at + step * MOMENT for at in (NOON, MIDNIGHT) for step in (-1, 0, 1)),
    NOON - timedelta(days=3),
    MIDNIGHT + timedelta(days=3),
)
KINDS: Final = (("a.a", 30), ("b.b", 10), ("c.c", 30), ("d.d", 20), ("e.e", 30))
HEAD: Final = Actor("head", "")
Kept = frozenset[tuple[str, str, datetime | None]]  # kind, key, end
ENTRY: Final = some.tuples(
    some.sampled_from([name for name, _ in KINDS]),
    some.sampled_from("abc"),
    some.sampled_from(ENDS),
)
# An entry has one end: one that gets another is another one for whoever pages.
LISTS: Final = some.lists(
    ENTRY, unique_by=lambda entry: entry[:2], max_size=len(KINDS) * 3
).map(frozenset)


class Stub(SimpleNamespace):
    """Dependencies with kinds whose entries are in memory."""

    def __init__(self) -> None:
        self.kept: Kept = frozenset()
        self.instant = NOON
        kinds = tuple(self._kind(*each) for each in KINDS)
        super().__init__(
            db=None,
            vault=Vault({"k1": b"k" * 32}),
            features=SimpleNamespace(today=kinds),
            now=lambda: self.instant,
            today=lambda: "2026-03-02",
        )

    def _kind(self, name: str, weight: int) -> TodayKind:
        async def read(deps: Stub, _actor: Actor, part: Part) -> Sequence[Entry]:
            return part.of(
                Entry(key=key, place="cc", subject=key, title=name, due_at=due)
                for kind, key, due in deps.kept
                if kind == name
            )

        async def count(*_: object) -> dict[str, int]:
            return {}

        return TodayKind(
            name=name, label=name, weight=weight, needs=None, read=read, count=count
        )


@pytest.fixture(scope="module")
def stub() -> Any:
    async def nothing(*_: object) -> list[Any]:
        return []

    async def nowhere(*_: object) -> Mapping[str, str]:
        return {}

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store, "of_person", nothing)
        patch.setattr(places, "addresses", nowhere)
        yield Stub()


def rule(entry: tuple[str, str, datetime | None]) -> tuple[Any, ...]:
    """The written rule, as docs/explanation/today.md has it."""
    kind, key, due = entry
    if due is not None and due < NOON:
        band = "1 overdue"
    elif due is not None and due <= MIDNIGHT:
        band = "2 ends today"
    else:
        band = "3 later"
    return band, dict(KINDS)[kind], due is None, due or NOON, kind, key


async def pages(stub: Any, limit: int, kept: Sequence[Kept]) -> list[tuple[str, str]]:
    """Return all that is shown, while with each page time passes and the entries are others."""
    shown, cursor, number = list[tuple[str, str]](), None, 0
    while True:
        stub.kept, stub.instant = kept[min(number, len(kept) - 1)], NOON + number * HOUR
        page = await actions.listing(stub, HEAD, MyTodayQuery(limit=limit, cursor=cursor))
        shown += [(entry.kind, entry.subject) for entry in page.items]
        assert len(page.items) == limit or page.next_cursor is None
        number, cursor = number + 1, page.next_cursor
        if cursor is None:
            return shown


@given(kept=LISTS, limit=some.integers(1, 6))
async def test_the_list_of_all_kinds_is_in_the_order_of_the_written_rule(
    stub: Any, kept: Kept, limit: int
) -> None:
    expected = [(kind, key) for kind, key, _ in sorted(kept, key=rule)]
    assert await pages(stub, limit, [kept]) == expected


@given(
    always=LISTS, others=some.lists(LISTS, min_size=1, max_size=5), limit=some.integers(1, 6)
)
async def test_what_is_there_all_the_time_is_shown_once_while_others_come_and_go(
    stub: Any, always: Kept, others: list[Kept], limit: int
) -> None:
    fixed = {entry[:2] for entry in always}
    kept = [always | {each for each in other if each[:2] not in fixed} for other in others]
    shown = await pages(stub, limit, kept)
    assert [each for each in shown if each in fixed] == [
        (kind, key) for kind, key, _ in sorted(always, key=rule)
    ]


@pytest.mark.parametrize(
    "changes",
    [
        {"at": NOON + HOUR},  # of a time to come
        {"at": NOON - timedelta(days=2)},
        {"band": 3},
        {"band": -1},
        {"due": datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)},
        {"due": datetime(1, 1, 1, tzinfo=UTC)},
    ],
)
def test_a_cursor_that_nobody_was_given_is_refused(changes: dict[str, Any]) -> None:
    last = Position(1, 30, NOON, "a.a", "a")
    row = {"at": NOON, **last._asdict()}
    assert positions.read(positions.KEYSET.write(row), NOON) == (Order(NOON), last)
    with pytest.raises(InvalidInput):
        positions.read(positions.KEYSET.write(row | changes), NOON)

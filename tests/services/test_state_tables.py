"""The shape of every table of states: what it answers, writes and refuses to be."""

from collections.abc import AsyncIterator
from enum import StrEnum, auto
from typing import Final

import pytest
from pymongo.asynchronous.collection import AsyncCollection

from services.kernel.acts import Act
from services.kernel.documents import Document
from services.kernel.errors import Conflict
from services.kernel.permissions import Permission
from services.kernel.states import Table, Transition
from tests.build.world import World


class Door(StrEnum):
    OPEN = auto()
    SHUT = auto()
    LOCKED = auto()


class Turn(StrEnum):
    SHUT = auto()
    LOCK = auto()
    FREE = auto()
    TAKE_OUT = auto()


OFFICE: Final = Permission.OPERATE
TABLE: Final = Table(
    Door.OPEN,
    Transition(Door.OPEN, Turn.SHUT, Door.SHUT),
    Transition(Door.OPEN, Turn.LOCK, Door.LOCKED, OFFICE, act=Act.PLACE_ADDED),
    Transition(Door.SHUT, Turn.LOCK, Door.LOCKED, OFFICE, act=Act.PLACE_ADDED),
    Transition(Door.LOCKED, Turn.FREE, Door.SHUT),
    Transition(Door.SHUT, Turn.FREE, Door.OPEN),
    Transition(Door.SHUT, Turn.TAKE_OUT, None),
    along=lambda state: {"barred": state is Door.LOCKED},
)


def test_a_table_answers_what_its_rows_say() -> None:
    assert TABLE.sources(Turn.LOCK) == [Door.OPEN, Door.SHUT]
    assert TABLE.target(Turn.LOCK) is Door.LOCKED
    assert TABLE.needs(Turn.LOCK) is OFFICE
    assert TABLE.act(Turn.LOCK) is Act.PLACE_ADDED


@pytest.mark.parametrize("action", [Turn.FREE, Turn.TAKE_OUT])
def test_what_is_not_one_thing_is_not_answered(action: Turn) -> None:
    """One leads to two states, the other to none; nobody may ask, and no act is left."""
    for question in (TABLE.target, TABLE.needs, TABLE.act):
        with pytest.raises(ValueError, match=f"{action} has no one"):
            question(action)


def test_two_rows_for_a_state_and_an_action_are_refused() -> None:
    row = Transition(Door.OPEN, Turn.SHUT, Door.SHUT)
    with pytest.raises(ValueError, match="two rows"):
        Table(Door.OPEN, row, Transition(Door.OPEN, Turn.SHUT, Door.LOCKED))


def test_what_the_table_has_not_is_the_callers_error() -> None:
    assert TABLE.require(Door.SHUT, Turn.LOCK, Conflict("")).target is Door.LOCKED
    with pytest.raises(Conflict):
        TABLE.require(Door.LOCKED, Turn.LOCK, Conflict(""))


def test_a_key_may_name_a_state_of_the_table_only() -> None:
    assert TABLE.where({"_id": 1}, Turn.SHUT) == {"_id": 1, "state": Door.OPEN}
    assert TABLE.where({"_id": 1, "state": Door.SHUT}, Turn.LOCK)["state"] is Door.SHUT
    with pytest.raises(ValueError, match="no lock from locked"):
        TABLE.where({"_id": 1, "state": Door.LOCKED}, Turn.LOCK)


@pytest.fixture
async def doors(world: World) -> AsyncIterator[AsyncCollection[Document]]:
    """One door in each state, of a kind that the product does not know."""
    doors = world.db.doors
    await doors.insert_many([{"_id": n, "state": state} for n, state in enumerate(Door)])
    yield doors
    await doors.drop()


async def all_of(doors: AsyncCollection[Document]) -> list[Document]:
    return await doors.find().hint("_id_").sort("_id").to_list()


async def test_a_document_moves_once_and_what_follows_is_written_with_it(
    doors: AsyncCollection[Document],
) -> None:
    assert await TABLE.move(doors, {"_id": 0}, Turn.LOCK, {"by": "li"})
    assert not await TABLE.move(doors, {"_id": 0}, Turn.LOCK, {"by": "wang"})
    assert await TABLE.move_and_get(doors, {"_id": 0}, Turn.LOCK, {}) is None
    assert await all_of(doors) == [
        {"_id": 0, "state": "locked", "barred": True, "by": "li"},
        {"_id": 1, "state": "shut"},
        {"_id": 2, "state": "locked"},
    ]


async def test_from_the_state_that_was_found_it_leads_where_that_one_leads(
    doors: AsyncCollection[Document],
) -> None:
    found = {"_id": 1, "state": Door.SHUT}
    assert await TABLE.move_many(doors, found, Turn.FREE, {}) == 1
    assert await TABLE.move_many(doors, found, Turn.FREE, {}) == 0
    assert await TABLE.remove(doors, {"_id": 2}, Turn.TAKE_OUT) == 0
    assert [door["state"] for door in await all_of(doors)] == ["open", "open", "locked"]


async def test_many_are_written_anew_in_their_new_state_or_none(
    world: World, doors: AsyncCollection[Document]
) -> None:
    own = world.deps.db.doors
    await doors.insert_one({"_id": 3, "state": Door.OPEN, "by": "li", "note": "old"})
    first, second = {"_id": 0, "by": "wang"}, {"_id": 3, "by": "li"}
    shut = {"_id": 1, "by": "wang"}

    async def lock(*asked: Document) -> bool:
        return await world.deps.in_transaction(
            lambda tx: TABLE.rewrite_many(tx, own, asked, Turn.LOCK)
        )

    assert await lock(first, second)
    assert await all_of(doors) == [
        {"_id": 0, "by": "wang", "state": "locked", "barred": True},
        {"_id": 1, "state": "shut"},
        {"_id": 2, "state": "locked"},
        {"_id": 3, "by": "li", "state": "locked", "barred": True},
    ]
    assert not await lock(first)  # it is locked by now
    assert not await lock({"_id": 9})
    assert not await TABLE.move(doors, {"_id": 0}, Turn.LOCK, {})
    assert await lock(shut)

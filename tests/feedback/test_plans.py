"""Plans of boards and of what waits: an index reads what is asked for, and little beside."""

from typing import Any, Final

import pytest

from mongo_indexes.feedback import COLLECTION
from server.dependencies import open_mongo
from server.settings import Settings
from services.cases.models import NO_DEADLINE, CameBy
from services.feedback import rungs, store
from services.feedback.boards import keys
from services.feedback.boards.models import FeedbackQuery, FeedbackScope, FeedbackSort, Sight
from services.feedback.models import Feedback, FeedbackKind, Rung
from services.feedback.states import FeedbackState
from services.kernel.documents import to_document
from services.kernel.paths import ancestors
from services.kernel.permissions import Role
from services.kernel.today import Part
from tests.build.query_recorder import FindRecorder
from tests.build.world import World
from tests.lists.walk import explained, is_sorted_in_memory

STREET: Final = "cc.chaoyang.guilin"
COMPOUND: Final = f"{STREET}.xincheng.c01"
BUILDINGS: Final = [f"{COMPOUND}.b{number}" for number in range(10, 50)]
UNIT: Final = f"{BUILDINGS[7]}.u1"
WORD: Final = "楼道"
ROLES: Final = (Role.UNIT_HEAD, Role.GRID_HEAD, Role.SUBDISTRICT_STAFF)
# Of 400 cases: ten of each building, and of each ten one that is told apart.
EACH: Final = 10
MOST: Final = 2 * EACH
S: Final = FeedbackState


def case(world: World, building: str, number: int) -> Feedback:
    place, rare = f"{building}.u1", number == 0
    return Feedback(
        id=f"{building}/{number}",
        number=f"26-{number:04d}",
        place=place,
        kind=FeedbackKind.SUGGESTION,
        state=S.NEEDS_INFO if rare and building == BUILDINGS[3] else S.WAITING,
        holder="me" if rare and building == BUILDINGS[4] else "",
        person=None,
        filed_by="somebody",
        way=CameBy.APP,
        created_at=world.clock.now,
        steps=1,
        rung=Rung.GRID_HEAD if rare and building == BUILDINGS[5] else Rung.UNIT_HEAD,
        sort_due=NO_DEADLINE,
        overdue=rare and building == BUILDINGS[6],
        under=ancestors(place),
        desks=rungs.desks([Role.UNIT_HEAD], place),
        seen_at=rungs.desks(ROLES, place),
        words=keys.fingerprints(world.deps, [WORD]),
    )


@pytest.fixture
async def said(world: World) -> World:
    rows = [case(world, each, number) for each in BUILDINGS for number in range(EACH)]
    over = [case(world, BUILDINGS[0], EACH + number) for number in range(EACH)]
    for each in over:
        each.state, each.holder = S.CONFIRMED, "me"
    await world.db[COLLECTION].insert_many(map(to_document, [*rows, *over]))
    return world


def sight(world: World, role: Role, *places: str) -> Sight:
    return Sight(
        person="me",
        desks=tuple(f"{role}:{place}" for place in places),
        words=tuple(keys.fingerprints(world.deps, [WORD])),
    )


async def require_few(
    world: World, seen: Sight, rows: int, *, may_sort: bool = False, **asked: Any
) -> None:
    """Fail for a board that reads much more than it shows, or sorts what it reads."""
    for order in FeedbackSort:
        with explained() as plans:
            query = FeedbackQuery(sort=order, limit=100, **asked)
            page = await store.board(world.db, seen, query)
        assert len(page.items) == rows
        [(_, plan)] = plans
        done = plan["executionStats"]
        assert max(done["totalKeysExamined"], done["totalDocsExamined"]) <= MOST, (asked, order)
        assert may_sort or not is_sorted_in_memory(plan)


async def test_what_is_rare_is_read_by_itself(said: World) -> None:
    street = sight(said, Role.SUBDISTRICT_STAFF, STREET)
    for state in (S.NEEDS_INFO, S.CONFIRMED):
        rows = EACH if state is S.CONFIRMED else 1
        await require_few(said, street, rows, state=state)
    await require_few(said, street, 1, overdue=True)
    await require_few(said, street, 1, rung=Rung.GRID_HEAD)
    await require_few(said, street, 1, scope=FeedbackScope.MINE)
    await require_few(said, street, EACH, scope=FeedbackScope.MINE, state=S.CONFIRMED)
    head = sight(said, Role.UNIT_HEAD, UNIT)
    await require_few(said, head, EACH, scope=FeedbackScope.DESK, state=S.WAITING)


async def test_a_small_place_is_read_by_itself(said: World) -> None:
    street = sight(said, Role.SUBDISTRICT_STAFF, STREET)
    await require_few(said, street, EACH, place=UNIT)
    await require_few(said, street, EACH, place=BUILDINGS[0], state=S.CONFIRMED)
    await require_few(said, street, 0, place=UNIT, scope=FeedbackScope.DESK)


async def test_a_head_searches_their_own_place(said: World) -> None:
    """A word that is said everywhere is looked for where they see what is said."""
    for seen in (
        sight(said, Role.UNIT_HEAD, UNIT),
        sight(said, Role.GRID_HEAD, *BUILDINGS[7:8]),
    ):
        await require_few(said, seen, EACH, may_sort=True, q=WORD)
    street = sight(said, Role.SUBDISTRICT_STAFF, STREET)
    await require_few(said, street, EACH, may_sort=True, q=WORD, place=UNIT)


async def test_no_board_of_a_grid_is_sorted_in_memory(said: World) -> None:
    """A grid has dozens of buildings, each of them an office of its head."""
    grid = sight(said, Role.GRID_HEAD, *BUILDINGS)
    asked: tuple[dict[str, Any], ...] = (
        {},
        {"scope": FeedbackScope.DESK},
        {"state": S.WAITING},
        {"place": UNIT},
        {"overdue": True},
        {"q": WORD},
    )
    with explained() as plans:
        for each in asked:
            for order in FeedbackSort:
                await store.board(said.db, grid, FeedbackQuery(sort=order, limit=3, **each))
    assert len(plans) == len(asked) * len(FeedbackSort)
    assert not [asked for asked, plan in plans if is_sorted_in_memory(plan)]


async def test_what_waits_for_a_head_is_read_by_itself(
    said: World, base_settings: Settings
) -> None:
    """By fewer states than its index is of, the database would read all that lies anywhere."""
    recorder, seen = FindRecorder(), sight(said, Role.UNIT_HEAD, UNIT)
    async with open_mongo(base_settings, event_listeners=[recorder]) as mongo:
        db = mongo[base_settings.mongodb_database]
        assert len(await store.waiting(db, seen, Part(limit=50))) == EACH
        assert await store.next_holder(db, "") == "me"
        assert len(await store.of_holder(db, "me", "", limit=50)) == 1
    for asked in recorder.asked:
        command = {name: asked[name] for name in ("find", "filter", "sort", "limit", "hint")}
        done = (await said.db.command("explain", command))["executionStats"]
        assert max(done["totalKeysExamined"], done["totalDocsExamined"]) <= MOST, command

"""Lists of repairs that are measured: boards, searches, and those of a repairer and a resident.

Each is read by the action of its address: rights, query, addresses, labels, texts opened.
"""

from typing import Any, Final

from bench.pairs import Case
from bench.tickets import GROUP, NUMBER, RARE, RARELY_BOTH, SELDOM, Tickets
from mongo_indexes.repairs import COLLECTION
from services.kernel.pages import ListQuery
from services.kernel.permissions import Actor, Grant, Role
from services.repairs import actions as repairs
from services.repairs.boards import actions as boards
from services.repairs.boards.models import RepairSort, RepairsQuery, TodayQuery
from services.repairs.classes import Danger
from services.repairs.models import Part, SimilarQuery
from services.repairs.states import RepairState


def board(name: str, role: Role, depth: int, places: int = 1, **asked: Any) -> Case[Tickets]:
    """Return the board of whoever holds a role at places, from the city (1) to units (7)."""

    async def read(city: Tickets) -> list[Any]:
        held = dict.fromkeys(".".join(unit.split(".")[:depth]) for unit in city.units)
        grants = tuple(Grant(role, place) for place in list(held)[:places])
        actor = Actor("somebody else", "session", grants)
        return (await boards.listing(city.deps, actor, RepairsQuery(**asked))).items

    return Case(name, read, COLLECTION)


async def today(city: Tickets) -> list[Any]:
    compound = city.units[0].rsplit(".", 2)[0]
    actor = Actor(city.repairer(city.units[0], 0), "session", (Grant(Role.REPAIRER, compound),))
    return (await boards.today(city.deps, actor, TodayQuery())).items


async def held(city: Tickets) -> list[Any]:
    compound = city.units[0].rsplit(".", 2)[0]
    actor = Actor(city.repairer(city.units[0], 0), "session", (Grant(Role.REPAIRER, compound),))
    return (await boards.listing(city.deps, actor, RepairsQuery(held_by_me=True))).items


async def mine(city: Tickets) -> list[Any]:
    return (await repairs.mine(city.deps, Actor("resident", "session"), ListQuery())).items


async def similar(city: Tickets) -> list[Any]:
    home = f"{city.units[0]}.101"
    actor = Actor("resident", "session", (Grant(Role.OWNER, home),))
    query = SimilarQuery(place=city.units[0], category=city.categories[Part.COMMON][0])
    return (await repairs.similar(city.deps, actor, query)).items


STAFF, CITYWIDE = Role.COMMUNITY_STAFF, Role.ADMINISTRATOR
LEVELS: Final = (
    ("unit", STAFF, 7),
    ("compound", STAFF, 5),
    ("community", STAFF, 4),
    ("city", CITYWIDE, 1),
)
BY_DEADLINE, NEWEST, OLDEST = RepairSort.DEADLINE, RepairSort.NEWEST, RepairSort.OLDEST
FILTERS: Final[tuple[tuple[str, dict[str, Any]], ...]] = (
    ("overdue", {"overdue": True, "limit": 40}),
    ("not overdue", {"overdue": False}),
    ("danger", {"danger": Danger.DANGER, "limit": 40}),
    ("a rare category", {"category": SELDOM, "limit": 5}),
    ("a group of categories", {"category": GROUP, "limit": 40}),
    ("to be accepted", {"state": RepairState.REPORTED}),
    ("closed", {"state": RepairState.CLOSED, "sort": NEWEST}),
)
# As many rows of each as the small city has, too: what is shown costs more than what is found.
SEARCHES: Final[tuple[tuple[str, dict[str, Any]], ...]] = (
    ("a common word", {"q": RARELY_BOTH[0]}),
    ("a rare word", {"q": RARE, "limit": 20}),
    ("a number", {"q": NUMBER, "limit": 2}),
)
LISTS: Final = (
    *(
        board(f"board, {level}, {sort.value}", role, depth, sort=sort)
        for level, role, depth in LEVELS
        for sort in (BY_DEADLINE, NEWEST)
    ),
    board("board, city, oldest", CITYWIDE, 1, sort=OLDEST),
    board("board of a unit's head", Role.UNIT_HEAD, 7, limit=20),
    board("board of a grid's head, 4 buildings", Role.GRID_HEAD, 6, places=4),
    board("what all share, city", Role.CITY_STAFF, 1),
    *(board(f"board, city, {name}", CITYWIDE, 1, **asked) for name, asked in FILTERS),
    *(
        board(f"search, {level}, {name}, {sort.value}", role, depth, sort=sort, **asked)
        for level, role, depth in LEVELS
        for name, asked in SEARCHES
        for sort in (BY_DEADLINE, NEWEST)
    ),
    board("search, city, a part of a word", CITYWIDE, 1, q="锁"),
    board("search, city, two common words", CITYWIDE, 1, q=" ".join(RARELY_BOTH), limit=20),
    board("search of a unit's head", Role.UNIT_HEAD, 7, q=RARELY_BOTH[0], limit=20),
    Case("today, of a repairer", today, COLLECTION),
    Case("board, held by me", held, COLLECTION),
    Case("mine, of a resident", mine, COLLECTION),
    Case("similar ones", similar, COLLECTION),
)
# Each in many texts, and in none together: nothing but reading all with one of them tells.
NEVER_BOTH: Final = board("never together", CITYWIDE, 1, q="漏水 扶手")

"""Lists of feedback that are measured: boards, searches, and those of who said something.

Each is read by the action of its address: rights, query, addresses, labels, texts opened.
"""

from collections.abc import Sequence
from typing import Any, Final

from bench.feedback.said import COMMON, NUMBER, RARE, Said
from bench.pairs import Case
from mongo_indexes import case_parties, feedback_words
from mongo_indexes.feedback import COLLECTION
from services.feedback import actions as feedback
from services.feedback.boards import actions as boards
from services.feedback.boards import today
from services.feedback.boards.models import FeedbackQuery, FeedbackScope, FeedbackSort
from services.feedback.models import FeedbackKind, Rung, SimilarFeedbackQuery
from services.feedback.rising import actions as rising
from services.feedback.rising.models import RisingWordsQuery
from services.feedback.states import FeedbackState
from services.kernel.pages import ListQuery
from services.kernel.permissions import Actor, Grant, Role
from services.kernel.today import Part

BUILDINGS: Final = 4  # of a grid
OFFICES: Final = (
    ("a unit's head", Role.UNIT_HEAD, 7, 1),
    ("a building's head", Role.BUILDING_HEAD, 6, 1),
    ("a grid's head", Role.GRID_HEAD, 6, BUILDINGS),
    ("the firm", Role.FIRM_MANAGER, 5, 1),
    ("the community", Role.COMMUNITY_STAFF, 4, 1),
    ("the subdistrict", Role.SUBDISTRICT_STAFF, 3, 1),
)
ALL, DESK = FeedbackScope.ALL, FeedbackScope.DESK
BY_DEADLINE, NEWEST = FeedbackSort.DEADLINE, FeedbackSort.NEWEST


def actor(said: Said, role: Role, depth: int, places: int) -> Actor:
    """Return who holds an office at places, from the subdistrict (3) to units (7)."""
    held = dict.fromkeys(".".join(unit.split(".")[:depth]) for unit in said.nearest)
    grants = tuple(Grant(role, place) for place in list(held)[:places])
    return Actor(f"holder {role}:{grants[0].place}", "session", grants)


def board(
    name: str, role: Role, depth: int, places: int = 1, *, below: int = 0, **asked: Any
) -> Case[Said]:
    """Return a board of an office. `below`: segments of the place that it asks for."""

    async def read(said: Said) -> list[Any]:
        who = actor(said, role, depth, places)
        if below:
            asked["place"] = ".".join(said.nearest[0].split(".")[:below])
        return (await boards.listing(said.deps, who, FeedbackQuery(**asked))).items

    return Case(name, read, COLLECTION)


def waits(name: str, role: Role, depth: int, places: int) -> Case[Said]:
    """Return what lies with an office and is on its list of today."""

    async def read(said: Said) -> Sequence[Any]:
        return await today.read(said.deps, actor(said, role, depth, places), Part(limit=5))

    return Case(f"{name}, on the list of today", read, COLLECTION)


def under(level: str, depth: int) -> Case[Said]:
    """Return how much is in hand at a place, as supervisors see it."""

    async def read(said: Said) -> list[Any]:
        place = ".".join(said.nearest[0].split(".")[:depth])
        return [*(await today.count(said.deps, Actor("supervisor", ""), [place]))]

    return Case(f"how much is in hand, {level}", read, COLLECTION)


async def mine(said: Said) -> list[Any]:
    return (await feedback.mine(said.deps, Actor("resident", "session"), ListQuery())).items


async def similar(said: Said) -> list[Any]:
    query = SimilarFeedbackQuery(place=f"{said.units[0]}.101", kind=FeedbackKind.COMPLAINT)
    return (await feedback.similar(said.deps, Actor("resident", "session"), query)).items


async def words(said: Said) -> list[Any]:
    who = actor(said, Role.COMMUNITY_STAFF, 4, 1)
    place = who.grants[0].place
    return (await rising.of_place(said.deps, who, place, RisingWordsQuery())).items


TOP: Final = (Role.SUBDISTRICT_STAFF, 3)
FIRM: Final = (Role.FIRM_MANAGER, 5)
# What the small city has as many rows of, too: what is shown costs more than what is found.
FILTERS: Final[tuple[tuple[str, dict[str, Any]], ...]] = (
    ("overdue", {"overdue": True, "limit": 5}),
    ("not overdue", {"overdue": False}),
    ("praise", {"kind": FeedbackKind.PRAISE, "limit": 20}),
    ("lies with a unit's head", {"rung": Rung.UNIT_HEAD}),
    ("lies at the top", {"rung": Rung.SUBDISTRICT_STAFF, "limit": 20}),
    *((state.value, {"state": state, "limit": 40}) for state in FeedbackState),
    ("a community", {"below": 4}),
    ("a building", {"below": 6, "limit": 40}),
    ("a unit", {"below": 7, "limit": 40}),
    ("confirmed, a unit", {"below": 7, "state": FeedbackState.CONFIRMED, "limit": 40}),
    ("at the desk, a unit", {"below": 7, "scope": DESK, "limit": 1}),
)
SEARCHES: Final[tuple[tuple[str, dict[str, Any]], ...]] = (
    ("a common word", {"q": COMMON}),
    ("a rare word", {"q": RARE, "limit": 2}),
    ("a number", {"q": NUMBER, "limit": 1}),
)
ORDERS: Final = (BY_DEADLINE, NEWEST)
LISTS: Final = (
    *(waits(*office) for office in OFFICES),
    *(under(*level) for level in (("unit", 7), ("community", 4), ("subdistrict", 3))),
    *(
        board(
            f"{name}, {scope.value}, {sort.value}",
            role,
            depth,
            places,
            scope=scope,
            sort=sort,
            limit=5,
        )
        for name, role, depth, places in OFFICES
        for scope in FeedbackScope
        for sort in FeedbackSort
    ),
    *(
        board(f"the subdistrict, {name}, {sort.value}", *TOP, sort=sort, **asked)
        for name, asked in FILTERS
        for sort in ORDERS
    ),
    *(
        board(f"the firm, {name}, {sort.value}", *FIRM, sort=sort, limit=2, **asked)
        for name, asked in (
            ("a unit", {"below": 7}),
            ("answered, a unit", {"below": 7, "state": FeedbackState.ANSWERED}),
        )
        for sort in ORDERS
    ),
    *(
        board(
            f"{name}, mine and confirmed, {sort.value}",
            role,
            depth,
            places,
            scope=FeedbackScope.MINE,
            state=FeedbackState.CONFIRMED,
            sort=sort,
            limit=5,
        )
        for name, role, depth, places in OFFICES
        for sort in ORDERS
    ),
    *(
        board(f"{name}, search, {word}, {sort.value}", role, depth, places, sort=sort, **asked)
        for name, role, depth, places in OFFICES
        for word, asked in SEARCHES
        for sort in ORDERS
    ),
    *(
        board(f"the subdistrict, search, {name}, {sort.value}", *TOP, sort=sort, **asked)
        for name, asked in (
            ("a common word in a unit", {"q": COMMON, "below": 7}),
            ("a common word, confirmed", {"q": COMMON, "state": FeedbackState.CONFIRMED}),
            ("two words", {"q": f"{COMMON} 绿化", "limit": 20}),
        )
        for sort in ORDERS
    ),
    Case("mine, of a resident", mine, case_parties.COLLECTION, more=1),
    Case("similar ones, of a resident", similar, COLLECTION),
    Case("words on the rise, a community", words, feedback_words.COLLECTION),
)

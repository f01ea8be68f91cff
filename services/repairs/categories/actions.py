"""Actions on categories of repairs: one tree for each city, read by everybody who reports.

A city that changed nothing has the catalogue of the product; changes.py says what its first
change does.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Final

from services.dependencies import Dependencies
from services.kernel.days import Day
from services.kernel.pages import Key, Keyset, Page, chosen
from services.kernel.paths import ancestors
from services.kernel.permissions import Actor, Permission
from services.places import actions as places
from services.places.models import Kind
from services.repairs.categories import catalogue, store, views
from services.repairs.categories.models import (
    CategoriesQuery,
    Category,
    CategoryTree,
    CategoryView,
    Skill,
)
from services.repairs.categories.refusals import (
    BadCategory,
    CategoryEnded,
    CategoryUnknown,
)
from services.repairs.categories.trees import Tree, holds_on

ORDER: Final = Keyset(Key("code"))


async def tree(deps: Dependencies, place: str) -> list[CategoryView]:
    """Return what can be chosen today in the city of a place, groups before what is in them."""
    found = await _tree(deps, place)
    return [views.view(found, category) for category in found.chosen_from(deps.today())]


async def show(deps: Dependencies, place: str) -> CategoryTree:
    """Return the tree of the city of a place. Raises NotFound for no city."""
    await places.get(deps, ancestors(place)[0])
    return CategoryTree(items=await tree(deps, place))


async def choose(deps: Dependencies, place: str, code: str, *, today: Day) -> Category:
    """Return the category that a new ticket at a place names.

    Raises CategoryUnknown for none, one still to come or a group; CategoryEnded for one that
    is over, or whose group is.
    """
    found = await _tree(deps, place)
    line = found.line(code)
    if not line or any(category.from_day > today for category in line):
        raise CategoryUnknown("没有这个报修类别", category=code)
    if not found.stands(code, today):
        raise CategoryEnded("这个报修类别已停用,请换一个", category=code)
    if found.is_group(code):
        raise CategoryUnknown("请再选具体一点", category=code)
    return line[-1]


async def line(deps: Dependencies, place: str, code: str) -> list[str]:
    """Return the codes of a category and of the groups it lies in, the top first."""
    return [category.code for category in (await _tree(deps, place)).line(code)]


async def inside(deps: Dependencies, where: Iterable[str], code: str) -> list[str]:
    """Return a code and those of all that lies in it in the cities of some places.

    Ended ones too: old tickets keep them. A code that no city has is alone. One query.
    """
    trees = await _trees(deps, {ancestors(place)[0] for place in where})
    return sorted({code} | {each for tree in trees.values() for each in tree.inside(code)})


async def labels(
    deps: Dependencies, places_and_codes: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], str]:
    """Return (place, code) → label, for ended ones too; an unknown code is its own label."""
    wanted = set(places_and_codes)
    trees = await _trees(deps, {ancestors(place)[0] for place, _ in wanted})
    found: dict[tuple[str, str], str] = {}
    for place, code in wanted:
        category = trees[ancestors(place)[0]].by_code.get(code)
        found[place, code] = category.label if category else code
    return found


async def skill(deps: Dependencies, place: str, code: str) -> Skill:
    """Return the trade of who can repair what a category names, ended ones too."""
    category = (await _tree(deps, place)).by_code.get(code)
    return category.skill if category else Skill.OTHER


async def _tree(deps: Dependencies, place: str) -> Tree:
    city = ancestors(place)[0]
    return (await _trees(deps, [city]))[city]


async def _trees(deps: Dependencies, cities: Collection[str]) -> dict[str, Tree]:
    """Return city → its tree, the catalogue where it changed nothing. One query."""
    rows: dict[str, list[Category]] = defaultdict(list)
    for category in await store.of_cities(deps.db, cities):
        rows[category.place].append(category)
    now = deps.now()
    return {city: Tree(rows[city] or catalogue.of_city(city, now)) for city in cities}


async def listing(
    deps: Dependencies, actor: Actor, place: str, query: CategoriesQuery
) -> Page[CategoryView]:
    """Return categories of the city of a place, also those over or still to come, by code."""
    await places.access_place(deps, actor, place, Permission.MANAGE_REPAIR_RULES)
    found, behind = await _tree(deps, place), ORDER.read(query.cursor)
    wanted = chosen(query, "parent", "scope", "danger", "skill", "emergency_fund")
    meant = [
        category
        for code, category in sorted(found.by_code.items())
        if (behind is None or code > behind[0])
        and all(getattr(category, name) == value for name, value in wanted.items())
        and (query.on_day is None or holds_on(category, query.on_day))
    ]
    page = ORDER.cut([{"code": one.code} for one in meant[: query.limit + 1]], query.limit)
    return page.map(lambda row: views.view(found, found.by_code[row["code"]]))


async def access_city(deps: Dependencies, actor: Actor, place: str) -> None:
    """Raise NotFound unless the actor keeps the rules of a city, BadCategory for no city."""
    found = await places.access_place(deps, actor, place, Permission.MANAGE_REPAIR_RULES)
    if found.kind is not Kind.CITY:
        raise BadCategory("报修类别由全市统一设置")

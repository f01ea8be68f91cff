"""Rows about what repairs rest on: categories, terms and prices."""

from typing import Any, Final

import pytest

from mongo_indexes import repair_categories, repair_prices, repair_terms
from services.kernel.permissions import Permission
from services.repairs.categories.catalogue import id_of
from services.repairs.categories.models import Category, Scope, Skill
from services.repairs.classes import Danger
from services.repairs.prices.models import Price, PriceKind
from services.repairs.terms.models import TermsVersion
from services.working_time.models import Pace, Span
from tests.matrix.posts import CITY, COMPOUND, COMPOUNDS, OTHER_CITY, UNIT
from tests.matrix.row import Row
from tests.matrix.rules import at, everyone
from tests.matrix.town import Furniture, Scene
from tests.matrix.walk import IN_TOWN, Walked

pytestmark = IN_TOWN

THE_SAME: Final = "the categories of the city are everybody's, and name no place"


def letters(scene: Scene) -> str:
    """A code that nobody has: codes have no figures."""
    return "".join(chr(ord("a") + int(figure)) for figure in f"{scene.number:06d}")


async def category(scene: Scene) -> dict[str, str]:
    code = letters(scene)
    made = Category(
        id=id_of(scene.place, code),
        place=scene.place,
        code=code,
        label="水管漏水",
        scope=Scope.BOTH,
        danger=Danger.URGENT,
        skill=Skill.PLUMBING,
        from_day="2020-01-01",
        changed_at=scene.town.world.deps.now(),
    )
    await scene.town.insert(repair_categories.COLLECTION, made)
    return {"place": scene.place, "code": code}


def new_category(scene: Scene, _: Any) -> dict[str, Any]:
    wish = {"label": "水管漏水", "scope": "both", "danger": "urgent", "skill": "plumbing"}
    return {"code": letters(scene), "from_day": "2026-12-01", **wish}


async def terms(scene: Scene) -> str:
    number = scene.number
    made = TermsVersion(
        id=scene.town.new_id(),
        place=scene.place,
        category=letters(scene),
        danger=Danger.URGENT,
        version=number,
        from_day="2026-01-01",
        response=Span(30, Pace.CONTINUOUS),
        completion=Span(60, Pace.CONTINUOUS),
        set_by="test",
        set_at=scene.town.world.deps.now(),
    )
    return await scene.town.insert(repair_terms.COLLECTION, made)


def new_terms(_: Scene, __: Any) -> dict[str, Any]:
    """The same for all: what is there already is the same."""
    span = {"minutes": 60, "pace": "continuous"}
    wish = {"after_version": 0, "danger": "urgent", "from_day": "2026-12-01"}
    return {**wish, "response": span, "completion": span}


async def price(scene: Scene) -> str:
    number = scene.number
    made = Price(
        id=scene.town.new_id(),
        place=scene.place,
        contract=f"contract of {scene.place}",
        code=f"tap{number}",
        label="换水龙头",
        unit="个",
        kind=PriceKind.LABOUR,
        low_fen=2000,
        high_fen=4000,
        version=1,
        from_day="2026-01-01",
        set_by="test",
        set_at=scene.town.world.deps.now(),
    )
    return await scene.town.insert(repair_prices.COLLECTION, made)


CHANGED: Final = {
    "version": 1,
    "label": "漏水",
    "scope": "both",
    "danger": "urgent",
    "skill": "plumbing",
}
# What there is of it everywhere, so that it can leak.
FURNITURE: Final[Furniture] = (
    (category, (CITY, OTHER_CITY)),
    (terms, (CITY, *COMPOUNDS)),
    (price, COMPOUNDS),
)
P = Permission
ROWS = (
    Row(
        "get",
        "/api/v1/places/{place}/repair-categories",
        at(COMPOUND, CITY),
        bare=THE_SAME,
    ),
    Row("post", "/api/v1/places/{place}/repair-categories", at(CITY), body=new_category),
    Row(
        "put",
        "/api/v1/places/{place}/repair-categories/{code}",
        at(CITY),
        makes=category,
        body=CHANGED,
    ),
    Row("get", "/api/v1/places/{place}/repair-terms", at(COMPOUND, CITY)),
    Row(
        "post",
        "/api/v1/places/{place}/repair-terms",
        at(COMPOUND, CITY),
        body=new_terms,
    ),
    Row(
        "post",
        "/api/v1/repair-prices/{price_id}/end",
        at(COMPOUND),
        makes=price,
        body={"last_day": "2026-12-31"},
    ),
    Row(
        "get",
        "/api/v1/places/{place}/repair-price-list",
        everyone(),
        makes=lambda _: _at_a_unit(),
        bare="what a firm charges is everybody's, and names no place",
    ),
    Row(
        "get",
        "/api/v1/places/{place}/repair-category-tree",
        everyone(),
        makes=lambda _: _at_a_unit(),
        bare=THE_SAME,
    ),
)


async def _at_a_unit() -> dict[str, str]:
    return {"place": UNIT}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
async def test_everybody_gets_what_they_may(walked: Walked, row: Row) -> None:
    await walked(row)

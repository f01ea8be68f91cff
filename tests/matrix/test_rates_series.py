"""Rows about series of rates: of places, and of firms as far as one sees their compounds."""

import pytest

from tests.matrix import makers
from tests.matrix.posts import COMPOUND, HOME, UNIT
from tests.matrix.row import Row
from tests.matrix.rules import at
from tests.matrix.town import Scene
from tests.matrix.walk import IN_TOWN, Walked

pytestmark = IN_TOWN

MONTHS = {"from_month": "2020-05", "to_month": "2020-06"}
UNIT_DEPTH = UNIT.count(".")


def by_unit(scene: Scene, _: str) -> dict[str, str]:
    """Figures of every unit, of places that are larger than one."""
    return MONTHS | ({"by": "unit"} if scene.place.count(".") < UNIT_DEPTH else {})


ROWS = (
    Row(
        "get",
        "/api/v1/places/{place}/rates/series",
        at(HOME, UNIT, COMPOUND),
        query=by_unit,
    ),
    Row(
        "get",
        "/api/v1/firms/{firm_id}/rates/series",
        at(COMPOUND),
        makes=makers.firm,
        query={"from_month": "2026-04", "to_month": "2026-05"},
    ),
)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
async def test_everybody_gets_what_they_may(walked: Walked, row: Row) -> None:
    await walked(row)

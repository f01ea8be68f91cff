"""Corrections of homes: who corrects, retires and restores, and who reads of it."""

from typing import Final

import pytest

from mongo_indexes import home_corrections
from services.home_corrections import entries
from services.home_corrections.models import Change
from services.places import actions as places
from tests.matrix.posts import HOMES, UNIT
from tests.matrix.row import Row
from tests.matrix.rules import at
from tests.matrix.test_homes import home
from tests.matrix.town import Furniture, Scene
from tests.matrix.walk import IN_TOWN, Walked

pytestmark = IN_TOWN
PAPER: Final = {"document": "现场核查记录", "reason": "登记有误"}


async def retired(scene: Scene) -> str:
    return await home(scene, retired_from="2026-03-01")


async def corrected(scene: Scene) -> str:
    why = entries.Why(from_day="2020-01-01", document="核查记录", reason="登记有误")
    there = await places.get(scene.town.world.deps, scene.place)
    row = entries.draft(scene.town.world.deps, there, Change.CORRECTED, why, by="test")
    return await scene.town.insert(home_corrections.COLLECTION, row)


FURNITURE: Final[Furniture] = ((corrected, tuple(HOMES)),)
ROWS = (
    Row(
        "post",
        "/api/v1/homes/{home}/correction",
        at(UNIT),
        makes=home,
        body={"from_day": "2026-03-01", "area": 8800, **PAPER},
    ),
    Row(
        "post",
        "/api/v1/homes/{home}/retirement",
        at(UNIT),
        makes=home,
        body={"from_day": "2026-03-01", **PAPER},
    ),
    Row(
        "post",
        "/api/v1/homes/{home}/restoration",
        at(UNIT),
        makes=retired,
        body=PAPER,
    ),
)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
async def test_everybody_gets_what_they_may(walked: Walked, row: Row) -> None:
    await walked(row)

"""Rows about place codes: managed where one may, scanned by whoever stands there."""

from typing import Final

import pytest

from mongo_indexes import place_codes
from services.place_codes.models import TOKEN, PlaceCode, PlaceCodeKind, token_index
from tests.matrix.posts import COMPOUND, COMPOUNDS, UNIT, UNITS
from tests.matrix.row import Row
from tests.matrix.rules import Outcome, at, decided, public
from tests.matrix.town import Furniture, Scene
from tests.matrix.walk import IN_TOWN, Walked

pytestmark = IN_TOWN

SCANNED = "whoever stands before the code reads where they stand; it tells nothing of people"


async def code(scene: Scene) -> str:
    """A code in use."""
    return (await _made(scene))[0]


async def scanned(scene: Scene) -> dict[str, str]:
    """The token of a code in use."""
    return {"token": (await _made(scene))[1]}


async def _made(scene: Scene) -> tuple[str, str]:
    deps, code_id = scene.town.world.deps, scene.town.new_id()
    token = f"token-{scene.number:016}"
    made = PlaceCode(
        id=code_id,
        place=scene.place,
        kind=PlaceCodeKind.LIFT,
        label="电梯",
        token_index=token_index(deps.vault, token),
        token_sealed=TOKEN.seal(deps.vault, code_id, token),
        added_by="test",
        added_at=deps.now(),
    )
    return await scene.town.insert(place_codes.COLLECTION, made), token


FURNITURE: Final[Furniture] = ((code, (*UNITS, *COMPOUNDS)),)
ROWS = (
    Row(
        "post",
        "/api/v1/places/{place}/codes",
        at(COMPOUND, UNIT),
        body=lambda scene, _: {"kind": "pump", "label": f"{scene.number}号水泵"},
    ),
    Row(
        "get",
        "/api/v1/places/{place}/codes/sheet",
        at(COMPOUND, UNIT),
        bare="a paper, compressed; what is on it is in tests/handlers/test_place_codes.py",
    ),
    Row("post", "/api/v1/place-codes/{code_id}/renewal", at(UNIT), makes=code),
    Row("post", "/api/v1/place-codes/{code_id}/end", at(UNIT), makes=code),
    Row(
        "get",
        "/api/v1/place-codes/by-token/{token}",
        decided(lambda *_: Outcome.ALLOWED, SCANNED, UNIT),
        makes=scanned,
        beyond=SCANNED,
    ),
    Row("get", "/c/{token}", public(), makes=scanned, bare="the same page for any token"),
)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
async def test_everybody_gets_what_they_may(walked: Walked, row: Row) -> None:
    await walked(row)

"""Rows about files of homes: who may upload, read, apply and undo them."""

from typing import Final

import pytest

from mongo_indexes import register_imports
from services.register.models import Import
from services.register.sheet.template import template
from services.register.states import State
from tests.matrix.posts import COMPOUND, COMPOUNDS
from tests.matrix.row import Row
from tests.matrix.rules import at, somewhere
from tests.matrix.town import Furniture, Scene
from tests.matrix.walk import IN_TOWN, Walked

pytestmark = IN_TOWN


def another_file(scene: Scene, _: str) -> bytes:
    """A workbook that was not uploaded before."""
    return template() + b"%d" % scene.number


async def previewed_import(scene: Scene) -> str:
    return await _import(scene, State.PREVIEWED)


async def applied_import(scene: Scene) -> str:
    return await _import(scene, State.APPLIED)


async def _import(scene: Scene, state: State) -> str:
    """An import of a compound. Of those at work there is one, so the others are let go."""
    imports = scene.town.world.db[register_imports.COLLECTION]
    idle = {"$set": {"busy": False, "state": State.DISCARDED}}
    await imports.update_many({"place": scene.place, "busy": True}, idle)
    made = Import(
        id=scene.town.new_id(),
        place=scene.place,
        state=state,
        run=scene.town.new_id(),
        size_bytes=1,
        uploaded_by="test",
        uploaded_at=scene.town.world.deps.now(),
    )
    return await scene.town.insert(register_imports.COLLECTION, made)


FURNITURE: Final[Furniture] = ((previewed_import, COMPOUNDS),)
ROWS = (
    Row("get", "/api/v1/register-template", somewhere(), bare="an empty form"),
    Row(
        "post",
        "/api/v1/places/{place}/register-imports",
        at(COMPOUND),
        body=another_file,
    ),
    Row(
        "get",
        "/api/v1/register-imports/{import_id}",
        at(COMPOUND),
        makes=previewed_import,
    ),
    Row(
        "get",
        "/api/v1/register-imports/{import_id}/problems",
        at(COMPOUND),
        makes=previewed_import,
        bare="rows and columns of a file",
    ),
    Row(
        "get",
        "/api/v1/register-imports/{import_id}/differences",
        at(COMPOUND),
        makes=previewed_import,
        bare="homes of the file, which has none",
    ),
    Row(
        "post",
        "/api/v1/register-imports/{import_id}/confirm",
        at(COMPOUND),
        makes=previewed_import,
        body={"accept_warnings": True},
    ),
    Row(
        "post",
        "/api/v1/register-imports/{import_id}/undo",
        at(COMPOUND),
        makes=applied_import,
    ),
    Row(
        "post",
        "/api/v1/register-imports/{import_id}/discard",
        at(COMPOUND),
        makes=previewed_import,
    ),
)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
async def test_everybody_gets_what_they_may(walked: Walked, row: Row) -> None:
    await walked(row)

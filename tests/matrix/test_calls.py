"""Rows about calls without numbers: who asks, who is asked, and who sees a number."""

from datetime import timedelta
from typing import Any, Final

import pytest

from mongo_indexes import calls, residencies
from services.calls.models import Call
from services.calls.states import CallState
from services.kernel.permissions import Permission, Role
from tests.matrix.posts import HOME, HOMES, Position, Post
from tests.matrix.row import Row
from tests.matrix.rules import at, everyone, mine
from tests.matrix.town import Furniture, Scene
from tests.matrix.walk import IN_TOWN, Walked

pytestmark = IN_TOWN

ASKED_THEN: Final = "who asked knows where; the matter itself is asked for anew with the number"
OF_RESIDENTS: Final = at(HOME, permission=Permission.VIEW_RESIDENTS)


async def resident(scene: Scene) -> str:
    """A relation to the home, of somebody who has an account and nothing else."""
    return (await _resident(scene))[0]


async def _resident(scene: Scene) -> tuple[str, str]:
    one = await scene.town.seats.seat(Post(Position.STRANGER))
    seats = scene.town.seats
    row = seats.residency(scene.place, Role.TENANT, phone=one.phone, person=one.person_id)
    return await scene.town.insert(residencies.COLLECTION, row), one.person_id


async def _call(scene: Scene, **more: Any) -> str:
    now = scene.town.world.deps.now()
    made = Call(
        id=scene.town.new_id(),
        about="home",
        place=scene.place or HOME,
        office="单元长",
        asked_at=now,
        ends_at=now + timedelta(days=1),
        **more,
    )
    return await scene.town.insert(calls.COLLECTION, made)


async def of_mine(scene: Scene) -> str:
    """A call that the owner of the scene asked for."""
    return await _call(scene, subject="test", person=None, asker=scene.owner.person_id)


async def with_me(scene: Scene) -> str:
    """A call that somebody asked for with the owner of the scene."""
    return await _call(scene, subject="test", person=scene.owner.person_id, asker="test")


async def allowed(scene: Scene) -> str:
    """A call that a resident of the home allowed the owner of the scene."""
    subject, person = await _resident(scene)
    asker = scene.owner.person_id
    return await _call(
        scene, subject=subject, person=person, asker=asker, state=CallState.ALLOWED
    )


FURNITURE: Final[Furniture] = ((with_me, (*HOMES,)),)
ROWS = (
    Row("get", "/api/v1/calls", everyone(), makes=of_mine, beyond=ASKED_THEN),
    Row(
        "post",
        "/api/v1/calls",
        OF_RESIDENTS,
        makes=resident,
        body=lambda _, made: {"about": "home", "subject_id": made},
    ),
    Row("get", "/api/v1/calls/{call_id}", mine(), makes=of_mine, beyond=ASKED_THEN),
    Row("post", "/api/v1/calls/{call_id}/number", OF_RESIDENTS, makes=allowed),
    Row("get", "/api/v1/me/calls", everyone()),
    Row(
        "post",
        "/api/v1/me/calls/{call_id}/answer",
        mine(),
        makes=with_me,
        body={"answer": "decline"},
        beyond="what I am called about, wherever it is",
    ),
    Row("get", "/api/v1/me/call-settings", everyone(), bare="my own choice, of three circles"),
    Row("put", "/api/v1/me/call-settings", everyone(), body={"shown_to": ["heads"]}),
)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
async def test_everybody_gets_what_they_may(walked: Walked, row: Row) -> None:
    await walked(row)

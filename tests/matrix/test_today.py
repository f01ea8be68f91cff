"""Rows about what heads have to do: their own lists, and counts for supervisors."""

from typing import Final

import pytest

from mongo_indexes import appointments
from services.kernel.permissions import Actor
from services.kernel.today import Entry
from services.today import entry_ids
from tests.matrix import makers
from tests.matrix.posts import COMMUNITY, COMPOUND, Post
from tests.matrix.row import Row
from tests.matrix.rules import Outcome, at, decided, everyone, mine
from tests.matrix.town import Furniture, Scene
from tests.matrix.walk import IN_TOWN, Walked

pytestmark = IN_TOWN

OF_ALL = "a survey is of the compound, and its heads enter papers again; see tests/today"
OWN_LIST = "each head has a list of their own places and office; for others it is empty"


def anybody(_post: Post, _place: str) -> Outcome:
    return Outcome.ALLOWED


async def entry(scene: Scene) -> str:
    """An entry of the owner's list: the end of an office that gives no power any more."""
    made = makers.unit_head(scene)
    made.person, made.to_day = scene.owner.person_id, scene.town.seats.yesterday
    key = await scene.town.insert(appointments.COLLECTION, made)
    shown = Entry(key=key, place=made.place, subject=key, title="任期将满")
    actor = Actor(scene.owner.person_id, "")
    return entry_ids.write(scene.town.world.deps, actor, "heads.own_term", shown)


# Requests, hand-overs and notices are everywhere already.
FURNITURE: Final[Furniture] = ()
ROWS = (
    Row("get", "/api/v1/me/today", decided(anybody, OWN_LIST), beyond=OF_ALL),
    Row("get", "/api/v1/me/today/counts", everyone(), bare="numbers of one's own list"),
    Row("post", "/api/v1/me/today/{entry_id}/done", mine(), makes=entry),
    Row(
        "post",
        "/api/v1/me/today/{entry_id}/put-off",
        mine(),
        makes=entry,
        body={"until_day": "2026-03-04"},
    ),
    Row("delete", "/api/v1/me/today/{entry_id}/put-off", mine(), makes=entry),
    Row(
        "get",
        "/api/v1/today-counts",
        at(COMPOUND, COMMUNITY),
        query=lambda scene, _: {"place": scene.place},
    ),
)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
async def test_everybody_gets_what_they_may(walked: Walked, row: Row) -> None:
    await walked(row)

"""Rows about prepayments: who pays for bills to come, takes such money, and sees it."""

from typing import Any, Final

import pytest

from mongo_indexes import prepayments
from services.kernel.permissions import Permission, Role
from tests.build.prepayments import kept
from tests.matrix.posts import COMPOUND, HOME, HOMES, UNIT, Post
from tests.matrix.row import Row
from tests.matrix.rules import Outcome, at, decided, somewhere
from tests.matrix.town import Furniture, Scene
from tests.matrix.walk import IN_TOWN, Walked

pytestmark = IN_TOWN


async def lying_there(scene: Scene) -> str:
    """Something that a home paid in advance."""
    made = kept(scene.number, home=scene.place, at=scene.town.world.deps.now())
    made.id = scene.town.new_id()
    return await scene.town.insert(prepayments.COLLECTION, made)


def wish(scene: Scene, _: Any) -> dict[str, Any]:
    return {"home": scene.place, "kind": "property_fee"}


def slip(scene: Scene, made: Any) -> dict[str, Any]:
    return {**wish(scene, made), "way": "cash", "voucher": f"A-{scene.number}"}


PAYS: Final = "for a home that is theirs today; who sold it pays what it was billed till then"


def pays_ahead(post: Post, place: str) -> Outcome:
    if not post.places(Permission.PAY_BILLS):
        return Outcome.FORBIDDEN
    grants = [each for each in post.actor.grants if each.role is not Role.DEBTOR]
    own = [each.place for each in grants if each.gives(Permission.PAY_BILLS)]
    return Outcome.LANDED if place in own else Outcome.MISSING


LOOKS: Final = "who pays for the home today, or takes money there"


def looks(post: Post, place: str) -> Outcome:
    grants = [each for each in post.actor.grants if each.role is not Role.DEBTOR]
    own = [each.place for each in grants if each.gives(Permission.PAY_BILLS)]
    is_seen = place in own or post.may(Permission.TAKE_PAYMENTS, place)
    return Outcome.ALLOWED if is_seen else Outcome.MISSING


FURNITURE: Final[Furniture] = ((lying_there, tuple(HOMES)),)
ROWS = (
    Row("get", "/api/v1/me/prepayments", somewhere()),
    Row(
        "post",
        "/api/v1/me/prepayments",
        decided(pays_ahead, PAYS, HOME),
        body=wish,
        land=(422, "months_or_sum"),
        because="the town's homes owe bills, which come first: no sum is named",
    ),
    Row(
        "post",
        "/api/v1/counter-prepayments",
        at(HOME),
        body=slip,
        land=(422, "months_or_sum"),
        because="the town's homes owe bills, which come first: no sum is named",
    ),
    Row(
        "get",
        "/api/v1/homes/{home}/prepayment-offer",
        decided(looks, LOOKS, HOME),
        query={"kind": "property_fee"},
        bare="sums, and no names",
    ),
    Row("get", "/api/v1/places/{place}/prepayments", at(HOME, UNIT, COMPOUND)),
)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
async def test_everybody_gets_what_they_may(walked: Walked, row: Row) -> None:
    await walked(row)

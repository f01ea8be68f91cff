"""Rows about returns of prepaid money: who asks, decides, hands out and sees them."""

from typing import Any, Final

import pytest

from mongo_indexes import prepayment_returns, prepayments
from services.fees.models import FeeKind
from services.payments.prepayment_returns.models import PrepaymentReturn
from services.payments.prepayment_returns.states import ReturnState
from services.places.actions import compound_of
from services.prepayments.models import Prepayment
from tests.build import prepayment_returns as build
from tests.build import prepayments as build_prepayments
from tests.build.prepayment_returns import REASON
from tests.build.refund_requests import NO
from tests.matrix.posts import COMPOUND, HOME, HOMES, UNIT
from tests.matrix.row import Row
from tests.matrix.rules import at, mine
from tests.matrix.town import Furniture, Scene
from tests.matrix.walk import IN_TOWN, Walked

pytestmark = IN_TOWN


async def prepaid(scene: Scene) -> Prepayment:
    """Property fee that the scene's home paid in advance to the firm."""
    now, home = scene.town.world.deps.now(), scene.place or HOME
    made = build_prepayments.kept(scene.number, home=home, at=now)
    made.id, made.kind, made.account = scene.town.new_id(), FeeKind.PROPERTY_FEE, "firm"
    await scene.town.insert(prepayments.COLLECTION, made)
    return made


async def prepaid_id(scene: Scene) -> str:
    return (await prepaid(scene)).id


async def asked(
    scene: Scene, state: ReturnState = ReturnState.ASKED, *, by: str = "clerk"
) -> str:
    """A return of what a home paid in advance that somebody else asked for."""
    lying, now = await prepaid(scene), scene.town.world.deps.now()
    home, compound = lying.home, compound_of(lying.home)
    made: PrepaymentReturn = build.kept(scene.number, home=home, compound=compound, at=now)
    made.id, made.prepayment, made.amount_fen = scene.town.new_id(), lying.id, lying.fen
    made.kind, made.account = lying.kind, lying.account
    made.state, made.asked_by = state, by
    return await scene.town.insert(prepayment_returns.COLLECTION, made)


async def own_return(scene: Scene) -> str:
    """A return that whoever asks asked for."""
    return await asked(scene, by=scene.owner.person_id)


async def approved(scene: Scene) -> str:
    return await asked(scene, ReturnState.APPROVED)


def by_transfer(scene: Scene, _: Any) -> dict[str, Any]:
    return {"way": "transfer", "voucher": f"T-{scene.number}"}


FURNITURE: Final[Furniture] = ((asked, tuple(HOMES)),)
ROWS = (
    Row(
        "post",
        "/api/v1/prepayments/{prepayment_id}/returns",
        at(HOME),
        makes=prepaid_id,
        body={"reason": REASON},
    ),
    Row("get", "/api/v1/places/{place}/prepayment-returns", at(HOME, UNIT, COMPOUND)),
    Row("get", "/api/v1/prepayment-returns/{return_id}", at(HOME), makes=asked),
    Row(
        "post",
        "/api/v1/prepayment-returns/{return_id}/decision",
        at(HOME),
        makes=asked,
        body=NO,
    ),
    Row(
        "post",
        "/api/v1/prepayment-returns/{return_id}/payout",
        at(HOME),
        makes=approved,
        body=by_transfer,
    ),
    Row(
        "post",
        "/api/v1/prepayment-returns/{return_id}/withdrawal",
        mine(),
        makes=own_return,
        beyond="whoever asked sees what they asked for, wherever they live",
    ),
)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
async def test_everybody_gets_what_they_may(walked: Walked, row: Row) -> None:
    await walked(row)

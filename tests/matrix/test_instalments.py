"""Rows about instalment agreements: offered and approved by office, answered by who owes it."""

from typing import Any, Final

import pytest

from mongo_indexes import instalments
from services.instalments.models import InstalmentPart, Instalments
from services.instalments.states import InstalmentsState
from services.kernel.permissions import Permission, Role
from tests.matrix import makers
from tests.matrix.posts import HOME, HOMES, Post
from tests.matrix.row import Row
from tests.matrix.rules import Outcome, at, decided, everyone
from tests.matrix.town import Furniture, Scene
from tests.matrix.walk import IN_TOWN, Walked

pytestmark = IN_TOWN

OWES: Final = "who owes it answers, and nobody by office"


async def agreement(scene: Scene, state: InstalmentsState = InstalmentsState.AGREED) -> str:
    """An agreement about a bill of the scene's home that somebody else offered."""
    bill = await makers.bill(scene)
    made = Instalments(
        id=scene.town.new_id(),
        home=bill.home,
        liable_on=bill.liable_on,
        account=bill.account,
        payee_name=bill.payee_name,
        bills=[bill.id],
        amount_fen=bill.owed_fen,
        parts=[
            InstalmentPart(due_on="2090-01-31", amount_fen=1),
            InstalmentPart(due_on="2090-02-28", amount_fen=bill.owed_fen - 1),
        ],
        grace_days=5,
        stops_late_charges=False,
        state=state,
        offered_by=scene.town.new_id(),
        offered_at=scene.town.world.deps.now(),
    )
    return await scene.town.insert(instalments.COLLECTION, made)


async def offer(scene: Scene) -> str:
    return await agreement(scene, InstalmentsState.OFFERED)


async def a_bill(scene: Scene) -> dict[str, Any]:
    bill = await makers.bill(scene)
    return {"home": scene.place, "bill": bill.id, "fen": bill.owed_fen}


def parts(_: Scene, made: Any) -> dict[str, Any]:
    return {
        "bill_ids": [made["bill"]],
        "parts": [
            {"due_on": "2026-06-30", "amount_fen": 100},
            {"due_on": "2026-07-31", "amount_fen": made["fen"] - 100},
        ],
        "grace_days": 5,
        "stops_late_charges": True,
    }


def owes(post: Post, place: str) -> Outcome:
    if not post.places(Permission.PAY_BILLS):
        return Outcome.FORBIDDEN
    owned = {(Role.OWNER, place), (Role.DEBTOR, place)} & set(post.held)
    return Outcome.ALLOWED if owned else Outcome.MISSING


FURNITURE: Final[Furniture] = ((agreement, tuple(HOMES)),)
ROWS = (
    Row("get", "/api/v1/me/instalments", everyone(), bare="agreements of who owes bills"),
    Row(
        "post",
        "/api/v1/homes/{home}/instalments",
        at(HOME),
        makes=a_bill,
        body=parts,
    ),
    Row(
        "post",
        "/api/v1/instalments/{instalments_id}/decision",
        at(HOME),
        makes=agreement,
        body={"approve": False, "reason": "金额有误"},
    ),
    Row(
        "post",
        "/api/v1/instalments/{instalments_id}/answer",
        decided(owes, OWES, HOME),
        makes=offer,
        body={"agree": False},
    ),
)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
async def test_everybody_gets_what_they_may(walked: Walked, row: Row) -> None:
    await walked(row)

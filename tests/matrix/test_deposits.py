"""Rows about deposits: asked back by who refunds, decided by who runs bills."""

from typing import Any, Final

import pytest

from mongo_indexes import deposits, payees
from services.counter_payments.models import CounterWay
from services.deposits.models import PAYER, Deposit, DepositKind
from services.deposits.states import DepositState
from services.places.actions import compound_of
from tests.build.deposits import BACK, BY_TRANSFER, DEPOSIT, NO
from tests.matrix.posts import HOME, HOMES
from tests.matrix.row import Row
from tests.matrix.rules import at, somewhere
from tests.matrix.town import Furniture, Scene
from tests.matrix.walk import IN_TOWN, Walked

pytestmark = IN_TOWN
ONE: Final = "/api/v1/deposits/{deposit_id}"


async def payee_of_home(scene: Scene) -> dict[str, str]:
    """The payee of the firm that serves the home's compound."""
    of_firm = {"place": compound_of(scene.place), "firm": {"$gt": ""}, "account": "firm"}
    found = await scene.town.world.db[payees.COLLECTION].find_one(of_firm)
    assert found is not None
    return {"home": scene.place, "payee": found["_id"]}


def new_deposit(scene: Scene, made: Any) -> dict[str, Any]:
    return {**DEPOSIT, "payee_id": made["payee"], "voucher": f"Y-{scene.number}"}


async def deposit(
    scene: Scene, state: DepositState = DepositState.KEPT, deduct_fen: int = 0
) -> str:
    """A deposit that somebody took who is not of the matrix."""
    deposit_id, now = scene.town.new_id(), scene.town.world.deps.now()
    made = Deposit(
        id=deposit_id,
        compound=compound_of(scene.place),
        home=scene.place,
        kind=DepositKind.RENOVATION,
        why="装修",
        payer_sealed=PAYER.seal(scene.town.world.deps.vault, deposit_id, "李娜"),
        payee="payee",
        account="firm",
        payee_name="物业",
        way=CounterWay.CASH,
        voucher=f"Y-{scene.number}",
        amount_fen=1000 + scene.number,
        paid_at=now,
        taken_by="test",
        taken_at=now,
        state=state,
        deduct_fen=deduct_fen,
    )
    return await scene.town.insert(deposits.COLLECTION, made)


async def asked(scene: Scene) -> str:
    return await deposit(scene, DepositState.ASKED)


async def approved(scene: Scene) -> str:
    return await deposit(scene, DepositState.APPROVED)


async def deducted(scene: Scene) -> str:
    return await deposit(scene, DepositState.ASKED, 100)


def by_transfer(scene: Scene, _: Any) -> dict[str, Any]:
    return {**BY_TRANSFER, "voucher": f"T-{scene.number}"}


FURNITURE: Final[Furniture] = ((deposit, tuple(HOMES)),)
ROWS = (
    Row("get", "/api/v1/me/deposits", somewhere()),
    Row(
        "post",
        "/api/v1/homes/{home}/deposits",
        at(HOME),
        makes=payee_of_home,
        body=new_deposit,
    ),
    Row("post", f"{ONE}/return", at(HOME), makes=deposit, body={}),
    Row("post", f"{ONE}/return-decision", at(HOME), makes=asked, body=NO),
    Row("post", f"{ONE}/review", at(HOME), makes=approved, body=BACK),
    Row("post", f"{ONE}/payout", at(HOME), makes=approved, body=by_transfer),
    Row("post", f"{ONE}/objection", at(HOME), makes=deducted, body={"note": "有异议"}),
)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
async def test_everybody_gets_what_they_may(walked: Walked, row: Row) -> None:
    await walked(row)

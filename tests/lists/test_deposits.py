"""The list of deposits."""

from datetime import timedelta
from typing import Final

import pytest

from mongo_indexes import deposits
from services.counter_payments.models import CounterWay
from services.deposits.models import PAYER, Deposit, DepositKind
from services.deposits.states import DepositState
from services.kernel.documents import to_document
from tests.build.cast import COMPOUND, LI_HOME, SUN_HOME, WANG_HOME, Estate
from tests.lists.case import FORMULA, Case, Maker
from tests.lists.walk import walk


def deposit(estate: Estate, number: int) -> Deposit:
    kinds, states = [*DepositKind], [*DepositState]
    deps = estate.world.deps
    at = estate.world.clock.now - timedelta(days=number // 2)  # two of each: ties
    return Deposit(
        id=f"deposit{number}",
        compound=COMPOUND,
        home=(LI_HOME, WANG_HOME, SUN_HOME)[number % 3],
        kind=kinds[number % 4],
        why=FORMULA if number == 0 else "装修",
        payer_sealed=PAYER.seal(deps.vault, f"deposit{number}", "李娜"),
        payee="payee",
        account="firm",
        payee_name="安居物业",
        way=CounterWay.CASH,
        voucher=f"Y-{number}",
        amount_fen=1000 + number,
        paid_at=at,
        taken_by="test",
        taken_at=at,
        state=states[number // 2],
        objecting=number % 3 == 0,
    )


async def of_deposits(estate: Estate) -> Case:
    made = [to_document(deposit(estate, number)) for number in range(8)]
    await estate.world.db[deposits.COLLECTION].insert_many(made)
    return Case(
        who=await estate.member("staff"),
        readers=[],
        stranger=await estate.world.sign_in("nobody", "13900000098"),
        path=f"/api/v1/places/{COMPOUND}/deposits",
        subject=COMPOUND,
        place=COMPOUND,
        filters=[
            {"objecting": "true"},
            {"state": "kept"},
            {"kind": "keys"},
            {"kind": "keys", "state": "kept"},
        ],
        orders={"longest": "paid_at,deposit_id", "newest": "-paid_at,-deposit_id"},
        rows=8,
    )


MAKERS: Final[dict[str, Maker]] = {"deposits": of_deposits}


@pytest.mark.parametrize("name", MAKERS)
async def test_a_list_is_as_all_are(estate: Estate, name: str) -> None:
    await walk(estate.world, name, await MAKERS[name](estate))

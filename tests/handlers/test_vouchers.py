"""Numbers of slips and transfers: one is one, however it is typed."""

import pytest

from services.counter_payments.models import CounterWay, Taken
from services.counter_payments.refunds.models import PayOut, PayoutWay
from services.deposits.models import DepositKind, TakeDeposit
from tests.build.cast import Estate
from tests.build.refund_requests import approved
from tests.build.sign_ins import Member
from tests.build.world import Reply

pytestmark = [pytest.mark.slow, pytest.mark.billed("2026-01", "2026-02")]
ODD = (" T-1", "T-1 ", "T -1", "\uff34\uff0d\uff11", "T-1\u200b", "T\ufeff-1", "T-1\u3000")


@pytest.mark.parametrize("typed", ODD)
def test_what_nobody_sees_makes_no_other_number(typed: str) -> None:
    deposit = TakeDeposit(
        kind=next(iter(DepositKind)),
        why="装修",
        payer_name="李伟",
        payee_id="p",
        amount_fen=1,
        way=CounterWay.TRANSFER,
        voucher=typed,
    )
    for wish in (
        Taken(way=CounterWay.TRANSFER, voucher=typed),
        PayOut(way=PayoutWay.TRANSFER, voucher=typed),
        deposit,
    ):
        assert wish.voucher == "T-1"


async def taken(estate: Estate, staff: Member, bill_id: str, voucher: str) -> Reply:
    slip = {"bill_ids": [bill_id], "way": "transfer", "voucher": voucher}
    return await estate.world.api.post("/api/v1/counter-payments", slip, as_=staff)


async def test_one_transfer_pays_and_gives_back_once(estate: Estate) -> None:
    api, staff = estate.world.api, await estate.member("staff")
    first, second = await estate.bill_ids("li")
    one = await taken(estate, staff, first, "T-1")
    again = await taken(estate, staff, second, ODD[3])
    assert (again.status, again.code) == (409, "voucher_used")
    two = await taken(estate, staff, second, "T-2 ")
    assert two.body["voucher"] == "T-2"
    answers = []
    for payment, voucher in ((one, "R-1"), (two, "R-1 ")):
        made = await approved(estate, payment.body["payment_id"], counter=True)
        path = f"/api/v1/refund-requests/{made['request_id']}/payout"
        wish = {"way": "transfer", "voucher": voucher}
        answers.append((await api.post(path, wish, as_=staff)).status)
    assert answers == [200, 409]

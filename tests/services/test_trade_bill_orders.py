"""An order that WeChat denies ends when the bills of its days show that nobody paid it."""

import pytest

from services.reconciliations import jobs as reconciliations
from tests.build.cast import Estate
from tests.build.payments import order, ordered, paid, state
from tests.build.sign_ins import Member
from tests.build.trade_bills import DAY, bill_of, next_morning

pytestmark = [
    pytest.mark.slow,
    pytest.mark.billed("2026-01", "2026-02"),
    pytest.mark.usefixtures("books_hold"),
]
BY_NUMBER = r"^/v3/pay/transactions/out-trade-no/[^/]+$"
MISSING = {"http": 404, "code": "ORDER_NOT_EXIST"}


@pytest.fixture(autouse=True)
def few_days(monkeypatch: pytest.MonkeyPatch) -> None:
    """A new database has ninety empty days to read; here two are enough."""
    monkeypatch.setattr(reconciliations, "KEPT_DAYS", 2)


async def test_an_order_that_wechat_denies_is_free_when_its_bill_shows_no_payment(
    estate: Estate, li: Member
) -> None:
    made = await ordered(estate, li)
    await estate.world.wechat.fault(BY_NUMBER, match={"times": None}, **MISSING)
    await estate.world.advance(minutes=40)
    await estate.world.work()
    assert await state(estate, made["payment_id"]) == "prepaid"
    await next_morning(estate, hours=21, minutes=30)
    assert await state(estate, made["payment_id"]) == "closed"
    assert (await order(estate, await estate.member("li"))).status == 201


async def test_it_stays_held_while_the_bill_does_not_match(estate: Estate, li: Member) -> None:
    made = await ordered(estate, li)
    other = await paid(estate, await estate.member("wang"))
    await estate.world.wechat.fault(BY_NUMBER, match={"times": None}, **MISSING)
    await estate.world.wechat.do("bills", mchid="firm", bill_date=DAY, drop=[other])
    await estate.world.advance(minutes=40)
    await estate.world.work()
    await next_morning(estate, hours=21, minutes=30)
    assert await state(estate, made["payment_id"]) == "prepaid"


@pytest.mark.parametrize(("first_day_matches", "then"), [(True, "closed"), (False, "prepaid")])
async def test_an_order_over_midnight_needs_both_days(
    estate: Estate, *, first_day_matches: bool, then: str
) -> None:
    other = await paid(estate, await estate.member("wang"))
    if not first_day_matches:
        await estate.world.wechat.do("bills", mchid="firm", bill_date=DAY, drop=[other])
    await estate.advance(hours=11, minutes=50)
    made = await ordered(estate, await estate.member("li"))
    await estate.world.wechat.fault(BY_NUMBER, match={"times": None}, **MISSING)
    await estate.world.advance(minutes=40)
    await estate.world.work()
    await next_morning(estate, hours=9, minutes=35)
    assert await state(estate, made["payment_id"]) == "prepaid"
    await next_morning(estate, hours=24, minutes=0)
    assert (await bill_of(estate, "2026-03-03"))["state"] == "closed"
    assert await state(estate, made["payment_id"]) == then

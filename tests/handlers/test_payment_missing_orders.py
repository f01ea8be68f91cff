"""WeChat says that it has no such order: a word that frees nothing while a phone can pay."""

import msgspec
import pytest
from structlog.testing import capture_logs

from tests.build.cast import Estate
from tests.build.payments import journals, order, ordered, owing, pass_time, pay, state
from tests.build.sign_ins import Member

pytestmark = [
    pytest.mark.slow,
    pytest.mark.billed("2026-01", "2026-02"),
    pytest.mark.usefixtures("books_hold"),
]
PREPAY = "/v3/pay/transactions/jsapi"
QUERY = r"^/v3/pay/transactions/out-trade-no/[^/]+$"
MISSING = {"http": 404, "code": "ORDER_NOT_EXIST"}


async def test_one_404_frees_nothing_that_a_phone_can_pay(estate: Estate, li: Member) -> None:
    made = await ordered(estate, li)
    await estate.world.advance(seconds=70)
    await estate.world.wechat.fault(QUERY, **MISSING)
    with capture_logs() as lines:
        await estate.world.work()
    assert await state(estate, made["payment_id"]) == "prepaid"
    assert "order_missing_at_wechat" in {line["event"] for line in lines}
    # The notice is lost; the job goes on asking and finds the money.
    assert (await pay(estate, li, made, notify=False))["result"] == "ok"
    await pass_time(estate)
    assert await state(estate, made["payment_id"]) == "paid"
    assert await owing(estate) == 0


async def test_beyond_its_end_it_is_asked_for_all_the_same(estate: Estate, li: Member) -> None:
    made = await ordered(estate, li)
    assert (await pay(estate, li, made, notify=False))["result"] == "ok"
    await estate.world.wechat.fault(QUERY, match={"times": None}, **MISSING)
    await pass_time(estate, minutes=20, times=12)
    assert await state(estate, made["payment_id"]) == "prepaid"
    mei = await estate.world.sign_in("mei", "13900000005")
    wanted = [line["bill_id"] for line in await lines_of(estate, made["payment_id"])]
    assert (await order(estate, mei, wanted)).code == "payment_in_progress"
    await estate.world.wechat.control("DELETE", "faults")
    await pass_time(estate, minutes=61, times=2)
    assert await state(estate, made["payment_id"]) == "paid"
    assert await journals(estate) == 1


async def test_an_order_that_never_arrived_frees_its_bills(estate: Estate, li: Member) -> None:
    await estate.world.wechat.fault(PREPAY, drop="before")
    payment_id = (await order(estate, li)).body["details"]["payment_id"]
    await estate.world.advance(seconds=70)
    await estate.world.work()
    assert await state(estate, payment_id) == "closed"


async def test_a_prepay_id_that_comes_while_wechat_is_asked_outranks_its_404(
    estate: Estate, li: Member
) -> None:
    """The compare is in the database: what was read before the question is not enough."""
    from services.payments import orders, store  # noqa: PLC0415  # read as it was

    await estate.world.wechat.fault(PREPAY, drop="after")
    payment_id = (await order(estate, li)).body["details"]["payment_id"]
    before = await store.find(estate.world.deps.db, payment_id)
    assert before is not None
    await estate.world.advance(seconds=70)
    assert (await ordered(estate, li))["payment_id"] == payment_id
    await estate.world.wechat.fault(QUERY, **MISSING)
    await orders.query(estate.world.deps, before)
    assert await state(estate, payment_id) == "prepaid"


async def test_another_merchant_under_the_key_does_not_end_an_order(
    estate: Estate, li: Member
) -> None:
    """The new merchant knows nothing of the old one's orders: its 404 is no answer."""
    await estate.world.wechat.fault(PREPAY, drop="after")
    payment_id = (await order(estate, li)).body["details"]["payment_id"]
    merchants = estate.world.deps.merchants
    old, other = merchants["firm"].account, merchants["sanitation"].account
    await estate.world.advance(seconds=70)
    merchants.put(msgspec.structs.replace(other, key="firm"))
    await pass_time(estate)
    assert await state(estate, payment_id) == "unknown"
    refused = await order(estate, li)
    assert (refused.status, refused.code) == (503, "payee_unavailable")
    merchants.drop("firm")
    await pass_time(estate)
    assert await state(estate, payment_id) == "unknown"
    assert (await order(estate, li)).code == "payee_unavailable"
    merchants.put(old)
    made = await ordered(estate, li)
    assert made["payment_id"] == payment_id


async def test_a_404_of_something_in_between_is_not_wechats_word(
    estate: Estate, li: Member
) -> None:
    """A proxy's refusal has no code of WeChat's: the order may be there."""
    await estate.world.wechat.fault(PREPAY, http=404, raw="not found")
    reply = await order(estate, li)
    assert (reply.status, reply.code) == (503, "wechat_pay_unavailable")
    assert await state(estate, reply.body["details"]["payment_id"]) == "unknown"


async def lines_of(estate: Estate, payment_id: str) -> list[dict[str, str]]:
    found = await estate.world.db.payments.find_one({"_id": payment_id})
    assert found is not None
    return list(found["lines"])

"""What a card machine took comes as one sum, less a fee; a person says for which days."""

import asyncio
from typing import Any

import pytest

from services.counter_days import cards
from tests.bank_statements.test_days import TODAY, again, compare, day_of, differences, take
from tests.build import deposits
from tests.build.bank_statements import TRANSFERS, csv_file, imported, transfers
from tests.build.cast import Estate
from tests.build.races import begin_together
from tests.build.sign_ins import Member
from tests.build.world import Reply

pytestmark = [
    pytest.mark.slow,
    pytest.mark.billed("2026-01", "2026-02"),
    pytest.mark.usefixtures("books_hold"),
]
TOMORROW = "2026-03-03"
TOOK, FEE, CAME = 6118, 31, "60.87"  # a fee and a deposit by card


async def came(estate: Estate, cashier: Member, *amounts: str) -> tuple[Member, list[Any]]:
    """Two slips of today by card, and what the bank has tomorrow; return its rows."""
    await take(estate, cashier, way="pos", voucher="P-1")
    await deposits.kept(estate, way="pos", voucher="P-2", amount_fen=1000)
    await compare(estate, days=1)
    who = await again(estate)
    rows = [(TOMORROW, f"S-{n}", each, "", "收单", "清算") for n, each in enumerate(amounts)]
    await imported(estate, who, csv_file(rows))
    found = sorted(await transfers(estate, who), key=lambda row: str(row["number"]))
    assert len(found) == len(amounts)
    return who, found


async def settle(estate: Estate, who: Member, row: dict[str, Any], **wish: Any) -> Reply:
    path = f"{TRANSFERS}/{row['transfer_id']}/settlement"
    wished = {"days": [TODAY], "fee_fen": FEE, **wish}
    return await estate.world.api.post(path, wished, as_=who)


async def test_a_day_of_the_card_machine_closes_when_its_money_came(
    estate: Estate, cashier: Member
) -> None:
    who, [row] = await came(estate, cashier, CAME)
    waiting = await day_of(estate, "cards", TODAY)
    assert (waiting["state"], waiting["waits_for"]) == ("waiting", "card_settlement")
    done = await settle(estate, who, row)
    assert (done.status, done.body["state"], done.body["fee_fen"]) == (200, "settled", FEE)
    assert done.body["settled"] == [{"day": TODAY, "amount_fen": TOOK}]
    await compare(estate)
    day = await day_of(estate, "cards", TODAY)
    assert (day["state"], day["booked"]["paid_fen"]) == ("closed", TOOK)
    assert day["billed"] == day["told"] == day["booked"]
    assert (day["flow"]["income_fen"], day["flow"]["fees_fen"]) == (TOOK - FEE, FEE)
    await compare(estate, days=1)
    who = await again(estate)
    await imported(estate, who, csv_file([("2026-03-04", "W-1", "", "1.00", "", "")]))
    assert await differences(estate, reference="S-0") == []


async def test_a_settlement_is_taken_back_until_its_day_is_closed(
    estate: Estate, cashier: Member
) -> None:
    who, [row] = await came(estate, cashier, CAME)
    path = f"{TRANSFERS}/{row['transfer_id']}/take-back"
    for _ in range(2):
        assert (await settle(estate, who, row)).status == 200
        back = await estate.world.api.post(path, as_=who)
        assert (back.status, back.body["state"]) == (200, "open"), back.body
        assert (back.body["settled"], back.body["fee_fen"]) == ([], 0)
    await compare(estate)
    assert (await day_of(estate, "cards", TODAY))["state"] == "waiting"
    assert (await settle(estate, who, row)).status == 200
    await compare(estate)
    late = await estate.world.api.post(path, as_=who)
    assert (late.status, late.code) == (409, "card_day_closed")
    assert (await day_of(estate, "cards", TODAY))["state"] == "closed"


@pytest.mark.parametrize(
    ("fee_fen", "taken", "expected"),
    [
        (31, {"2026-03-01": 6118}, [31]),
        (600, {"2026-03-01": 100000, "2026-03-02": 100}, [599, 1]),  # more than the last took
        (1, {"2026-03-01": 1, "2026-03-02": 1, "2026-03-03": 1}, [0, 0, 1]),
        (0, {"2026-03-01": 5, "2026-03-02": 7}, [0, 0]),
    ],
)
def test_each_day_of_a_settlement_has_its_share_of_the_fee(
    fee_fen: int, taken: dict[str, int], expected: list[int]
) -> None:
    found = cards.shares(fee_fen, taken)
    assert ([*found.values()], sum(found.values())) == (expected, fee_fen)


async def test_only_the_exact_sum_of_the_slips_less_a_fee_is_taken(
    estate: Estate, cashier: Member
) -> None:
    who, [row, short] = await came(estate, cashier, CAME, "51.18")
    for wish in ({"fee_fen": FEE + 1}, {"fee_fen": 0}):
        refused = await settle(estate, who, row, **wish)
        assert (refused.status, refused.code) == (422, "unequal_settlement")
    nothing = await settle(estate, who, row, days=["2026-03-01", TODAY])
    assert (nothing.status, nothing.code) == (422, "invalid_input")
    never = await settle(estate, who, row, days=["2026-02-30"])
    assert (never.status, never.code) == (422, "invalid_input")
    missing = await settle(estate, who, short, fee_fen=1000)  # a slip is no fee
    assert (missing.status, missing.code) == (422, "unequal_settlement")
    assert {each["state"] for each in await transfers(estate, who)} == {"open"}


async def test_a_day_that_is_not_over_is_not_settled(estate: Estate, cashier: Member) -> None:
    await take(estate, cashier, way="pos", voucher="P-1")
    await imported(estate, cashier, csv_file([(TODAY, "S-1", "51.18", "", "收单", "")]))
    [row] = await transfers(estate, cashier)
    early = await settle(estate, cashier, row, fee_fen=0)
    assert (early.status, early.code) == (422, "invalid_input")
    await compare(estate, days=1)
    done = await settle(estate, await again(estate), row, fee_fen=0)
    assert (done.status, done.body["state"]) == (200, "settled")


@pytest.mark.parametrize("first", ["payment", "settlement"])
async def test_what_the_machine_took_is_no_payment_besides(
    estate: Estate, cashier: Member, first: str
) -> None:
    """The bank's number of a settlement is booked as somebody's transfer, too."""
    who, [row] = await came(estate, cashier, CAME)
    estate.members.clear()
    transfer = {"way": "transfer", "voucher": "S-0", "amount_fen": 100}
    if first == "payment":
        await take(estate, who, **transfer)
        refused = await settle(estate, who, row)
        assert (refused.status, refused.code) == (409, "bank_transfer_moved_on")
        return
    assert (await settle(estate, who, row)).status == 200
    await take(estate, who, **transfer)
    await compare(estate, days=1)
    rows = [(day, f"W-{day}", "", "1.00", "", "") for day in (TOMORROW, "2026-03-04")]
    await imported(estate, await again(estate), csv_file(rows))
    await compare(estate)
    [found] = await differences(estate, reference="S-0")
    assert (found["kind"], found["booked_fen"]) == ("not_at_wechat", 100)


async def test_a_day_is_settled_once_whoever_says_so_at_once(
    estate: Estate, cashier: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    who, rows = await came(estate, cashier, CAME, CAME)
    with monkeypatch.context() as patched:
        begin_together(patched, "bank_transfers")
        replies = await asyncio.gather(*(settle(estate, who, each) for each in rows * 2))
    assert sorted(reply.status for reply in replies) == [200, 409, 409, 409]
    states = sorted(each["state"] for each in await transfers(estate, who))
    assert states == ["open", "settled"]


async def test_what_does_not_come_is_a_difference_after_some_days(
    estate: Estate, cashier: Member
) -> None:
    await take(estate, cashier, way="pos", voucher="P-1")
    await compare(estate, days=10)
    assert (await day_of(estate, "cards", TODAY))["waits_for"] == "card_settlement"
    await compare(estate, days=1)
    [found] = await differences(estate, state="open")
    assert (found["kind"], found["reference"], found["booked_fen"]) == (
        "not_settled",
        TODAY,
        5118,
    )
    assert (await day_of(estate, "cards", TODAY))["state"] == "differing"

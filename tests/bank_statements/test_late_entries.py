"""Money of a day that was closed: the day says so, and its totals stay as they were."""

from typing import Any

import pytest

from tests.bank_statements.test_days import (
    DAY,
    FEE,
    TODAY,
    again,
    compare,
    day_of,
    differences,
    take,
)
from tests.build import deposits
from tests.build.bank_statements import TRANSFERS, csv_file, imported, transfers
from tests.build.cast import Estate
from tests.build.reconciliations import DAYS
from tests.build.sign_ins import Member

pytestmark = [
    pytest.mark.slow,
    pytest.mark.billed("2026-01", "2026-02"),
    pytest.mark.usefixtures("books_hold"),
]
FIRST = (DAY, "B1", "51.18", "", "li", "")
TOMORROW = "2026-03-03"
OF_TODAY = (TODAY, "W1", "", "1.00", "", "")


async def closed(estate: Estate, who: Member) -> dict[str, Any]:
    """A day of the bank that closed by itself, with one transfer."""
    await take(estate, who, way="transfer", voucher="B1", paid_on=DAY)
    await imported(estate, who, csv_file([FIRST]))
    await compare(estate)
    day = await day_of(estate, "bank")
    assert (day["state"], day["late_entries"]) == ("closed", 0)
    return day


async def late_days(estate: Estate, who: Member, late: str = "true") -> list[dict[str, Any]]:
    found = await estate.world.api.get(f"{DAYS}?source=bank&late={late}", as_=who)
    assert found.status == 200, found.body
    return list(found.body["items"])


async def is_unchanged(estate: Estate, before: dict[str, Any]) -> None:
    now, late = await day_of(estate, "bank"), ("late_entries", "late_fen")
    assert {k: v for k, v in now.items() if k not in late} == {
        k: v for k, v in before.items() if k not in late
    }


async def test_a_closed_day_says_that_money_was_booked_for_it_later(
    estate: Estate, cashier: Member
) -> None:
    before = await closed(estate, cashier)
    assert await late_days(estate, cashier) == []
    await take(estate, cashier, way="transfer", voucher="B9", paid_on=DAY, amount_fen=100)
    await compare(estate)
    [day] = await late_days(estate, cashier)
    assert (day["day"], day["late_entries"], day["late_fen"]) == (DAY, 1, 100)
    assert (day["state"], day["booked_paid_fen"]) == ("closed", FEE)
    await is_unchanged(estate, before)
    await take(estate, cashier, way="transfer", voucher="B8", paid_on=DAY, amount_fen=11)
    await compare(estate)
    [day] = await late_days(estate, cashier)
    assert (day["late_entries"], day["late_fen"]) == (2, 111)
    assert await late_days(estate, cashier, "false") == []


async def test_a_row_that_a_later_file_has_of_a_closed_day_is_compared_when_it_came(
    estate: Estate, cashier: Member
) -> None:
    before = await closed(estate, cashier)
    await imported(estate, cashier, csv_file([FIRST, (DAY, "B2", "", "7.00", "", "")]))
    await compare(estate, days=1)
    cashier = await again(estate)
    await imported(estate, cashier, csv_file([OF_TODAY, (DAY, "B3", "", "9.00", "", "")]))
    await compare(estate, days=1)
    cashier = await again(estate)
    await imported(estate, cashier, csv_file([(TOMORROW, "W2", "", "0.01", "", "")]))
    await compare(estate)
    found = {each["reference"]: each["day"] for each in await differences(estate)}
    assert found == {"B2": TODAY, "W1": TODAY, "B3": TOMORROW, "W2": TOMORROW}
    for on, fen in ((TODAY, 800), (TOMORROW, 901)):
        assert (await day_of(estate, "bank", on))["billed"]["refunded_fen"] == fen
    [day] = await late_days(estate, cashier)
    assert (day["day"], day["late_entries"], day["late_fen"]) == (DAY, 2, 1600)
    await is_unchanged(estate, before)


async def test_what_was_set_aside_and_is_taken_back_is_found_again(
    estate: Estate, cashier: Member
) -> None:
    await imported(estate, cashier, csv_file([FIRST]))
    [row] = await transfers(estate, cashier)
    path = f"{TRANSFERS}/{row['transfer_id']}"
    aside = await estate.world.api.post(f"{path}/set-aside", {"reason": "利息"}, as_=cashier)
    assert aside.status == 200, aside.body
    await compare(estate)
    assert (await day_of(estate, "bank"))["state"] == "closed"
    assert (await estate.world.api.post(f"{path}/take-back", as_=cashier)).status == 200
    await compare(estate, days=1)
    cashier = await again(estate)
    await imported(estate, cashier, csv_file([OF_TODAY]))
    await compare(estate)
    [found] = await differences(estate, reference="B1")
    assert (found["day"], found["kind"]) == (TODAY, "not_booked")
    assert [each["day"] for each in await late_days(estate, cashier)] == [DAY]


@pytest.mark.usefixtures("cashier")
async def test_a_deposit_that_came_by_transfer_is_known_by_its_number(estate: Estate) -> None:
    await deposits.kept(estate, way="transfer", voucher="B1", amount_fen=5118, paid_on=DAY)
    cashier = await again(estate)
    await imported(estate, cashier, csv_file([FIRST]))
    [row] = await transfers(estate, cashier)
    assert (row["state"], row["fit"]) == ("booked", "booked")
    await compare(estate)
    day = await day_of(estate, "bank")
    assert (day["state"], day["booked"]["paid_fen"]) == ("closed", 5118)
    await compare(estate, days=1)
    assert (await day_of(estate, "bank", TODAY))["waits_for"] == "bank_file"

"""Days of bank accounts and cash: closed when all sides agree, or somebody says why not."""

from typing import Any

import pytest

from services.counter_days import jobs
from tests.build.bank_statements import (
    TRANSFERS,
    confirm,
    csv_file,
    imported,
    transfers,
)
from tests.build.cast import COMPOUND, Estate
from tests.build.reconciliations import DAYS, DIFFERENCES
from tests.build.sign_ins import Member
from tests.build.world import Reply

pytestmark = [
    pytest.mark.slow,
    pytest.mark.billed("2026-01", "2026-02"),
    pytest.mark.usefixtures("books_hold"),
]
DAY, DAY_BEFORE, TODAY = "2026-02-27", "2026-02-26", "2026-03-02"
FEE = 5118
BANK = [(DAY, "B1", "102.36", "", "li", "3-2-502"), (DAY, "B2", "8.88", "", "电力公司", "退")]
TAKEN = "/api/v1/counter-payments"
REASON = {"reason": "已与银行核实"}


async def compare(estate: Estate, *, days: int = 0) -> None:
    """Let time pass, and the days that are over be compared."""
    await estate.world.advance(days=days, minutes=1)
    await jobs.sweep(estate.world.deps, {})
    await estate.world.work()


async def day_of(estate: Estate, source: str, day: str = DAY) -> dict[str, Any]:
    found = await estate.world.db.reconciliations.find_one({"source": source, "day": day})
    assert found is not None
    return dict(found)


async def differences(estate: Estate, **query: Any) -> list[dict[str, Any]]:
    return list(await estate.world.db.reconciliation_differences.find(query).to_list())


async def take(estate: Estate, who: Member, **wish: Any) -> Reply:
    body = {"bill_ids": await estate.bill_ids("li"), "amount_fen": FEE, **wish}
    reply = await estate.world.api.post(TAKEN, body, as_=who)
    assert reply.status == 201, reply.body
    return reply


async def again(estate: Estate) -> Member:
    return await estate.world.sign_in("cashier", "13900000091")


async def test_a_day_of_the_bank_closes_by_itself_when_all_is_assigned(
    estate: Estate, cashier: Member
) -> None:
    found = await imported(estate, cashier, csv_file(BANK))
    await compare(estate)
    assert (await day_of(estate, "bank"))["state"] == "differing"
    open_ones = await differences(estate, state="open")
    assert {(e["reference"], e["kind"]) for e in open_ones} == {
        ("B1", "not_booked"),
        ("B2", "not_booked"),
    }
    assert {each["office"] for each in open_ones} == {"cashier"}
    shown = {each["number"]: each for each in await transfers(estate, cashier)}
    one, other = shown["B1"], shown["B2"]["transfer_id"]
    chosen = {one["transfer_id"]: one["candidates"][0]["bill_ids"]}
    assert (await confirm(estate, cashier, found["statement_id"], chosen)).status == 202
    why = {"reason": "电费退款"}
    path = f"{TRANSFERS}/{other}/set-aside"
    assert (await estate.world.api.post(path, why, as_=cashier)).status == 200
    await estate.world.work()
    await compare(estate)
    day = await day_of(estate, "bank")
    assert (day["state"], day["closed_by"]) == ("closed", "")
    assert day["billed"] == day["booked"] == day["told"]
    assert (day["billed"]["payments"], day["billed"]["paid_fen"]) == (1, 2 * FEE)
    assert {each["state"] for each in await differences(estate)} == {"credited"}
    listed = await estate.world.api.get(f"{DAYS}?source=bank", as_=cashier)
    assert [each["state"] for each in listed.body["items"]] == ["closed"]
    assert (await estate.world.api.get(f"{DAYS}?source=cash", as_=cashier)).body["items"] == []


async def test_what_the_bank_lacks_is_closed_by_a_person_with_a_reason(
    estate: Estate, cashier: Member
) -> None:
    await take(estate, cashier, way="transfer", voucher="B9", paid_on=DAY)
    await compare(estate)
    day = await day_of(estate, "bank")
    assert (day["state"], day["waits_for"]) == ("waiting", "bank_file")
    await imported(estate, cashier, csv_file([(DAY, "X1", "", "1.00", "", "")]))
    await compare(estate)
    [found] = await differences(estate, reference={"$ne": "X1"})
    assert (found["kind"], found["reference"]) == ("not_at_wechat", "B9")
    [left] = await differences(estate, reference="X1")
    aside = f"{DIFFERENCES}/{left['_id']}/close"
    path, admin = f"{DAYS}/{day['_id']}/close", await estate.member("admin")
    early = await estate.world.api.post(path, REASON, as_=admin)
    assert (early.status, early.code) == (409, "day_not_ready")
    closing = f"{DIFFERENCES}/{found['_id']}/close"
    assert (await estate.world.api.post(closing, REASON, as_=admin)).status == 200
    assert (await estate.world.api.post(aside, REASON, as_=admin)).status == 200
    assert (await estate.world.api.post(path, REASON, as_=admin)).status == 200
    assert (await day_of(estate, "bank"))["closed_by"] == admin.person_id


async def test_a_file_of_the_same_day_may_lack_its_evening(
    estate: Estate, cashier: Member
) -> None:
    await imported(estate, cashier, csv_file([(TODAY, "B1", "51.18", "", "li", "")]))
    await compare(estate, days=1)
    day = await day_of(estate, "bank", TODAY)
    assert (day["state"], day["waits_for"]) == ("waiting", "bank_file")
    more = [(TODAY, "B1", "51.18", "", "li", ""), (TODAY, "B2", "1.00", "", "li", "")]
    await imported(estate, await again(estate), csv_file(more))
    await compare(estate)
    assert (await day_of(estate, "bank", TODAY))["state"] == "differing"


async def test_money_is_known_by_its_number_whatever_day_was_typed(
    estate: Estate, cashier: Member
) -> None:
    await take(estate, cashier, way="transfer", voucher="B1", paid_on=DAY_BEFORE)
    rows = [(DAY, "B1", "51.18", "", "li", ""), ("2026-02-25", "X1", "", "1.00", "", "")]
    await imported(estate, cashier, csv_file(rows))
    await compare(estate)
    for day in (DAY, DAY_BEFORE):
        assert (await day_of(estate, "bank", day))["state"] == "closed"
    assert await differences(estate, reference={"$ne": "X1"}) == []


async def test_what_the_counter_booked_after_the_file_is_found(
    estate: Estate, cashier: Member
) -> None:
    await imported(estate, cashier, csv_file([(DAY, "B1", "51.18", "", "li", "")]))
    taken = await take(estate, cashier, way="transfer", voucher="B1", paid_on=DAY)
    await compare(estate)
    [found] = await transfers(estate, cashier)
    assert (found["state"], found["payment_id"]) == ("booked", taken.body["payment_id"])
    assert (await day_of(estate, "bank"))["state"] == "closed"


async def test_other_amounts_of_one_number_differ(estate: Estate, cashier: Member) -> None:
    await take(estate, cashier, way="transfer", voucher="B1", paid_on=DAY)
    await imported(estate, cashier, csv_file(BANK[:1]))
    await compare(estate)
    [found] = await differences(estate)
    assert (found["kind"], found["billed_fen"], found["booked_fen"]) == ("amount", 10236, FEE)


async def test_a_number_that_the_bank_writes_in_other_letters_is_the_same_money(
    estate: Estate, cashier: Member
) -> None:
    await take(estate, cashier, way="transfer", voucher="b-1a", paid_on=DAY)
    await imported(estate, cashier, csv_file([(DAY, "B-1A", "51.18", "", "li", "")]))
    await compare(estate)
    assert await differences(estate) == []
    assert (await day_of(estate, "bank"))["state"] == "closed"


async def test_what_is_set_aside_hides_no_payment_that_is_booked_by_its_number(
    estate: Estate, cashier: Member
) -> None:
    await imported(estate, cashier, csv_file([(DAY, "B1", "1.00", "", "li", "")]))
    [row] = await transfers(estate, cashier)
    path = f"{TRANSFERS}/{row['transfer_id']}/set-aside"
    assert (await estate.world.api.post(path, {"reason": "利息"}, as_=cashier)).status == 200
    await compare(estate)
    assert (await day_of(estate, "bank"))["state"] == "closed"
    await take(estate, cashier, way="transfer", voucher="B1")
    await compare(estate, days=1)
    content = csv_file([(TODAY, "X1", "", "1.00", "", "")])
    await imported(estate, await again(estate), content)
    await compare(estate)
    [found] = await differences(estate, reference="B1")
    assert (found["day"], found["kind"]) == (TODAY, "amount")
    assert (found["billed_fen"], found["booked_fen"]) == (100, FEE)


async def test_what_is_booked_into_a_closed_day_is_seen_on_the_day_of_its_booking(
    estate: Estate, cashier: Member
) -> None:
    await take(estate, cashier, way="transfer", voucher="B1", paid_on=DAY)
    await imported(estate, cashier, csv_file([(DAY, "B1", "51.18", "", "li", "")]))
    await compare(estate)
    assert (await day_of(estate, "bank"))["state"] == "closed"
    await take(estate, cashier, way="transfer", voucher="B9", paid_on=DAY)
    await compare(estate, days=1)
    row = (TODAY, "X1", "", "1.00", "", "")
    await imported(estate, await again(estate), csv_file([row]))
    await compare(estate)
    [found] = await differences(estate, reference={"$ne": "X1"})
    assert (found["reference"], found["day"]) == ("B9", TODAY)


async def hand_over(estate: Estate, giver: Member, counted_fen: int) -> str:
    """Offer cash and let somebody of the community take it over."""
    offer = {"account": "firm", "counted_fen": counted_fen}
    path = f"/api/v1/places/{COMPOUND}/cash-deliveries"
    made = await estate.world.api.post(path, offer, as_=giver)
    assert made.status == 201, made.body
    name, staff = made.body["delivery_id"], await estate.member("staff")
    count = {"counted_fen": counted_fen}
    done = await estate.world.api.post(
        f"/api/v1/cash-deliveries/{name}/taking", count, as_=staff
    )
    assert done.status == 200, done.body
    return str(name)


async def test_a_day_of_cash_closes_when_it_was_handed_over(
    estate: Estate, cashier: Member
) -> None:
    await take(estate, cashier, way="cash", voucher="A-1")
    await compare(estate, days=1)
    assert (await day_of(estate, "cash", TODAY))["state"] == "differing"
    [found] = await differences(estate, state="open")
    assert (found["kind"], found["reference"]) == ("not_handed_over", cashier.person_id)
    estate.members.clear()
    await hand_over(estate, await again(estate), FEE)
    await compare(estate)
    assert (await day_of(estate, "cash", TODAY))["state"] == "closed"
    assert [each["state"] for each in await differences(estate)] == ["explained"]


async def test_a_shortage_is_closed_by_somebody_else(estate: Estate, cashier: Member) -> None:
    await take(estate, cashier, way="cash", voucher="A-1")
    delivery = await hand_over(estate, cashier, FEE - 100)
    await compare(estate, days=1)
    [found] = await differences(estate)
    assert (found["kind"], found["reference"]) == ("count", delivery)
    assert (found["billed_fen"], found["booked_fen"]) == (FEE - 100, FEE)
    path = f"{DIFFERENCES}/{found['_id']}/close"
    own = await estate.world.api.post(path, REASON, as_=await again(estate))
    assert (own.status, own.code) == (403, "own_cash")
    estate.members.clear()
    admin = await estate.member("admin")
    assert (await estate.world.api.post(path, REASON, as_=admin)).status == 200
    day = (await day_of(estate, "cash", TODAY))["_id"]
    closed = await estate.world.api.post(f"{DAYS}/{day}/close", REASON, as_=admin)
    assert closed.status == 200, closed.body

"""Who owes what of a home: a sale moves no debt (民法典 art. 944).

Li's home, January and February issued on 2 March 2026 (Monday noon), sold on that day.
"""

from typing import Any

import msgspec
import pytest

import mongo_indexes
from mongo_indexes import bills, residencies
from services.bills.unpaid_homes import actions as unpaid_homes
from services.kernel.permissions import Role
from services.residencies import owners
from services.residencies.models import Relation
from services.statistics import measures
from tests.build.cast import (
    COMPOUND,
    LI_HOME,
    UNIT,
    WANG_HOME,
    Estate,
    bill,
    live_there,
)
from tests.build.homes import acts, get, newcomer, post, told
from tests.build.offices import hire
from tests.build.payments import order, paid
from tests.build.sign_ins import Member
from tests.build.world import Reply

pytestmark = pytest.mark.billed("2026-01", "2026-02")

BUYER, CASHIER = "13900000040", "13900000060"
DEBTS = f"homes/{LI_HOME}/debts"
TWO_MONTHS = 2 * (5118 + 500)  # 85.30 m² at 0.60 yuan, and 5 yuan for waste


async def sell(estate: Estate, day: str = "2026-03-02", phone: str = BUYER) -> Reply:
    wish = {"name": "赵强", "phone": phone, "day": day, "reason": "已过户"}
    reply = await post(estate, "staff", f"homes/{LI_HOME}/transfer", **wish)
    assert reply.status == 201, reply.body
    return reply


async def owed(estate: Estate, who: Member) -> list[str]:
    reply = await estate.world.api.get("/api/v1/me/bills", as_=who)
    assert reply.status == 200, reply.body
    return [item["bill_id"] for item in reply.body["items"]]


async def disclose(estate: Estate, who: Member, *, disclosed: bool) -> Reply:
    path = f"/api/v1/homes/{LI_HOME}/debt-disclosure"
    body = msgspec.json.encode({"disclosed": disclosed})
    return await estate.world.api.call("PUT", path, body, as_=who)


async def debts(estate: Estate, who: Any, path: str = DEBTS) -> list[dict[str, Any]]:
    reply = await get(estate, who, path)
    assert reply.status == 200, reply.body
    return list(reply.body["items"])


async def test_who_sold_a_home_owes_and_pays_what_was_charged_till_then(estate: Estate) -> None:
    li, buyer = await estate.member("li"), await newcomer(estate, "buyer", BUYER)
    before = await owed(estate, li)
    await sell(estate)
    assert await owed(estate, li) == before
    assert await owed(estate, buyer) == []
    assert (await order(estate, buyer, before[:1])).status == 404
    await paid(estate, li, [before[0]])
    assert await owed(estate, li) == before[1:]
    assert await owed(estate, buyer) == []


async def test_the_family_of_who_sold_it_sees_no_more(estate: Estate) -> None:
    mei = await estate.member("mei")
    assert await owed(estate, mei)
    await sell(estate)
    assert (await get(estate, mei, "me/bills")).status == 403


async def test_what_is_charged_after_a_sale_is_the_buyers(estate: Estate) -> None:
    li, buyer = await estate.member("li"), await newcomer(estate, "buyer", BUYER)
    before = await owed(estate, li)
    await sell(estate, "2026-03-01")
    await bill(estate.world, "2026-03")
    assert await owed(estate, li) == before
    assert len(await owed(estate, buyer)) == 2
    assert len(await told(estate.world, buyer, "bill_issued")) == 1
    assert await told(estate.world, li, "bill_issued") == []


async def test_a_month_that_is_billed_late_is_owed_by_who_owned_the_home_then(
    estate: Estate,
) -> None:
    """And told to them, not to who bought it: the month of the sale is the seller's here."""
    li, buyer = await estate.member("li"), await newcomer(estate, "buyer", BUYER)
    before = await owed(estate, li)
    await sell(estate, "2026-03-02")
    await bill(estate.world, "2026-03")
    assert await owed(estate, buyer) == []
    assert len(await owed(estate, li)) == len(before) + 2
    assert await told(estate.world, buyer, "bill_issued") == []
    assert len(await told(estate.world, li, "bill_issued")) == 1
    await bill(estate.world, "2026-04")
    assert len(await owed(estate, buyer)) == 2


async def test_a_home_that_is_sold_while_its_bills_are_drafts(estate: Estate) -> None:
    staff = await estate.member("staff")
    started = await post(estate, staff, f"places/{COMPOUND}/bill-runs", period="2026-03")
    await estate.world.work()
    await sell(estate, "2026-03-01")
    buyer = await newcomer(estate, "buyer", BUYER)
    await post(estate, staff, f"bill-runs/{started.body['run_id']}/publish")
    await estate.world.work()
    assert len(await owed(estate, buyer)) == 2
    rows = await estate.world.db.bills.find({"home": LI_HOME, "period": "2026-03"}).to_list()
    assert [row["owners_until"] for row in rows] == [None, None]


async def test_a_sale_to_come_changes_nothing_before_its_day(estate: Estate) -> None:
    li, buyer = await estate.member("li"), await newcomer(estate, "buyer", BUYER)
    before = await owed(estate, li)
    await sell(estate, "2026-03-04")
    assert await owed(estate, li) == before
    [home] = [h for h in await unpaid(estate) if h["place"] == LI_HOME]
    assert home["amount_fen"] == TWO_MONTHS
    await estate.advance(days=2)
    li, buyer = await estate.member("li"), await estate.world.sign_in("buyer", BUYER)
    assert await owed(estate, li) == before
    assert await owed(estate, buyer) == []
    assert LI_HOME not in {h["place"] for h in await unpaid(estate)}


async def unpaid(estate: Estate) -> list[dict[str, Any]]:
    return await debts(estate, "head", f"places/{UNIT}/unpaid-homes?due=all")


async def test_heads_ask_nobody_for_what_others_owe(estate: Estate) -> None:
    """Neither the list they ring at doors with, nor a notice to those who owe."""
    assert LI_HOME in {home["place"] for home in await unpaid(estate)}
    await sell(estate)
    assert {home["place"] for home in await unpaid(estate)} == {WANG_HOME}
    owing = unpaid_homes.owing_since
    assert await owing(estate.world.deps, [LI_HOME, WANG_HOME], "2026-03") == {WANG_HOME}
    await bill(estate.world, "2026-04")
    [home] = [home for home in await unpaid(estate) if home["place"] == LI_HOME]
    assert (home["amount_fen"], home["since"], home["resident"]) == (5618, "2026-04", "赵*")


async def test_firm_and_community_see_who_owes_what(estate: Estate) -> None:
    cashier = await hire(estate.world, Role.CASHIER, COMPOUND, name="cashier", phone=CASHIER)
    await sell(estate)
    await bill(estate.world, "2026-04")
    for who in ("staff", cashier):
        now, before = await debts(estate, who)
        assert (now["debtors"], now["owners_until"]) == (["赵*"], None)
        assert (now["amount_fen"], now["since"]) == (5618, "2026-04")
        assert (before["debtors"], before["owners_until"]) == (["l*"], "2026-03-01")
        assert (before["amount_fen"], before["bills"]) == (TWO_MONTHS, 4)
        assert (before["since"], before["mine"]) == ("2026-01", False)
        [row] = await debts(estate, who, f"places/{COMPOUND}/former-debts")
        assert row == before
    waste = await debts(estate, "staff", f"places/{COMPOUND}/former-debts?kind=waste_fee")
    assert [(row["kinds"], row["amount_fen"]) for row in waste] == [(["waste_fee"], 1000)]


async def test_neighbours_and_heads_do_not_see_who_owes_what(estate: Estate) -> None:
    await sell(estate)
    for who in ("wang", "head"):
        assert (await get(estate, who, DEBTS)).status == 404
        former = await get(estate, who, f"places/{UNIT}/former-debts")
        assert former.status in (403, 404)


async def test_residents_see_their_own_of_a_homes_debts(estate: Estate) -> None:
    li, buyer = await estate.member("li"), await newcomer(estate, "buyer", BUYER)
    await sell(estate)
    await bill(estate.world, "2026-04")
    [own] = await debts(estate, buyer)
    assert (own["mine"], own["owners_until"], own["amount_fen"]) == (True, None, 5618)
    [theirs] = await debts(estate, li)
    assert (theirs["mine"], theirs["amount_fen"]) == (True, TWO_MONTHS)


async def test_a_bill_that_two_households_owe_is_to_be_made_anew(estate: Estate) -> None:
    """Published before anybody knew of the sale, by a rule that charges both by days."""
    path, li = f"places/{COMPOUND}/outdated-bills", await estate.member("li")
    assert await debts(estate, "staff", path) == []
    await estate.world.db.fee_rules.update_many({}, {"$set": {"hand_over": "days"}})
    await sell(estate, "2026-02-11")
    found = await debts(estate, "staff", path)
    assert [item["bill"]["period"] for item in found] == ["2026-02", "2026-02"]
    [fee] = [item for item in found if item["bill"]["kind"] == "property_fee"]
    assert fee["right_fen"] == 5118  # 10 days of 28, and 18
    assert len(fee["right_explanation"].split("; ")) == 2
    void = {"reason": "按过户日期分开", "months": "open"}
    for item in found:
        made = await post(estate, "staff", f"bills/{item['bill']['bill_id']}/void", **void)
        assert made.status == 200
    assert await debts(estate, "staff", path) == []
    await bill(estate.world, "2026-02")
    buyer = await newcomer(estate, "buyer", BUYER)
    assert len(await owed(estate, li)) == 4  # January, and ten days
    assert len(await owed(estate, buyer)) == 2


async def test_debts_of_who_sold_come_in_pages(estate: Estate) -> None:
    await sell(estate)
    for home in (WANG_HOME,):
        wish = {"name": "钱多", "phone": "13900000041", "day": "2026-03-02", "reason": "过户"}
        assert (await post(estate, "staff", f"homes/{home}/transfer", **wish)).status == 201
    found: list[str] = []
    cursor = ""
    while cursor is not None:
        path = f"places/{COMPOUND}/former-debts?limit=1&cursor={cursor}"
        reply = await get(estate, "staff", path)
        found += [item["place"] for item in reply.body["items"]]
        cursor = reply.body["next_cursor"]
    assert found == [WANG_HOME, LI_HOME]


async def test_a_buyer_sees_the_sellers_debt_by_their_consent_only(estate: Estate) -> None:
    li, buyer = await estate.member("li"), await newcomer(estate, "buyer", BUYER)
    before = await owed(estate, li)
    await sell(estate)
    assert (await disclose(estate, buyer, disclosed=True)).status == 204  # their own, only
    assert await owed(estate, buyer) == []
    assert (await disclose(estate, li, disclosed=True)).status == 204
    assert await owed(estate, buyer) == before
    [shown] = await debts(estate, buyer)
    assert (shown["mine"], shown["debtors"]) == (False, ["l*"])
    await paid(estate, buyer, [before[0]])
    assert (await disclose(estate, li, disclosed=False)).status == 204
    assert await owed(estate, buyer) == []
    assert await owed(estate, li) == before[1:]
    noted = [*await acts(estate.world, "home.debts_disclosed")]
    assert [row["person"] for row in noted] == [buyer.person_id, li.person_id]
    assert len(await acts(estate.world, "home.debts_hidden")) == 1


async def test_consent_of_one_owner_is_not_that_of_the_next(estate: Estate) -> None:
    """The third owner sees what the second owes if they agree, and no further."""
    li, second = await estate.member("li"), await newcomer(estate, "second", BUYER)
    await sell(estate, "2026-03-01")
    await bill(estate.world, "2026-03")
    await estate.advance(days=40)
    third = await newcomer(estate, "third", "13900000042")
    await sell(estate, "2026-04-10", "13900000042")
    li, second = await estate.member("li"), await estate.world.sign_in("second", BUYER)
    await disclose(estate, li, disclosed=True)
    assert await owed(estate, third) == []
    assert len(await owed(estate, second)) == 2  # they live there no more
    await disclose(estate, second, disclosed=True)
    assert len(await owed(estate, third)) == 6
    await disclose(estate, li, disclosed=False)
    assert len(await owed(estate, third)) == 2


async def test_who_never_owned_a_home_discloses_nothing(estate: Estate) -> None:
    for who in ("wang", "mei", "head"):
        reply = await disclose(estate, await estate.member(who), disclosed=True)
        assert (reply.status, reply.code) == (404, "not_found")


async def test_a_tenant_who_owes_by_contract_is_named_with_the_owner(estate: Estate) -> None:
    await live_there(estate.world.deps, [(LI_HOME, BUYER, Relation.TENANT)])
    rented = {"from_day": "2026-02-01", "owes_since": "2026-02-01", "pays_fees": True}
    row = {"_id": f"r0-{BUYER}"}
    await estate.world.db.residencies.update_one(row, {"$set": rented})
    [debt] = await debts(estate, "staff")
    assert debt["debtors"] == ["1*", "l*"]
    before = {"to_day": "2026-01-31", "from_day": "2025-01-01", "pays_fees": False}
    await estate.world.db.residencies.update_one(row, {"$set": before})
    [debt] = await debts(estate, "staff")
    assert debt["debtors"] == ["l*"]


async def test_an_owner_who_left_and_was_not_followed_is_named_for_their_days(
    estate: Estate,
) -> None:
    """What is charged after they left is nobody's that is known."""
    wish = {"reason": "户口迁出", "last_day": "2026-03-02"}
    assert (await post(estate, "staff", "residencies/r0-li/end", **wish)).status == 204
    await estate.advance(days=40)
    [debt] = await debts(estate, "staff")
    assert debt["debtors"] == ["l*"]
    await estate.world.db.bills.delete_many({"home": LI_HOME})
    await bill(estate.world, "2026-04")
    [debt] = await debts(estate, "staff")
    assert debt["debtors"] == []


async def test_a_hand_over_counts_the_homes_that_its_head_would_ask(estate: Estate) -> None:
    counted = ["bills.owed"]
    deps, unit = estate.world.deps, [UNIT]
    assert (await measures.total(deps, counted, unit))["owing_homes"] == 2
    await sell(estate)
    figures = await measures.total(deps, counted, unit)
    assert figures["owing_homes"] == len(await unpaid(estate)) == 1
    assert figures["owing_fen"] == 2 * (3600 + 500)


async def certify(estate: Estate, who: Any) -> Reply:
    return await post(estate, who, f"homes/{LI_HOME}/debt-certificates", purpose="sale")


async def test_a_firm_certifies_whether_something_is_owed_and_how_much(estate: Estate) -> None:
    """The community of all fees, a firm of its own, and of no other payee's."""
    li, buyer = await estate.member("li"), await newcomer(estate, "buyer", BUYER)
    manager = await hire(estate.world, Role.CASHIER, COMPOUND, name="cashier", phone=CASHIER)
    assert (await certify(estate, manager)).code == "other_payee"  # the firm charges nothing
    await sell(estate)
    made = await certify(estate, "staff")
    assert made.status == 201
    assert made.body["amount_fen"] == TWO_MONTHS
    assert made.body["lines"] == [
        {"kind": "property_fee", "owes": True, "bills": 2, "amount_fen": 2 * 5118},
        {"kind": "waste_fee", "owes": True, "bills": 2, "amount_fen": 1000},
    ]
    await paid(estate, li, [b["bill_id"] for b in await estate.bills("li")][:1])
    await estate.world.advance(seconds=1)
    again = await certify(estate, "staff")
    assert again.body["amount_fen"] < TWO_MONTHS
    path = f"homes/{LI_HOME}/debt-certificates"
    assert await debts(estate, buyer, path) == [again.body, made.body]
    for who in ("wang", li):
        assert (await get(estate, who, path)).status == 404
        assert (await certify(estate, who)).status in (403, 404)


async def test_a_firm_that_charges_certifies_its_own_fee_alone(estate: Estate) -> None:
    cashier = await hire(estate.world, Role.CASHIER, COMPOUND, name="cashier", phone=CASHIER)
    firm = (await estate.world.db.firms.find_one({}))["_id"]
    own = {"account": "firm"}
    await estate.world.db.payees.update_many(own, {"$set": {"firm": firm, "place": COMPOUND}})
    made = await certify(estate, cashier)
    assert [line["kind"] for line in made.body["lines"]] == ["property_fee"]
    assert made.body["amount_fen"] == 2 * 5118


async def test_nobody_certifies_for_their_own_home(estate: Estate) -> None:
    staff = await estate.member("staff")
    row = {"$set": {"person": staff.person_id, "bound_by": "request"}}
    await estate.world.db.residencies.update_one({"_id": "r1-mei"}, row)
    assert (await certify(estate, staff)).code == "own_home"


async def test_a_tenant_sees_what_is_charged_while_they_live_there(estate: Estate) -> None:
    await live_there(estate.world.deps, [(LI_HOME, BUYER, Relation.TENANT)])
    rows = estate.world.db.residencies
    moved_in = {"from_day": "2026-02-01", "to_day": "2026-03-01", "owes_since": "2026-02-01"}
    row = {"_id": f"r0-{BUYER}"}
    await rows.update_one(row, {"$set": moved_in | {"to_day": None}})
    tenant = await newcomer(estate, "tenant", BUYER)
    assert len(await owed(estate, tenant)) == 2
    await rows.update_one(row, {"$set": moved_in})
    assert (await get(estate, tenant, "me/bills")).status == 403
    await rows.update_one(row, {"$set": {"pays_fees": True}})  # by contract they owe it
    assert len(await owed(estate, tenant)) == 2


async def test_the_community_writes_down_that_a_tenant_owes_the_fees(estate: Estate) -> None:
    await live_there(estate.world.deps, [(LI_HOME, BUYER, Relation.TENANT)])
    path = f"/api/v1/residencies/r0-{BUYER}/tenant-pays"
    body = msgspec.json.encode({"pays": True, "reason": "租赁合同第四条"})

    async def put(who: str, path: str = path) -> Reply:
        member = await estate.member(who)
        return await estate.world.api.call("PUT", path, body, as_=member)

    for who, status in (("li", 403), ("head", 403), ("wang", 403), ("staff", 204)):
        assert (await put(who)).status == status, who
    kept = await estate.world.db.residencies.find_one({"_id": f"r0-{BUYER}"})
    assert (kept["pays_fees"], kept["history"][-1]["did"]) == (True, "pays")
    owner = await put("staff", "/api/v1/residencies/r0-li/tenant-pays")
    assert (owner.status, owner.code) == (409, "no_tenant")


async def test_homes_sold_before_bills_knew_debtors_are_counted(estate: Estate) -> None:
    """Fields that old documents lack are filled, and the command counts who owes what."""
    li, buyer = await estate.member("li"), await newcomer(estate, "buyer", BUYER)
    before = await owed(estate, li)
    await sell(estate)
    db = estate.world.db
    lost = {"owes_since": "", "disclosed_since": "", "discloses": "", "pays_fees": ""}
    await db[residencies.COLLECTION].update_many({}, {"$unset": lost})
    await db[bills.COLLECTION].update_many(
        {}, {"$unset": {"liable_on": "", "owners_until": ""}}
    )
    await mongo_indexes.apply(db)
    for _ in range(2):
        assert await owners.rebuild(estate.world.deps) == 1
        assert await owed(estate, li) == before
        assert await owed(estate, buyer) == []
    assert len(await debts(estate, "staff", f"places/{COMPOUND}/former-debts")) == 1

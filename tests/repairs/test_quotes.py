"""Quotes of repairs in homes: a yes before the work, a bill after it, paid to the firm."""

import asyncio
from datetime import timedelta

import pytest

from services.bills.unpaid_homes import actions as unpaid_homes
from services.firms import contracts
from services.firms.models import EndContract
from services.kernel.days import day_of
from services.repairs import jobs
from tests.build import books, payments
from tests.build.cast import COMPOUND, LI_HOME, STAFF, UNIT, Estate
from tests.build.homes import acts
from tests.build.papers import pages_of
from tests.build.quotes import ACCOUNT, TODAY, Quoted
from tests.build.repairs import TAP


async def test_a_yes_then_the_work_then_the_bill_to_the_firms_account(quoted: Quoted) -> None:
    quote = await quoted.offered()
    asked = "春光小区3栋2单元502室的报修26-0001:报价50.00元,同意后再维修。"
    assert await quoted.works.told("li", "repair_quote") == [asked]
    assert (await quoted.ask("li", quote, "accept")).body["state"] == "accepted"
    assert len(await quoted.works.told("repairer", "repair_quote_answer")) == 1
    assert await quoted.owed() == []
    await quoted.finish()
    [bill] = await quoted.owed()
    said = "报修26-0001: 上门检修1次 × 30.00元 + 阀芯2个 × 10.00元 = 50.00元"
    assert (bill["kind"], bill["amount_fen"], bill["explanation"]) == ("repair_fee", 5000, said)
    assert bill["title"] == "2026年3月2日维修费"
    assert (bill["account"], bill["payee_name"]) == (ACCOUNT, "安居物业")
    assert await unpaid_homes.owing_since(quoted.world.deps, [LI_HOME], "2026-12") == set()
    made = await quoted.pay()
    await quoted.world.work()
    order = await quoted.world.db.payments.find_one({"_id": made["payment_id"]})
    assert order is not None
    assert (order["account"], order["state"], order["amount_fen"]) == (ACCOUNT, "paid", 5000)
    journal = await quoted.world.db.journal.find_one({"kind": "payment"})
    assert journal is not None
    assert journal["postings"][0] == {"account": f"wechat:{ACCOUNT}", "amount_fen": 5000}
    assert await quoted.owed() == []
    [paid] = await quoted.owed(state="paid")
    receipt = await quoted.works.get("li", f"payments/{made['payment_id']}/receipt")
    assert receipt.body["lines"][0]["kind"] == "repair_fee"
    [shown] = await quoted.quotes()
    assert (shown["state"], shown["bill_state"]) == ("billed", "paid")
    assert (shown["bill_id"], shown["guaranteed_until"]) == (paid["bill_id"], "2026-05-31")
    assert (await quoted.quotes("mei"))[0]["bill_id"] is None
    await books.check(quoted.world)


@pytest.mark.parametrize("is_agreed", [True, False])
async def test_an_outage_that_ends_ends_no_work_that_was_agreed(
    quoted: Quoted, *, is_agreed: bool
) -> None:
    works, repair = quoted.works, quoted.repair
    await (quoted.accepted() if is_agreed else quoted.offered())
    wish = {"places": [UNIT], "kind": "water", "planned": False, "categories": [TAP]}
    wish |= {
        "ends_at": (works.world.clock.now + timedelta(hours=6)).isoformat(),
        "text": "停水",
    }
    made = await works.post("dispatcher", f"places/{COMPOUND}/outages", **wish)
    assert made.status == 201, made.body
    await works.world.work()
    assert (await works.see("li", repair))["outage_id"] == made.body["outage_id"]
    ended = await works.post("dispatcher", f"outages/{made.body['outage_id']}/end")
    assert ended.status == 200
    await works.world.work()
    seen = await works.see("li", repair)
    if not is_agreed:
        assert (seen["state"], await quoted.states()) == ("done", ["lapsed"])
        return
    assert (seen["state"], seen["outage_id"]) == ("assigned", None)
    await quoted.finish()
    assert (await quoted.states(), len(await quoted.owed())) == (["billed"], 1)


@pytest.mark.parametrize("end", ["a yes", "silence"])
async def test_the_bill_is_told_when_the_repair_is_over(quoted: Quoted, end: str) -> None:
    await quoted.accepted()
    before = len(await quoted.works.told("li", "repair_quote"))
    await quoted.finish()
    assert len(await quoted.owed()) == 1
    assert len(await quoted.works.told("li", "repair_quote")) == before
    if end == "silence":
        await quoted.works.advance(days=7)
        await quoted.world.work()
    else:
        await quoted.works.do("li", quoted.repair, "answer", fixed=True)
    told = await quoted.works.told("li", "repair_quote")
    assert len(told) == before + 1
    assert len([text for text in told if text.endswith("已修完,请付维修费50.00元。")]) == 1
    await quoted.works.do("dispatcher", quoted.repair, "remarks", text="已归档")
    assert len(await quoted.works.told("li", "repair_quote")) == before + 1


async def test_the_work_order_says_what_was_agreed(quoted: Quoted) -> None:
    path = f"repairs/{quoted.repair}/work-order"
    await quoted.offered()
    for is_agreed in (False, True):
        [page] = pages_of((await quoted.works.get("repairer", path)).raw)
        assert ("已同意报价" in page.lines) is is_agreed
        [quote] = await quoted.quotes()
        await quoted.ask("li", quote["quote_id"], "accept")
    assert "50.00元" in page.lines


@pytest.mark.billed("2026-02")
async def test_it_is_never_among_the_fees(quoted: Quoted) -> None:
    """Not in the bills of the home, in rates, in the lists of heads, nor in one order."""
    works, estate = quoted.works, quoted.works.estate
    before = (await works.get("li", "me/bills")).body
    month, later = (f"places/{COMPOUND}/rates?period=2026-{n}" for n in ("03", "06"))
    unpaid = f"places/{COMPOUND}/unpaid-homes?due=all"
    looks = [await works.get("staff", path) for path in (month, later, unpaid)]
    assert {look.status for look in looks} == {200}
    assert looks[-1].body["items"] != []
    await quoted.accepted()
    await quoted.finish()
    assert (await works.get("li", "me/bills")).body == before
    for path, look in zip((month, later, unpaid), looks, strict=True):
        assert (await works.get("staff", path)).body == look.body
    [bill] = await quoted.owed()
    fees = await estate.bill_ids("li")
    assert fees != []
    mixed = await payments.order(estate, await works.member("li"), [bill["bill_id"], *fees])
    assert (mixed.status, mixed.code) in {(422, "different_payees"), (422, "different_fees")}
    for other, status in (("mei", 404), ("wang", 404), ("staff", 403)):
        order = await payments.order(estate, await works.member(other), [bill["bill_id"]])
        assert order.status == status, other
    assert await quoted.owed("mei") == []


async def test_a_changed_quote_needs_a_new_yes(quoted: Quoted) -> None:
    first = await quoted.accepted()
    again = await quoted.ask("li", first, "accept")
    assert (again.status, again.body["state"]) == (200, "accepted")
    other = await quoted.ask("mei", first, "accept")
    assert (other.status, other.code) == (409, "repair_quote_moved_on")
    second = await quoted.offered(("visit", 1, 4000), after_version=1)
    assert await quoted.states() == ["offered", "superseded"]
    late = await quoted.ask("li", first, "accept")
    assert (late.status, late.code) == (409, "repair_quote_moved_on")
    assert late.body["details"] == {"state": "superseded"}
    await quoted.finish()
    assert await quoted.owed() == []
    assert await quoted.states() == ["lapsed", "superseded"]
    over = await quoted.ask("li", second, "accept")
    assert (over.status, over.code) == (409, "repair_quote_moved_on")


async def test_of_two_quotes_at_once_one_counts(quoted: Quoted) -> None:
    offers = [quoted.offer(("visit", 1, fen)) for fen in (2000, 3000)]
    replies = await asyncio.gather(*offers)
    assert sorted(reply.status for reply in replies) == [201, 409]
    [lost] = [reply for reply in replies if reply.status == 409]
    assert (lost.code, lost.body["details"]) == ("repair_quote_outdated", {"version": 1})
    assert await quoted.states() == ["offered"]
    [won] = [reply for reply in replies if reply.status == 201]
    fen = won.body["lines"][0]["unit_fen"]
    same = await quoted.offer(("visit", 1, fen))
    assert (same.status, same.body["quote_id"]) == (201, won.body["quote_id"])


async def test_a_yes_and_the_end_of_the_work_at_once_agree(quoted: Quoted) -> None:
    quote = await quoted.offered()
    await quoted.works.do("repairer", quoted.repair, "start")
    done = quoted.works.post("repairer", f"repairs/{quoted.repair}/finish", summary="修好")
    yes, end = await asyncio.gather(quoted.ask("li", quote, "accept"), done)
    assert end.status == 200, end.body
    assert await quoted.states() == ["billed" if yes.status == 200 else "lapsed"]
    assert len(await quoted.owed()) == (yes.status == 200)
    await books.check(quoted.world)


async def test_a_no_and_a_quote_that_is_taken_back_cost_nothing(quoted: Quoted) -> None:
    first = await quoted.offered()
    assert (await quoted.ask("mei", first, "decline")).body["state"] == "declined"
    second = await quoted.accepted(after_version=1)
    assert (await quoted.ask("second", second, "withdraw")).status == 403
    assert (await quoted.ask("dispatcher", second, "withdraw")).body["state"] == "withdrawn"
    assert len(await quoted.works.told("li", "repair_quote")) == 3
    await quoted.finish()
    assert await quoted.owed() == []
    rows = await acts(quoted.world, "repair.quote_withdrawn")
    assert [row["facts"]["amount_fen"] for row in rows] == [5000]


async def test_a_repair_that_is_cancelled_costs_nothing(quoted: Quoted) -> None:
    await quoted.accepted("mei")
    await quoted.works.do("li", quoted.repair, "cancel", reason="自己修好了")
    assert await quoted.states() == ["lapsed"]
    told = await quoted.works.told("mei", "repair_quote")
    assert told[-1].endswith("报价50.00元已失效,不用付款。")


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ([("visit", 1, 4001)], "repair_price_out_of_band"),
        ([("visit", 1, 3000), ("valve", 1, 499)], "repair_price_out_of_band"),
        ([("gold", 1, 3000)], "repair_price_unknown"),
        ([("visit", 1000, 4000), ("visit", 1000, 4000)], "repair_quote_bad_total"),
    ],
)
async def test_a_quote_keeps_to_the_price_list(
    quoted: Quoted, lines: list[tuple[str, int, int]], code: str
) -> None:
    reply = await quoted.offer(*lines)
    assert (reply.status, reply.code) == (422, code)
    assert await quoted.states() == []


async def test_who_may_offer_and_who_may_answer(quoted: Quoted) -> None:
    for who in ("second", "dispatcher", "staff"):
        reply = await quoted.offer(who=who)
        assert (reply.status, reply.code) == (403, "forbidden"), who
    quote = await quoted.offered()
    for who, status in (("wang", 404), ("head", 404), ("repairer", 403), ("staff", 403)):
        assert (await quoted.ask(who, quote, "accept")).status == status, who
    for who, status in (("wang", 404), ("head", 404), ("dispatcher", 200), ("mei", 200)):
        seen = await quoted.works.get(who, f"repairs/{quoted.repair}/quotes")
        assert seen.status == status, who


async def test_what_all_share_is_not_quoted(quoted: Quoted) -> None:
    quoted.repair = await quoted.works.report("li")
    await quoted.works.hand_out(quoted.repair)
    reply = await quoted.offer()
    assert (reply.status, reply.code) == (409, "repair_quote_not_home")


async def test_without_a_payee_nothing_is_offered(quoted: Quoted) -> None:
    await quoted.world.db.payees.delete_many({"account": ACCOUNT})
    reply = await quoted.offer()
    assert (reply.status, reply.code) == (409, "repair_quote_no_payee")


async def end_contract(quoted: Quoted) -> None:
    found = await quoted.world.db.contracts.find_one({"place": COMPOUND})
    assert found is not None
    today = day_of(quoted.world.clock.now)
    end = EndContract(last_day=today, reason="提前解约")
    await contracts.end(quoted.world.deps, STAFF, found["_id"], end)
    await quoted.works.advance(days=1)


async def test_a_contract_that_ends_between_leaves_nothing_to_pay(quoted: Quoted) -> None:
    waiting = await quoted.offered()
    await end_contract(quoted)
    late = await quoted.ask("li", waiting, "accept")
    assert (late.status, late.code) == (409, "repair_quote_other_firm")


async def test_what_the_firm_had_a_yes_for_is_not_billed_by_who_takes_over(
    quoted: Quoted,
) -> None:
    await quoted.accepted()
    await end_contract(quoted)
    await jobs.pass_back(quoted.world.deps, {})
    await quoted.works.do("staff", quoted.repair, "take")
    await quoted.works.do("staff", quoted.repair, "start")
    await quoted.works.do("staff", quoted.repair, "finish", summary="社区找人修好")
    [quote] = await quoted.quotes()
    assert (quote["state"], await quoted.owed()) == ("lapsed", [])


async def test_who_said_yes_owes_it_also_after_moving_out(quoted: Quoted) -> None:
    await quoted.accepted()
    waiting = await quoted.world.db.residencies.find_one({"home": LI_HOME, "relation": "owner"})
    assert waiting is not None
    gone = {"$set": {"to_day": "2026-03-01"}}
    await quoted.world.db.residencies.update_one({"_id": waiting["_id"]}, gone)
    await quoted.works.advance(hours=1)
    await quoted.finish()
    assert await quoted.owed("mei") == []
    [bill] = await quoted.owed("li")
    await quoted.pay()
    assert [b["bill_id"] for b in await quoted.owed("li", "paid")] == [bill["bill_id"]]


async def test_who_moved_out_says_yes_no_more(quoted: Quoted) -> None:
    quote = await quoted.offered()
    gone = {"$set": {"to_day": "2026-03-01"}}
    await quoted.world.db.residencies.update_one({"home": LI_HOME, "relation": "owner"}, gone)
    await quoted.works.advance(hours=1)
    assert (await quoted.ask("li", quote, "accept")).status == 404


async def test_who_closed_the_account_is_told_nothing_and_the_firm_keeps_its_claim(
    quoted: Quoted,
) -> None:
    await quoted.accepted("mei")
    mei = await quoted.works.member("mei")
    await quoted.world.confirm(mei)
    gone = await quoted.world.api.post("/api/v1/me/deletion", {"confirm": "注销"}, as_=mei)
    assert gone.status == 202, gone.body
    await quoted.finish()
    assert await quoted.world.db.messages.count_documents({"person": mei.person_id}) == 0
    [bill] = await quoted.world.db.bills.find({}).to_list()
    assert (bill["state"], bill["debtor"]) == ("owing", mei.person_id)
    assert await quoted.owed("li") == []
    await books.check(quoted.world)


async def test_a_bill_is_voided_by_its_firm_and_not_by_who_owes_it(
    quoted: Quoted, estate: Estate
) -> None:
    await quoted.accepted()
    await quoted.finish()
    [bill] = await quoted.owed()
    void = {"reason": "协商免收", "months": "forgiven"}
    staff, bills = await quoted.works.member("staff"), estate.world.db.bills
    # One who ordered it at that home and lives elsewhere now.
    await bills.update_one({}, {"$set": {"debtor": staff.person_id}})
    own = await quoted.works.post(staff, f"bills/{bill['bill_id']}/void", **void)
    assert (own.status, own.code) == (403, "own_home")
    await bills.update_one(
        {}, {"$set": {"debtor": (await quoted.works.member("li")).person_id}}
    )
    # The firm needs to serve on the day of the work only, not all its month.
    await estate.world.db.contracts.update_one({}, {"$set": {"from_day": TODAY}})
    reply = await quoted.works.post("manager", f"bills/{bill['bill_id']}/void", **void)
    assert (reply.status, reply.body["state"]) == (200, "void"), reply.body
    assert await quoted.owed() == []
    assert (await quoted.quotes())[0]["bill_state"] == "void"
    await books.check(estate.world)

"""Chapters of the money: what is owed, one payment for several bills, an old debt."""

from typing import Any

from demo.tour import rates
from demo.tour.visit import Visit, expect, yuan
from services.kernel.days import plus_days

OWING = "/me/bills?state=owing&limit=50"


async def resident_finds_the_home(visit: Visit) -> str:
    await visit.arrive("resident", visit.phone)
    me = await visit.ask("resident", "GET", "/me")
    expect([h["place"] for h in me["homes"]] == [visit.home["path"]], "home not bound")
    return f"resident {me['phone_masked']} signed in, home bound: {me['homes'][0]['address']}"


async def resident_sees_what_is_owed(visit: Visit) -> str:
    owed = await visit.ask("resident", "GET", OWING)
    visit.bills = [b for b in owed["items"] if b["kind"] == "property_fee"]
    expect(len(owed["items"]) == 2 * len(visit.periods), "not all bills are there")
    return f"owes {yuan(owed['owed']['amount_fen'])}; why: {visit.bills[0]['explanation']}"


async def resident_allows_a_message(visit: Visit) -> str:
    templates = await visit.ask("resident", "GET", "/me/message-templates")
    wanted = [t for t in templates["items"] if t["template"] == "payment_received"]
    expect(wanted, "no template for receipts")
    wish = {"template_ids": [wanted[0]["template_id"]]}
    await visit.visitor.desk.act(f"users/{visit.user('resident')}/subscribe", **wish)
    return "allowed one message about payments in WeChat"


async def head_sees_who_has_not_paid(visit: Visit) -> str:
    visit.before = await _seen_by_the_head(visit)
    return f"unit head sees {visit.before['unpaid']} homes that owe; {visit.before['told']}"


async def _seen_by_the_head(visit: Visit) -> dict[str, Any]:
    path = f"/places/{visit.unit}/unpaid-homes?kind=property_fee&due=all"
    unpaid = await visit.ask("head", "GET", path)
    found = await rates.of_place(visit, "head", visit.unit)
    return {"unpaid": len(unpaid["items"]), "rates": found, "told": rates.shown(found)}


async def resident_pays_several_bills_at_once(visit: Visit) -> str:
    wish = {"bill_ids": [bill["bill_id"] for bill in visit.bills]}
    key = {"Idempotency-Key": visit.tag}
    order = await visit.ask("resident", "POST", "/payments", wish, key)
    visit.payment = order["payment_id"]
    paid = await visit.visitor.desk.act(
        f"users/{visit.user('resident')}/pay", **order["pay_params"], notify="simultaneous"
    )
    expect(paid["result"] == "ok", f"WeChat says {paid}")
    told = [notice["status"] for notice in paid["notices"]]
    expect(told == [204, 204], f"notices answered {told}")
    return (
        f"{len(visit.bills)} bills paid with one WeChat payment of "
        f"{yuan(order['amount_fen'])}; WeChat's notice came twice at once"
    )


async def payment_is_booked_once(visit: Visit) -> str:
    await visit.until_state("resident", f"/payments/{visit.payment}", "paid")
    left = await visit.ask("resident", "GET", OWING)
    kinds = {bill["kind"] for bill in left["items"]}
    expect(kinds == {"waste_fee"}, f"still owing: {kinds}")
    return "verified, booked once, bills paid; the waste fee is still owed to its own payee"


async def receipt_is_there(visit: Visit) -> str:
    receipt = await visit.ask("resident", "GET", f"/payments/{visit.payment}/receipt")
    return f"receipt {receipt['number']}: {receipt['amount_capital']}"


async def ledger_balances(visit: Visit) -> str:
    span = f"from_day={plus_days(visit.today, -1)}&to_day={visit.today}"
    found = await visit.ask("admin", "GET", f"/ledger/trial-balance?{span}")
    expect(found["balanced"], f"the ledger does not balance: {found}")
    return f"ledger balanced: debit {yuan(found['debit_fen'])} = credit"


async def heads_list_is_shorter(visit: Visit) -> str:
    after = await _seen_by_the_head(visit)
    expect(after["unpaid"] == visit.before["unpaid"] - 1, "the list is not shorter")
    for name in ("household_rate", "amount_rate"):
        expect(rates.rises(name, visit.before["rates"], after["rates"]), f"{name} stays")
    return f"unit head sees {after['unpaid']} homes that owe; {after['told']}"


async def resident_is_told(visit: Visit) -> str:
    inbox = await visit.ask("resident", "GET", "/me/messages")
    mine = [m for m in inbox["items"] if m["template"] == "payment_received"]
    expect(mine, "nothing in the inbox")
    desk = visit.visitor.desk
    openid = (await desk.act(f"users/{visit.user('resident')}"))["openid"]
    sent = await visit.until(lambda: desk.look(f"messages?openid={openid}"), bool)
    expect(len(sent) == 1, f"{len(sent)} messages in WeChat")
    return f"told in WeChat, once, and in the inbox: {mine[0]['body']}"


async def a_day_is_closed(visit: Visit) -> str:
    """The worker compares each day from the morning after; the oldest are done first."""
    path = "/reconciliations?state=closed&sort=oldest&limit=1"
    found = await visit.until(lambda: visit.ask("admin", "GET", path), _has_items)
    day_id = found["items"][0]["reconciliation_id"]
    day = await visit.ask("admin", "GET", f"/reconciliations/{day_id}")
    expect(day["billed"] == day["told"] == day["booked"], f"closed, and not equal: {day}")
    expect(not day["open_differences"], "closed with a difference that is open")
    billed, booked = yuan(day["billed"]["paid_fen"]), yuan(day["booked"]["paid_fen"])
    return (
        f"{day['day']} of {day['account']} is closed: WeChat says {billed}, the books {booked}"
    )


def _has_items(found: dict[str, Any]) -> bool:
    return bool(found["items"])

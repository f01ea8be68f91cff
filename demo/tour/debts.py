"""Chapters of 春光小区 and its arrears: an old debt, all the rest at once, months to come."""

from typing import Any, Final

from demo.people import COMPOUND, Mood, households
from demo.tour import rates
from demo.tour.payment import OWING
from demo.tour.visit import Visit, counted, expect, yuan

MONTHS: Final = 3


async def an_old_debt_is_paid(visit: Visit) -> str:
    """A new compound has no arrears yet; 春光小区 has, from bills two months old."""
    before = await rates.of_place(visit, "staff", COMPOUND)
    home = await in_arrears(visit)
    await visit.arrive("debtor", PHONES[home["place"]])
    owed = await visit.ask("debtor", "GET", OWING)
    oldest = min(
        (bill for bill in owed["items"] if bill["kind"] == "property_fee"),
        key=lambda bill: bill["period"],
    )
    visit.debt = oldest["home"]
    order = await visit.ask("debtor", "POST", "/payments", {"bill_ids": [oldest["bill_id"]]})
    await _pay(visit, order)
    left = await visit.ask("debtor", "GET", OWING)
    expect(oldest["bill_id"] not in [b["bill_id"] for b in left["items"]], "it still owes")
    after = await rates.of_place(visit, "staff", COMPOUND)
    expect(rates.rises("arrears_recovery_rate", before, after), "the recovery rate stays")
    return f"an old debt of {oldest['address']} is paid: 春光小区 {rates.shown(after)}"


# Homes of those who never pay: the others may be paying at this moment.
PHONES: Final = {
    home.place: home.phone
    for home in households()
    if home.phone and home.mood is Mood.PAYS_NOTHING and not home.is_visitors
}


async def in_arrears(visit: Visit, who: str = "staff", number: int = 0) -> dict[str, Any]:
    """Return the home of this number among those who never pay."""
    cursor, found = "", []
    while True:
        path = f"/places/{COMPOUND}/unpaid-homes?kind=property_fee&limit=100{cursor}"
        page = await visit.ask(who, "GET", path)
        found += [h for h in page["items"] if h["days_overdue"] and h["place"] in PHONES]
        if len(found) > number:
            return dict(found[number])
        expect(page["next_cursor"], "nobody in 春光小区 is in arrears")
        cursor = f"&cursor={page['next_cursor']}"


async def _pay(visit: Visit, order: dict[str, Any]) -> None:
    await visit.visitor.desk.act(f"users/{visit.user('debtor')}/pay", **order["pay_params"])
    for payment in order.get("payments", [order]):
        await visit.until_state("debtor", f"/payments/{payment['payment_id']}", "paid")


async def all_the_rest_is_paid(visit: Visit) -> str:
    owed = await visit.ask("debtor", "GET", OWING)
    wish = {"bill_ids": [bill["bill_id"] for bill in owed["items"]]}
    begun = await visit.ask("debtor", "POST", "/me/checkouts", wish)
    path, taps = f"/me/checkouts/{begun['checkout_id']}", 0
    payees = {part["payee_name"] for part in begun["parts"]}
    expect(len(payees) > 1, f"all of it goes to {payees}")
    while not begun["is_done"]:
        await _pay(visit, await visit.ask("debtor", "POST", f"{path}/next"))
        taps += 1
        begun = await visit.ask("debtor", "GET", path)
    left = await visit.ask("debtor", "GET", OWING)
    expect(not left["items"], f"still owed: {left['items']}")
    return (
        f"{counted(len(owed['items']), 'bill')} of {counted(len(payees), 'payee')}, "
        f"{yuan(owed['owed']['amount_fen'])}, are paid with {counted(taps, 'tap')}"
    )


async def months_to_come_are_paid(visit: Visit) -> str:
    path = f"/homes/{visit.debt}/prepayment-offer?kind=property_fee"
    offer = await visit.ask("debtor", "GET", path)
    [costs] = [each["amount_fen"] for each in offer["sums"] if each["months"] == MONTHS]
    wish = {"home": visit.debt, "kind": "property_fee", "months": MONTHS}
    order = await visit.ask("debtor", "POST", "/me/prepayments", wish)
    expect(order["amount_fen"] == costs, f"offered for {costs}: {order['amount_fen']}")
    await _pay(visit, order)
    kept = await visit.ask("debtor", "GET", "/me/prepayments")
    [own] = [each for each in kept["items"] if each["home"] == visit.debt]
    expect(own["balance_fen"] == offer["balance_fen"] + costs, f"kept: {own}")
    return (
        f"{counted(MONTHS, 'month')} to come are paid in advance: {yuan(costs)} lie with "
        f"{own['payee_name']} and pay the next bills by themselves"
    )

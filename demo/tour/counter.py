"""Chapters of money without WeChat: a transfer, cash at a door, and who has the cash then."""

from typing import Any

from demo.tour.visit import Visit, expect, yuan

AT_THE_DOOR_FEN = 10_000


async def a_transfer_is_booked(visit: Visit) -> str:
    home = await _neighbour(visit, 0)
    bills = await _payable(visit, "staff", home["place"])
    wish = {
        "bill_ids": [bill["bill_id"] for bill in bills],
        "way": "transfer",
        "voucher": f"T-{visit.tag}",
    }
    taken = await visit.ask("staff", "POST", "/counter-payments", wish)
    again = await visit.ask("staff", "POST", "/counter-payments", wish)
    expect(again["payment_id"] == taken["payment_id"], "the same transfer was booked twice")
    expect(not await _payable(visit, "staff", home["place"]), "something is still owed")
    return (
        f"{home['address']}: a transfer of {yuan(taken['amount_fen'])} is booked for "
        f"{taken['bills']} bills, once, receipt {taken['receipt_number']}"
    )


async def _neighbour(visit: Visit, number: int) -> dict[str, Any]:
    """Return a home of the unit that owes the property fee, and is not the visit's own."""
    path = f"/places/{visit.unit}/unpaid-homes?kind=property_fee&due=all"
    found = await visit.ask("head", "GET", path)
    others = [home for home in found["items"] if home["place"] != visit.home["path"]]
    expect(len(others) > number, "too few homes of the unit owe anything")
    return dict(others[number])


async def _payable(visit: Visit, who: str, home: str) -> list[dict[str, Any]]:
    found = await visit.ask(who, "GET", f"/homes/{home}/payable-bills")
    return [bill for bill in found["items"] if bill["kind"] == "property_fee"]


async def cash_is_taken_at_a_door(visit: Visit) -> str:
    home = await _neighbour(visit, 0)
    before = await _payable(visit, "head", home["place"])
    wish = {
        "bill_ids": [bill["bill_id"] for bill in before],
        "way": "cash",
        "voucher": f"D-{visit.tag}",
        "amount_fen": AT_THE_DOOR_FEN,
    }
    taken = await visit.ask("head", "POST", "/counter-payments", wish)
    visit.cash_of = taken["account"]
    after = await _payable(visit, "head", home["place"])
    left = sum(bill["owed_fen"] for bill in after)
    owed = sum(bill["owed_fen"] for bill in before)
    expect(owed - left == AT_THE_DOOR_FEN, f"{owed} owed before, {left} after")
    return (
        f"{home['address']}: the unit head took {yuan(AT_THE_DOOR_FEN)} at the door, the "
        f"oldest bill first; {yuan(left)} of {yuan(owed)} is left"
    )


async def cash_is_handed_over(visit: Visit) -> str:
    held = await visit.ask("head", "GET", f"/places/{visit.unit}/cash-in-hand")
    expect([each["amount_fen"] for each in held["items"]] == [AT_THE_DOOR_FEN], f"{held}")
    wish = {"account": visit.cash_of, "counted_fen": AT_THE_DOOR_FEN}
    path = f"/places/{visit.unit}/cash-deliveries"
    offered = await visit.ask("head", "POST", path, wish)
    path = f"/cash-deliveries/{offered['delivery_id']}/taking"
    taken = await visit.ask("staff", "POST", path, {"counted_fen": AT_THE_DOOR_FEN})
    held = await visit.ask("head", "GET", f"/places/{visit.unit}/cash-in-hand")
    expect(not held["items"], f"the head still holds {held}")
    return (
        f"both counted {yuan(taken['counted_fen'])}: the head holds none of it any more, "
        f"difference {yuan(taken['difference_fen'])}"
    )

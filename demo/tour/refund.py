"""Chapter of money that goes back by hand: one of the staff asks, another one approves."""

from typing import Any

from demo.tour.payment import OWING
from demo.tour.visit import Visit, expect, yuan

BACK_FEN = 1_000


async def part_of_a_payment_is_asked_back(visit: Visit) -> str:
    bill = visit.bills[0]
    part = {"bill_id": bill["bill_id"], "amount_fen": BACK_FEN}
    path = f"/payments/{visit.payment}/refund-requests"
    wish = {"reason": "面积更正,多缴部分退回", "bills": [part]}
    asked = await visit.ask("staff", "POST", path, wish)
    visit.refund = asked["request_id"]
    expect(asked["state"] == "asked", f"nobody decided, and it is {asked['state']}")
    expect(not await _owed(visit), "a bill is owed again before the money is back")
    return f"staff asks that {yuan(asked['amount_fen'])} of {bill['title']} go back"


async def _owed(visit: Visit) -> list[dict[str, Any]]:
    """Return the property fees that the resident owes."""
    found = await visit.ask("resident", "GET", OWING)
    return [bill for bill in found["items"] if bill["kind"] == "property_fee"]


async def somebody_else_approves_it(visit: Visit) -> str:
    path = f"/refund-requests/{visit.refund}/decision"
    yes = {"approve": True, "reason": "已核对测绘报告"}
    decided = await visit.ask("admin", "POST", path, yes)
    await visit.until_state("staff", f"/refund-requests/{visit.refund}", "done")
    return f"an administrator approves it; WeChat gave {yuan(decided['amount_fen'])} back"


async def bill_is_owed_again_and_receipt_reversed(visit: Visit) -> str:
    owed = await _owed(visit)
    expect([bill["owed_fen"] for bill in owed] == [BACK_FEN], f"owed again: {owed}")
    receipt = await visit.ask("resident", "GET", f"/payments/{visit.payment}/receipt")
    back = [each["amount_fen"] for each in receipt["reversals"]]
    expect(back == [BACK_FEN], f"the receipt says that {back} went back")
    return (
        f"{yuan(BACK_FEN)} of {owed[0]['title']} are owed again; receipt {receipt['number']} "
        f"stays, with a reversal"
    )

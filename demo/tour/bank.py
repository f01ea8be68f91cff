"""Chapter of the firm's bank: what came is booked for the right home, what left is known."""

import csv
import io
from typing import Any

from demo.people import COMPOUND
from demo.tour.debts import in_arrears
from demo.tour.visit import Visit, expect, yuan
from services.kernel.days import plus_days

ACCOUNT = "firm"
CSV = "text/csv"
DEPOSIT_FEN = 5_000
HEADINGS = ("交易日期", "流水号", "收入", "支出", "对方户名", "附言")


async def a_bank_file_is_read(visit: Visit) -> str:
    home = await in_arrears(visit, "cashier", number=1)
    payable = await visit.ask("cashier", "GET", f"/homes/{home['place']}/payable-bills")
    bills = [bill for bill in payable["items"] if bill["kind"] == "property_fee"]
    visit.transferred = sum(bill["owed_fen"] for bill in bills)
    amount, remark = _amount(visit.transferred), f"{home['address']} 物业费"
    row = (_yesterday(visit), f"DEMO{visit.tag}", amount, "", "", remark)
    visit.statement = await _bring_in(visit, row)
    [transfer] = await _transfers(visit)
    expect(transfer["fit"] == "certain", f"the home is not found: {transfer}")
    found = transfer["candidates"][0]
    expect(found["home"] == home["place"], f"another home is proposed: {found}")
    return (
        f"the bank's file is read, nothing booked: {yuan(transfer['amount_fen'])} with the "
        f"remark {transfer['remark']} is certainly of {found['address']}"
    )


def _yesterday(visit: Visit) -> str:
    return plus_days(visit.today, -1)


def _amount(fen: int) -> str:
    return f"{fen / 100:.2f}"


async def _bring_in(visit: Visit, *rows: tuple[str, ...]) -> str:
    """Bring in what a bank has, as it writes it; return the statement when it was read."""
    buffer = io.StringIO()
    csv.writer(buffer).writerows([HEADINGS, *rows])
    path, content = f"/accounts/{ACCOUNT}/bank-statements", buffer.getvalue().encode()
    made = await visit.ask("cashier", "POST", path, content, {"Content-Type": CSV})
    await visit.until_state("cashier", f"/bank-statements/{made['statement_id']}", "read")
    return str(made["statement_id"])


async def _transfers(visit: Visit, statement: str = "") -> list[dict[str, Any]]:
    """Return what came in by a statement; of another one than the chapter's, what left."""
    path = f"/bank-transfers?statement_id={statement or visit.statement}"
    path += "&direction=out" if statement else ""
    found = await visit.ask("cashier", "GET", path)
    return list(found["items"])


async def the_transfer_is_booked(visit: Visit) -> str:
    [transfer] = await _transfers(visit)
    found = transfer["candidates"][0]
    chosen = {"transfer_id": transfer["transfer_id"], "bill_ids": found["bill_ids"]}
    path = f"/bank-statements/{visit.statement}/confirm"
    await visit.ask("cashier", "POST", path, {"transfers": [chosen]})
    [booked] = await visit.until(lambda: _transfers(visit), _is_booked)
    payable = await visit.ask("cashier", "GET", f"/homes/{found['home']}/payable-bills")
    left = [bill for bill in payable["items"] if bill["bill_id"] in found["bill_ids"]]
    expect(not left, f"still owed: {left}")
    return (
        f"the cashier confirms it, and {yuan(booked['amount_fen'])} pay "
        f"{len(found['bill_ids'])} bills; number {booked['number']} is never booked again"
    )


def _is_booked(found: list[dict[str, Any]]) -> bool:
    return [each["state"] for each in found] == ["booked"]


async def what_left_is_known(visit: Visit) -> str:
    """A deposit is given back by transfer; the bank has it, and one that nobody knows."""
    number = f"DEMO{visit.tag}OUT"
    [came] = await _transfers(visit)
    await _deposit_given_back(visit, came["candidates"][0]["home"], number)
    day, amount = _yesterday(visit), _amount(DEPOSIT_FEN)
    rows = (
        (day, number, amount, "", "", ""),
        (day, number, "", amount, "", ""),
        (day, f"{number}2", "", amount, "", ""),
    )
    left = await _transfers(visit, await _bring_in(visit, *rows))
    known, unknown = sorted(left, key=lambda row: str(row["number"]))
    expect(known["state"] == "booked", f"the transfer back is not known: {known}")
    expect(unknown["state"] == "open", f"what nobody paid out is known: {unknown}")
    path = f"/bank-transfers/{unknown['transfer_id']}/set-aside"
    aside = await visit.ask("cashier", "POST", path, {"reason": "电梯维保费"})
    return (
        f"{yuan(known['amount_fen'])} left with the number of a deposit given back; another "
        f"{yuan(aside['amount_fen'])} are no refund: {aside['set_aside_because']}"
    )


async def _deposit_given_back(visit: Visit, home: str, number: str) -> None:
    payees = await visit.ask("staff", "GET", f"/places/{COMPOUND}/payees?limit=100")
    [payee] = [each for each in payees["items"] if each["account"] == ACCOUNT]
    wish = {
        "kind": "keys",
        "why": "门禁卡押金,退卡时退还",
        "payer_name": "李娜",
        "payee_id": payee["payee_id"],
        "amount_fen": DEPOSIT_FEN,
        "way": "transfer",
        "voucher": number,
    }
    kept = await visit.ask("staff", "POST", f"/homes/{home}/deposits", wish)
    path = f"/deposits/{kept['deposit_id']}"
    await visit.ask("staff", "POST", f"{path}/return", {})
    yes = {"approve": True, "reason": "卡已交回"}
    await visit.ask("admin", "POST", f"{path}/return-decision", yes)
    await visit.ask("staff", "POST", f"{path}/payout", {"way": "transfer", "voucher": number})

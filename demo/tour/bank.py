"""Chapter of the firm's bank: its file is read, and a transfer is booked for the right home."""

import csv
import io
from typing import Any

from demo.tour.debts import in_arrears
from demo.tour.visit import Visit, expect, yuan
from services.kernel.days import plus_days

ACCOUNT = "firm"
CSV = "text/csv"
HEADINGS = ("交易日期", "流水号", "收入", "支出", "对方户名", "附言")


async def a_bank_file_is_read(visit: Visit) -> str:
    home = await in_arrears(visit, "cashier", number=1)
    payable = await visit.ask("cashier", "GET", f"/homes/{home['place']}/payable-bills")
    bills = [bill for bill in payable["items"] if bill["kind"] == "property_fee"]
    visit.transferred = sum(bill["owed_fen"] for bill in bills)
    path = f"/accounts/{ACCOUNT}/bank-statements"
    made = await visit.ask("cashier", "POST", path, _file(visit, home), {"Content-Type": CSV})
    visit.statement = made["statement_id"]
    await visit.until_state("cashier", f"/bank-statements/{visit.statement}", "read")
    [transfer] = await _transfers(visit)
    expect(transfer["fit"] == "certain", f"the home is not found: {transfer}")
    found = transfer["candidates"][0]
    expect(found["home"] == home["place"], f"another home is proposed: {found}")
    return (
        f"the bank's file is read, nothing booked: {yuan(transfer['amount_fen'])} with the "
        f"remark {transfer['remark']} is certainly of {found['address']}"
    )


def _file(visit: Visit, home: dict[str, Any]) -> bytes:
    """Write what came in yesterday, as a bank does."""
    buffer = io.StringIO()
    day, amount = plus_days(visit.today, -1), f"{visit.transferred / 100:.2f}"
    row = (day, f"DEMO{visit.tag}", amount, "", "", f"{home['address']} 物业费")
    csv.writer(buffer).writerows([HEADINGS, row])
    return buffer.getvalue().encode()


async def _transfers(visit: Visit) -> list[dict[str, Any]]:
    path = f"/bank-transfers?statement_id={visit.statement}"
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

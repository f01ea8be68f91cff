"""Bank statements in tests: files as banks write them, and who brings them in."""

import csv
import io
from collections.abc import Sequence
from typing import Any, Final

import xlsxwriter

from services.fees.models import FeeKind
from services.kernel.permissions import Role
from tests.build.cast import COMPOUND, Estate, payee_of
from tests.build.offices import firm_at, hire
from tests.build.sign_ins import Member
from tests.build.world import Reply

UPLOAD: Final = "/api/v1/accounts/{}/bank-statements"
STATEMENTS: Final = "/api/v1/bank-statements"
TRANSFERS: Final = "/api/v1/bank-transfers"
HEADINGS: Final = ("交易日期", "流水号", "收入", "支出", "对方户名", "附言")
Rows = Sequence[Sequence[Any]]


def csv_file(
    rows: Rows, *, headings: Sequence[str] = HEADINGS, encoding: str = "utf-8"
) -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer).writerows([headings, *rows])
    return buffer.getvalue().encode(encoding)


def xlsx_file(rows: Rows, *, headings: Sequence[str] = HEADINGS, titles: int = 0) -> bytes:
    buffer = io.BytesIO()
    options = {"in_memory": True, "default_date_format": "yyyy-mm-dd"}
    with xlsxwriter.Workbook(buffer, options) as book:
        sheet = book.add_worksheet("流水")
        for number, row in enumerate([headings, *rows], titles):
            sheet.write_row(number, 0, row)
    return buffer.getvalue()


async def cashier_of(estate: Estate) -> Member:
    """The cashier of the firm that charges the property fee."""
    firm = await firm_at(estate.world, COMPOUND)
    await estate.world.db.payees.update_one(
        {"_id": payee_of(FeeKind.PROPERTY_FEE)}, {"$set": {"firm": firm, "place": COMPOUND}}
    )
    whose = {"name": "cashier", "phone": "13900000091", "firm": firm}
    return await hire(estate.world, Role.CASHIER, COMPOUND, **whose)


async def upload(estate: Estate, who: Member, content: bytes, account: str = "firm") -> Reply:
    return await estate.world.api.post(UPLOAD.format(account), content, as_=who)


async def imported(estate: Estate, who: Member, content: bytes) -> dict[str, Any]:
    """Upload a file, let it be read, and return the statement."""
    reply = await upload(estate, who, content)
    assert reply.status == 202, reply.body
    await estate.world.work()
    return await statement(estate, who, reply.body["statement_id"])


async def statement(estate: Estate, who: Member, name: str) -> dict[str, Any]:
    reply = await estate.world.api.get(f"{STATEMENTS}/{name}", as_=who)
    assert reply.status == 200, reply.body
    return dict(reply.body)


async def transfers(estate: Estate, who: Member, query: str = "") -> list[dict[str, Any]]:
    reply = await estate.world.api.get(f"{TRANSFERS}?limit=50{query}", as_=who)
    assert reply.status == 200, reply.body
    return list(reply.body["items"])


async def confirm(
    estate: Estate, who: Member, name: str, chosen: dict[str, list[str]]
) -> Reply:
    """Confirm transfer → bills of a statement; nothing is booked before the worker ran."""
    wish = [{"transfer_id": each, "bill_ids": bills} for each, bills in chosen.items()]
    path = f"{STATEMENTS}/{name}/confirm"
    return await estate.world.api.post(path, {"transfers": wish}, as_=who)

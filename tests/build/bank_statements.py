"""Bank statements in tests: files as banks write them, and who brings them in."""

import csv
import io
from collections.abc import Sequence
from typing import Any, Final

import xlsxwriter

from services.counter_payments import actions as counter_payments
from services.counter_payments.models import CounterWay, TakePayment
from services.counter_payments.refunds import actions as counter_refunds
from services.counter_payments.refunds.models import PayOut, PayoutWay
from services.fees.models import FeeKind
from services.kernel.acts import Act
from services.kernel.permissions import Role
from tests.build.cast import COMMUNITY, COMPOUND, LI_HOME, Estate, appoint, payee_of
from tests.build.deeds import Ask
from tests.build.offices import firm_at, hire
from tests.build.refund_requests import CLERK, counter_refund
from tests.build.sign_ins import Member
from tests.build.world import Reply

UPLOAD: Final = "/api/v1/accounts/{}/bank-statements"
STATEMENTS: Final = "/api/v1/bank-statements"
TRANSFERS: Final = "/api/v1/bank-transfers"
HEADINGS: Final = ("交易日期", "流水号", "收入", "支出", "对方户名", "附言")
Rows = Sequence[Sequence[Any]]
FEBRUARY: Final = "2026-02-27"


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


FILE: Final = csv_file([(FEBRUARY, "B1", "10.00", "", "li", "3-2-502 卫生费")])


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


async def transfers_confirmed(estate: Estate) -> Ask:
    """A file of which somebody chose the bills of Li's home for its one transfer."""
    world, clerk = estate.world, await estate.member("staff")
    sent = await upload(estate, clerk, FILE, "sanitation")
    assert sent.status == 202, sent.body
    await world.work()
    [found] = await world.db.bank_transfers.find({}).to_list()
    waste = {"home": LI_HOME, "kind": "waste_fee"}
    bills = [each["_id"] for each in await world.db.bills.find(waste).to_list()]
    wish = {"transfers": [{"transfer_id": found["_id"], "bill_ids": bills}]}
    return Ask(f"{STATEMENTS}/{found['statement']}/confirm", wish, subject=found["statement"])


async def statement_uploaded(_: Estate) -> Ask:
    return Ask(UPLOAD.format("sanitation"), FILE)


async def transfer_set_aside(estate: Estate) -> Ask:
    await transfers_confirmed(estate)
    [found] = await estate.world.db.bank_transfers.find({}).to_list()
    path = f"{TRANSFERS}/{found['_id']}/set-aside"
    return Ask(path, {"reason": "电费退款"}, subject=found["_id"])


async def transfer_taken_back(estate: Estate) -> Ask:
    ask = await transfer_set_aside(estate)
    done = await estate.world.api.post(ask.path, ask.body, as_=await estate.member("staff"))
    assert done.status == 200, done.body
    return Ask(ask.path.replace("set-aside", "take-back"), subject=ask.subject)


async def cards_to_settle(estate: Estate) -> Ask:
    """A transfer of today that is what a card machine took yesterday."""
    world, waste = estate.world, {"home": LI_HOME, "kind": "waste_fee"}
    bills = [each["_id"] for each in await world.db.bills.find(waste).to_list()]
    slip = TakePayment(bill_ids=bills, way=CounterWay.POS, voucher="P-1")
    taken, day = await counter_payments.take(world.deps, CLERK, slip), world.deps.today()
    await world.advance(days=1)
    amount = f"{taken.amount_fen / 100:.2f}"
    estate.members.clear()
    content = csv_file([(world.deps.today(), "S-1", amount, "", "", "")])
    sent = await upload(estate, await estate.member("staff"), content, "sanitation")
    assert sent.status == 202, sent.body
    await world.work()
    [found] = await world.db.bank_transfers.find({}).to_list()
    path = f"{TRANSFERS}/{found['_id']}/settlement"
    return Ask(path, {"days": [day]}, subject=found["_id"])


async def payout_to_confirm(estate: Estate) -> Ask:
    """A row that left, and a refund of Li's home that a clerk paid out by another number."""
    deps, waste = estate.world.deps, {"home": LI_HOME, "kind": "waste_fee"}
    bills = [each["_id"] for each in await estate.world.db.bills.find(waste).to_list()]
    made = await counter_refund(estate, bills)
    paid = PayOut(way=PayoutWay.TRANSFER, voucher="T-9")
    await counter_refunds.pay_out(deps, CLERK, made.request_id, paid)
    left = [(deps.today(), "T-1", "", f"{made.amount_fen / 100:.2f}", "li", "")]
    sent = await upload(estate, await estate.member("staff"), csv_file(left), "sanitation")
    assert sent.status == 202, sent.body
    await estate.world.work()
    [found] = await estate.world.db.bank_transfers.find({}).to_list()
    wish = {"payout_id": f"counter-refund:{made.request_id}"}
    return Ask(f"{TRANSFERS}/{found['_id']}/payout", wish, subject=found["_id"])


async def payout_of_office(estate: Estate) -> Ask:
    """The same; both colleagues keep the community's accounts."""
    await appoint(estate.world.deps, Role.COMMUNITY_STAFF, COMMUNITY, "admin")
    return await payout_to_confirm(estate)


async def transfers_of_office(estate: Estate) -> Ask:
    """Money that came by a bank's file; both colleagues keep the community's accounts."""
    await appoint(estate.world.deps, Role.COMMUNITY_STAFF, COMMUNITY, "admin")
    return await transfers_confirmed(estate)


# What nobody does about money of their own home.
AT_LI: Final = {
    Act.BANK_TRANSFERS_CONFIRMED: transfers_of_office,
    Act.BANK_PAYOUT_CONFIRMED: payout_of_office,
}


async def confirm(
    estate: Estate, who: Member, name: str, chosen: dict[str, list[str]]
) -> Reply:
    """Confirm transfer → bills of a statement; nothing is booked before the worker ran."""
    wish = [{"transfer_id": each, "bill_ids": bills} for each, bills in chosen.items()]
    path = f"{STATEMENTS}/{name}/confirm"
    return await estate.world.api.post(path, {"transfers": wish}, as_=who)

"""Bill API: apply for a bill of a past day, then download the file within 30 seconds."""

import datetime as dt
import gzip
import hashlib
import secrets
from collections.abc import Iterable

from sandbox.clock import instant
from sandbox.keys import Merchant
from sandbox.pay.bill_rows import (
    FLOW_COLUMNS,
    Row,
    day_bounds,
    flow_rows,
    flow_summary,
    trade_columns,
    trade_rows,
    trade_summary,
)
from sandbox.pay.errors import PayError, invalid_request, param_error
from sandbox.pay.gate import PayRoute
from sandbox.records import BillEdit, BillFile
from sandbox.web import Answer, Call
from sandbox.world import World

READY_AFTER_SECONDS = 10 * 3600  # made from 09:00 on, to be asked for from 10:00
URL_LIFE_SECONDS = 30
OLDEST = dt.timedelta(days=92)
BOM = "\ufeff"
TRADE_QUERY = frozenset({"bill_date", "bill_type", "tar_type", "sub_mchid"})
FLOW_QUERY = frozenset({"bill_date", "account_type", "tar_type"})


def _day(world: World, call: Call) -> dt.date:
    try:
        day = dt.date.fromisoformat(call.query.get("bill_date", ""))
    except ValueError as error:
        raise param_error("/bill_date", "bill_date格式应为yyyy-MM-dd", "query") from error
    today = instant(world.clock.now()).date()
    if day >= today:
        raise param_error("/bill_date", "账单日期应早于今天", "query")
    if day < today - OLDEST:
        raise invalid_request("仅支持三个月内的账单下载申请")
    _, end = day_bounds(day)
    if world.clock.now() < end + READY_AFTER_SECONDS:
        raise PayError(400, "STATEMENT_CREATING", "账单生成中，请稍后再试")
    return day


def _check_query(call: Call, known: frozenset[str]) -> None:
    if unknown := call.query.keys() - known:
        raise param_error(f"/{min(unknown)}", "参数中含有非法的额外参数", "query")
    if call.query.get("tar_type", "GZIP") != "GZIP":
        raise param_error("/tar_type", "tar_type只支持GZIP", "query")


def _edited(rows: list[Row], edit: BillEdit) -> list[Row]:
    def is_called(row: Row, number: str) -> bool:
        return number in row.values()

    kept = [row for row in rows if not any(is_called(row, number) for number in edit.drop)]
    for number, cells in edit.set.items():
        kept = [row | cells if is_called(row, number) else row for row in kept]
    blank = {name: "" for row in rows[:1] for name in row}
    return kept + [blank | row for row in edit.add]


def _text(columns: list[str], rows: Iterable[Row], summary: Row, edit: BillEdit) -> str:
    head = [edit.rename.get(name, name) for name in columns]
    lines = [",".join(head)]
    lines += ["`" + ",`".join(row.get(name, "") for name in columns) for row in rows]
    lines += [",".join(summary), "`" + ",`".join(summary.values())]
    return (BOM if edit.bom else "") + "".join(f"{line}\r\n" for line in lines)


def _edit(world: World, merchant: Merchant, day: dt.date, kind: str) -> BillEdit:
    found = world.store.bill_edits.get(f"{merchant.mchid}/{day}/{kind}")
    return found or BillEdit(mchid=merchant.mchid, bill_date=str(day), kind=kind)


def _offer(
    world: World, call: Call, merchant: Merchant, text: str, *, truncate: bool
) -> Answer:
    token = secrets.token_urlsafe(48)
    is_zipped = call.query.get("tar_type") == "GZIP"
    file = BillFile(
        mchid=merchant.mchid,
        plain=text,
        gzip=is_zipped,
        truncate=truncate,
        expires_at=world.clock.now() + URL_LIFE_SECONDS,
    )
    world.store.bill_files.save(token, file)
    suffix = "&tartype=gzip" if is_zipped else ""
    return Answer.json(
        {
            "hash_type": "SHA1",
            "hash_value": hashlib.sha1(text.encode()).hexdigest(),  # noqa: S324 - the protocol
            "download_url": f"{call.base_url}/v3/billdownload/file?token={token}{suffix}",
        }
    )


def _none_exists() -> PayError:
    return PayError(400, "NO_STATEMENT_EXIST", "账单文件不存在")


async def trade_bill(world: World, call: Call, merchant: Merchant) -> Answer:
    _check_query(call, TRADE_QUERY)
    kind, sub_mchid = call.query.get("bill_type", "ALL"), call.query.get("sub_mchid", "")
    if kind not in ("ALL", "SUCCESS", "REFUND"):
        raise param_error("/bill_type", "bill_type不正确", "query")
    if sub_mchid and sub_mchid != merchant.sub_mchid:
        raise PayError(403, "NO_AUTH", "受理关系不存在")
    day = _day(world, call)
    edit = _edit(world, merchant, day, "trade")
    rows = _edited(trade_rows(world, merchant, day, kind, sub_mchid), edit)
    if not rows:
        raise _none_exists()
    text = _text(trade_columns(kind), rows, trade_summary(rows), edit)
    return _offer(world, call, merchant, text, truncate=edit.truncate)


async def fund_flow_bill(world: World, call: Call, merchant: Merchant) -> Answer:
    _check_query(call, FLOW_QUERY)
    account = call.query.get("account_type", "BASIC")
    if account not in ("BASIC", "OPERATION", "FEES"):
        raise param_error("/account_type", "account_type不正确", "query")
    day = _day(world, call)
    edit = _edit(world, merchant, day, "fundflow")
    moved = flow_rows(world, merchant, day) if account == "BASIC" else []
    rows = _edited(moved, edit)
    if not rows:
        raise _none_exists()
    text = _text(FLOW_COLUMNS, rows, flow_summary(rows), edit)
    return _offer(world, call, merchant, text, truncate=edit.truncate)


async def download(world: World, call: Call, merchant: Merchant) -> Answer:
    file = world.store.bill_files.get(call.query.get("token", ""))
    if file is None or file.mchid != merchant.mchid:
        raise PayError(404, "RESOURCE_NOT_EXISTS", "账单文件不存在")
    if world.clock.now() > file.expires_at:
        raise invalid_request("下载地址已过期")
    body = file.plain.encode()
    if file.gzip:
        body = gzip.compress(body, compresslevel=1)
    if file.truncate:
        body = body[: len(body) // 2]
    kind = "application/gzip" if file.gzip else "text/plain; charset=utf-8"
    return Answer(200, body, {"Content-Type": kind})


ROUTES = [
    ("GET", "/v3/bill/tradebill", PayRoute(trade_bill)),
    ("GET", "/v3/bill/fundflowbill", PayRoute(fund_flow_bill)),
    ("GET", "/v3/billdownload/file", PayRoute(download, signed=False)),
]

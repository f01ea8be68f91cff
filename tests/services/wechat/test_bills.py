"""Bills are read as WeChat writes them, whatever people put into their free text."""

import gzip
import hashlib
import random
import tracemalloc
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.wechat.bill_download import BillDownload
from services.wechat.bills import BillError, parse_fund_flow_bill, parse_trade_bill
from services.wechat.errors import PayError, PayReaction

DAY = "2026-03-01"
HEADER = (
    "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,"
    "付款银行,货币种类,应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,"
    "退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注"
)
HEAD = HEADER.split(",")
TOTALS = (
    "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,"
    "订单总金额,申请退款总金额"
)
OLD_HEAD = [
    {
        "应结订单金额": "总金额",
        "代金券金额": "企业红包金额",
        "充值券退款金额": "企业红包退款金额",
    }.get(c, c)
    for c in HEAD[:-3]
]
OLD_TOTALS = "总交易单数,总交易额,总退款金额,总企业红包退款金额,手续费总金额"

FUND_HEAD = (
    "记账时间,微信支付业务单号,资金流水单号,业务名称,业务类型,收支类型,收支金额(元),账户结余(元),"
    "资金变更提交申请人,备注,业务凭证号"
)
FUND_TOTALS = "资金流水总笔数,收入笔数,收入金额,支出笔数,支出金额"


def yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"


def cells(line: Sequence[str]) -> str:
    return ",".join(f"`{cell}" for cell in line)


def row(
    *, amount_fen: int = 0, refund_fen: int = 0, name: str = "物业费", attach: str = ""
) -> dict[str, str]:
    shown = dict.fromkeys(HEAD, "")
    refunded = {"微信退款单号": "50300", "商户退款单号": "R-1", "退款状态": "PROCESSING"}
    plain = {"微信退款单号": "0", "商户退款单号": "0"}
    return shown | (refunded if refund_fen else plain) | {
        "交易时间": "2026-03-01 23:59:59",
        "公众账号ID": "wx1",
        "商户号": "1600000001",
        "特约商户号": "0",
        "微信订单号": "4200001",
        "商户订单号": "ORDER-1",
        "用户标识": "o-li",
        "交易类型": "JSAPI",
        "交易状态": "REFUND" if refund_fen else "SUCCESS",
        "应结订单金额": yuan(amount_fen),
        "订单金额": yuan(amount_fen),
        "退款金额": yuan(refund_fen),
        "申请退款金额": yuan(refund_fen),
        "商品名称": name,
        "商户数据包": attach,
        "手续费": "0.07380",
    }  # fmt: skip


def bill(rows: list[dict[str, str]], *, count: int | None = None, extra_fen: int = 0) -> str:
    amount = sum(int(Decimal(each["订单金额"]) * 100) for each in rows) + extra_fen
    refund = sum(int(Decimal(each["申请退款金额"]) * 100) for each in rows)
    totals = [f"{len(rows) if count is None else count}.0", yuan(amount), yuan(refund), "0.00",
              "0.07000", yuan(amount), yuan(refund)]  # fmt: skip
    lines = [",".join(HEAD), *(cells([each[c] for c in HEAD]) for each in rows), TOTALS]
    return "\r\n".join([*lines, cells(totals), ""])


def lines(text: str) -> list[str]:
    """Lines with their ends, as a file gives them."""
    return text.splitlines(keepends=True) if "\n" in text else [text]


def test_a_day_with_a_payment_and_a_refund() -> None:
    found = parse_trade_bill(DAY, lines(bill([row(amount_fen=12_345), row(refund_fen=345)])))
    paid, refunded = found.rows
    assert (found.amount_fen, found.refund_fen) == (12_345, 345)
    assert paid.traded_at == datetime(2026, 3, 1, 15, 59, 59, tzinfo=UTC)
    assert (paid.amount_fen, paid.refund_id, paid.sub_mchid) == (12_345, None, None)
    assert paid.fee_yuan == Decimal("0.07380")
    assert (refunded.refund_id, refunded.out_refund_no) == ("50300", "R-1")
    assert (refunded.refund_fen, refunded.refund_status) == (345, "PROCESSING")


@pytest.mark.parametrize(
    "name", ['三月，"物业费",电梯费', "a,`b", "``", ",", "一行\n二行", "`,`,`"]
)
def test_case_80_names_may_hold_anything(name: str) -> None:
    text = "\ufeff" + bill([row(amount_fen=1, name=name, attach="B-7"), row(amount_fen=2)])
    found = parse_trade_bill(DAY, lines(text))
    assert [each.description for each in found.rows] == [name, "物业费"]
    assert found.rows[0].attach == "B-7"
    assert found.amount_fen == 3


def test_case_80_old_columns() -> None:
    plain = row(amount_fen=500)
    values = plain | {"总金额": "5.00", "企业红包金额": "0.00", "企业红包退款金额": "0.00"}
    text = "\n".join([
        ",".join(OLD_HEAD), cells([values[c] for c in OLD_HEAD]),
        OLD_TOTALS, cells(["1", "5.00", "0.00", "0.00", "0.03"]),
    ])  # fmt: skip
    [found] = parse_trade_bill(DAY, lines(text)).rows
    assert (found.amount_fen, found.refund_fen) == (500, 0)


def test_columns_in_another_order() -> None:
    each, head = row(amount_fen=7), list(HEAD)
    random.Random(7).shuffle(head)  # noqa: S311 - any order
    text = bill([]).splitlines()[-2:]
    totals = [text[0], cells(["1", "0.07", "0.00", "0.00", "0.00", "0.07", "0.00"])]
    found = parse_trade_bill(DAY, [",".join(head), cells([each[c] for c in head]), *totals])
    assert found.rows[0].out_trade_no == "ORDER-1"


def test_a_day_without_rows() -> None:
    assert parse_trade_bill(DAY, lines(bill([]))).rows == []


free_text = st.text(
    st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from(',`"'), max_size=20
)


@given(
    st.lists(st.tuples(st.integers(0, 10**11), st.integers(0, 10**11), free_text), max_size=5)
)
def test_what_is_written_is_read(trades: list[tuple[int, int, str]]) -> None:
    rows = [row(amount_fen=a, refund_fen=r, name=name) for a, r, name in trades]
    found = parse_trade_bill(DAY, bill(rows).split("\r\n"))
    assert [(t.amount_fen, t.refund_fen, t.description) for t in found.rows] == trades


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (bill([row(amount_fen=5)], count=2), "总交易单数 says 2, the rows say 1"),
        (bill([row(amount_fen=5)], extra_fen=1), "订单总金额"),
        (bill([row(amount_fen=5)]).replace("`0.05", "`0.055"), "订单金额"),
        (bill([row(amount_fen=5)]).replace("`0.05", "`五分"), "not a number"),
        (bill([row(amount_fen=5)]).replace("`0.05", "`NaN"), "not a number"),
        (bill([row(amount_fen=5)]).replace("2026-03-01 23", "2026-03-01 25"), "交易时间"),
        (bill([row(amount_fen=5)]).replace("2026-03-01 23:59:59", "2026-03-01"), "交易时间"),
        (bill([row(amount_fen=5)]).replace("微信订单号", "别的列"), "微信订单号"),
        (bill([row(amount_fen=5)]).split("总交易单数")[0], "no totals"),
        (bill([row(amount_fen=5)]).rsplit(",`", 1)[0], "does not fit"),
        ("<html>busy</html>", "no totals"),
        (f"{HEADER}\n`half a row\n" + "more\n" * 200, "line 102 does not fit"),
        ("", "no totals"),
    ],
)
def test_a_bill_that_contradicts_itself_is_refused(text: str, complaint: str) -> None:
    with pytest.raises(BillError, match=complaint):
        parse_trade_bill(DAY, lines(text))


def fund(rows: list[tuple[str, str, str]], totals: list[str]) -> list[str]:
    written = [
        cells(["2026-03-01 10:00:00", "4200001", "F-1", "交易", "交易", kind, amount, "9.99",
               "system", remark, "V-1"])
        for kind, amount, remark in rows
    ]  # fmt: skip
    return [FUND_HEAD, *written, FUND_TOTALS, cells(totals)]


def test_fund_flow() -> None:
    rows = [("收入", "5.00", ""), ("支出", "0.03", "手续费,`0.6%"), ("支出", "1.00", "")]
    found = parse_fund_flow_bill(DAY, fund(rows, ["3.0", "1.0", "5.00", "2.0", "1.03"]))
    assert [each.amount_fen for each in found.rows] == [500, -3, -100]
    assert found.rows[1].remark == "手续费,`0.6%"
    assert (found.income_fen, found.expense_fen) == (500, 103)


@pytest.mark.parametrize(
    ("rows", "totals"),
    [
        ([("收入", "5.00", "")], ["1", "1", "5.01", "0", "0.00"]),
        ([("支出", "5.00", "")], ["1", "0", "0.00", "1", "5.01"]),
        ([("支出", "5.00", "")], ["2", "0", "0.00", "1", "5.00"]),
        ([("其他", "5.00", "")], ["1", "0", "0.00", "1", "5.00"]),
    ],
)
def test_a_fund_flow_that_contradicts_itself(
    rows: list[tuple[str, str, str]], totals: list[str]
) -> None:
    with pytest.raises(BillError):
        parse_fund_flow_bill(DAY, fund(rows, totals))


def sha1(text: bytes) -> str:
    return hashlib.sha1(text, usedforsecurity=False).hexdigest()


@given(text=st.binary(max_size=300), cut=st.integers(1, 50))
def test_a_bill_arrives_in_any_pieces(text: bytes, cut: int) -> None:
    packed, download = gzip.compress(text, mtime=0), BillDownload()
    for start in range(0, len(packed), cut):
        download.feed(packed[start : start + cut])
    assert download.lines(sha1(text).upper()).buffer.read() == text


@pytest.mark.parametrize(
    ("packed", "digest", "code"),
    [
        (gzip.compress(b"bill", mtime=0)[:-3], sha1(b"bill"), "BILL_TRUNCATED"),
        (b"<html>", sha1(b"<html>"), "BILL_TRUNCATED"),
        (b"", sha1(b""), "BILL_TRUNCATED"),
        (gzip.compress(b"bill", mtime=0), sha1(b"another"), "BILL_HASH"),
    ],
)
def test_case_79_a_bill_that_did_not_arrive_whole(
    packed: bytes, digest: str, code: str
) -> None:
    download = BillDownload()
    download.feed(packed)
    with pytest.raises(PayError) as refused:
        download.lines(digest)
    assert (refused.value.code, refused.value.reaction) == (code, PayReaction.RETRY_SAME)


def test_a_large_bill_does_not_lie_in_memory() -> None:
    packed = gzip.compress(b"0" * 8_000_000, mtime=0)
    tracemalloc.start()
    download = BillDownload()
    for start in range(0, len(packed), 1000):
        download.feed(packed[start : start + 1000])
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    download.close()
    assert peak < 4_000_000


def test_a_bomb_does_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.wechat.bill_download.MAX_BYTES", 1000)
    download = BillDownload()
    packed = gzip.compress(b"0" * 1_000_000, mtime=0)
    for start in range(0, len(packed), 100):
        download.feed(packed[start : start + 100])
    with pytest.raises(PayError, match="BILL_TRUNCATED"):
        download.lines(sha1(b"0" * 1_000_000))

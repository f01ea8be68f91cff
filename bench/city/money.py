"""Bills of two fees for each month, and what households paid of them."""

import base64
import random
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final

from bench.city.layout import Compound, Home, Layout, digest, id_at
from bench.city.register import FIRM, SINCE, area_of
from services.bills.models import Bill, HomeNews, Portion, Total
from services.bills.runs.models import BillRun
from services.bills.runs.states import RunState
from services.bills.states import BillState
from services.fees.models import BillKind, FeeKind, FeeRule, HomeFee
from services.fees.payees.models import Payee
from services.kernel.days import day_of, plus_days
from services.kernel.documents import digest_id
from services.kernel.money import capital_yuan, square_metres, yuan
from services.ledger.actions import fingerprint
from services.ledger.models import (
    Journal,
    Posting,
    income,
    payment_journal,
    receivable,
    wechat_cash,
)
from services.payments.models import EventOutcome, Payment, WeChatEvent
from services.payments.orders import line_of
from services.payments.receipts.models import Receipt
from services.payments.receipts.numbers import reference
from services.payments.states import PaymentState
from services.places.models import Usage

KINDS: Final = (FeeKind.PROPERTY_FEE, FeeKind.WASTE_FEE)
NAMES: Final = {FeeKind.PROPERTY_FEE: "安居物业", FeeKind.WASTE_FEE: "环卫中心"}
PRICE: Final = 12_000  # 0.0001 yuan per m² and month
WASTE_FEN: Final = 500
DUE_DAYS: Final = 30
RHYTHMS: Final = (1, 3, 3, 12)  # months that a household pays at once, of four households
LATE: Final = 4  # of this many households one has not paid the last time
NOTICE_BYTES: Final = 560  # of a notice's encrypted part
Row = tuple[str, Any]


class Money:
    """Rows of bills, payments and the books."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.clients = layout.deps.merchants
        self.chance = random.Random(7)  # noqa: S311  # the same city in each run

    def of_compound(self, compound: Compound) -> Iterator[Row]:
        yield from self._rules(compound)
        for period in self.layout.periods:
            yield "bill_runs", self._run(compound, period)
        for home in compound.homes:
            yield from self._home(compound, home)

    def _rules(self, compound: Compound) -> Iterator[Row]:
        for kind in KINDS:
            payee = Payee(
                id=self._payee(compound, kind),
                place=compound.path,
                name=NAMES[kind],
                account=self.layout.accounts[kind],
                kinds=[kind],
                firm=FIRM if kind is FeeKind.PROPERTY_FEE else "",
                from_day=SINCE,
                written_by="bench",
                written_at=self.layout.now,
            )
            yield "payees", payee
            yield "fee_rules", self._rule(compound, kind, payee)

    def _rule(self, compound: Compound, kind: FeeKind, payee: Payee) -> FeeRule:
        by_area = kind is FeeKind.PROPERTY_FEE
        return FeeRule(
            id=digest("rule", compound.path, kind),
            place=compound.path,
            kind=kind,
            price=PRICE if by_area else None,
            monthly_fen=None if by_area else WASTE_FEN,
            usages=[*Usage],
            start_day=SINCE,
            due_days=DUE_DAYS,
            payee=payee.id,
            account=payee.account,
            payee_name=payee.name,
            slots=[f"{kind}|{SINCE}|{usage}" for usage in Usage],
            created_by="bench",
            created_at=self.layout.now,
        )

    def _payee(self, compound: Compound, kind: FeeKind) -> str:
        return payee_of(compound.path, self.layout.accounts[kind])

    def _run(self, compound: Compound, period: str) -> BillRun:
        at, count = self.layout.issued_at(period), len(compound.homes)
        totals = [self._total(compound, kind) for kind in KINDS]
        return BillRun(
            id=run_id(compound.path, period),
            place=compound.path,
            period=period,
            months=1,
            kinds=[*KINDS],
            state=RunState.PUBLISHED,
            round=2,
            version=6,
            homes=count,
            homes_done=count,
            issued=count * len(KINDS),
            basis=digest("basis", compound.path),
            totals=totals,
            published_totals=totals,
            asked_by="bench",
            asked_at=at,
            published_by="bench",
            published_at=at,
        )

    def _total(self, compound: Compound, kind: FeeKind) -> Total:
        return Total(
            kind=kind,
            account=self.layout.accounts[kind],
            state=BillState.OWING,
            count=len(compound.homes),
            amount_fen=sum(fee(home, kind) for home in compound.homes),
        )

    def _home(self, compound: Compound, home: Home) -> Iterator[Row]:
        for kind in KINDS:
            bills = [self._bill(compound, home, kind, each) for each in self.layout.periods]
            for bill in bills:
                yield "journal", issue_journal(compound, bill)
            for paid in self.paid_together(home, bills):
                yield from self._payment(compound, home, paid)
            yield from (("bills", bill) for bill in bills)
        yield "place_sums", summed(home, self.layout)

    def _bill(self, compound: Compound, home: Home, kind: FeeKind, period: str) -> Bill:
        at, fen = self.layout.issued_at(period), fee(home, kind)
        return Bill(
            id=digest_id(home.path, kind, period, 0),
            run_id=run_id(compound.path, period),
            rule_id=digest("rule", compound.path, kind),
            kind=BillKind(kind),
            home=home.path,
            period=period,
            months=1,
            slots=[f"{kind}|{period}"],
            amount_fen=fen,
            explanation=explanation(home, kind, fen),
            payee=self._payee(compound, kind),
            account=self.layout.accounts[kind],
            payee_name=NAMES[kind],
            due_days=DUE_DAYS,
            due_on=plus_days(day_of(at), DUE_DAYS),
            state=BillState.OWING,
            created_at=at,
            issued_at=at,
            issued_in=2,
        )

    def paid_together(self, home: Home, bills: Sequence[Bill]) -> Iterator[list[Bill]]:
        """Yield the bills of each payment: of a month, a quarter or a year, as they pay."""
        if not home.people:
            return
        rhythm = RHYTHMS[home.number % len(RHYTHMS)]
        groups = [list(bills[at : at + rhythm]) for at in range(0, len(bills), rhythm)]
        yield from groups[:-1] if home.number // len(RHYTHMS) % LATE == 0 else groups

    def _payment(self, compound: Compound, home: Home, bills: list[Bill]) -> Iterator[Row]:
        """Yield the order, WeChat's notice, journal and receipt; mark the bills as paid."""
        issued = max(bill.issued_at or self.layout.now for bill in bills)
        after = timedelta(days=home.number % 20, minutes=home.number % 600)
        at = min(issued + after, self.layout.now - timedelta(hours=1))
        order = self._order(home, bills, at)
        trade = f"42{int(digest_number(order.id)):026d}"
        order.transaction_id = trade
        journal = payment_journal_of(
            compound, order, self.clients[order.account].account.mchid, trade
        )
        for bill in bills:
            bill.paid = [Portion(journal=journal.id, fen=bill.amount_fen, at=at)]
            bill.state, bill.owed_fen, bill.paid_at, bill.holds = BillState.PAID, 0, at, 1
        yield "payments", order
        yield "wechat_events", self._notice(order, trade, at)
        yield "journal", journal
        yield "receipts", receipt_of(order, trade, at)

    def _order(self, home: Home, bills: list[Bill], at: datetime) -> Payment:
        order_id, amount = id_at(at, "order", bills[0].id), sum(b.amount_fen for b in bills)
        body = self.clients[bills[0].account].prepay_body(
            order_id,
            amount_fen=amount,
            description=f"{bills[0].payee_name} {bills[0].kind.label} {bills[0].period}",
            openid="o" * 28,
            expires_at=at + timedelta(minutes=30),
        )
        return Payment(
            id=order_id,
            person=home.people[0],
            payee=bills[0].payee,
            account=bills[0].account,
            payee_name=bills[0].payee_name,
            lines=[line_of(bill, bill.amount_fen) for bill in bills],
            bill_ids=[bill.id for bill in bills],
            amount_fen=amount,
            state=PaymentState.PAID,
            open=False,
            body=body,
            prepay_id=f"wx{digest_number(order_id)[:34]:0>34}",
            prepaid_at=at,
            created_at=at,
            expires_at=at + timedelta(minutes=30),
            paid_at=at,
        )

    def _notice(self, order: Payment, trade: str, at: datetime) -> WeChatEvent:
        """Return the notice that it was paid: what is encrypted is random, and as long."""
        text = base64.b64encode(self.chance.randbytes(NOTICE_BYTES)).decode()
        event = f"{digest('event', order.id)}-6b69c179"
        body = (
            f'{{"id":"{event}","create_time":"{at.isoformat()}","resource_type":'
            '"encrypt-resource","event_type":"TRANSACTION.SUCCESS","summary":"支付成功",'
            '"resource":{"original_type":"transaction","algorithm":"AEAD_AES_256_GCM",'
            f'"ciphertext":"{text}","associated_data":"transaction","nonce":"ebb92bf49141"}}}}'
        )
        return WeChatEvent(
            id=f"{order.account}:{event}",
            account=order.account,
            event_type="TRANSACTION.SUCCESS",
            out_trade_no=order.id,
            transaction_id=trade,
            outcome=EventOutcome.BOOKED,
            body=body.encode(),
            received_at=at,
        )


def issue_journal(compound: Compound, bill: Bill) -> Journal:
    postings = [
        Posting(receivable(bill.id), bill.amount_fen),
        Posting(income(bill.kind, compound.path), -bill.amount_fen),
    ]
    return sealed(
        Journal(
            id=f"issue:{bill.id}",
            kind="issue",
            place=compound.path,
            at=bill.created_at,
            postings=postings,
            reference={"bill": bill.id, "run": bill.run_id},
        )
    )


def payment_journal_of(compound: Compound, order: Payment, mchid: str, trade: str) -> Journal:
    postings = [Posting(wechat_cash(order.account), order.amount_fen)]
    postings += [Posting(receivable(line.bill_id), -line.amount_fen) for line in order.lines]
    return sealed(
        Journal(
            id=payment_journal(mchid, trade),
            kind="payment",
            place=compound.path,
            at=order.paid_at or order.created_at,
            postings=postings,
            reference={"payment": order.id, "transaction": trade},
        )
    )


def sealed(journal: Journal) -> Journal:
    journal.fingerprint = fingerprint(journal)
    return journal


def receipt_of(order: Payment, trade: str, at: datetime) -> Receipt:
    return Receipt(
        id=order.id,
        number=reference(order.id, at),
        person=order.person,
        payee_name=order.payee_name,
        lines=order.lines,
        amount_fen=order.amount_fen,
        amount_capital=in_capitals(order.amount_fen),
        transaction_id=trade,
        paid_at=at,
    )


def summed(home: Home, layout: Layout) -> dict[str, Any]:
    """Return the document of a home's changes, all of which are added to the sums."""
    return {
        "_id": f"bills|{home.path}",
        "source": "bills",
        "place": home.path,
        "pending": False,
        "kept": True,
        "holds": len(layout.periods),
        "cells": {},
    }


def news_of(home: Home, layout: Layout, period: str) -> HomeNews:
    """Return what the people of a home are told of a month's bills."""
    due_on = plus_days(day_of(layout.issued_at(period)), DUE_DAYS)
    amount = sum(fee(home, kind) for kind in KINDS)
    about = {"home": home.path, "liable_on": f"{period}-01"}
    return HomeNews(**about, kinds=[*map(HomeFee, KINDS)], amount_fen=amount, due_on=due_on)


def fee(home: Home, kind: FeeKind) -> int:
    if kind is FeeKind.WASTE_FEE:
        return WASTE_FEN
    return area_of(home) * PRICE // 10_000


def explanation(home: Home, kind: FeeKind, fen: int) -> str:
    if kind is FeeKind.WASTE_FEE:
        return f"每户{yuan(fen)}元/月 × 1个月 = {yuan(fen)}元"
    return f"{square_metres(area_of(home))}㎡ × 1.20元/㎡·月 × 1个月 = {yuan(fen)}元"


def run_id(compound: str, period: str) -> str:
    return digest("run", compound, period)


@cache
def payee_of(compound: str, account: str) -> str:
    return digest_id("payee", compound, account, SINCE)


@cache
def in_capitals(fen: int) -> str:
    return capital_yuan(fen)


def digest_number(text: str) -> str:
    """Return the digits of a number that a text gives, at most 26 of them."""
    return str(int.from_bytes(text.encode()) % 10**26)

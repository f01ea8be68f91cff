"""Fee rules, homes, runs and payees as values, for tests of pure functions."""

from datetime import UTC, datetime
from typing import Any

import msgspec

from services.bills.models import Bill, Known
from services.bills.runs.drafts import Prices, draft
from services.bills.runs.models import BillRun, Skipped
from services.fees import tariff
from services.fees.models import FeeKind, FeeRule
from services.fees.payees.charters import Charter
from services.fees.payees.models import Payee
from services.kernel import days
from services.places.models import Kind, Place, Usage

NOW = datetime(2026, 11, 2, 4, tzinfo=UTC)
COMPOUND = "cc.chaoyang.guilin.xincheng.c07"
HOME = f"{COMPOUND}.b3.u2.502"
PROPERTY, WASTE = FeeKind.PROPERTY_FEE, FeeKind.WASTE_FEE


def rule(
    place: str = COMPOUND,
    start: str = "2025-01-01",
    end: str | None = None,
    *,
    price: int | None = 6000,
    monthly_fen: int | None = None,
    kind: FeeKind = PROPERTY,
    usages: tuple[Usage, ...] = tuple(Usage),
) -> FeeRule:
    return FeeRule(
        id=f"{place}|{kind}|{start}|{','.join(usages)}",
        place=place,
        kind=kind,
        price=None if monthly_fen else price,
        monthly_fen=monthly_fen,
        usages=list(usages),
        start_day=start,
        end_day=end,
        due_days=30,
        account="firm",
        payee_name="物业",
        slots=["-"],
        created_by="test",
        created_at=NOW,
    )


def home(path: str = HOME, area: int | None = 8530, usage: Usage | None = None) -> Place:
    return Place(
        id=path,
        kind=Kind.HOME,
        name="",
        address="",
        area=area,
        usage=usage,
        created_at=NOW,
    )


def run(period: str = "2026-11", months: int = 1, *kinds: FeeKind) -> BillRun:
    return BillRun(
        id="run",
        place=COMPOUND,
        period=period,
        months=months,
        kinds=list(kinds or FeeKind),
        asked_by="test",
        asked_at=NOW,
    )


PAYEE = Payee(
    id="payee",
    place="cc",
    name="物业",
    account="firm",
    kinds=list(FeeKind),
    from_day="2020-01-01",
    written_by="test",
    written_at=NOW,
)


def prices(rules: list[FeeRule], payee: Payee = PAYEE, **more: Any) -> Prices:
    """What these rules charge, all to one payee."""
    charters = {rule.id: Charter(payee, **more) for rule in rules}
    return Prices(tariff.rule_book(rules), charters)


def days_of(slot: str) -> list[str]:
    """Return kind|day of each day that a slot of a bill takes: of one, or of a month."""
    kind, _, time = slot.partition("|")
    if len(time) > len("2026-01"):
        return [slot]
    return [f"{kind}|{day}" for day in days.days_between(f"{time}-01", days.last_day(time))]


def made(a_rule: FeeRule, **terms: Any) -> FeeRule:
    """Return a rule on other terms, with an id of its own."""
    own = f"{a_rule.id}|{sorted(terms.items())}"
    return msgspec.structs.replace(a_rule, id=own, **terms)


def billed(
    book: Prices, period: str, months: int = 1, *, of: Place | None = None, taken: str = ""
) -> tuple[list[Bill], list[Skipped]]:
    """Draft the property fee of some months of a home. `taken`: what others billed."""
    known = Known(frozenset((HOME, f"{PROPERTY}|{time}") for time in taken.split()))
    return draft(run(period, months, PROPERTY), [of or home()], book, known, at=NOW)


def amounts(
    book: Prices, period: str, months: int = 1, *, of: Place | None = None, taken: str = ""
) -> list[int]:
    return [bill.amount_fen for bill in billed(book, period, months, of=of, taken=taken)[0]]

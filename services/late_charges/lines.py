"""Lines of late charges: what the bills of some homes come to up to a day, if it is charged.

A bill is counted by the rule that held on its first day. Days that were charged once, whose
charge was voided, or that the home was left out of, are not counted again.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from msgspec import Struct

from services.bills import actions as bills
from services.bills.models import Bill
from services.bills.states import BillState
from services.bills.views import title_of
from services.demands import creditors
from services.demands.pauses import actions as pauses
from services.dependencies import Dependencies, Transaction
from services.fees.models import BillKind, HomeFee
from services.instalments import actions as instalments
from services.kernel.days import Day, day_of, plus_days
from services.kernel.paths import covers
from services.kernel.types import WHOLE
from services.late_charges import accounts, interest, store
from services.late_charges.interest import Span
from services.late_charges.models import ChargedLine, LateLine
from services.late_charges.rules import actions as rules
from services.late_charges.rules.models import LateRule, LateStop
from services.ledger import actions as ledger
from services.ledger.models import REFUNDS, Journal, payment_of, receivable
from services.mediations import interests
from services.payments.receipts import actions as receipts
from services.places.actions import compound_of

SLOT = BillKind.LATE_FEE.value


class Charged(Struct, kw_only=True):
    """What was charged of one bill. `until`: the last day that is over; "" for none."""

    until: Day = ""
    fen: int = 0


async def of_homes(
    deps: Dependencies,
    homes: Sequence[str],
    to_day: Day,
    *,
    account: str | None = None,
    tx: Transaction | None = None,
) -> list[LateLine]:
    """Return what late bills of some homes come to up to a day, by home and due day.

    `account`: only of bills that are paid into it.
    """
    known = await bills.issued_of(deps, homes, tx=tx)
    found = await _late(deps, known, to_day, account=account, tx=tx)
    if not found:
        return []
    stops = await _stops(deps, [bill for bill, _ in found])
    waived = await store.waived(deps.db, sorted({bill.home for bill, _ in found}), tx=tx)
    charged = _charged(known, waived)
    changes = await _changes(deps, [bill for bill, _ in found])
    counted = [
        _line(bill, rule, to_day, changes[bill.id], charged[bill.id], stops.spans(bill, rule))
        for bill, rule in found
    ]
    return [line for line in counted if line.fen]


async def _late(
    deps: Dependencies,
    known: Sequence[Bill],
    to_day: Day,
    *,
    account: str | None,
    tx: Transaction | None = None,
) -> list[tuple[Bill, LateRule]]:
    """Return the bills that were late by a day, each with its rule; by home and due day."""
    compounds = sorted({compound_of(bill.home) for bill in known})
    held = await rules.at_compounds(deps, compounds, tx=tx) if compounds else []
    found = [
        (bill, rule)
        for bill in known
        if account in {None, bill.account} and _was_late(bill, to_day)
        for rule in [rule_of(held, bill)]
        if rule is not None
    ]
    return sorted(found, key=lambda each: (each[0].home, each[0].due_on or "", each[0].id))


def _was_late(bill: Bill, to_day: Day) -> bool:
    """Tell whether something of a bill was owed after its due day; also if it is paid now."""
    if bill.due_on is None or bill.due_on >= to_day:
        return False
    if bill.state is BillState.PAID:
        return any(day_of(portion.at) > bill.due_on for portion in bill.paid)
    return bill.state is BillState.OWING


def rule_of(held: Sequence[LateRule], bill: Bill) -> LateRule | None:
    """Return the rule of a bill's payee and kind that held on its first day; None for none.

    The one that started last replaces those before it for good: its end brings none of them
    back. One that ended before it started never held, and replaces none.
    """
    first = accounts.first_day(bill)
    found = [
        rule
        for rule in held
        if rule.place == compound_of(bill.home)
        and rule.account == bill.account
        and bill.kind.value in rule.kinds
        and rule.start_day <= first
        and (rule.end_day is None or rule.start_day <= rule.end_day)
    ]
    last = max(found, key=lambda rule: (rule.start_day, rule.version), default=None)
    is_over = last is not None and last.end_day is not None and last.end_day < first
    return None if is_over else last


def source_of(line: LateLine | ChargedLine, batch: str) -> str:
    """Name what a late charge is for: the bill that was late, by which its days are found."""
    return f"{line.bill}|{line.first}|{batch}"


def _charged(
    known: Sequence[Bill], waived: Mapping[tuple[str, str], Day]
) -> Mapping[str, Charged]:
    """Return bill → what was charged of it, read off the slots of late charges.

    What was voided and not opened again was forgiven: its days are over, too. So are those that
    its home was left out of (`waived`: (home, account) → the last of them).
    """
    over = {bill.id: waived.get((bill.home, bill.account), "") for bill in known}
    found = {bill: Charged(until=until) for bill, until in over.items()}
    for bill in known:
        kind, _, rest = bill.slots[0].partition("|")
        if kind == SLOT:
            one = found.setdefault(rest.partition("|")[0], Charged())
            one.until = max(one.until, accounts.last_day_of(bill))
            one.fen += 0 if bill.state is BillState.VOID else bill.due_fen
    return found


async def _changes(
    deps: Dependencies, found: Sequence[Bill]
) -> Mapping[str, Mapping[Day, int]]:
    """Return bill → day → by how much more, or less, was owed of it since."""
    journals = await ledger.on_accounts(deps, [receivable(bill.id) for bill in found])
    # what went back whole left no portion on its bill that says when it was paid
    returned = sorted({payment_of(each) for each in journals if each.kind in REFUNDS} - {""})
    kept = await receipts.of_payments(deps, returned) if returned else {}
    paid_at = {payment: receipt.paid_at for payment, receipt in kept.items()}
    by_bill = _by_bill(journals)
    return {bill.id: accounts.changes_of(bill, by_bill[bill.id], paid_at) for bill in found}


def _by_bill(journals: Sequence[Journal]) -> Mapping[str, list[Journal]]:
    found: defaultdict[str, list[Journal]] = defaultdict(list)
    for journal in journals:
        for bill in {each.account.partition(":")[2] for each in journal.postings}:
            found[bill].append(journal)
    return found


class Stops(Struct, frozen=True, kw_only=True):
    """Days that contracts leave out, as they were kept.

    `paused`: (place, firm, span). `mediated`: (home, span). `agreed`: (bill, whether the
    agreement itself stops late charges, span). `firms`: (compound, account) → the firm.
    """

    paused: Sequence[tuple[str, str, Span]]
    mediated: Sequence[tuple[str, Span]]
    agreed: Sequence[tuple[str, bool, Span]]
    firms: Mapping[tuple[str, str], str]

    def spans(self, bill: Bill, rule: LateRule) -> list[Span]:
        """Return the spans for which a bill bears no late charge by its rule."""
        found: list[Span] = []
        firm = self.firms.get((compound_of(bill.home), bill.account), "")
        if LateStop.PAUSE in rule.stops:
            found += [
                span
                for place, whose, span in self.paused
                if covers(place, bill.home) and whose in {"", firm}
            ]
        if LateStop.MEDIATION in rule.stops:
            found += [span for home, span in self.mediated if home == bill.home]
        by_rule = LateStop.INSTALMENTS in rule.stops
        found += [s for own, stops, s in self.agreed if own == bill.id and (stops or by_rule)]
        return found


async def _stops(deps: Dependencies, found: Sequence[Bill]) -> Stops:
    homes = sorted({bill.home for bill in found})
    mediated = await interests.spans_about_service(deps, homes)
    return Stops(
        paused=[
            (pause.place, pause.firm, (pause.from_day, pauses.last_day_of(pause)))
            for pause in await pauses.ever_around(deps, homes)
        ],
        mediated=[(home, (first, last)) for home, first, last in mediated],
        agreed=[
            (bill, stops, (first, last))
            for bill, stops, first, last in await instalments.spans(deps, homes)
        ],
        firms=await creditors.accounts_of_firms(deps, homes),
    )


def _line(
    bill: Bill,
    rule: LateRule,
    to_day: Day,
    changes: Mapping[Day, int],
    charged: Charged,
    spans: Sequence[Span],
) -> LateLine:
    after_charged = plus_days(charged.until, 1) if charged.until else ""
    first = max(plus_days(bill.due_on or "", rule.after_days), after_charged)
    owed = interest.balances(changes, first, to_day)
    most = None if rule.cap is None else bill.due_fen * rule.cap // WHOLE - charged.fen
    stopped = interest.stopped_days(spans, first, to_day)
    counted = interest.count(owed, stopped, rule.daily_rate, most=most)
    return LateLine(
        bill=bill.id,
        home=bill.home,
        title=title_of(bill),
        kind=HomeFee(bill.kind),
        liable_on=bill.liable_on,
        rule=rule.id,
        clause=f"{rule.source}(第{rule.page}页)",
        payee=bill.payee or rule.payee,
        account=bill.account,
        payee_name=bill.payee_name,
        first=counted.first,
        last=counted.last,
        days=counted.days,
        fen=counted.fen,
        explanation=counted.explanation,
    )

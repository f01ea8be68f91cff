"""Figures from kept sums of bills are those of the bills, whatever happened to them."""

from collections import Counter
from collections.abc import Iterable, Sequence

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from services.bills.sums import arithmetic
from services.bills.sums.arithmetic import Fee
from services.fees.models import FeeKind
from services.kernel.days import plus_months
from services.kernel.measures import Span
from services.kernel.sums import Cells, nonzero
from tests.depth import by_depth

MONTHS = [plus_months("2025-06", n) for n in range(20)]
HOMES = ("h1", "h2", "h3")
month = st.sampled_from(MONTHS)
fee = st.builds(
    Fee,
    home=st.sampled_from(HOMES),
    kind=st.sampled_from([kind.value for kind in FeeKind]),
    period=month,
    due_on=st.one_of(st.none(), month.map(lambda each: f"{each}-15")),
    amount_fen=st.integers(1, 999),
    paid_in=st.one_of(st.none(), month),
)
span = st.builds(
    Span,
    period=month,
    months=st.integers(1, 12),
    kind=st.sampled_from([None, *(kind.value for kind in FeeKind)]),
)
deep = settings(max_examples=by_depth(day=150, night=3000), deadline=None)


def billed(fees: Iterable[Fee], of: Span) -> Counter[str]:
    """Count the definition: of the bills whose first month lies in the span, by homes."""
    last = plus_months(of.period, of.months - 1)
    own = [f for f in fees if of.period <= f.period <= last and of.kind in {None, f.kind}]
    homes = {f.home for f in own}
    return Counter(
        billed_homes=len(homes),
        paid_homes=len(homes - {f.home for f in own if not f.paid_in}),
        due_fen=sum(f.amount_fen for f in own),
        received_fen=sum(f.amount_fen for f in own if f.paid_in),
    )


def arrears(fees: Iterable[Fee], of: Span) -> Counter[str]:
    """Count the definition: earlier bills, due before the span, and owed when it began."""
    first, end = f"{of.period}-01", plus_months(of.period, of.months)
    own = [
        f
        for f in fees
        if f.period < of.period and f.due_on and f.due_on < first
        if of.kind in {None, f.kind} and (f.paid_in is None or f.paid_in >= of.period)
    ]
    recovered = [f for f in own if f.paid_in and f.paid_in < end]
    return Counter(
        recovered_fen=sum(f.amount_fen for f in recovered),
        remaining_fen=sum(f.amount_fen for f in own) - sum(f.amount_fen for f in recovered),
    )


@deep
@given(st.lists(fee, max_size=30), span)
def test_the_figures_of_sums_are_those_of_the_bills(fees: list[Fee], of: Span) -> None:
    cells = arithmetic.cells_of(fees)
    assert arithmetic.billed(cells, of) == billed(fees, of)
    assert arithmetic.arrears(cells, of) == arrears(fees, of)
    end = plus_months(of.period, of.months)
    homes = {(f.kind, f.period, f.home) for f in fees if of.period <= f.period < end}
    counted = Counter(f"{kind}|{period}" for kind, period, _ in homes)
    assert arithmetic.homes_billed(cells, of.period, end) == counted


def around(fees: Sequence[Fee], home: str, changed: list[Fee]) -> arithmetic.Months:
    first, last = arithmetic.around(changed)
    found: arithmetic.Months = Counter()
    for f in fees:
        if f.home == home and first <= f.period <= last:
            arithmetic.count(found, f.kind, f.period, is_owed=not f.paid_in)
    return found


@deep
@given(st.lists(fee, max_size=20), st.data())
def test_changes_add_up_to_what_the_bills_come_to(fees: list[Fee], data: st.DataObject) -> None:
    cells: Cells = Counter()
    kept: list[Fee] = []
    for new in fees:
        before: list[Fee] = []
        after = [replace(new, paid_in=None)]
        own = [f for f in kept if f.home == new.home]
        if own and data.draw(st.booleans()):
            old = data.draw(st.sampled_from(own))
            kept.remove(old)
            before = [old]
            after = data.draw(st.sampled_from([[], [replace(old, paid_in=new.paid_in)]]))
        kept += after
        changed = [*before, *after]
        now = around(kept, new.home, changed)
        cells.update(arithmetic.change_of(before, after, now))
        assert nonzero(cells.items()) == arithmetic.cells_of(kept)

"""Figures from kept sums of bills are those of the bills, whatever happened to them."""

from collections import Counter
from collections.abc import Iterable, Sequence

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from services.bills.sums import arithmetic, figures
from services.bills.sums.arithmetic import EVERYTHING, Fee, Months, Window
from services.fees.models import FeeKind
from services.kernel.days import plus_months
from services.kernel.measures import Span
from services.kernel.sums import Cells, nonzero
from tests.depth import by_depth

MONTHS = [plus_months("2025-06", n) for n in range(20)]
HOMES = ("h1", "h2", "h3")
month = st.sampled_from(MONTHS)
portion = st.tuples(month, st.integers(1, 500))


@st.composite
def fees_of(draw: st.DrawFn) -> Fee:
    """Draw a bill of which nothing, some or all is paid."""
    paid = draw(st.lists(portion, max_size=2))
    owed = draw(st.integers(0 if paid else 1, 500))
    return Fee(
        home=draw(st.sampled_from(HOMES)),
        kind=draw(st.sampled_from([kind.value for kind in FeeKind])),
        period=draw(month),
        due_on=draw(st.one_of(st.none(), month.map(lambda each: f"{each}-15"))),
        due_fen=owed + sum(fen for _, fen in paid),
        paid=tuple(paid),
    )


fee = fees_of()
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
        paid_homes=len(homes - {f.home for f in own if f.owed_fen}),
        due_fen=sum(f.due_fen for f in own),
        received_fen=sum(fen for f in own for _, fen in f.paid),
    )


def arrears(fees: Iterable[Fee], of: Span) -> Counter[str]:
    """Count the definition: earlier bills, due before the span, and owed when it began."""
    first, end = f"{of.period}-01", plus_months(of.period, of.months)
    own = [
        f
        for f in fees
        if f.period < of.period and f.due_on and f.due_on < first
        if of.kind in {None, f.kind}
    ]
    later = [(month, fen) for f in own for month, fen in f.paid if month >= of.period]
    recovered_fen = sum(fen for month, fen in later if month < end)
    owed_then = sum(f.owed_fen for f in own) + sum(fen for _, fen in later)
    return Counter(recovered_fen=recovered_fen, remaining_fen=owed_then - recovered_fen)


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


@deep
@given(st.lists(fee, max_size=30), span)
def test_each_month_of_a_series_is_what_it_is_by_itself(fees: list[Fee], of: Span) -> None:
    cells = arithmetic.cells_of(fees)
    for kept in (figures.ARREARS, figures.BILLED):
        wanted = kept.wanted(of)
        read = Counter(
            {
                (month, name): amount
                for (month, name), amount in cells.items()
                if wanted.first <= month <= wanted.last or (wanted.whole and not month)
            }
        )
        alone = {
            f"{each.period}|{name}": amount
            for each in of.by_month()
            for name, amount in kept.figures(cells, each).items()
        }
        assert kept.figures_by_month(read, of) == alone


def around(
    fees: Sequence[Fee], home: str, moved: Months, window: Window = EVERYTHING
) -> Months:
    first, last = arithmetic.around([month for _, _, month in moved], window)
    found: Months = Counter()
    for f in fees:
        if f.home == home and first <= f.period <= last:
            arithmetic.count(found, f.kind, f.period, is_owed=f.owed_fen > 0)
    return found


@deep
@given(st.lists(fee, max_size=20), st.data())
def test_changes_add_up_to_what_the_bills_come_to(fees: list[Fee], data: st.DataObject) -> None:
    cells: Cells = Counter()
    kept: list[Fee] = []
    for new in fees:
        before: list[Fee] = []
        after = [replace(new, paid=())]
        own = [f for f in kept if f.home == new.home]
        if own and data.draw(st.booleans()):
            old = data.draw(st.sampled_from(own))
            kept.remove(old)
            before = [old]
            after = data.draw(
                st.sampled_from([[], [replace(old, paid=new.paid, due_fen=new.due_fen)]])
            )
        kept += after
        cells.update(arithmetic.money_of(before, after))
        if moved := arithmetic.moved_of(before, after):
            cells.update(arithmetic.homes_of(moved, around(kept, new.home, moved)))
        assert nonzero(cells.items()) == arithmetic.cells_of(kept)


@deep
@given(
    before=st.lists(fee, max_size=12),
    after=st.lists(fee, max_size=12),
    of=span,
    is_span=st.booleans(),
)
def test_what_moved_is_found_from_the_months_of_a_span_alone(
    *, before: list[Fee], after: list[Fee], of: Span, is_span: bool
) -> None:
    """As who reads does: the rows are of what was before, and the bills as they are after."""
    first, end = of.period, plus_months(of.period, of.months)
    window = Window(first, plus_months(end, -1), is_span=is_span)
    cells = arithmetic.cells_of(before)
    cells.update(arithmetic.money_of(before, after))
    for home in HOMES:
        was, now = ([f for f in fees if f.home == home] for fees in (before, after))
        if moved := window.of(arithmetic.moved_of(was, now)):
            cells.update(arithmetic.homes_of(moved, around(after, home, moved, window)))
    found = arithmetic.cells_of(after)
    if is_span:
        assert arithmetic.billed(cells, of) == arithmetic.billed(found, of)
    else:
        counted = arithmetic.homes_billed(found, first, end)
        assert arithmetic.homes_billed(cells, first, end) == counted

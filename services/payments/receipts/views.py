"""Receipts as their payers see them: each says who paid what, for which home and month.

A receipt is frozen when the money arrives. Addresses, titles and the payer's name stand where
they always stood, and are read when somebody looks.
"""

import asyncio
from collections.abc import Mapping, Sequence

from services.bills import actions as bills
from services.dependencies import Dependencies
from services.kernel import masking
from services.kernel.days import day_of
from services.kernel.views import show
from services.payments.models import Line, ReceiptLine
from services.payments.receipts.models import Receipt, ReceiptView, ReversalView
from services.places import actions as places
from services.residencies import actions as residencies
from services.residencies import sealed


async def view(
    deps: Dependencies, receipt: Receipt, reversals: Sequence[Receipt], *, returned_fen: int
) -> ReceiptView:
    """Return a receipt with what it takes to be understood without anything beside it."""
    homes = sorted({line.home for line in receipt.lines})
    bill_ids = [line.bill_id for line in receipt.lines]
    addresses, titles, payer = await asyncio.gather(
        places.addresses(deps, homes),
        bills.titles_of(deps, bill_ids),
        _payer(deps, receipt),
    )
    return ReceiptView(
        number=receipt.number,
        serial_number=receipt.serial_number,
        payer_masked=payer,
        payee_name=receipt.payee_name,
        lines=[_line(line, addresses, titles) for line in receipt.lines],
        amount_fen=receipt.amount_fen,
        amount_capital=receipt.amount_capital,
        way=receipt.way,
        transaction_id=receipt.transaction_id,
        paid_at=receipt.paid_at,
        returned_fen=returned_fen,
        reversals=[reversal_view(each) for each in reversals],
    )


def reversal_view(reversal: Receipt) -> ReversalView:
    """Show what went back of a receipt, and when."""
    numbered = {"serial_number": reversal.serial_number}
    return show(reversal, ReversalView, reversed_at=reversal.paid_at, **numbered)


def _line(
    line: Line, addresses: Mapping[str, str], titles: Mapping[str, tuple[str, int]]
) -> ReceiptLine:
    ahead = (f"预存{line.kind.label}", 0)
    title, months = ahead if line.prepaid else titles[line.bill_id]
    return ReceiptLine(
        bill_id=line.bill_id,
        title=title,
        home=line.home,
        address=addresses.get(line.home, line.home),
        kind=line.kind,
        period=line.period,
        months=months,
        explanation=line.explanation,
        amount_fen=line.amount_fen,
    )


async def payer_of(deps: Dependencies, receipt: Receipt) -> str | None:
    """Return the payer's name as the register of the homes has it; None without one."""
    homes = {line.home for line in receipt.lines}
    held = await residencies.of_person(deps, receipt.person, on=day_of(receipt.paid_at))
    names = [sealed.name_of(deps, row) for row in held if row.home in homes]
    return names[0] if names else None


async def _payer(deps: Dependencies, receipt: Receipt) -> str | None:
    """Return the payer's name, masked even for the payer: receipts are shown to others."""
    name = await payer_of(deps, receipt)
    return masking.name(name) if name else None

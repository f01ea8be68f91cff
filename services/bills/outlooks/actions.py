"""Outlook of a fee of a home: what its coming months will be billed, by the rules of today.

Whoever pays in advance is asked for that. It binds nobody: a price that changes later is billed
as it is then. A year ahead at most, and no further than the payee may charge: what was paid for
later days would have to be given back (物业服务司法解释 art. 3).
"""

from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from services.bills import store
from services.bills.models import Known
from services.bills.runs import basis
from services.bills.runs.models import BillRun
from services.bills.runs.pieces import Piece, Prices, pieces
from services.dependencies import Dependencies, Transaction
from services.fees.models import FeeKind
from services.fees.payees.models import Payee
from services.fees.periods import MONTHS, YEAR
from services.fees.tariff import Part, charge_fen
from services.kernel.days import Month, months_from
from services.places import actions as places
from services.places.models import Place

# How far the months are looked for that are not billed yet.
REACH: Final = 2 * YEAR


class Outlook(Struct, frozen=True):
    """Coming months of a home that one payee will bill for one fee, none of them billed yet."""

    payee: Payee
    months: Sequence[Month]
    parts: Sequence[Part]

    def fen(self, count: int) -> int:
        """Return what the first months come to, rounded as their bills will be."""
        size = MONTHS.get(self.parts[0].rule.period, YEAR)
        asked = self.parts[:count]
        bills = [asked[first : first + size] for first in range(0, len(asked), size)]
        return sum(charge_fen(bill) or 0 for bill in bills)


async def of_home(deps: Dependencies, home: str, kind: FeeKind) -> Outlook | None:
    """Return the outlook of a home; None where no month ahead is known to be charged."""
    found = await places.find_many(deps, [home])
    if not found:
        return None
    prices = await basis.prices_for(deps, _run(deps, home, kind), [home])
    months = months_from(deps.today()[:7], REACH)

    async def read(tx: Transaction) -> Known:
        return await store.known(deps.db, tx, [home], [kind], months)

    return _outlook(found[0], kind, months, prices, await deps.in_transaction(read))


def _run(deps: Dependencies, home: str, kind: FeeKind) -> BillRun:
    """Return a run that is never kept: it says what is billed at this moment."""
    return BillRun(
        id="",
        place=places.compound_of(home),
        period="",
        months=0,
        kinds=[kind],
        asked_by="",
        asked_at=deps.now(),
    )


def _outlook(
    home: Place, kind: FeeKind, months: Sequence[Month], prices: Prices, known: Known
) -> Outlook | None:
    charged: list[tuple[Month, Piece]] = []
    for month in months:
        piece = _last(pieces(home, kind, month, prices, known))
        if piece is not None and _goes_on(charged, piece, prices):
            charged.append((month, piece))
        elif charged:
            break
    ahead = charged[:YEAR]
    if not ahead or any(_is_free(piece) for _, piece in ahead):
        return None
    rule = ahead[0][1].rule
    payee = prices.charters[rule.id].payee if rule else None
    found = [_part(piece) for _, piece in ahead]
    return Outlook(payee, [month for month, _ in ahead], found) if payee else None


def _last(found: Sequence[Piece]) -> Piece | None:
    """Return the piece by which a month ends, if it is charged."""
    return found[-1] if found and found[-1].rule else None


def _goes_on(charged: Sequence[tuple[Month, Piece]], piece: Piece, prices: Prices) -> bool:
    """Tell whether a month is charged by the payee of those before it."""
    before = charged[-1][1].rule if charged else piece.rule
    if before is None or piece.rule is None:
        return False
    return prices.payee_of(before) == prices.payee_of(piece.rule)


def _is_free(piece: Piece) -> bool:
    return charge_fen([_part(piece)]) in {None, 0}


def _part(piece: Piece) -> Part:
    if piece.rule is None:
        raise ValueError(piece)
    return Part(piece.rule, piece.area, 1, people=piece.people, off=piece.off)

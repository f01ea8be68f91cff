"""Prepayments in tests: as they are kept, and a history of one that was used."""

from datetime import datetime

from services.fees.models import FeeKind
from services.prepayments.models import Prepayment


def kept(number: int, *, home: str, at: datetime) -> Prepayment:
    """Return a prepayment as it is kept; those of different numbers differ."""
    return Prepayment(
        id=f"a{number}",
        home=home,
        kind=[*FeeKind][number % 2],
        payee="payee",
        account="firm" if number % 3 else "sanitation",
        payee_name="物业",
        since="",
        owners_until="2026-02-27" if number % 2 else None,
        fen=1000 + number // 2,  # two of each sum: ties
        version=1,
        opened_at=at,
    )

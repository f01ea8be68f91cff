"""Orders in advance: what clients send."""

from typing import Annotated

from msgspec import Meta, Struct

from services.fees.models import FeeKind
from services.kernel.money import PaidFen
from services.kernel.paths import PlacePath
from services.prepayments.models import MOST_MONTHS

MonthsAhead = Annotated[int, Meta(ge=1, le=MOST_MONTHS, examples=[3])]


class PayAhead(Struct, forbid_unknown_fields=True, kw_only=True):
    """Money for bills to come: of some months as they cost today, or a sum.

    `home`: Path of the home.
    `kind`: Fee that it pays.
    `months`: Number of months, at today's price; this or `amount_fen`.
    `amount_fen`: Sum to pay, in fen.
    """

    home: PlacePath
    kind: FeeKind
    months: MonthsAhead | None = None
    amount_fen: PaidFen | None = None

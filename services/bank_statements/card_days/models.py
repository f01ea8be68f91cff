"""Days of a card machine: what is kept and sent of the settlement that came for them."""

from typing import Annotated, Final

from msgspec import Meta, Struct

from services.kernel.days import Day
from services.kernel.money import Fen

MOST_DAYS: Final = 31


class SettledDay(Struct, frozen=True, kw_only=True):
    """Day of a card machine that a settlement covers, and what its slips came to.

    `day`: Day on which the cards were read.
    `amount_fen`: What its slips came to, in fen.
    """

    day: Day
    amount_fen: Fen


class SettleCards(Struct, forbid_unknown_fields=True, kw_only=True):
    """Days of a card machine for which a transfer came.

    `days`: The days, each over.
    `fee_fen`: What was kept of it as a fee, in fen: the slips less the fee are the transfer.
    """

    days: Annotated[
        list[Day], Meta(min_length=1, max_length=MOST_DAYS, examples=[["2026-03-01"]])
    ]
    fee_fen: Annotated[Fen, Meta(examples=[61])] = 0

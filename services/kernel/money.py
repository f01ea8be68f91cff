"""Fen, areas and prices as integers, and how people read them."""

from typing import Annotated, Final

import cn2an
from msgspec import Meta

Fen = Annotated[int, Meta(ge=0, le=10**13)]
# 0.01 m², so 85.30 m² is 8530.
Area = Annotated[int, Meta(ge=1, le=10**8)]

PRICE_PER_FEN: Final = 100
AREA_PER_SQUARE_METRE: Final = 100


def area_charge_fen(area: int, price: int, months: int) -> int:
    """Return area × price × months in fen, rounded half up once, at the end.

    `area` in 0.01 m², `price` in 0.0001 yuan per m² and month. Half up (四舍五入) is what
    residents can check on a pocket calculator; integers keep it exact.
    """
    numerator = area * price * months
    denominator = AREA_PER_SQUARE_METRE * PRICE_PER_FEN
    return (2 * numerator + denominator) // (2 * denominator)


def yuan(fen: int) -> str:
    """Write fen as yuan with two decimals: 5118 → 51.18."""
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100}.{abs(fen) % 100:02d}"


def square_metres(area: int) -> str:
    return f"{area // 100}.{area % 100:02d}"


def price_yuan(price: int) -> str:
    """Write a price with two to four decimals: 6000 → 0.60, 3850 → 0.385."""
    text = f"{price // 10_000}.{price % 10_000:04d}"
    return text[:-2] + text[-2:].rstrip("0")


def capital_yuan(fen: int) -> str:
    """Write an amount as receipts do: 5118 → 伍拾壹元壹角捌分 (票据法 requires capitals)."""
    text: str = cn2an.an2cn(yuan(fen), "rmb")
    return text

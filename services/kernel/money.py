"""Amounts in fen, areas and prices as integers, and as text for people."""

from fractions import Fraction
from typing import Annotated, Final

from msgspec import Meta

Fen = Annotated[int, Meta(ge=0, le=10**13)]
# What somebody pays at once: up to a million yuan.
PaidFen = Annotated[int, Meta(ge=1, le=10**8)]
# 0.01 m², so 85.30 m² is 8530.
Area = Annotated[int, Meta(ge=1, le=10**8)]

PRICE_PER_FEN: Final = 100
PRICE_PER_YUAN: Final = 10_000
AREA_PER_SQUARE_METRE: Final = 100
CAPITALS: Final = "零壹贰叁肆伍陆柒捌玖"


def area_charge(area: int, price: int, months: Fraction) -> Fraction:
    """Return area × price × months in fen, exactly.

    `area` in 0.01 m², `price` in 0.0001 yuan per m² and month.
    """
    parts = AREA_PER_SQUARE_METRE * PRICE_PER_FEN * months.denominator
    return Fraction(area * price * months.numerator, parts)


def half_up(fen: Fraction) -> int:
    """Round fen half up (四舍五入), which residents can check on a pocket calculator.

    Once, at the end of a sum, and never its parts: 15.2855 + 21.1959 yuan are 36.48.
    """
    return (2 * fen.numerator + fen.denominator) // (2 * fen.denominator)


def yuan(fen: int) -> str:
    """Write fen as yuan with two decimals: 5118 → 51.18."""
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100}.{abs(fen) % 100:02d}"


def square_metres(area: int) -> str:
    """Write an area with two decimals: 8530 → 85.30."""
    return f"{area // 100}.{area % 100:02d}"


def price_yuan(price: int) -> str:
    """Write a price with two to four decimals: 6000 → 0.60, 3850 → 0.385."""
    text = f"{price // PRICE_PER_YUAN}.{price % PRICE_PER_YUAN:04d}"
    return text[:-2] + text[-2:].rstrip("0")


def capital_yuan(fen: int) -> str:
    """Write an amount as receipts do: 5118 → 伍拾壹元壹角捌分 (票据法 requires capitals).

    By 《正确填写票据和结算凭证的基本规定》: one 零 for digits that are left out, 整 after yuan.
    """
    whole, (jiao, cents) = fen // 100, divmod(fen % 100, 10)
    said = f"{_capitals(whole)}元" if whole else ""
    if jiao:
        said += f"{CAPITALS[jiao]}角"
    elif whole and cents:
        said += CAPITALS[0]
    if cents:
        said += f"{CAPITALS[cents]}分"
    return said if jiao or cents else f"{said or '零元'}整"


def _capitals(number: int) -> str:
    """Write a number below 10^12 in capitals, by groups of four digits."""
    said, left_out = "", False
    for power, group in ((10**8, "亿"), (10**4, "万"), (1, "")):
        digits = f"{number // power % 10**4:04d}"
        for digit, unit in zip(map(int, digits), ("仟", "佰", "拾", ""), strict=True):
            if digit:
                zero = CAPITALS[0] if said and left_out and unit != "仟" else ""
                said += zero + CAPITALS[digit] + unit
            left_out = not digit
        said += group if digits != "0000" else ""
    return said

"""统一社会信用代码: eighteen characters, the last of which checks the others.

Source: GB 32100-2015, 4 (structure) and 5 (check character: weights 3^(i-1) mod 31).
"""

from typing import Final

from services.kernel.errors import InvalidInput

# No I, O, S, V, Z: they look like digits or like each other.
ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
LENGTH: Final = 18
MODULUS: Final = 31


class BadCreditCode(InvalidInput):
    """Mistyped: a character that cannot be, or a check character that does not fit."""

    code = "bad_credit_code"


def check(text: str) -> str:
    """Return the code in capitals; BadCreditCode when it cannot be one."""
    code = text.strip().upper()
    if len(code) != LENGTH or not set(code) <= set(ALPHABET) or code[-1] != check_mark(code):
        raise BadCreditCode("统一社会信用代码不对,请核对营业执照")
    return code


def check_mark(code: str) -> str:
    """Return the check character of the first seventeen."""
    total = sum(
        ALPHABET.index(mark) * pow(3, place, MODULUS)
        for place, mark in enumerate(code[: LENGTH - 1])
    )
    return ALPHABET[-total % MODULUS]

"""Citizen identity numbers (公民身份号码): checked, and found by a fingerprint.

GB 11643-1999: six digits of region, the birthday, three of order, and a check character by
ISO 7064 MOD 11-2.
"""

import re
from datetime import date
from typing import Final

from services.kernel.errors import InvalidInput
from services.kernel.vault import Vault

WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
MARKS: Final = "10X98765432"
FORM: Final = re.compile(r"[1-9]\d{5}(?P<birthday>(18|19|20)\d{6})\d{3}[\dX]", re.ASCII)


class InvalidIdNumber(InvalidInput):
    code = "invalid_id_number"


def check_mark(body: str) -> str:
    """Return the eighteenth character that belongs to seventeen digits."""
    return MARKS[sum(w * int(d) for w, d in zip(WEIGHTS, body, strict=True)) % len(MARKS)]


def normalise(text: str) -> str:
    """Return the number in 18 capital characters; InvalidIdNumber for what is none."""
    number = text.strip().upper()
    match = FORM.fullmatch(number)
    if match is None or check_mark(number[:-1]) != number[-1]:
        raise InvalidIdNumber("身份证号不对,请核对")
    try:
        date.fromisoformat(match["birthday"])
    except ValueError:
        raise InvalidIdNumber("身份证号不对,请核对") from None
    return number


def blind_index(vault: Vault, number: str) -> str:
    """Return the fingerprint of a normalised number: equality without the number."""
    return vault.blind(number, purpose="id_number")

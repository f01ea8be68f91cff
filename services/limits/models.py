"""How often one person, or one address of somebody not signed in, may ask."""

from datetime import timedelta
from enum import StrEnum, auto
from typing import Final

from msgspec import Struct


class Rate(StrEnum):
    ADDRESS = auto()  # everything from one address: a mobile network hides thousands behind one
    ORDINARY = auto()
    SIGN_IN = auto()
    CALLBACK = auto()  # WeChat's own servers
    GUESS = auto()  # whatever takes a code or a token that somebody might try out
    ORDER = auto()
    UPLOAD = auto()
    REVEAL = auto()
    EXPORT = auto()
    REFUSED = auto()  # each refusal is written into the audit


class Allowance(Struct, frozen=True):
    """So many within so long, counted in a moving window."""

    times: int
    within: timedelta


MINUTE: Final = timedelta(minutes=1)
HOUR: Final = timedelta(hours=1)

ALLOWANCES: Final[dict[Rate, Allowance]] = {
    Rate.ADDRESS: Allowance(6000, MINUTE),
    Rate.ORDINARY: Allowance(300, MINUTE),
    Rate.SIGN_IN: Allowance(300, MINUTE),  # of an address: see ADDRESS
    Rate.CALLBACK: Allowance(6000, MINUTE),
    Rate.GUESS: Allowance(10, MINUTE),
    Rate.ORDER: Allowance(20, MINUTE),
    Rate.UPLOAD: Allowance(30, HOUR),
    Rate.REVEAL: Allowance(60, HOUR),
    Rate.EXPORT: Allowance(5, HOUR),
    Rate.REFUSED: Allowance(300, HOUR),
}

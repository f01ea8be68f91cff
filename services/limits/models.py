"""Rates: how often one person, or one address, may ask for what."""

from collections.abc import Sequence
from datetime import timedelta
from enum import StrEnum, auto
from typing import Final

from msgspec import Struct


class Rate(StrEnum):
    ADDRESS = auto()  # everything from one address
    ORDINARY = auto()  # everything by one person
    SIGN_IN = auto()
    WRONG_CODE = auto()  # codes of wx.login that WeChat does not know, from one device
    REFRESH = auto()
    CALLBACK = auto()  # WeChat's own servers
    PROBE = auto()  # health and figures, asked by machines
    GUESS = auto()  # whatever takes a code or a token that somebody might try out
    ORDER = auto()
    UPLOAD = auto()
    REVEAL = auto()
    CALL = auto()
    EXPORT = auto()
    EXPORT_LIST = auto()
    PUSH = auto()  # messages through WeChat, by all processes together
    PUSH_ORDINARY = auto()  # those of them that are no emergency
    PUSH_DAY = auto()
    CHECK_TEXT = auto()  # all that we ask WeChat of texts, whoever wrote them
    CHECK_PICTURE = auto()
    GRANT = auto()
    QUESTION = auto()
    RECEIPT_CHECK = auto()  # receipts on paper, checked by whoever holds one
    CITY_CLIENT = auto()  # all that one system of a city asks
    REFUSED = auto()  # each refusal is written into the audit


class Allowance(Struct, frozen=True):
    """Number of requests allowed at once; they grow back evenly within `within`."""

    times: int
    within: timedelta

    @property
    def period(self) -> float:
        """Within how many milliseconds all of them grow back."""
        return self.within / MILLISECOND

    @property
    def each(self) -> float:
        """Within how many milliseconds one of them grows back."""
        return self.period / self.times


class Bucket(Struct, frozen=True):
    """Allowance of one key. `count`: how many are taken at once, at most what is allowed.

    `is_leased`: processes may lease shares of it (shares.py).
    """

    key: str
    allowance: Allowance
    count: int = 1
    is_leased: bool = False

    @property
    def cost(self) -> float:
        """By how many milliseconds later the bucket is full again for what is taken."""
        return self.allowance.each * self.count


MILLISECOND: Final = timedelta(milliseconds=1)
SECOND: Final = timedelta(seconds=1)
MINUTE: Final = timedelta(minutes=1)
HOUR: Final = timedelta(hours=1)

# Counted by address whoever asks: to be signed in must not buy another allowance.
BY_ADDRESS: Final = frozenset({Rate.SIGN_IN, Rate.REFRESH})
# Counted by address and instead of ADDRESS: what must get through while others flood.
APART: Final = frozenset({Rate.CALLBACK, Rate.PROBE})
# Counted on each request, and large. What is small or guards something is asked each time.
LEASED: Final = frozenset({Rate.ADDRESS, Rate.ORDINARY})

ALLOWANCES: Final[dict[Rate, Allowance]] = {
    # A mobile carrier hides thousands of people behind one address, a community one office:
    # a hundred a second are more than the whole city asks on a normal day (60 at its peak).
    Rate.ADDRESS: Allowance(6000, MINUTE),
    # A screen asks five to ten times; nobody turns sixty screens a minute.
    Rate.ORDINARY: Allowance(300, MINUTE),
    # Each costs a call to WeChat, also one with a bad code. A session lasts a month, so this is
    # several meetings in the community's hall at once rather than a day's traffic.
    Rate.SIGN_IN: Allowance(600, MINUTE),
    # Nobody types these codes: a phone sends a wrong one when it sends one twice. Far fewer
    # than SIGN_IN, so that one device does not use up what all behind its address have.
    Rate.WRONG_CODE: Allowance(20, MINUTE),
    # Every fifteen minutes by everybody behind the address, at no cost but ours.
    Rate.REFRESH: Allowance(600, MINUTE),
    # WeChat tells of each message it delivered, a few hundred a second after a notice to all.
    Rate.CALLBACK: Allowance(60_000, MINUTE),
    Rate.PROBE: Allowance(600, MINUTE),
    # A code of 40 bits lasts for ages at ten a minute; somebody who mistypes does not notice.
    Rate.GUESS: Allowance(10, MINUTE),
    # Each is an order at WeChat Pay; a cashier's counter or two homes with two payees fit in.
    Rate.ORDER: Allowance(20, MINUTE),
    # Five photos of a leak, or of twelve homes by the staff; each costs a second of a core.
    Rate.UPLOAD: Allowance(60, HOUR),
    Rate.REVEAL: Allowance(60, HOUR),
    # Each may ring at somebody's phone. A head who goes through a staircase asks some twenty.
    Rate.CALL: Allowance(30, HOUR),
    Rate.EXPORT: Allowance(5, HOUR),
    # A month's closing takes every list of a compound; each is some seconds of the worker.
    Rate.EXPORT_LIST: Allowance(60, HOUR),
    # WeChat would take more; people open what they get, and five requests follow each (the
    # design point is 1,000 requests a second).
    Rate.PUSH: Allowance(300, SECOND),
    Rate.PUSH_ORDINARY: Allowance(240, SECOND),
    # WeChat's own quota of a day, without ability to pay (subscribe-message/api_sendmessage).
    Rate.PUSH_DAY: Allowance(10_000_000, timedelta(days=1)),
    # WeChat judges 4,000 texts and 2,000 pictures a minute: what is there at once and what
    # grows back within a minute are together no more than that.
    Rate.CHECK_TEXT: Allowance(2000, MINUTE),
    Rate.CHECK_PICTURE: Allowance(1000, MINUTE),
    # Each follows a tap on WeChat's own window, which nobody answers once a minute.
    Rate.GRANT: Allowance(60, HOUR),
    # Five below a notice are allowed; each costs a check, and the time of who answers.
    Rate.QUESTION: Allowance(20, HOUR),
    # An office that checks a pile; nobody finds a token of 128 bits by trying.
    Rate.RECEIPT_CHECK: Allowance(60, MINUTE),
    # A system that looks every minute, and files what a district reports in a storm.
    Rate.CITY_CLIENT: Allowance(120, MINUTE),
    Rate.REFUSED: Allowance(300, HOUR),
}


def buckets(counted: Sequence[tuple[Rate, str]], count: int = 1) -> list[Bucket]:
    """Return the bucket of each (rate, who), from which so many are to be taken."""
    return [
        Bucket(f"limits:{rate}:{who}", ALLOWANCES[rate], count, rate in LEASED)
        for rate, who in counted
    ]

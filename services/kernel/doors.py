"""Doors: what was said about fees at one, for packages above the one that keeps visits."""

from msgspec import Struct

from services.kernel.days import Day


class Talk(Struct, frozen=True, kw_only=True):
    """Talk of a head with a home about what it owes.

    `subject`: id of the visit or the promise. `promised_for`: the day by which they promised to
    pay; None for a visit.
    """

    home: str
    subject: str
    promised_for: Day | None = None

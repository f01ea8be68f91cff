"""Votes: which answers count, as those of the household that owns a home on a day.

The day on which an answer was given does not say whose it is: a sale is often entered weeks
after its day. So an answer belongs to who gave it, and binds their household alone.
"""

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from services.agreed_services.models import Answer
from services.kernel.days import Day, day_of
from services.residencies.models import Residency
from services.residencies.tenures import Household


class Count(Struct, frozen=True, kw_only=True):
    """Homes that agreed, with their area, and homes that did not."""

    agreed: int
    agreed_area: int
    declined: int


def is_of(answer: Answer, day: Day, households: Sequence[Household]) -> bool:
    """Tell whether an answer is of the household that owns the home on a day.

    `households`: all that ever owned the home. Where none is known, nobody bought it from who
    answered. Who sold the home and bought it again has to answer again.
    """
    if not households:
        return True
    return (given := _household(answer, households)) is not None and given.tenure.has(day)


def _household(answer: Answer, households: Sequence[Household]) -> Household | None:
    """Return the household that gave an answer; None for nobody who ever owned the home.

    Of several to which who gave it belonged, it is the one of then; an owner who answered
    before their first day did so for the household that begins with it.
    """
    given = day_of(answer.at)
    own = [each for each in households if any(_gave(row, answer) for row in each.owners)]
    if not own and not answer.owners:  # no owner was known, or answers did not name them yet
        own = [each for each in households if each.tenure.has(given)]
    begun = [each for each in own if each.tenure.first <= given]
    return begun[-1] if begun else next(iter(own), None)


def _gave(row: Residency, answer: Answer) -> bool:
    return row.id in answer.owners or (bool(answer.person) and row.person == answer.person)


def count(
    answers: Iterable[Answer], day: Day, households: Mapping[str, Sequence[Household]]
) -> Count:
    """Count the answers of those who own their homes on a day. `households`: of each home."""
    valid = [each for each in answers if is_of(each, day, households.get(each.home, ()))]
    agreed = [each for each in valid if each.agree]
    return Count(
        agreed=len(agreed),
        agreed_area=sum(each.area for each in agreed),
        declined=len(valid) - len(agreed),
    )

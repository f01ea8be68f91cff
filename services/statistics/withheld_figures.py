"""Figures that are withheld from whoever may not see the homes behind them."""

from collections.abc import Mapping, Sequence
from math import inf
from time import monotonic
from typing import Final

from msgspec import Struct

from services.kernel.days import Month, plus_months
from services.kernel.measures import Span
from services.kernel.paths import ancestors, covers
from services.kernel.permissions import Actor, Permission
from services.statistics import small_groups
from services.statistics.hidden_homes import HOMES, UNIT_DEPTH, is_one, root_of
from services.statistics.measures import Question
from services.statistics.small_groups import Group

# Measures: homes that were billed, by fee and month.
BILLED, BILLED_BEFORE = "bills.homes_billed", "bills.homes_billed_before"
# Of the eight that a request has; some hundred thousand bills are counted in it.
EARLIER_SECONDS: Final = 4.0


class Hidden(Struct, frozen=True, kw_only=True):
    """Highest places whose figures somebody does not get; all under them is withheld, too.

    `rates`: all three rates. `arrears`: the recovery of arrears.
    """

    rates: frozenset[str] = frozenset()
    arrears: frozenset[str] = frozenset()


class Groups(Struct, frozen=True, kw_only=True):
    """Homes behind the rates of a place and its parts, as they are counted for somebody.

    `rungs`: (place, segments of its parts), the first of which is the root. `seen`: places
    whose homes they may see. `hidden`: what is withheld whatever is counted; there is nothing
    to count then.
    """

    rungs: Sequence[tuple[str, int]] = ()
    seen: Sequence[str] = ()
    hidden: Hidden = Hidden()

    def questions(self, span: Span) -> list[Question]:
        """Return what is to be counted. Arrears are bills of earlier months: their groups, too.

        Where no sums are kept these grow with the years and the homes: rather than be late with
        all three rates, the one that needs them is withheld, which tells nothing of anybody.
        """
        until = monotonic() + EARLIER_SECONDS
        return [
            Question(name=name, places=places, depth=depth, span=span, until=ends_at)
            for name, ends_at in ((HOMES, inf), (BILLED, inf), (BILLED_BEFORE, until))
            for top, depth in self.rungs
            for places in ([top], [each for each in self.seen if covers(top, each)])
        ]

    def hidden_by(self, answers: Sequence[dict[str, Group] | None]) -> Hidden:
        """Return what is withheld by the answers to the questions."""
        if not self.rungs:
            return self.hidden
        length = 2 * len(self.rungs)
        homes, billed, earlier = (
            _unseen(answers[first : first + length]) for first in range(0, 3 * length, length)
        )
        root = frozenset({self.rungs[0][0]})
        rates, arrears = (
            root if homes is None or groups is None else _withheld(homes, groups)
            for groups in (billed, earlier)
        )
        return Hidden(rates=rates, arrears=arrears)

    def hidden_by_month(
        self, answers: Sequence[dict[str, Group] | None], span: Span
    ) -> dict[Month, Hidden]:
        """Return month → what is withheld of it: what is of a span of this month alone."""
        third = len(answers) // 3
        homes, billed, earlier = answers[:third], answers[third : 2 * third], answers[-third:]
        found: dict[Month, Hidden] = {}
        for each in span.by_month():
            if not self.rungs:
                found[each.period] = self.hidden
                continue
            month = each.period
            own = [_of_months(one, month, month) for one in billed]
            since = [_of_months(one, "", plus_months(month, -1)) for one in billed]
            before = [_both(one, two) for one, two in zip(earlier, since, strict=True)]
            found[month] = self.hidden_by([*homes, *own, *before])
        return found


def _of_months(
    answer: Mapping[str, Group] | None, first: Month, last: Month
) -> dict[str, Group] | None:
    """Return the homes billed for some of the months of an answer, by "fee|month"."""
    if answer is None:
        return None
    return {
        place: Group({n: h for n, h in group.items() if first <= n.partition("|")[2] <= last})
        for place, group in answer.items()
    }


def _both(
    one: Mapping[str, Group] | None, other: Mapping[str, Group] | None
) -> dict[str, Group] | None:
    """Return the homes of two answers together; None where one is unknown."""
    if one is None or other is None:
        return None
    none = Group()
    return {place: one.get(place, none) + other.get(place, none) for place in {*one, *other}}


def groups(actor: Actor, place: str, *, depth: int) -> Groups:
    """Return the homes to count, to know which figures of a place the actor does not get.

    Looked at from the highest place whose rates they see: above it they have no figure to take
    a difference from. `depth`: segments of the parts.
    """
    if actor.may(Permission.VIEW_UNPAID, place):
        return Groups()
    if is_one(place):
        return Groups(hidden=Hidden(rates=frozenset({place})))
    root = root_of(actor, Permission.VIEW_RATES, place)
    seen = [
        each
        for each in actor.places(Permission.VIEW_UNPAID)
        if each.count(".") < UNIT_DEPTH and covers(root, each)
    ]
    return Groups(rungs=_rungs(root, place, depth), seen=seen)


def _unseen(answers: Sequence[dict[str, Group] | None]) -> list[dict[str, Group]] | None:
    """Return the groups of each rung without what the actor sees; None when one is unknown."""
    found: list[dict[str, Group]] = []
    for all_of_it, seen in zip(answers[::2], answers[1::2], strict=True):
        if all_of_it is None or seen is None:
            return None
        found.append({p: group - seen.get(p, Group()) for p, group in all_of_it.items()})
    return found


def _rungs(root: str, place: str, depth: int) -> list[tuple[str, int]]:
    """Return (place, segments of its parts): the root, and each rung down to what is asked for.

    Above the place only what is beside it counts, and all its parts below it.
    """
    line = [each for each in ancestors(place) if covers(root, each)]
    first, own = root.count(".") + 1, place.count(".") + 1
    beside = [(above, first + n + 1) for n, above in enumerate(line[:-1])]
    below = [(place, each) for each in range(own + 1, depth + 1)]
    return [(root, first), *beside, *below]


def _withheld(
    homes: Sequence[Mapping[str, Group]], billed: Sequence[Mapping[str, Group]]
) -> frozenset[str]:
    """Return what is withheld by homes of the register, and homes billed by fee and month."""
    rungs = []
    for register, by_month in zip(homes, billed, strict=True):
        places = register.keys() | by_month.keys()
        groups = {
            place: register.get(place, Group()) + by_month.get(place, Group())
            for place in places
        }
        # without any home whose debts the actor does not see, there is nothing to withhold
        rungs.append({place: group for place, group in groups.items() if group})
    return small_groups.withheld_by_rung(rungs)

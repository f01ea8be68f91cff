"""Refusals of shared costs."""

from msgspec import Struct

from services.kernel import errors


class BadSharedCost(errors.InvalidInput):
    """A cost needs days within a year, a place with homes, and what belongs together."""

    code = "bad_shared_cost"
    details_type = errors.UnknownDay


class UnmeasuredHome(Struct, frozen=True, kw_only=True):
    """Home whose measure is not known.

    `home`: Path of the home.
    `address`: Address of the home, as people say it.
    """

    home: str
    address: str


class UnmeasuredHomesDetails(Struct, frozen=True, kw_only=True):
    """Homes whose measure is not known.

    `count`: Number of these homes.
    `homes`: The first of them by path, 200 at most.
    """

    count: int
    homes: list[UnmeasuredHome]


class UnmeasuredHomes(errors.Conflict):
    """Homes without an area, or without a number of persons: no share of theirs is guessed."""

    code = "homes_unmeasured"
    details_type = UnmeasuredHomesDetails


class SharedCostExists(errors.Conflict):
    """The same document is split at this place already."""

    code = "shared_cost_exists"


class SharedCostDecided(errors.Conflict):
    """Somebody decided meanwhile."""

    code = "shared_cost_decided"

"""Refusals of agreed services."""

from msgspec import Struct

from services.kernel import errors


class BadAgreedService(errors.InvalidInput):
    """A service needs a price that fits its pricing, whole months, and homes to ask."""

    code = "bad_agreed_service"
    details_type = errors.UnknownDay


class HomesWithoutArea(Struct, frozen=True, kw_only=True):
    """Homes whose area is not known.

    `count`: Number of these homes.
    `homes`: Paths of the first of them, 200 at most.
    """

    count: int
    homes: list[str]


class AreaUnknown(errors.Conflict):
    """Homes without an area: no share of theirs is guessed."""

    code = "agreed_service_area_unknown"
    details_type = HomesWithoutArea


class AgreedServiceExists(errors.Conflict):
    """The place is asked about a service of this name already, or has it."""

    code = "agreed_service_exists"


class AgreedServiceMovedOn(errors.Conflict):
    """Somebody decided meanwhile, or the time to answer is over."""

    code = "agreed_service_moved_on"


class AgreedServiceBilling(errors.Conflict):
    """Some homes of this month are billed, and the others are about to be."""

    code = "agreed_service_billing"


class AnsweredByOwner(errors.Conflict):
    """An owner answered in person: what is on paper does not replace that."""

    code = "answered_by_owner"

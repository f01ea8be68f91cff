"""Refusals of a quote: why it cannot be offered, or answered, at this moment."""

from msgspec import Struct

from services.kernel import errors
from services.repairs.quotes.states import QuoteState


class NotAtHome(errors.Conflict):
    """What all share is paid from the fees: there is nobody to accept a quote."""

    code = "repair_quote_not_home"


class NoPayee(errors.Conflict):
    """No firm does the repair, or none of its merchant accounts is there to be paid into."""

    code = "repair_quote_no_payee"


class BadTotal(errors.InvalidInput):
    """A quote is of one fen at least, and of `most` fen at most."""

    code = "repair_quote_bad_total"
    details_type = errors.Most


class QuoteVersionDetails(Struct, frozen=True, kw_only=True):
    """Latest quote that is there.

    `version`: Number of the repair's latest quote; 0 for none.
    """

    version: int


class QuoteOutdated(errors.Conflict):
    """Somebody else offered a version meanwhile: look again."""

    code = "repair_quote_outdated"
    details_type = QuoteVersionDetails


class QuoteStateDetails(Struct, frozen=True, kw_only=True):
    """State the quote is in.

    `state`: State of the quote at this moment.
    """

    state: QuoteState


class QuoteMovedOn(errors.Conflict):
    """The quote was answered, changed or withdrawn before."""

    code = "repair_quote_moved_on"
    details_type = QuoteStateDetails


class OtherFirm(errors.Conflict):
    """The firm that offered the quote does the repair no more."""

    code = "repair_quote_other_firm"


class UnderGuaranteeDetails(Struct, frozen=True, kw_only=True):
    """Repair that is guaranteed.

    `repair_id`: Id of the earlier repair.
    `until`: Last day of its guarantee; null where only this repair itself is free.
    """

    repair_id: str
    until: str | None


class UnderGuarantee(errors.Conflict):
    """The same fault, or this repair itself, was paid for before: it is repaired free."""

    code = "repair_under_guarantee"
    details_type = UnderGuaranteeDetails


class NoGuarantee(errors.Conflict):
    """The repair is under no guarantee: there is nothing to lift."""

    code = "repair_no_guarantee"


def moved_on(state: QuoteState) -> QuoteMovedOn:
    return QuoteMovedOn(f"这个报价现在是“{state.label}”,请刷新", state=state)

"""Refusals of notes: what of a bill no note can change, and what it takes instead."""

from typing import Final

from services.bills.models import Bill, NoteKind
from services.bills.states import BillState
from services.kernel import errors
from services.kernel.money import yuan
from services.prepayments import draws

# A bill with more corrections is a quarrel, and its explanation unreadable.
MOST_NOTES: Final = 20


class BillNotIssued(errors.Conflict):
    """A draft is nobody's debt yet, and a void bill nobody's any more."""

    code = "bill_not_issued"


class NoteExceedsOwed(errors.Conflict):
    """No more is taken off than is owed: what was paid goes back by a refund."""

    code = "note_exceeds_owed"


class VoidInstead(errors.Conflict):
    """A bill of which nothing would be due is voided, and one of other owners billed anew."""

    code = "void_instead"


class NothingToNote(errors.Conflict):
    """The bill is what its days would be billed today."""

    code = "bill_is_right"


class TooManyNotes(errors.Conflict):
    """A bill has so many corrections that nobody can follow them any more."""

    code = "too_many_notes"


class NoteWaits(errors.Conflict):
    """One correction of a bill at a time: the other is to be decided first."""

    code = "bill_note_waits"


class NoteDecided(errors.Conflict):
    """Somebody decided meanwhile."""

    code = "bill_note_decided"


class GroundMissing(errors.InvalidInput):
    """A debt is given up by a law or a clause; other corrections name none."""

    code = "write_off_ground"


def check(bill: Bill, kind: NoteKind, fen: int) -> None:
    """Check that a note of so much can be made of a bill as it is now.

    What prepaid money paid of it is put back by a credit note.
    Raises BillNotIssued, NoteExceedsOwed, VoidInstead, TooManyNotes.
    """
    if bill.state in {BillState.DRAFT, BillState.VOID}:
        raise BillNotIssued("这张账单未发布或已作废,不需要更正")
    if len(bill.notes) >= MOST_NOTES:
        raise TooManyNotes("这张账单已更正多次,请作废后重新出账")
    drawn_fen = draws.drawn_fen(bill) if kind is NoteKind.CREDIT else 0
    if bill.owed_fen + drawn_fen + fen < 0:
        owed = yuan(bill.owed_fen)
        raise NoteExceedsOwed(f"这张账单现在只欠{owed}元;已缴的钱要退,请办理退款")
    if kind is not NoteKind.WRITE_OFF and bill.due_fen + fen == 0:
        raise VoidInstead("更正后这张账单一分不收,请直接作废这张账单")

"""Journals of notes: what a correction of a bill books."""

from datetime import datetime

from services.bill_notes.models import Note
from services.bills.models import Bill, NoteKind
from services.ledger.models import Journal, Posting, income, receivable, write_off
from services.places import actions as places


def journal_id(note_id: str) -> str:
    """Name the journal of a note."""
    return f"note:{note_id}"


def of(note: Note, bill: Bill, at: datetime) -> Journal:
    """Return the journal of a note.

    A credit or debit note changes what was billed. A write-off leaves that as it was: what is
    given up lies in an account of its own, where everybody sees how much it is.
    """
    compound = places.compound_of(bill.home)
    account = write_off if note.kind is NoteKind.WRITE_OFF else income
    return Journal(
        id=journal_id(note.id),
        kind="note",
        place=compound,
        at=at,
        postings=[
            Posting(receivable(bill.id), note.fen),
            Posting(account(bill.kind, compound), -note.fen),
        ],
        reference={"bill": bill.id, "note": note.id, "number": note.number},
    )

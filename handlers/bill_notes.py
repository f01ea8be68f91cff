"""Endpoints of bill notes: corrections of published bills, each by decision of two."""

from typing import Annotated, Final

from msgspec import Meta

from handlers.bills import BillId
from handlers.http.base import ApiHandler
from handlers.http.contract import Route, endpoint
from services.bill_notes import actions as notes
from services.bill_notes.models import (
    NewNote,
    NoteDecision,
    NotesQuery,
    NoteView,
    RightNote,
)
from services.bills.models import NoteKind
from services.kernel.pages import Page
from services.kernel.paths import PlacePath
from services.kernel.permissions import Permission

NoteId = Annotated[
    str, Meta(max_length=64, description="Id of the correction, as the list shows it.")
]
PROPOSED: Final = (
    "bill_note_waits",
    "bill_not_issued",
    "note_exceeds_owed",
    "other_payee",
    "own_home",
    "too_many_notes",
    "void_instead",
)


class BillNotesHandler(ApiHandler):
    @endpoint(
        "proposeBillNote",
        needs=Permission.RUN_BILLS,
        status=201,
        errors=(*PROPOSED, "write_off_ground"),
        example=NewNote(
            kind=NoteKind.CREDIT,
            amount_fen=300,
            reason="面积更正",
            evidence="测绘报告2026-17",
        ),
    )
    async def post(self, bill_id: BillId, body: NewNote) -> NoteView:
        """Propose a correction of a published bill; somebody else approves it."""
        return await notes.propose(self.deps, self.actor, bill_id, body)


class RightNoteHandler(ApiHandler):
    @endpoint(
        "proposeRightBillNote",
        needs=Permission.RUN_BILLS,
        status=201,
        errors=(*PROPOSED, "bill_is_right"),
        example=RightNote(reason="面积更正", evidence="测绘报告2026-17"),
    )
    async def post(self, bill_id: BillId, body: RightNote) -> NoteView:
        """Propose the correction that makes a bill what its days would be billed today."""
        return await notes.propose_right(self.deps, self.actor, bill_id, body)


class NotesHandler(ApiHandler):
    @endpoint("listBillNotes", needs=Permission.RUN_BILLS)
    async def get(self, place: PlacePath, query: NotesQuery) -> Page[NoteView]:
        """Corrections of bills of a place; to a firm of its own bills."""
        return await notes.listing(self.deps, self.actor, place, query)


class DecisionHandler(ApiHandler):
    @endpoint(
        "decideBillNote",
        needs=Permission.RUN_BILLS,
        errors=(
            "bill_not_issued",
            "bill_not_owing",
            "bill_note_decided",
            "note_exceeds_owed",
            "other_payee",
            "own_home",
            "same_person",
            "too_many_notes",
            "void_instead",
        ),
        example=NoteDecision(approve=True, reason="已核对测绘报告"),
    )
    async def post(self, note_id: NoteId, body: NoteDecision) -> NoteView:
        """Approve a correction that somebody else proposed, or refuse it; it counts at once."""
        return await notes.decide(self.deps, self.actor, note_id, body)


ROUTES = [
    Route("/api/v1/bills/{bill_id}/notes", BillNotesHandler),
    Route("/api/v1/bills/{bill_id}/right-note", RightNoteHandler),
    Route("/api/v1/places/{place}/bill-notes", NotesHandler),
    Route("/api/v1/bill-notes/{note_id}/decision", DecisionHandler),
]

"""Rows about notes that correct bills: for who runs the bills of the home."""

from typing import Final

import pytest

from mongo_indexes import bill_notes
from services.bill_notes.models import Note
from services.bills.models import NoteKind
from tests.build.bill_notes import CREDIT
from tests.matrix import makers
from tests.matrix.posts import HOME, HOMES
from tests.matrix.row import Row
from tests.matrix.rules import at
from tests.matrix.town import Furniture, Scene
from tests.matrix.walk import IN_TOWN, Walked

pytestmark = IN_TOWN


async def owing_bill(scene: Scene) -> str:
    return (await makers.bill(scene)).id


async def bill_note(scene: Scene) -> str:
    """A note that somebody else proposed, to be refused by who decides."""
    bill = await makers.bill(scene)
    made = Note(
        id=scene.town.new_id(),
        number=f"20260302-{scene.number:010d}",
        bill=bill.id,
        home=bill.home,
        title="2020年1月物业费",
        account=bill.account,
        payee_name=bill.payee_name,
        kind=NoteKind.CREDIT,
        fen=-scene.number,
        owed_fen=bill.owed_fen,
        reason="面积更正",
        evidence="2026-17",
        proposed_by=scene.town.new_id(),
        proposed_at=scene.town.world.deps.now(),
    )
    return await scene.town.insert(bill_notes.COLLECTION, made)


FURNITURE: Final[Furniture] = ((bill_note, tuple(HOMES)),)
ROWS = (
    Row(
        "post",
        "/api/v1/bills/{bill_id}/notes",
        at(HOME),
        makes=owing_bill,
        body=CREDIT,
    ),
    Row(
        "post",
        "/api/v1/bills/{bill_id}/right-note",
        at(HOME),
        makes=owing_bill,
        body={"reason": "面积更正", "evidence": "2026-17"},
        land=(409, "void_instead"),
        because="no rule bills the matrix's homes in the bill's month",
    ),
    Row(
        "post",
        "/api/v1/bill-notes/{note_id}/decision",
        at(HOME),
        makes=bill_note,
        body={"approve": False, "reason": "依据不足"},
    ),
)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
async def test_everybody_gets_what_they_may(walked: Walked, row: Row) -> None:
    await walked(row)

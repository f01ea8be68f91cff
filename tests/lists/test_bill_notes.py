"""The list of notes that correct bills."""

from datetime import timedelta
from typing import Final

import pytest

from mongo_indexes import bill_notes
from services.bill_notes.models import Note
from services.bill_notes.states import NoteState
from services.bills.models import NoteKind
from services.kernel.documents import to_document
from tests.build.cast import COMPOUND, LI_HOME, SUN_HOME, WANG_HOME, ZHAO_HOME, Estate
from tests.lists.case import FORMULA, Case, Maker
from tests.lists.walk import walk

HOMES: Final = (LI_HOME, WANG_HOME, SUN_HOME)


async def of_notes(estate: Estate) -> Case:
    world, states = estate.world, [*NoteState]
    made = [
        Note(
            id=f"n{number}",
            number=f"20260302-{number:010d}",
            bill=f"b{number}",
            home=HOMES[number % 3] if number < 9 else ZHAO_HOME,  # the last in another compound
            title="2026年1月物业费",
            account="firm" if number % 2 else "sanitation",
            payee_name="安居物业",
            kind=[*NoteKind][number % 3],
            fen=100 + number if number % 3 == 1 else -100 - number,
            owed_fen=5118,
            reason=FORMULA,
            evidence=f"2026-{number}",
            state=states[number % 4],
            proposed_by="p1",
            # two of each instant: ties
            proposed_at=world.clock.now - timedelta(days=number // 2),
        )
        for number in range(10)
    ]
    await world.db[bill_notes.COLLECTION].insert_many([to_document(one) for one in made])
    return Case(
        who=await estate.member("staff"),
        readers=[await estate.member("admin")],
        stranger=await estate.member("head"),
        path=f"/api/v1/places/{COMPOUND}/bill-notes",
        subject=COMPOUND,
        place=COMPOUND,
        filters=[
            {"state": "proposed"},
            {"kind": "debit"},
            {"state": "refused", "kind": "write_off"},
        ],
        orders={"newest": "-proposed_at,-note_id", "home": "home,note_id"},
        rows=9,
    )


MAKERS: Final[dict[str, Maker]] = {"bill_notes": of_notes}


@pytest.mark.parametrize("name", MAKERS)
async def test_a_list_is_as_all_are(estate: Estate, name: str) -> None:
    await walk(estate.world, name, await MAKERS[name](estate))

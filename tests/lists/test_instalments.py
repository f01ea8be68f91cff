"""List of instalment agreements."""

from typing import Final

import pytest

from mongo_indexes import instalments
from services.instalments.models import InstalmentPart, Instalments
from services.instalments.states import InstalmentsState
from services.kernel.documents import to_document
from tests.build.cast import COMPOUND, LI_HOME, SUN_HOME, WANG_HOME, Estate
from tests.lists.case import FORMULA, Case, Maker
from tests.lists.walk import walk


def agreement(estate: Estate, number: int) -> Instalments:
    return Instalments(
        id=f"agreement{number}",
        home=[SUN_HOME, WANG_HOME, LI_HOME][number % 3],
        liable_on="2026-01-01",
        account="firm",
        payee_name="安居物业",
        bills=[f"bill{number}"],
        amount_fen=1000 + number,
        parts=[
            InstalmentPart(due_on="2026-04-30", amount_fen=500),
            InstalmentPart(due_on="2026-05-31", amount_fen=500 + number),
        ],
        grace_days=number,
        stops_late_charges=number % 2 == 0,
        state=[*InstalmentsState][number % 7],
        offered_by="test",
        offered_at=estate.world.clock.now,
        decided_because=FORMULA if number == 0 else "",
    )


async def of_instalments(estate: Estate) -> Case:
    made = [to_document(agreement(estate, number)) for number in range(8)]
    await estate.world.db[instalments.COLLECTION].insert_many(made)
    return Case(
        who=await estate.member("staff"),
        readers=[await estate.member("admin")],
        stranger=await estate.member("head"),
        path=f"/api/v1/places/{COMPOUND}/instalments",
        subject=COMPOUND,
        place=COMPOUND,
        filters=[{"state": "kept"}, {"state": "offered"}],
        orders={"newest": "-offered_at,-instalments_id", "home": "place,instalments_id"},
        rows=8,
    )


MAKERS: Final[dict[str, Maker]] = {"instalments": of_instalments}


@pytest.mark.parametrize("name", MAKERS)
async def test_a_list_is_as_all_are(estate: Estate, name: str) -> None:
    await walk(estate.world, name, await MAKERS[name](estate))

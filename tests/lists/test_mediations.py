"""List of mediations, as a community's mediation member works with it."""

from typing import Final

import pytest

from mongo_indexes import mediations
from services.kernel.documents import to_document
from services.mediations.models import Matter, Mediation
from services.mediations.states import MediationState
from tests.build import mediations as made
from tests.build.cast import COMMUNITY, Estate
from tests.lists.case import Case, Maker
from tests.lists.walk import walk


async def of_mediations(estate: Estate) -> Case:
    talks = await made.build(estate)
    now = estate.world.clock.now
    rows = [
        Mediation(
            id=f"mediation{number}",
            place=COMMUNITY,
            matter=[*Matter][number],
            state=[*MediationState][number % 4],
            person="",
            filed_by="test",
            created_at=now,
            holder="somebody" if number % 2 else "",
            due_at=now if number == 3 else None,
            overdue=number == 3,
            steps=1,
        )
        for number in range(6)
    ]
    kept = estate.world.db[mediations.COLLECTION]
    await kept.insert_many([to_document(each) for each in rows])
    return Case(
        who=await talks.member("member"),
        stranger=await estate.member("staff"),
        path="/api/v1/mediations",
        place=COMMUNITY,
        filters=[{"state": "asking"}, {"to_assign": "true"}],
        matches={"to_assign": lambda item, _: not item["has_mediator"]},
        orders={"": "-mediation_id"},
        rows=6,
        free_text=False,
    )


MAKERS: Final[dict[str, Maker]] = {"mediations": of_mediations}


@pytest.mark.parametrize("name", MAKERS)
async def test_a_list_is_as_all_are(estate: Estate, name: str) -> None:
    await walk(estate.world, name, await MAKERS[name](estate))

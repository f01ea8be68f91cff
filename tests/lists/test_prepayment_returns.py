"""The list of returns of prepaid money."""

from datetime import timedelta
from typing import Final

import pytest

from mongo_indexes import prepayment_returns
from services.kernel.documents import to_document
from tests.build.cast import COMPOUND, LI_HOME, Estate
from tests.build.prepayment_returns import kept
from tests.lists.case import FORMULA, Case, Maker
from tests.lists.walk import walk


async def of_prepayment_returns(estate: Estate) -> Case:
    world = estate.world
    made = [
        # two of each instant: ties
        kept(n, home=LI_HOME, compound=COMPOUND, at=world.clock.now - timedelta(days=n // 2))
        for n in range(9)
    ]
    made[3].reason = FORMULA
    await world.db[prepayment_returns.COLLECTION].insert_many([to_document(m) for m in made])
    return Case(
        who=await estate.member("staff"),
        readers=[await estate.member("admin")],
        stranger=await estate.member("head"),
        path=f"/api/v1/places/{COMPOUND}/prepayment-returns",
        subject=COMPOUND,
        place=COMPOUND,
        filters=[
            {"state": "approved"},
            {"account": "firm"},
            {"asked_from": "2026-02-27", "asked_to": "2026-03-01"},
        ],
        orders={"newest": "-asked_at,-return_id", "oldest": "asked_at,return_id"},
        rows=9,
    )


MAKERS: Final[dict[str, Maker]] = {"prepayment_returns": of_prepayment_returns}


@pytest.mark.parametrize("name", MAKERS)
async def test_a_list_is_as_all_are(estate: Estate, name: str) -> None:
    await walk(estate.world, name, await MAKERS[name](estate))

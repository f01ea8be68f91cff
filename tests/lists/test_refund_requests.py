"""The list of refunds by hand."""

from datetime import timedelta
from typing import Final

import pytest

from mongo_indexes import refund_requests
from services.kernel.documents import to_document
from tests.build.cast import COMPOUND, LI_HOME, Estate
from tests.build.refund_requests import kept
from tests.lists.case import FORMULA, Case, Maker
from tests.lists.walk import walk


async def of_refund_requests(estate: Estate) -> Case:
    world = estate.world
    made = [
        # two of each instant: ties
        kept(n, home=LI_HOME, compound=COMPOUND, at=world.clock.now - timedelta(days=n // 2))
        for n in range(9)
    ]
    made[3].reason = FORMULA
    await world.db[refund_requests.COLLECTION].insert_many([to_document(one) for one in made])
    return Case(
        who=await estate.member("staff"),
        readers=[await estate.member("admin")],
        stranger=await estate.member("head"),
        path=f"/api/v1/places/{COMPOUND}/refund-requests",
        subject=COMPOUND,
        place=COMPOUND,
        filters=[
            {"state": "asked"},
            {"way": "cash", "account": "firm"},
            {"asked_from": "2026-02-27", "asked_to": "2026-03-01"},
        ],
        orders={"newest": "-asked_at,-request_id", "oldest": "asked_at,request_id"},
        rows=9,
    )


MAKERS: Final[dict[str, Maker]] = {"refund_requests": of_refund_requests}


@pytest.mark.parametrize("name", MAKERS)
async def test_a_list_is_as_all_are(estate: Estate, name: str) -> None:
    await walk(estate.world, name, await MAKERS[name](estate))

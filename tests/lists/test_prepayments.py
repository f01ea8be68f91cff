"""Lists of prepayments: what homes paid for bills to come."""

from typing import Final

import pytest

from mongo_indexes import prepayments
from services.kernel.documents import to_document
from tests.build.cast import COMPOUND, LI_HOME, WANG_HOME, Estate
from tests.build.prepayments import kept
from tests.lists.case import FORMULA, Case, Maker
from tests.lists.walk import walk


async def of_prepayments(estate: Estate) -> Case:
    world, homes = estate.world, [LI_HOME, WANG_HOME]
    made = [kept(n, home=homes[n // 5], at=world.clock.now) for n in range(9)]
    made[3].payee_name = FORMULA
    await world.db[prepayments.COLLECTION].insert_many([to_document(one) for one in made])
    return Case(
        who=await estate.member("staff"),
        stranger=await estate.member("li"),
        path=f"/api/v1/places/{COMPOUND}/prepayments",
        subject=COMPOUND,
        place=COMPOUND,
        filters=[{"kind": "waste_fee"}, {"account": "firm"}, {"owners": "former"}],
        orders={
            "home": "home,kind,prepayment_id",
            "largest": "-balance_fen,home,prepayment_id",
        },
        matches={"owners": lambda item, _: item["owners_until"] is not None},
        rows=9,
    )


MAKERS: Final[dict[str, Maker]] = {"prepayments": of_prepayments}


@pytest.mark.parametrize("name", MAKERS)
async def test_a_list_is_as_all_are(estate: Estate, name: str) -> None:
    await walk(estate.world, name, await MAKERS[name](estate))

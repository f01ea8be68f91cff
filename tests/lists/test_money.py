"""Lists about money."""

from datetime import timedelta
from typing import Final

import pytest

from mongo_indexes import refunds
from services.kernel.documents import to_document
from services.payments.refunds.models import Refund
from services.payments.refunds.states import REFUND_STUCK, RefundState
from tests.build.cast import Estate
from tests.lists.case import FORMULA, Case, Maker
from tests.lists.walk import walk


async def of_refunds(estate: Estate) -> Case:
    world = estate.world
    states = [RefundState.FAILED, RefundState.ABNORMAL, RefundState.DONE]
    made = [
        Refund(
            id=f"X{number}",
            number=f"X{number}",
            payment=f"P{number}",
            person=None,
            account="firm" if number % 2 else "sanitation",
            transaction_id=f"T{number}",
            amount_fen=1234 + number,
            total_fen=5000,
            source=f"overpaid:P{number}",
            reason=FORMULA,
            state=states[number % 3],
            open=states[number % 3] is RefundState.ABNORMAL,
            # two of each instant: ties
            requested_at=world.clock.now - timedelta(days=number // 2),
        )
        for number in range(9)
    ]
    await world.db[refunds.COLLECTION].insert_many([to_document(one) for one in made])
    return Case(
        who=await estate.member("admin"),
        stranger=await estate.member("staff"),
        path="/api/v1/refunds",
        filters=[
            {"state": "failed"},
            {"state": "done"},
            {"account": "firm"},
            {"requested_from": "2026-03-01", "requested_to": "2026-03-02"},
            {"requested_to": "2026-02-28", "account": "sanitation"},
        ],
        orders={"oldest": "requested_at,refund_id", "newest": "-requested_at,-refund_id"},
        rows=6,
        unless={"state": lambda item: item["state"] in {*REFUND_STUCK}},
    )


MAKERS: Final[dict[str, Maker]] = {"refunds": of_refunds}


@pytest.mark.parametrize("name", MAKERS)
async def test_a_list_is_as_all_are(estate: Estate, name: str) -> None:
    await walk(estate.world, name, await MAKERS[name](estate))

"""Lists of the days of merchant accounts, and of their differences."""

from typing import Final

import pytest

from mongo_indexes import reconciliation_differences, reconciliations
from services.kernel.days import plus_days
from services.kernel.documents import to_document
from services.kernel.permissions import Role
from services.reconciliations.differences.models import Difference
from services.reconciliations.differences.states import DifferenceState
from services.reconciliations.entries import DifferenceKind, MovementKind
from services.reconciliations.models import DaySource, DaySums, Reconciliation, day_id
from services.reconciliations.states import DayState
from tests.build.cast import Estate
from tests.lists.case import FORMULA, Case, Maker
from tests.lists.walk import walk

FIRST: Final = "2026-02-20"
MCHID: Final = "1600000001"
ACCOUNTS: Final = ("firm", "sanitation")


async def of_days(estate: Estate) -> Case:
    states = [DayState.DIFFERING, DayState.CLOSED, DayState.WAITING]
    days = [plus_days(FIRST, number // 2) for number in range(9)]
    made = [
        Reconciliation(
            id=day_id(ACCOUNTS[number % 2], MCHID, day),
            account=ACCOUNTS[number % 2],
            source=[*DaySource][number % 3],
            mchid=MCHID,
            day=day,  # two of each day: ties
            state=states[number % 3],
            billed=DaySums(payments=1, paid_fen=1234 + number),
            pending=number % 2,
            late_entries=number % 3,
            checked_at=estate.world.clock.now,
        )
        for number, day in enumerate(days)
    ]
    kept = estate.world.db[reconciliations.COLLECTION]
    await kept.insert_many([to_document(one) for one in made])
    return Case(
        who=await estate.member("admin"),
        stranger=await estate.member("head"),
        place="cc",
        path="/api/v1/reconciliations",
        filters=[
            {"state": "differing"},
            {"account": "firm"},
            {"account": "firm", "state": "closed"},
            {"source": "wechat"},
            {"late": "true"},
            {"late": "false", "account": "firm"},
            {"day_from": "2026-02-21", "day_to": "2026-02-22"},
            {"day_to": "2026-02-21", "account": "sanitation"},
        ],
        orders={"oldest": "day,reconciliation_id", "newest": "-day,-reconciliation_id"},
        matches={"late": lambda item, late: (item["late_entries"] > 0) is (late == "true")},
        rows=9,
        free_text=False,
    )


async def of_differences(estate: Estate) -> Case:
    states = [DifferenceState.OPEN, DifferenceState.OPEN, DifferenceState.CLOSED]
    made = [
        Difference(
            id=f"difference{number}",
            reconciliation=day_id(ACCOUNTS[number % 2], MCHID, day),
            account=ACCOUNTS[number % 2],
            day=day,
            kind=[DifferenceKind.NOT_BOOKED, DifferenceKind.FEE][number % 2],
            entry=[MovementKind.PAYMENT, MovementKind.FEE][number % 2],
            reference=f"4200{number}",
            order=f"T{number}",
            billed_fen=1234 + number,
            state=states[number % 3],
            office=Role.CASHIER,
            found_at=estate.world.clock.now,
            closed_because=FORMULA,
        )
        for number in range(9)
        for day in [plus_days(FIRST, number // 2)]
    ]
    kept = estate.world.db[reconciliation_differences.COLLECTION]
    await kept.insert_many([to_document(one) for one in made])
    return Case(
        who=await estate.member("admin"),
        stranger=await estate.member("head"),
        place="cc",
        path="/api/v1/reconciliation-differences",
        filters=[
            {"state": "closed"},
            {"kind": "fee"},
            {"account": "firm"},
            {"reconciliation_id": day_id("firm", MCHID, FIRST)},
            {"day_from": "2026-02-21", "day_to": "2026-02-22"},
        ],
        orders={"oldest": "day,difference_id", "newest": "-day,-difference_id"},
        rows=6,
        unless={"state": lambda item: item["state"] == "open"},
    )


MAKERS: Final[dict[str, Maker]] = {
    "reconciliation_differences": of_differences,
    "reconciliations": of_days,
}


@pytest.mark.parametrize("name", MAKERS)
async def test_a_list_is_as_all_are(estate: Estate, name: str) -> None:
    await walk(estate.world, name, await MAKERS[name](estate))

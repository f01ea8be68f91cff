"""List of what heads did in a month."""

from datetime import timedelta
from typing import Final

import pytest

from mongo_indexes import work_records
from services.kernel.documents import to_document
from services.kernel.paths import ancestors
from services.kernel.permissions import Role
from services.work_records.models import REMARK, WorkRecord, record_id
from tests.build.cast import COMMUNITY, COMPOUND, NEXT_UNIT, OTHER_COMPOUND, UNIT, Estate
from tests.lists.case import FORMULA, Case, Maker
from tests.lists.walk import walk

MONTHS: Final = ("2026-01", "2026-01", "2025-12")
PLACES: Final = (UNIT, NEXT_UNIT, f"{COMPOUND}.b3", f"{OTHER_COMPOUND}.b1.u1")


def _record(estate: Estate, number: int) -> WorkRecord:
    """Return one of differing records; the first has a remark that looks like a formula."""
    deps, place, month = estate.world.deps, PLACES[number % 4], MONTHS[number % 3]
    made_id = record_id(f"office{number:02d}", month)
    return WorkRecord(
        id=made_id,
        appointment=f"office{number:02d}",
        person=f"head{number}",
        role=Role.UNIT_HEAD,
        place=place,
        under=ancestors(place),
        month=month,
        from_day=f"{month}-01",
        to_day=f"{month}-28",
        figures={"visits_made": number, "household_rate": None, "amount_rate": 8650},
        remark_sealed="" if number else REMARK.seal(deps.vault, made_id, FORMULA),
        made_at=deps.now(),
        open_at=deps.now() + timedelta(days=1 if number == 4 else -1),
    )


async def of_work_records(estate: Estate) -> Case:
    rows = [to_document(_record(estate, number)) for number in range(15)]
    await estate.world.db[work_records.COLLECTION].insert_many(rows)
    return Case(
        who=await estate.member("staff"),
        readers=[await estate.member("admin")],
        stranger=await estate.member("head"),
        path=f"/api/v1/places/{COMMUNITY}/work-records",
        subject=COMMUNITY,
        place=COMMUNITY,
        filters=[{"month": "2025-12"}],
        orders={"": "place,record_id"},
        rows=9,
        unless={"month": lambda item: item["month"] == "2026-01"},
    )


MAKERS: Final[dict[str, Maker]] = {"work_records": of_work_records}


@pytest.mark.parametrize("name", MAKERS)
async def test_a_list_is_as_all_are(estate: Estate, name: str) -> None:
    await walk(estate.world, name, await MAKERS[name](estate))

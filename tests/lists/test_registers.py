"""Lists about registers: imports, the problems and differences of a file."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

import pytest

from mongo_indexes import register_imports
from services.kernel.documents import to_document
from services.kernel.paths import covers
from services.places.models import Usage
from services.register import store
from services.register.chunks import actions as chunks
from services.register.models import Import
from services.register.sheet.models import Known, ListedHome, Refusal, RowProblem, Severity
from services.register.states import State
from tests.build import cast
from tests.build.cast import COMPOUND, NEXT_UNIT, OTHER_COMPOUND, UNIT, Estate
from tests.lists.case import FORMULA, Case, Item, Maker
from tests.lists.walk import walk

RUN, OTHER_RUN = "01run", "01runs"


async def imported(estate: Estate, **fields: object) -> Import:
    """Keep an import of a file whose rows are those of RUN."""
    world = estate.world
    about = {
        "id": world.deps.new_id(),
        "place": COMPOUND,
        "state": State.PREVIEWED,
        "run": RUN,
        "size_bytes": 1,
        "uploaded_by": "staff",
        "uploaded_at": world.clock.now,
    }
    made = Import(**{**about, **fields})
    await world.db[register_imports.COLLECTION].insert_one(to_document(made))
    return made


async def of_imports(estate: Estate) -> Case:
    states = [State.PREVIEWED, State.UNREADABLE, State.APPLIED]
    for number in range(7):
        await imported(
            estate,
            # the last is another compound's
            place=OTHER_COMPOUND if number == 6 else COMPOUND,
            state=states[number % 3],
            uploaded_at=estate.world.clock.now - timedelta(days=number // 2),
            refusal=Refusal(code="register_old_xls", message=FORMULA) if number % 3 else None,
        )
    return Case(
        who=await estate.member("staff"),
        stranger=await estate.member("head"),
        path=f"/api/v1/places/{COMPOUND}/register-imports",
        subject=COMPOUND,
        place=COMPOUND,
        filters=[
            {"state": "unreadable"},
            {"uploaded_from": "2026-03-01", "uploaded_to": "2026-03-01"},
        ],
        orders={"newest": "-uploaded_at,-import_id", "oldest": "uploaded_at,import_id"},
        rows=6,
    )


async def of_problems(estate: Estate) -> Case:
    deps = estate.world.deps
    found = await imported(estate)
    made = [
        RowProblem(
            row=9 + number // 2,
            column="E" if number % 2 else "",
            heading="面积" if number % 2 else "",
            code="area_large" if number % 3 else "row_skipped",
            severity=Severity.ERROR if number % 4 == 1 else Severity.WARNING,
            message=FORMULA,
            sheet="2栋" if number > 4 else "1栋",
            sheet_number=2 if number > 4 else 1,
        )
        for number in range(9)
    ]
    until = deps.now() + timedelta(days=1)
    await store.put_problems(deps.db, RUN, made, until)
    other = RowProblem(row=1, code="area_large", severity=Severity.ERROR, message="x")
    await store.put_problems(deps.db, OTHER_RUN, [other], until)
    by_row = "sheet_number,row,column,code"
    return await of_file(
        estate,
        found,
        "problems",
        filters=[
            {"severity": "error"},
            {"code": "row_skipped"},
            {"sheet": "2栋", "severity": "warning"},
        ],
        orders={"row": by_row, "severity": f"severity,{by_row}"},
    )


async def of_differences(estate: Estate) -> Case:
    deps = estate.world.deps
    units = [UNIT, NEXT_UNIT]
    there = {f"{units[number % 2]}.6{number:02d}": 6000 for number in range(8)}
    await cast.homes(deps, there)
    rows = [listed(path, number) for number, path in enumerate(there)]
    await chunks.keep_rows(deps, RUN, 0, rows[:3])
    await chunks.keep_rows(deps, RUN, 2, rows[3:])
    found = await imported(estate, changed_chunks=[0, 2], chunks=3)
    return await of_file(
        estate,
        found,
        "differences",
        filters=[{"differs": "area"}, {"differs": "usage"}, {"place": UNIT}],
        orders={"": "row"},
    )


def listed(path: str, number: int) -> ListedHome:
    """Row of a file: every second home is larger in it, every third is a shop."""
    building, unit, home = path.removeprefix(f"{COMPOUND}.").split(".")
    return ListedHome(
        row=number + 2,
        building=building,
        building_name="3栋",
        unit=unit,
        unit_name=unit,
        home=home,
        name=home,
        usage=Usage.FLAT if number % 3 else Usage.SHOP,
        area=6000 if number % 2 else 6100,
        people=[],
        sheet=FORMULA,
        shown=Known(area=6000, usage=Usage.FLAT),
    )


async def of_file(
    estate: Estate,
    found: Import,
    what: str,
    *,
    filters: Sequence[dict[str, str]],
    orders: dict[str, str],
) -> Case:
    return Case(
        who=await estate.member("staff"),
        stranger=await estate.member("head"),
        path=f"/api/v1/register-imports/{found.id}/{what}",
        subject=found.id,
        place=COMPOUND,
        filters=filters,
        orders=orders,
        rows=5,
        matches={"differs": differs, "place": lambda item, value: covers(value, item["home"])},
    )


def differs(item: Item, what: str) -> bool:
    return bool(item["before"][what] != item["after"][what])


MAKERS: Final[dict[str, Maker]] = {
    "register_imports": of_imports,
    "register_problems": of_problems,
    "register_differences": of_differences,
}


@pytest.mark.parametrize("name", MAKERS)
async def test_a_list_is_as_all_are(estate: Estate, name: str) -> None:
    await walk(estate.world, name, await MAKERS[name](estate))

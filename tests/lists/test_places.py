"""Lists about places: homes, grids, firms and their contracts."""

from datetime import timedelta
from typing import Final

import pytest

from mongo_indexes import contracts, firms, place_codes, places
from services.firms.models import Contract, Firm
from services.kernel.documents import to_document
from services.place_codes.models import PlaceCode, PlaceCodeKind
from services.place_codes.states import PlaceCodeState
from services.places.models import ContactLine, Grid, Kind, Place, Usage
from tests.build.cast import COMMUNITY, COMPOUND, OTHER_COMPOUND, UNIT, Estate
from tests.build.offices import BUILDING, credit_code
from tests.lists.case import FORMULA, Case, Maker
from tests.lists.walk import walk

ELSEWHERE: Final = "cc.chaoyang.guilin.other"


async def of_places(estate: Estate) -> Case:
    world = estate.world
    made = [
        Place(
            id=f"{UNIT}.6{number:02d}",
            kind=Kind.HOME,
            name=f"6{number:02d}",
            address=f"春光小区3栋2单元6{number:02d}室",
            area=6000 if number % 2 else None,
            usage=Usage.GARAGE if number % 3 else Usage.FLAT,
            retired_from="2026-01-01" if number > 4 else None,
            contact=ContactLine(phone="0431-81234567", hours=FORMULA),
            created_at=world.clock.now - timedelta(days=number // 2),
        )
        for number in range(7)
    ]
    await world.db[places.COLLECTION].insert_many([to_document(one) for one in made])
    return Case(
        who=await estate.member("staff"),
        stranger=await estate.member("li"),
        path=f"/api/v1/places/{COMPOUND}/places",
        subject=COMPOUND,
        place=COMPOUND,
        base={"kind": "home"},
        filters=[
            {"usage": "garage"},
            {"has_area": "true"},
            {"has_area": "false", "usage": "flat"},
            {"retired": "true"},
            {"kind": "unit"},
        ],
        orders={"path": "path", "newest": "-created_at,-path"},
        rows=8,
        matches={
            "has_area": lambda item, value: (item["area"] is not None) is (value == "true"),
            "retired": lambda _item, _value: True,
        },
        unless={"retired": lambda item: item["retired_from"] is None},
    )


async def of_grids(estate: Estate) -> Case:
    world = estate.world
    made = [
        Grid(
            id=f"{ELSEWHERE if number == 6 else COMMUNITY}.g{number}",
            kind=Kind.GRID,
            name=FORMULA,
            address=FORMULA,
            created_at=world.clock.now - timedelta(days=number // 2),
            buildings=[[], [BUILDING], [f"{OTHER_COMPOUND}.b{number}"]][number % 3],
        )
        for number in range(7)
    ]
    await world.db[places.COLLECTION].insert_many([to_document(one) for one in made])
    return Case(
        who=await estate.member("staff"),
        stranger=await estate.member("li"),
        path=f"/api/v1/places/{COMMUNITY}/grids",
        subject=COMMUNITY,
        place=COMMUNITY,
        filters=[{"building": BUILDING}, {"has_buildings": "true"}, {"has_buildings": "false"}],
        orders={"path": "path", "newest": "-created_at,-path"},
        rows=6,
        matches={
            "building": lambda item, value: value in {b["path"] for b in item["buildings"]},
            "has_buildings": lambda item, value: bool(item["buildings"]) is (value == "true"),
        },
    )


async def of_firms(estate: Estate) -> Case:
    world = estate.world
    names = ["长春安居物业", FORMULA, "安居物业", "长春安居(二)", "大众物业", "a.c"]
    made = [
        Firm(
            id=f"firm{number}",
            name=name,
            credit_code=credit_code(700 + number),
            added_by="staff",
            added_at=world.clock.now + timedelta(days=number // 2),
        )
        for number, name in enumerate(names)
    ]
    await world.db[firms.COLLECTION].insert_many([to_document(one) for one in made])
    return Case(
        who=await estate.member("staff"),
        stranger=await estate.member("head"),
        path="/api/v1/firms",
        filters=[
            {"name": "安居"},
            {"name": ".c"},  # nobody's pattern
            {"credit_code": credit_code(703)},
        ],
        orders={"known": "added_at,firm_id", "name": "name,firm_id"},
        rows=6,
        matches={"name": lambda item, value: value in item["name"]},
    )


async def of_contracts(estate: Estate) -> Case:
    world = estate.world
    await world.db[firms.COLLECTION].insert_many(
        [
            to_document(
                Firm(
                    id=f"firm{number}",
                    name=FORMULA,
                    credit_code=credit_code(800 + number),
                    added_by="staff",
                    added_at=world.clock.now,
                )
            )
            for number in range(3)
        ]
    )
    compounds = [COMPOUND, OTHER_COMPOUND, COMPOUND, f"{ELSEWHERE}.c01"]
    made = [
        Contract(
            id=f"contract{9 - number}",
            firm=f"firm{number % 3}",
            place=compounds[number % 4],
            from_day=f"20{21 + number // 2}-01-01",
            to_day=f"20{22 + number // 3}-12-31",
            agreed_to_day=f"20{22 + number // 3}-12-31",
            signed_by="staff",
            signed_at=world.clock.now + timedelta(days=number // 2),
        )
        for number in range(9)
    ]
    await world.db[contracts.COLLECTION].insert_many([to_document(one) for one in made])
    return Case(
        who=await estate.member("staff"),
        stranger=await estate.member("head"),
        path=f"/api/v1/places/{COMMUNITY}/contracts",
        subject=COMMUNITY,
        place=COMMUNITY,
        filters=[
            {"firm_id": "firm1"},
            {"holds_on": "2022-06-30"},
            {"ends_from": "2023-01-01", "ends_to": "2023-12-31"},
            {"ends_to": "2023-12-31", "holds_on": "2022-06-30"},
        ],
        orders={
            "signed": "signed_at,contract_id",
            "ending": "to_day,contract_id",
            "compound": "compound,contract_id",
        },
        rows=7,
        matches={
            "holds_on": lambda item, value: item["from_day"] <= value <= item["to_day"],
            "ends_from": lambda item, value: item["to_day"] >= value,
            "ends_to": lambda item, value: item["to_day"] <= value,
        },
    )


async def of_place_codes(estate: Estate) -> Case:
    world = estate.world
    there = [UNIT, BUILDING, COMPOUND, f"{OTHER_COMPOUND}.b1"]
    kinds = [PlaceCodeKind.LIFT, PlaceCodeKind.DOOR, PlaceCodeKind.PUMP]
    made = [
        PlaceCode(
            id=f"code{9 - number}",
            place=there[number % 4],
            kind=kinds[number % 3],
            label=FORMULA,
            token_index=f"{number}",
            token_sealed="",
            state=PlaceCodeState.ENDED if number % 2 else PlaceCodeState.IN_USE,
            added_by="staff",
            added_at=world.clock.now + timedelta(days=number // 2),
        )
        for number in range(9)
    ]
    await world.db[place_codes.COLLECTION].insert_many([to_document(one) for one in made])
    return Case(
        who=await estate.member("staff"),
        stranger=await estate.member("li"),
        path=f"/api/v1/places/{COMPOUND}/codes",
        subject=COMPOUND,
        place=COMPOUND,
        filters=[{"kind": "lift"}, {"state": "ended"}, {"kind": "pump", "state": "in_use"}],
        orders={"place": "place,code_id", "newest": "-added_at,-code_id"},
        rows=7,
    )


MAKERS: Final[dict[str, Maker]] = {
    "place_codes": of_place_codes,
    "places": of_places,
    "grids": of_grids,
    "firms": of_firms,
    "contracts": of_contracts,
}


@pytest.mark.parametrize("name", MAKERS)
async def test_a_list_is_as_all_are(estate: Estate, name: str) -> None:
    await walk(estate.world, name, await MAKERS[name](estate))

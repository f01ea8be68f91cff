"""Lists about arrears, and about how homes are asked for what they owe."""

from datetime import timedelta
from typing import Any, Final

import pytest

from mongo_indexes import (
    bills,
    demand_letters,
    demand_pauses,
    demand_rounds,
    demand_skips,
    demands,
)
from services.bills.models import Bill
from services.bills.states import BillState
from services.demands.letters.models import Letter
from services.demands.letters.states import DemandLetterState
from services.demands.models import Demand, DemandLine, DemandWay, LetterHandedTo
from services.demands.pauses.models import REASON, DemandPauseKind, Pause
from services.demands.pauses.states import DemandPauseState
from services.demands.rounds.models import DemandRoundWay, Round, Skip, SkippedBecause
from services.demands.rounds.states import DemandRoundState
from services.demands.states import DemandState
from services.fees.models import FeeKind
from services.kernel.days import plus_days
from services.kernel.documents import to_document
from services.kernel.permissions import Role
from tests.build.cast import (
    COMPOUND,
    LI_HOME,
    OTHER_COMPOUND,
    SUN_HOME,
    UNIT,
    WANG_HOME,
    ZHAO_HOME,
    Estate,
)
from tests.lists.case import FORMULA, Case, Maker
from tests.lists.walk import walk

HOMES: Final = (LI_HOME, WANG_HOME, SUN_HOME)
OWNERS: Final = ("r0-li", "r2-wang", "r3-sun")  # of these
LINE: Final = DemandLine(
    bill_id="bill",
    kind=FeeKind.PROPERTY_FEE,
    title="2026年1月物业费",
    due_on="2026-02-01",
    account="firm",
    payee_name="安居物业",
    owed_fen=5118,
)


async def _keep(estate: Estate, collection: str, made: list[Any]) -> None:
    await estate.world.db[collection].insert_many([to_document(one) for one in made])


async def of_arrears(estate: Estate) -> Case:
    """Six homes with debts of every age, one of which was sold, and one with two fees."""
    today, made = estate.world.deps.today(), []
    ages = (-3, 5, 45, 100, 400, 20, 95)
    for number, late in enumerate(ages):
        made.append(
            Bill(
                id=f"bill{number}",
                run_id="run",
                rule_id="rule",
                kind=[*FeeKind][number % 2],
                home=f"{UNIT}.60{min(number, 5)}",
                period=f"2025-{number + 1:02d}",
                months=1,
                slots=[f"slot{number}"],
                amount_fen=1000 + number,
                explanation="",
                account="firm",
                payee_name="安居物业",
                due_on=plus_days(today, -late),
                owners_until="2025-12-31" if number == 6 else None,
                state=BillState.OWING,
                created_at=estate.world.clock.now,
            )
        )
    await _keep(estate, bills.COLLECTION, made)
    return Case(
        who=await estate.member("staff"),
        readers=[await estate.member("admin")],
        stranger=await estate.member("head"),
        path=f"/api/v1/places/{UNIT}/arrears",
        subject=UNIT,
        place=UNIT,
        filters=[
            {"age": "not_due"},
            {"age": "older"},
            {"age": "year"},
            {"kind": "waste_fee"},
            {"kind": "property_fee", "age": "year"},
        ],
        orders={"home": "place,owners_until"},
        rows=7,
        matches={
            "kind": lambda item, kind: kind in item["kinds"],
            "age": lambda item, age: item[f"{age}_fen"] > 0,
        },
        free_text=False,
    )


async def of_demands(estate: Estate) -> Case:
    states, made = [*DemandState], list[Demand]()
    for number in range(9):
        state = states[number % 3]
        made.append(
            Demand(
                id=f"d{number}",
                home=HOMES[number % 2],
                household="",
                way=[*DemandWay][number % 4],
                debtors=[OWNERS[number % 2]],
                people=[],
                lines=[LINE],
                amount_fen=5118 + number,
                since="2026-02-01",
                text=FORMULA if number == 2 else "请缴费",
                slots=[f"d{number}"],
                by="staff",
                role=Role.CASHIER,
                state=state,
                at=estate.world.clock.now,
                arrived_on="2026-03-01" if state is DemandState.ARRIVED else None,
            )
        )
    made.append(await _elsewhere(made[0], "d9"))
    await _keep(estate, demands.COLLECTION, made)
    return Case(
        who=await estate.member("staff"),
        stranger=await estate.member("head"),
        path=f"/api/v1/places/{COMPOUND}/demands",
        subject=COMPOUND,
        place=COMPOUND,
        filters=[{"way": "letter"}, {"state": "missed"}, {"way": "message", "state": "sent"}],
        orders={"home": "place,demand_id"},
        rows=9,
        secrets=["li"],
    )


async def _elsewhere(made: Demand, demand_id: str) -> Demand:
    other = {"id": demand_id, "home": ZHAO_HOME, "slots": [demand_id]}
    return Demand(**{name: getattr(made, name) for name in made.__struct_fields__} | other)


def _round(number: int, place: str = COMPOUND, **more: Any) -> Round:
    return Round(
        **{
            "id": f"round{number}",
            "place": place,
            "way": [*DemandRoundWay][number % 2],
            "note": FORMULA if number == 1 else "",
            "by": "staff" if number % 3 else "",
            "day": "2026-03-02",
            "state": [*DemandRoundState][number // 2 % 2],
            "demands": number,
            "amount_fen": number * 100,
            **more,
        }
    )


async def of_rounds(estate: Estate) -> Case:
    now = estate.world.clock.now
    made = [_round(n, started_at=now - timedelta(days=n // 2)) for n in range(9)]
    made.append(_round(9, OTHER_COMPOUND, started_at=now))
    await _keep(estate, demand_rounds.COLLECTION, made)
    return Case(
        who=await estate.member("staff"),
        stranger=await estate.member("head"),
        path=f"/api/v1/places/{COMPOUND}/demand-rounds",
        subject=COMPOUND,
        place=COMPOUND,
        filters=[
            {"way": "letter"},
            {"state": "done"},
            {"way": "message", "state": "gathering"},
        ],
        orders={"newest": "-started_at,-round_id"},
        rows=9,
        free_text=False,
    )


async def of_skips(estate: Estate) -> Case:
    made = [
        Skip(
            id=f"round0@{home}@{until}",
            round_id="round0",
            home=home,
            household=until,
            because=[*SkippedBecause][number % 4],
            until="2026-04-01" if number % 2 else None,
            amount_fen=100 + number,
        )
        for number, (home, until) in enumerate(
            (home, until) for home in HOMES for until in ("", "2025-12-31")
        )
    ]
    other = Skip(
        id="other", round_id="other", home=LI_HOME, household="", because=SkippedBecause.PAUSED,
        amount_fen=1,
    )  # fmt: skip
    await _keep(estate, demand_skips.COLLECTION, [*made, other])
    started = _round(0, started_at=estate.world.clock.now)
    await _keep(estate, demand_rounds.COLLECTION, [started])
    return Case(
        who=await estate.member("staff"),
        stranger=await estate.member("head"),
        path="/api/v1/demand-rounds/round0/skipped",
        subject="round0",
        place=COMPOUND,
        filters=[{"because": "paused"}, {"because": "own_home"}],
        orders={"home": "place,owners_until"},
        rows=6,
        free_text=False,
    )


async def of_letters(estate: Estate) -> Case:
    """Heads see those to who owns a home, firm and community also those to who sold it."""
    made = [
        Letter(
            id=f"l{number}",
            round_id=f"round{number % 3}",
            home=HOMES[number % 2],
            household="2025-12-31" if number == 8 else "",
            debtors=[OWNERS[number % 2]],
            people=[],
            lines=[LINE],
            amount_fen=5118 + number,
            since="2026-02-01",
            note=FORMULA,
            pay_within=30,
            slots=[f"l{number}"],
            state=[*DemandLetterState][number % 3],
            made_at=estate.world.clock.now,
            handed_to=LetterHandedTo.FAMILY if number % 3 == 1 else None,
        )
        for number in range(9)
    ]
    await _keep(estate, demand_letters.COLLECTION, made)
    return Case(
        who=await estate.member("staff"),
        readers=[await estate.member("head")],
        stranger=await estate.member("li"),
        path=f"/api/v1/places/{UNIT}/demand-letters",
        subject=UNIT,
        place=UNIT,
        filters=[
            {"state": "made"},
            {"state": "undelivered"},
            {"round_id": "round1"},
            {"round_id": "round2", "state": "undelivered"},
        ],
        orders={"home": "place,letter_id"},
        rows=9,
        secrets=["li"],
        free_text=False,
    )


async def of_pauses(estate: Estate) -> Case:
    vault, kinds = estate.world.deps.vault, [*DemandPauseKind]
    made = [
        Pause(
            id=f"p{number}",
            place=place,
            of_home=place in HOMES,
            kind=kinds[number % 3],
            reason_sealed=REASON.seal(vault, f"p{number}", FORMULA),
            from_day="2026-03-01",
            until=None if number % 2 else "2026-05-01",
            by="staff",
            role=Role.COMMUNITY_STAFF,
            at=estate.world.clock.now,
            state=[*DemandPauseState][number % 2],
        )
        for number, place in enumerate((COMPOUND, UNIT, *HOMES, COMPOUND, ZHAO_HOME))
    ]
    await _keep(estate, demand_pauses.COLLECTION, made)
    return Case(
        who=await estate.member("staff"),
        stranger=await estate.member("head"),
        path=f"/api/v1/places/{COMPOUND}/demand-pauses",
        subject=COMPOUND,
        place=COMPOUND,
        filters=[
            {"state": "set"},
            {"kind": "dispute"},
            {"kind": "agreement", "state": "lifted"},
        ],
        orders={"place": "place,pause_id"},
        rows=6,
    )


MAKERS: Final[dict[str, Maker]] = {
    "arrears": of_arrears,
    "demand_letters": of_letters,
    "demand_pauses": of_pauses,
    "demand_rounds": of_rounds,
    "demand_skips": of_skips,
    "demands": of_demands,
}


@pytest.mark.parametrize("name", MAKERS)
async def test_a_list_is_as_all_are(estate: Estate, name: str) -> None:
    await walk(estate.world, name, await MAKERS[name](estate))

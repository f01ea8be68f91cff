"""Lists about bills, and of the homes that owe."""

from collections.abc import Sequence
from typing import Any, Final

import pytest

from mongo_indexes import bill_run_skips, bill_runs, bills, home_corrections
from services.bills.models import Bill
from services.bills.runs import actions as runs
from services.bills.runs.models import BillRun, SkipReason, StartBillRun
from services.bills.runs.states import RunState
from services.bills.states import BillState
from services.fees.models import FeeKind
from services.home_corrections.models import Change, Facts, HomeCorrection
from services.kernel.days import plus_days
from services.kernel.documents import to_document
from services.kernel.paths import covers
from tests.build.cast import (
    COMPOUND,
    LI_HOME,
    STAFF,
    SUN_HOME,
    UNIT,
    WANG_HOME,
    ZHAO_HOME,
    Estate,
    bill,
)
from tests.lists.case import FORMULA, Case, Item, Maker
from tests.lists.walk import walk

HOMES: Final = (LI_HOME, WANG_HOME, SUN_HOME)


def is_under(item: Item, place: str) -> bool:
    return covers(place, item["home"])


async def of_bill_runs(estate: Estate) -> Case:
    world, states = estate.world, [*RunState]
    made = [
        BillRun(
            id=f"run{number}",
            place=COMPOUND,
            period=f"2025-{number // 2 + 1:02d}",  # two of each month: ties
            months=1,
            kinds=[*FeeKind][: number % 2 + 1],
            state=states[number % len(states)],
            round=1,
            asked_by="test",
            asked_at=world.clock.now,
            withdrawn_because=FORMULA if number == 0 else "",
        )
        for number in range(9)
    ]
    await world.db[bill_runs.COLLECTION].insert_many([to_document(one) for one in made])
    await runs.start(world.deps, STAFF, COMPOUND, StartBillRun(period="2026-03"))
    return Case(
        who=await estate.member("staff"),
        readers=[await estate.member("admin")],
        stranger=await estate.member("head"),
        path=f"/api/v1/places/{COMPOUND}/bill-runs",
        subject=COMPOUND,
        place=COMPOUND,
        filters=[
            {"period_from": "2025-03", "period_to": "2025-05"},
            {"state": "drafting"},
            {"kind": "waste_fee"},
            {"kind": "property_fee", "period_to": "2025-02"},
        ],
        orders={"latest": "-period,-run_id", "earliest": "period,run_id"},
        rows=10,
        matches={"kind": lambda item, kind: kind in item["kinds"]},
    )


async def of_run(estate: Estate, list_of: str, **more: Any) -> Case:
    """Return the case of a list of a run's, for which its drafts are made."""
    run = await runs.start(estate.world.deps, STAFF, COMPOUND, StartBillRun(period="2026-03"))
    await estate.world.work()
    return Case(
        who=await estate.member("staff"),
        readers=[await estate.member("admin")],
        stranger=await estate.member("head"),
        path=f"/api/v1/bill-runs/{run.run_id}/{list_of}",
        subject=run.run_id,
        place=COMPOUND,
        **more,
    )


async def of_bill_run_skipped(estate: Estate) -> Case:
    case = await of_run(
        estate,
        "skipped",
        filters=[
            {"reason": "no_area"},
            {"kind": "waste_fee"},
            {"under": UNIT},
            {"under": LI_HOME, "reason": "no_rule"},
        ],
        orders={"home": "home,kind,from_day", "reason": "reason,home,kind,from_day"},
        rows=12,
        matches={"under": is_under},
        free_text=False,
    )
    reasons = [*SkipReason]
    rows = [
        {
            "_id": f"skip{number}",
            "run_id": case.subject,
            "home": home,
            "kind": kind,
            "reason": reasons[number % 3],
            "from_day": f"2026-03-{number + 1:02d}",
            "to_day": "2026-03-31",
        }
        for number, (home, kind) in enumerate(
            (home, kind) for home in HOMES for kind in FeeKind for _ in range(2)
        )
    ]
    for row in rows[3::4]:  # of no run: somebody else's gaps
        row["run_id"] = "another"
    await estate.world.db[bill_run_skips.COLLECTION].insert_many(rows)
    case.rows -= len(rows[3::4])
    return case


async def of_bill_run_bills(estate: Estate) -> Case:
    case = await of_run(
        estate,
        "bills",
        filters=[
            {"kind": "waste_fee"},
            {"state": "owing"},
            {"account": "firm"},
            {"under": UNIT},
            {"under": LI_HOME, "kind": "property_fee"},
        ],
        orders={"home": "home,bill_id", "largest": "-amount_fen,home,bill_id"},
        rows=6,
        matches={"under": is_under},
        unless={"state": lambda item: item["state"] == "draft"},
    )
    kept = estate.world.db[bills.COLLECTION]
    await kept.update_one({"home": LI_HOME}, {"$set": {"explanation": FORMULA}})
    await _owe(estate, WANG_HOME, "2026-01", "2026-01-31", run_id=case.subject)
    return case


MORE = {"amount_fen": 100, "due_fen": 100, "owed_fen": 100}


async def of_outdated_bills(estate: Estate) -> Case:
    world = estate.world
    for period in ("2026-01", "2026-02"):
        await bill(world, period)
    await _correct(estate, HOMES)
    kept = world.db[bills.COLLECTION]
    await kept.update_many({"kind": "property_fee"}, {"$inc": MORE})
    await kept.update_one({"kind": "waste_fee", "home": LI_HOME}, {"$inc": MORE})
    await kept.update_many({"home": WANG_HOME}, {"$set": {"explanation": FORMULA}})
    paid = {"state": "paid", "paid_at": world.clock.now, "owed_fen": 0}
    await kept.update_many({"home": WANG_HOME, "period": "2026-01"}, {"$set": paid})
    return Case(
        who=await estate.member("staff"),
        readers=[await estate.member("admin")],
        stranger=await estate.member("head"),
        path=f"/api/v1/places/{COMPOUND}/outdated-bills",
        subject=COMPOUND,
        place=COMPOUND,
        filters=[
            {"kind": "property_fee"},
            {"state": "paid"},
            {"state": "owing", "period_from": "2026-02"},
            {"period_to": "2026-01"},
        ],
        orders={"": "bill__home,bill__period,bill__bill_id"},
        rows=7,
        matches={
            "kind": lambda item, kind: item["bill"]["kind"] == kind,
            "state": lambda item, state: item["bill"]["state"] == state,
            "period_from": lambda item, month: item["bill"]["period"] >= month,
            "period_to": lambda item, month: item["bill"]["period"] <= month,
        },
    )


async def _correct(estate: Estate, homes: Sequence[str]) -> None:
    """Note corrections of homes, two of each, without changing them."""
    made = [
        HomeCorrection(
            id=f"{home}|{number}",
            home=home,
            change=Change.CORRECTED,
            from_day=f"2025-01-{number + 1:02d}",
            before=Facts(name="1"),
            after=Facts(name="1"),
            document_sealed="",
            reason_sealed="",
            by="test",
            at=estate.world.clock.now,
        )
        for home in homes
        for number in range(2)
    ]
    kept = estate.world.db[home_corrections.COLLECTION]
    await kept.insert_many([to_document(one) for one in made])


async def of_unpaid_homes(estate: Estate) -> Case:
    await bill(estate.world, "2026-02")  # due on 1 April: there is time
    today = estate.world.deps.today()
    for number in range(6):
        period, late = f"2025-{number // 2 + 7:02d}", 20 * (number + 1)
        kind = [*FeeKind][number % 2]
        await _owe(estate, f"{UNIT}.60{number}", period, plus_days(today, -late), kind=kind)
    return Case(
        who=await estate.member("head"),
        readers=[await estate.member("staff")],
        stranger=await estate.member("li"),
        path=f"/api/v1/places/{UNIT}/unpaid-homes",
        subject=UNIT,
        place=UNIT,
        filters=[
            {"due": "all"},
            {"due": "not_yet_due"},
            {"period": "2025-08"},
            {"kind": "waste_fee"},
            {"overdue_days": "60"},
            {"overdue_days": "60", "due": "all"},
            {"overdue_days": "41", "kind": "property_fee"},
        ],
        orders={"": "-overdue_bills,place"},
        rows=6,
        matches={
            "due": lambda item, due: due == "all" or not item["overdue_bills"],
            "period": lambda item, month: month in item["months"],
            "kind": lambda item, kind: kind in item["kinds"],
            "overdue_days": lambda item, days: item["days_overdue"] >= int(days),
        },
        unless={"due": lambda item: item["overdue_bills"] > 0},
        secrets=["wang"],
        free_text=False,
    )


async def of_former_debts(estate: Estate) -> Case:
    """Three homes that were sold, one of them twice, and one that nobody sold."""
    for number, home in enumerate(HOMES):
        for month in ("2025-01", "2025-02"):
            kind = [*FeeKind][number % 2]
            await _owe(estate, home, month, f"{month}-28", kind=kind)
    await _owe(estate, ZHAO_HOME, "2025-01", "2025-02-10")
    sold = estate.world.db[bills.COLLECTION]
    for day, which in (("2025-01-15", "2025-01"), ("2025-02-20", "2025-02")):
        of_month = {"period": which, "home": {"$in": [*HOMES]}}
        await sold.update_many(of_month, {"$set": {"owners_until": day}})
    return Case(
        who=await estate.member("staff"),
        readers=[await estate.member("admin")],
        stranger=await estate.member("head"),
        path=f"/api/v1/places/{COMPOUND}/former-debts",
        subject=COMPOUND,
        place=COMPOUND,
        filters=[{"kind": "waste_fee"}, {"kind": "property_fee"}],
        orders={"home": "place,owners_until"},
        rows=6,
        matches={"kind": lambda item, kind: kind in item["kinds"]},
        secrets=["wang"],
        free_text=False,
    )


async def _owe(
    estate: Estate,
    home: str,
    period: str,
    due_on: str,
    *,
    run_id: str = "run",
    kind: FeeKind = FeeKind.PROPERTY_FEE,
) -> None:
    made = Bill(
        id=f"{home}|{kind}|{period}",
        run_id=run_id,
        rule_id="rule",
        kind=kind,
        home=home,
        period=period,
        months=1,
        slots=[f"{kind}|{period}"],
        amount_fen=4321,
        explanation="-",
        account="firm",
        payee_name="安居物业",
        due_on=due_on,
        state=BillState.OWING,
        created_at=estate.world.clock.now,
        issued_at=estate.world.clock.now,
    )
    await estate.world.db[bills.COLLECTION].insert_one(to_document(made))


MAKERS: Final[dict[str, Maker]] = {
    "bill_run_bills": of_bill_run_bills,
    "bill_run_skipped": of_bill_run_skipped,
    "bill_runs": of_bill_runs,
    "former_debts": of_former_debts,
    "outdated_bills": of_outdated_bills,
    "unpaid_homes": of_unpaid_homes,
}


@pytest.mark.parametrize("name", MAKERS)
async def test_a_list_is_as_all_are(estate: Estate, name: str) -> None:
    await walk(estate.world, name, await MAKERS[name](estate))

"""Rows about late charges: rules and bills, each by two people; loan rates are a city's."""

from typing import Any, Final

import pytest

from mongo_indexes import late_charge_rules, late_charges
from services.fees.models import HomeFee
from services.kernel.paths import covers
from services.late_charges.models import LateFees, LateLine
from services.late_charges.rules.models import LateRule
from services.late_charges.rules.states import LateRuleState
from services.places.actions import compound_of
from tests.build.late_charges import LOAN, RULE, YES
from tests.matrix.posts import COMPOUND, COMPOUNDS, HOME, HOMES
from tests.matrix.row import Row
from tests.matrix.rules import at, citywide, everyone, somewhere
from tests.matrix.test_shared_costs import payee_of_firm
from tests.matrix.town import Furniture, Scene
from tests.matrix.walk import IN_TOWN, Walked

pytestmark = IN_TOWN


async def rule(scene: Scene, state: LateRuleState = LateRuleState.PROPOSED) -> str:
    """A rule that somebody else proposed."""
    number = scene.number
    made = LateRule(
        id=scene.town.new_id(),
        place=scene.place,
        payee="payee",
        account="firm",
        payee_name="物业",
        kinds=[HomeFee.PROPERTY_FEE],
        daily_rate=100,
        after_days=1,
        cap=None,
        stops=[],
        source=f"合同第{number}条",
        page=1,
        version=number,
        start_day="2090-01-01",
        slots=[f"test|{number}"],
        state=state,
        proposed_by=scene.town.new_id(),
        proposed_at=scene.town.world.deps.now(),
    )
    return await scene.town.insert(late_charge_rules.COLLECTION, made)


async def a_day(_: Scene) -> str:
    return "2026-02-20"


async def contract(scene: Scene) -> str:
    """A rule by which the matrix's bills, late since 2020, bear something."""
    made = await rule(scene, LateRuleState.IN_FORCE)
    kept = scene.town.world.db[late_charge_rules.COLLECTION]
    await kept.update_one({"_id": made}, {"$set": {"start_day": "2000-01-01"}})
    return made


async def rule_in_force(scene: Scene) -> str:
    return await rule(scene, LateRuleState.IN_FORCE)


def new_rule(scene: Scene, made: Any) -> dict[str, Any]:
    day = f"20{30 + scene.number % 60}-01-{1 + scene.number % 28:02d}"
    return {**RULE, "payee_id": made["payee"], "start_day": day}


async def fees(scene: Scene) -> str:
    """Late charges that somebody else proposed."""
    home, number = next(home for home in HOMES if covers(scene.place, home)), scene.number
    line = LateLine(
        bill=f"bill{number}",
        home=home,
        title="2020年1月物业费",
        kind=HomeFee.PROPERTY_FEE,
        liable_on="2020-01-01",
        rule="rule",
        clause="合同第18条",
        payee="payee",
        account="firm",
        payee_name="物业",
        first="2021-01-01",
        last="2021-01-31",
        days=31,
        fen=number,
        explanation=f"{number}",
    )
    made = LateFees(
        id=scene.town.new_id(),
        compound=compound_of(scene.place),
        place=scene.place,
        account=f"firm{number}",
        payee_name="物业",
        to_day="2021-01-31",
        lines=[line],
        bills=1,
        amount_fen=number,
        proposed_by=scene.town.new_id(),
        proposed_at=scene.town.world.deps.now(),
    )
    return await scene.town.insert(late_charges.COLLECTION, made)


async def fees_of_firm(scene: Scene) -> str:
    """The same, of money that the compound's firm is paid."""
    made = await fees(scene)
    kept = scene.town.world.db[late_charges.COLLECTION]
    await kept.delete_many({"account": "firm", "compound": compound_of(scene.place)})
    await kept.update_one({"_id": made}, {"$set": {"account": "firm"}})
    return made


FURNITURE: Final[Furniture] = (
    (rule, COMPOUNDS),
    (contract, COMPOUNDS),
    (fees, COMPOUNDS),
)
ROWS = (
    Row("get", "/api/v1/loan-rates", everyone(), bare="rates of the whole country"),
    Row("put", "/api/v1/loan-rates/{day}", citywide(), makes=a_day, body=LOAN),
    Row("get", "/api/v1/me/late-charges", somewhere()),
    Row("get", "/api/v1/homes/{home}/late-charges", at(HOME)),
    Row(
        "post",
        "/api/v1/places/{place}/late-charge-rules",
        at(COMPOUND),
        makes=payee_of_firm,
        body=new_rule,
    ),
    Row(
        "post",
        "/api/v1/late-charge-rules/{rule_id}/decision",
        at(COMPOUND),
        makes=rule,
        body=YES,
    ),
    Row(
        "post",
        "/api/v1/late-charge-rules/{rule_id}/end",
        at(COMPOUND),
        makes=rule_in_force,
        body={"end_day": "2090-12-31"},
    ),
    Row(
        "post",
        "/api/v1/places/{place}/late-charges",
        at(COMPOUND),
        makes=payee_of_firm,
        body=lambda _, made: {"payee_id": made["payee"], "to_day": "2020-01-01"},
        land=(409, "no_late_fees"),
        because="no bill of the matrix was late on that day",
    ),
    Row("get", "/api/v1/late-charges/{late_fees_id}/lines", at(COMPOUND), makes=fees_of_firm),
    Row(
        "post",
        "/api/v1/late-charges/{late_fees_id}/decision",
        at(COMPOUND),
        makes=fees_of_firm,
        body={"approve": False, "reason": "金额有误"},
    ),
)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
async def test_everybody_gets_what_they_may(walked: Walked, row: Row) -> None:
    await walked(row)

"""Rows about fee reductions: rules of compounds, requests of owners, decisions on them."""

from typing import Final

import pytest

from mongo_indexes import fee_reduction_rules, fee_reductions
from services.fee_reductions.models import Reduction
from services.fee_reductions.rules.models import Cause, Decider, ReductionRule
from services.fee_reductions.states import ReductionState
from services.fees.models import FeeKind
from services.kernel.permissions import Permission, Role
from services.places.actions import compound_of
from tests.matrix.posts import COMPOUND, COMPOUNDS, HOME, HOMES, Post
from tests.matrix.row import Row
from tests.matrix.rules import Outcome, at, decided
from tests.matrix.town import Furniture, Scene
from tests.matrix.walk import IN_TOWN, Walked

pytestmark = IN_TOWN

ONE: Final = "/api/v1/fee-reductions/{reduction_id}"
OF_HOME: Final = "/api/v1/homes/{home}"
VACANT: Final = {"cause": "vacant", "from_day": "2026-03-01", "to_day": "2026-08-31"}
END: Final = {"last_day": "2026-05-31", "reason": "已入住"}
OWN: Final = "whose home it is, and who may enter or decide at its place"
OWNERS: Final = "whose home it is"
DECIDES: Final = "the community decides on this one; a firm's manager knows of it"
ENDS: Final = "the firm's manager decides on this one; the community knows of it"


async def rule(scene: Scene) -> str:
    """A rule of the compound, of a day of its own."""
    number = scene.number
    made = ReductionRule(
        id=scene.town.new_id(),
        place=compound_of(scene.place),
        cause=Cause.VACANT,
        kinds=[FeeKind.PROPERTY_FEE],
        share=3000,
        longest_months=12,
        decider=Decider.COMMUNITY,
        source="合同",
        version=number,
        start_day="2020-01-01",
        slots=[f"test|{number}", f"test|v{number}"],
        created_by="test",
        created_at=scene.town.world.deps.now(),
    )
    return await scene.town.insert(fee_reduction_rules.COLLECTION, made)


async def free_home(scene: Scene) -> dict[str, str]:
    """A home for which nothing was asked, under a rule."""
    await rule(scene)
    await scene.town.world.db[fee_reductions.COLLECTION].delete_many({"home": scene.place})
    return {"home": scene.place}


async def reduction(
    scene: Scene,
    state: ReductionState = ReductionState.REQUESTED,
    decider: Decider = Decider.COMMUNITY,
) -> str:
    """A reduction of a vacant home, entered by somebody who is not of the matrix."""
    await scene.town.world.db[fee_reductions.COLLECTION].delete_many({"home": scene.place})
    now = scene.town.world.deps.now()
    made = Reduction(
        id=scene.town.new_id(),
        home=scene.place,
        cause=Cause.VACANT,
        rule_id="rule",
        rule_version=1,
        kinds=[FeeKind.PROPERTY_FEE],
        share=3000,
        decider=decider,
        person=None,
        filed_by="test",
        open_key=None,
        state=state,
        last_day=VACANT["to_day"],
        from_day=VACANT["from_day"],
        to_day=VACANT["to_day"],
        created_at=now,
        decided_at=now,
    )
    return await scene.town.insert(fee_reductions.COLLECTION, made)


async def granted(scene: Scene) -> str:
    """One that the firm decides on, granted."""
    return await reduction(scene, ReductionState.GRANTED, Decider.FIRM)


def sees(post: Post, place: str) -> Outcome:
    knows = post.may(Permission.MANAGE_HOME, place)
    knows = knows or post.may(Permission.ENTER_REDUCTIONS, place)
    return Outcome.ALLOWED if knows else Outcome.MISSING


def owns(post: Post, place: str) -> Outcome:
    return Outcome.ALLOWED if post.may(Permission.MANAGE_HOME, place) else Outcome.MISSING


def decides(post: Post, place: str) -> Outcome:
    if not post.places(Permission.DECIDE_REDUCTIONS):
        return Outcome.FORBIDDEN
    if not post.may(Permission.ENTER_REDUCTIONS, place):
        return Outcome.MISSING
    is_community = post.may(Permission.KEEP_EXEMPTIONS, place)
    return Outcome.ALLOWED if is_community else Outcome.FORBIDDEN


def ends(post: Post, place: str) -> Outcome:
    outcome = decides(post, place)
    if outcome is Outcome.MISSING or not post.places(Permission.DECIDE_REDUCTIONS):
        return outcome
    is_firm = post.roles[0][0] is Role.FIRM_MANAGER
    return Outcome.ALLOWED if is_firm else Outcome.FORBIDDEN


FURNITURE: Final[Furniture] = ((rule, COMPOUNDS), (reduction, tuple(HOMES)))
ROWS: Final = (
    Row(
        "post",
        "/api/v1/fee-reduction-rules/{rule_id}/end",
        at(COMPOUND),
        makes=rule,
        body={"end_day": "2026-12-31"},
    ),
    Row("post", f"{OF_HOME}/fee-reductions", at(HOME), makes=free_home, body=VACANT),
    Row("post", f"{OF_HOME}/entered-fee-reductions", at(HOME), makes=free_home, body=VACANT),
    Row("get", ONE, decided(sees, OWN, HOME), makes=reduction),
    Row("post", f"{ONE}/withdraw", decided(owns, OWNERS, HOME), makes=reduction),
    Row("post", f"{ONE}/give-up", decided(owns, OWNERS, HOME), makes=granted, body=END),
    Row(
        "post",
        f"{ONE}/decision",
        decided(decides, DECIDES, HOME),
        makes=reduction,
        body={"grant": True, "reason": "材料一致"},
    ),
    Row("post", f"{ONE}/end", decided(ends, ENDS, HOME), makes=granted, body=END),
    Row(
        "post",
        f"{ONE}/reveal",
        decided(decides, DECIDES, HOME, permission=Permission.KEEP_EXEMPTIONS),
        makes=reduction,
        body={"reason": "verify_identity"},
    ),
)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
async def test_everybody_gets_what_they_may(walked: Walked, row: Row) -> None:
    await walked(row)

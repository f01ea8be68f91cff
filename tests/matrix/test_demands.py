"""Rows about demands: who asks homes for what they owe, and who sees the proof."""

from typing import Any, Final

import pytest

from mongo_indexes import (
    demand_letters,
    demand_pauses,
    demand_rounds,
    demand_rules,
    demand_skips,
    demands,
)
from services.demands.letters.models import Letter
from services.demands.letters.states import DemandLetterState
from services.demands.models import Demand, DemandLine, DemandWay
from services.demands.pauses.models import REASON, DemandPauseKind, Pause
from services.demands.pauses.states import DemandPauseState
from services.demands.rounds.models import DemandRoundWay, Round, Skip, SkippedBecause
from services.demands.rounds.states import DemandRoundState
from services.demands.rules.models import DemandRule, rule_id
from services.demands.states import DemandState
from services.fees.models import FeeKind
from services.kernel.permissions import Role
from tests.matrix import makers
from tests.matrix.posts import COMPOUND, HOME, HOMES
from tests.matrix.row import Row
from tests.matrix.rules import at
from tests.matrix.town import Furniture, Scene
from tests.matrix.walk import IN_TOWN, Walked

pytestmark = IN_TOWN

ROUNDS: Final = "/api/v1/demand-rounds"


def line(scene: Scene, bill_id: str) -> DemandLine:
    return DemandLine(
        bill_id=bill_id,
        kind=FeeKind.PROPERTY_FEE,
        title="2020年1月物业费",
        due_on="2020-12-31",
        account="firm",
        payee_name="安居物业",
        owed_fen=800_000 + scene.number,
    )


async def demand(scene: Scene) -> str:
    asked = line(scene, "bill")
    made_id = scene.town.new_id()
    made = Demand(
        id=made_id,
        home=scene.place,
        household="",
        way=DemandWay.MESSAGE,
        debtors=[],
        people=[scene.owner.person_id],
        lines=[asked],
        amount_fen=asked.owed_fen,
        since=asked.due_on,
        text=f"共{asked.owed_fen}",
        slots=[made_id],
        by="test",
        state=DemandState.SENT,
        at=scene.town.world.deps.now(),
    )
    return await scene.town.insert(demands.COLLECTION, made)


async def started(scene: Scene, way: DemandRoundWay = DemandRoundWay.MESSAGE) -> str:
    """A round that is over, and left the scene's place out."""
    now, found_id = scene.town.world.deps.now(), scene.town.new_id()
    skip = Skip(
        id=f"{found_id}@{scene.place}@",
        round_id=found_id,
        home=scene.place,
        household="",
        because=SkippedBecause.PAUSED,
        amount_fen=900_000 + scene.number,
    )
    await scene.town.insert(demand_skips.COLLECTION, skip)
    made = Round(
        id=found_id,
        place=scene.place,
        way=way,
        by="test",
        day="2026-03-02",
        started_at=now,
        state=DemandRoundState.DONE,
        done_at=now,
    )
    return await scene.town.insert(demand_rounds.COLLECTION, made)


async def letter(scene: Scene) -> str:
    """A letter that is to be handed over, about a bill that is owed still."""
    bill = await makers.bill(scene)
    return await lettered(scene, "round", bill.id)


async def lettered(scene: Scene, round_id: str, bill_id: str = "bill") -> str:
    asked, letter_id = line(scene, bill_id), scene.town.new_id()
    made = Letter(
        id=letter_id,
        round_id=round_id,
        home=scene.place,
        household="",
        debtors=[],
        people=[scene.owner.person_id],
        lines=[asked],
        amount_fen=asked.owed_fen,
        since=asked.due_on,
        pay_within=30,
        slots=[letter_id],
        state=DemandLetterState.MADE,
        made_at=scene.town.world.deps.now(),
    )
    return await scene.town.insert(demand_letters.COLLECTION, made)


async def with_letters(scene: Scene) -> str:
    """A round of letters, with one to the scene's home."""
    round_id = await started(scene, DemandRoundWay.LETTER)
    await lettered(scene, round_id)
    return round_id


async def pause(scene: Scene) -> str:
    pause_id = scene.town.new_id()
    made = Pause(
        id=pause_id,
        place=scene.place,
        of_home=scene.place in HOMES,
        firm=await makers.firm(scene) if scene.place == COMPOUND else "",
        kind=DemandPauseKind.DISPUTE,
        reason_sealed=REASON.seal(scene.town.world.deps.vault, pause_id, f"{scene.number}"),
        from_day="2026-03-01",
        by="test",
        role=Role.COMMUNITY_STAFF,
        at=scene.town.world.deps.now(),
        state=DemandPauseState.SET,
    )
    return await scene.town.insert(demand_pauses.COLLECTION, made)


async def ruled(scene: Scene) -> str:
    """Rules of the compound: the community's, and the firm's."""
    firm, rules = await makers.firm(scene), scene.town.world.db[demand_rules.COLLECTION]
    await rules.delete_many({"place": scene.place})
    for each in ("", firm):
        made = DemandRule(
            id=rule_id(scene.place, each),
            place=scene.place,
            firm=each,
            days_after=[3],
            every_days=15,
            is_on=True,
            by="test",
            role=None,
            at=scene.town.world.deps.now(),
        )
        await scene.town.insert(demand_rules.COLLECTION, made)
    return scene.place


def handed(_: Scene, __: Any) -> dict[str, str]:
    return {"handed_to": "debtor"}


FURNITURE: Final[Furniture] = (
    (demand, tuple(HOMES)),
    (started, tuple(HOMES)),
    (letter, tuple(HOMES)),
    (pause, tuple(HOMES)),
)
PAPER = "a paper, compressed; what is on it is in tests/demands/test_letters.py"
ROWS = (
    Row("get", f"{ROUNDS}/{{round_id}}", at(HOME, COMPOUND), makes=started),
    Row("get", f"{ROUNDS}/{{round_id}}/skipped", at(HOME), makes=started),
    Row("get", f"{ROUNDS}/{{round_id}}/sheets", at(HOME), makes=with_letters, bare=PAPER),
    Row("post", f"{ROUNDS}/{{round_id}}/sheets-export", at(HOME), makes=with_letters),
    Row(
        "post",
        "/api/v1/demand-letters/{letter_id}/delivery",
        at(HOME),
        makes=letter,
        body=handed,
    ),
    Row("post", "/api/v1/demand-pauses/{pause_id}/lift", at(COMPOUND), makes=pause),
    Row("get", "/api/v1/places/{place}/demand-rule", at(COMPOUND), makes=ruled),
)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
async def test_everybody_gets_what_they_may(walked: Walked, row: Row) -> None:
    await walked(row)

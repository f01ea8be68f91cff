"""Figures that identify nobody, and what a mediator finds in the list of today."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from mongo_indexes import mediations
from services.grants import actions as grants
from services.kernel.documents import to_document
from services.kernel.permissions import Actor, Grant, Role
from services.kernel.today import Part
from services.mediations.figures.actions import published
from services.mediations.mediators.today import TODAY
from services.mediations.models import Matter, Mediation
from services.mediations.states import MediationState
from tests.build.cast import COMMUNITY, LI_HOME
from tests.build.mediations import Talks

[FOLLOW_UP] = TODAY
FIGURES = f"places/{COMMUNITY}/mediation-figures"


@pytest.mark.parametrize(("count", "told"), [(0, 0), (1, None), (4, None), (5, 5), (17, 17)])
def test_one_to_four_are_withheld(count: int, told: int | None) -> None:
    assert published(count) == told


async def test_figures_of_a_quarter_that_is_over(talks: Talks) -> None:
    now, quarter = talks.world.deps.now(), {"opened_in": "2025Q4"}
    agreed = {**quarter, "agreed_in": "2025Q4"}
    kinds: list[dict[str, Any]] = [quarter] * 2 + [agreed] * 3 + [{"kept_in": "2025Q4"}] * 6
    rows = [
        Mediation(
            id=f"m{number}",
            place=COMMUNITY,
            matter=Matter.NOISE,
            state=MediationState.KEPT,
            person="",
            filed_by="test",
            created_at=now,
            steps=1,
            **fields,
        )
        for number, fields in enumerate(kinds)
    ]
    await talks.world.db[mediations.COLLECTION].insert_many([to_document(r) for r in rows])
    reply = await talks.get("staff", f"{FIGURES}?quarter=2025Q4")
    assert reply.body["communities"] == [
        {"place": COMMUNITY, "name": "新城社区", "opened": 5, "agreed": None, "kept": 6}
    ]
    mine = await talks.get("member", f"{FIGURES}?quarter=2025Q4")
    assert mine.body == reply.body  # of their own community
    other = await talks.get(
        "member", "places/cc.chaoyang.guilin/mediation-figures?quarter=2025Q4"
    )
    assert other.status == 404
    for running in ("2026Q1", "2027Q1"):
        reply = await talks.get("staff", f"{FIGURES}?quarter={running}")
        assert (reply.status, reply.code) == (422, "mediation_quarter_not_over")


async def test_the_follow_up_is_on_the_mediators_list_until_it_is_done(talks: Talks) -> None:
    deps = talks.world.deps
    mediation_id = await talks.agreed()
    other = await talks.agreed()

    async def actor(who: str) -> Actor:
        person = (await talks.member(who)).person_id
        return Actor(person, "", await grants.grants_of(deps, person))

    mediator, staff, member = [await actor(who) for who in ("mediator", "staff", "member")]
    entries = await FOLLOW_UP.read(deps, mediator, Part(limit=10))
    assert {entry.subject for entry in entries} == {mediation_id, other}
    first, second = entries
    assert first.due_at is not None
    later = Part(limit=10, after=(first.due_at, first.key))
    assert await FOLLOW_UP.read(deps, mediator, later) == [second]
    sooner = Part(limit=10, until=first.due_at)
    assert await FOLLOW_UP.read(deps, mediator, sooner) == []
    without = Part(limit=10, without=[first.key])
    assert await FOLLOW_UP.read(deps, mediator, without) == [second]
    assert await FOLLOW_UP.read(deps, staff, Part(limit=10)) == []
    assert await FOLLOW_UP.count(deps, member, [COMMUNITY]) == {COMMUNITY: 2}
    assert await FOLLOW_UP.count(deps, staff, [COMMUNITY]) == {}
    await talks.do("mediator", first.subject, "follow-up", outcome="broken")
    assert await FOLLOW_UP.read(deps, mediator, Part(limit=10)) == [second]
    living = Grant(Role.OWNER, LI_HOME)
    near = msgspec.structs.replace(mediator, grants=(*mediator.grants, living))
    assert await FOLLOW_UP.read(deps, near, Part(limit=10)) == []
    assert any("人民法院" in text for text in await talks.told("li", "mediation_failed"))


async def test_a_follow_up_that_nobody_does_reaches_the_member(talks: Talks) -> None:
    await talks.agreed()
    before = await talks.told("member", "mediation_work")
    for _ in range(2):  # of ten working days, three quarters and then the rest
        await talks.advance(seconds=timedelta(days=12).total_seconds())
        await talks.world.work()
    assert any("回访" in text for text in await talks.told("mediator", "mediation_work"))
    after = await talks.told("member", "mediation_work")
    assert len(after) == len(before) + 1

"""A mediator whose term ends: the member is told once, names another, and parties learn it."""

from typing import Any

import pytest

from services.kernel.permissions import Role
from services.mediations.mediators import jobs
from tests.build.cast import NEXT_UNIT, appoint
from tests.build.mediations import OFFICES, Talks


async def swept(talks: Talks) -> None:
    """Let the worker do twice what it does every quarter of an hour."""
    for _ in range(2):
        await jobs.vacate(talks.world.deps, {})
    await talks.world.work()


async def term_ends(talks: Talks) -> None:
    """End the mediator's office, which they hold no more from today on."""
    query, ended = {"_id": talks.offices["mediator"]}, {"$set": {"to_day": "2026-01-01"}}
    await talks.world.db.appointments.update_one(query, ended)


async def to_assign(talks: Talks, query: str = "") -> list[str]:
    reply = await talks.get("member", f"mediations?to_assign=true{query}")
    assert reply.status == 200, reply.body
    return [each["mediation_id"] for each in reply.body["items"]]


async def vacant(talks: Talks) -> list[str]:
    texts = await talks.told("member", "mediation_work")
    return [text for text in texts if "已离任" in text]


async def erased(talks: Talks) -> None:
    await term_ends(talks)
    mediator = await talks.member("mediator")
    await talks.world.confirm(mediator)
    reply = await talks.send("POST", mediator, "me/deletion", confirm="注销")
    assert reply.status < 300, reply.body


@pytest.mark.parametrize("leaves", [term_ends, erased])
async def test_the_member_is_told_once_and_names_another(talks: Talks, leaves: Any) -> None:
    open_one, kept = await talks.talks(), await talks.agreed()
    over = await talks.talks()
    await talks.do("li", over, "leave")
    await swept(talks)
    assert (await to_assign(talks), await vacant(talks)) == ([], [])
    await leaves(talks)
    await swept(talks)
    assert len(await vacant(talks)) == 2, "one for each, and nothing twice"
    assert await to_assign(talks) == sorted([open_one, kept], reverse=True)
    assert await to_assign(talks, "&state=agreed") == [kept]
    rows = (await talks.get("member", "mediations")).body["items"]
    assert {row["mediation_id"]: row["has_mediator"] for row in rows} == {
        open_one: False,
        kept: False,
        over: True,
    }
    for who in ("li", "member"):
        assert (await talks.see(who, open_one))["mediator"] is None
    history = (await talks.get("li", f"mediations/{open_one}/history")).body["items"]
    assert (history[-1]["label"], history[-1]["who"]) == ("调解员离任", "clock")
    before = len(await talks.told("wang", "mediation_progress"))
    await talks.assign(open_one, "member")
    assert await to_assign(talks) == [kept]
    assert len(await talks.told("wang", "mediation_progress")) == before + 1
    assert (await talks.see("wang", open_one))["mediator"]["role"] == "mediation_member"


async def test_who_is_elected_again_goes_on(talks: Talks) -> None:
    mediation_id = await talks.talks()
    await term_ends(talks)
    again = await appoint(talks.world.deps, Role.UNIT_HEAD, NEXT_UNIT, OFFICES["mediator"][0])
    await talks.world.sign_in("mediator", OFFICES["mediator"][0])
    await swept(talks)
    assert (await vacant(talks), await to_assign(talks)) == ([], [])
    kept = await talks.world.db.mediations.find_one({"_id": mediation_id})
    assert kept is not None
    assert kept["appointment"] == again.appointment_id
    assert (await talks.see("li", mediation_id))["mediator"]["role"] == "unit_head"

"""Stand-ins of who wrote a repair down for somebody and left the office: the community."""

import pytest

from services.cases.parties import stand_ins
from services.kernel.permissions import Role
from services.residencies.models import Relation
from tests.build.cast import COMMUNITY, WANG_HOME, appoint, live_there
from tests.build.repairs import Works

NEIGHBOUR = "13900000046"  # of the community's staff, and lives there


async def written_down(works: Works) -> str:
    """Return a report that a head wrote down for somebody, and that Wang joined."""
    repair_id = await works.report("head", on_behalf_of="张奶奶")
    await works.do("wang", repair_id, "join")
    return repair_id


async def test_the_community_answers_for_who_wrote_it_down_and_left(works: Works) -> None:
    repair_id = await written_down(works)
    await works.hand_out(repair_id)
    await works.lose_office("head")
    await works.do("repairer", repair_id, "start")
    await works.do("repairer", repair_id, "finish", summary="换了灯泡")
    await works.world.work()
    asked = {who: len(await works.told(who, "repair_question")) for who in ("head", "staff")}
    assert asked == {"head": 0, "staff": 1}
    assert (await works.see("staff", repair_id))["is_asked"]
    assert (await works.do("wang", repair_id, "answer", fixed=True))["state"] == "done"
    assert (await works.do("staff", repair_id, "answer", fixed=True))["state"] == "confirmed"
    [last] = (await works.history("wang", repair_id))[-1:]
    assert (last["action"], last["who"]) == ("confirm", "office")
    assert (await works.see("staff", repair_id))["may_rate"] is False
    marks = {"speed": 4, "quality": 5, "manner": 5}
    assert (await works.post("staff", f"repairs/{repair_id}/rating", **marks)).status == 403


async def test_who_is_asked_as_a_neighbour_stands_in_for_nobody(
    works: Works, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They were the first to be asked for the filer; the next of the office is."""
    deps = works.world.deps
    await appoint(deps, Role.COMMUNITY_STAFF, COMMUNITY, NEIGHBOUR)
    await live_there(deps, [(WANG_HOME, NEIGHBOUR, Relation.FAMILY)])
    neighbour = await works.world.sign_in("neighbour", NEIGHBOUR)
    first = neighbour.person_id
    monkeypatch.setattr(stand_ins, "digest_id", lambda _kind, _case, each: each != first)
    repair_id = await written_down(works)
    await works.do(neighbour, repair_id, "join")
    await works.hand_out(repair_id)
    await works.lose_office("head")
    await works.do("repairer", repair_id, "start")
    await works.do("repairer", repair_id, "finish", summary="换了灯泡")
    await works.world.work()
    asked = [await works.told(who, "repair_question") for who in (neighbour, "staff")]
    assert [len(each) for each in asked] == [1, 1]


@pytest.mark.parametrize(("is_there", "state"), [(True, "done"), (False, "confirmed")])
async def test_nobody_waits_for_who_leaves_while_asked(
    works: Works, *, is_there: bool, state: str
) -> None:
    """Where nobody stands in for them, a yes of the others is enough."""
    repair_id = await written_down(works)
    await works.repaired(repair_id)
    await works.do("wang", repair_id, "answer", fixed=True)
    await works.advance(days=1)
    await works.world.work()
    assert len(await works.told("staff", "repair_question")) == 0
    await works.lose_office("head")
    if not is_there:
        await works.lose_office("staff")
    await works.advance(days=1)
    await works.world.work()
    assert (await works.see("wang", repair_id))["state"] == state
    staff = (await works.member("staff")).person_id
    query = {"template": "repair_question", "person": staff}
    assert await works.world.db.messages.count_documents(query) == is_there


@pytest.mark.parametrize("left", [False, True])
async def test_of_what_was_merged_an_office_answers_as_one(works: Works, *, left: bool) -> None:
    """Who wrote the other report down, or who stands in for them: no neighbour did."""
    into, other = await works.report("li"), await works.report("head", on_behalf_of="张奶奶")
    await works.do("dispatcher", other, "merge", into=into)
    await works.hand_out(into)
    who = "staff" if left else "head"
    if left:
        await works.lose_office("head")
    await works.do("repairer", into, "start")
    await works.do("repairer", into, "finish", summary="换了灯泡")
    await works.world.work()
    assert (await works.see("li", into))["joiners"] == (0 if left else 1)
    assert (await works.do("li", into, "answer", fixed=True))["state"] == "done"
    assert (await works.do(who, into, "answer", fixed=True))["state"] == "confirmed"
    [last] = (await works.history("li", into))[-1:]
    assert (last["action"], last["who"]) == ("confirm", "office")
    assert (await works.see(who, into))["may_rate"] is False
    marks = {"speed": 4, "quality": 5, "manner": 5}
    assert (await works.post(who, f"repairs/{into}/rating", **marks)).status == 403

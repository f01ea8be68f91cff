"""Who mediates has no interest in it: at the choice, and again at each step."""

from services.grants import actions as grants
from services.kernel.permissions import Actor, Role
from services.mediations.mediators import today
from services.residencies.models import Relation
from tests.build.cast import (
    COMMUNITY,
    COMPOUND,
    LI_HOME,
    OTHER_COMPOUND,
    PHONES,
    SUN_HOME,
    WANG_HOME,
    appoint,
)
from tests.build.cast import live_there as lives
from tests.build.mediations import OFFICES, WITH_SHOP, Talks, appointment

ELSEWHERE = "cc.chaoyang.guilin.yongchang"  # another community


async def candidates(talks: Talks, mediation_id: str) -> set[str]:
    reply = await talks.get("member", f"mediations/{mediation_id}/candidates")
    assert reply.status == 200, reply.body
    return {each["appointment_id"] for each in reply.body["items"]}


async def test_candidates_are_read_by_pages(talks: Talks) -> None:
    mediation_id = await talks.open()
    found, cursor = set[str](), ""
    while True:
        path = f"mediations/{mediation_id}/candidates?limit=1&cursor={cursor}"
        page = (await talks.get("member", path)).body
        found |= {each["appointment_id"] for each in page["items"]}
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert found == await candidates(talks, mediation_id)
    assert len(found) > 1
    path = f"mediations/{mediation_id}/candidates?cursor=zzz"
    assert (await talks.get("member", path)).status == 422


async def refused(talks: Talks, mediation_id: str, chosen: str, code: str) -> None:
    path, wish = f"mediations/{mediation_id}/mediator", {"appointment_id": chosen}
    reply = await talks.send("PUT", "member", path, **wish)
    assert (reply.code, chosen in await candidates(talks, mediation_id)) == (code, False)


async def test_a_party_and_who_lives_with_one_are_never_asked(talks: Talks) -> None:
    deps = talks.world.deps
    for who in ("li", "mei"):
        await talks.member(who)
    offices = [
        await appoint(deps, Role.BUILDING_HEAD, f"{COMPOUND}.b3", "li"),
        await appoint(deps, Role.UNIT_HEAD, f"{OTHER_COMPOUND}.b1.u1", "mei"),
    ]
    # Sun is a head whose phone the register has at Wang's home, and has not bound it.
    await lives(deps, [(WANG_HOME, "sun", Relation.TENANT)])
    offices.append(await appoint(deps, Role.BUILDING_HEAD, f"{OTHER_COMPOUND}.b1", "sun"))
    await talks.member("sun")
    await talks.world.db.residencies.update_many(
        {"home": WANG_HOME, "relation": "tenant"}, {"$set": {"person": None}}
    )
    mediation_id = await talks.open()
    for each in offices:
        await refused(talks, mediation_id, each.appointment_id, "mediation_interest")
    assert talks.offices["mediator"] in await candidates(talks, mediation_id)


async def test_whoever_it_is_about_and_who_holds_no_such_office_is_not_asked(
    talks: Talks,
) -> None:
    mediation_id = await talks.open(about=["unit_head"])
    await refused(talks, mediation_id, await appointment(talks, "head"), "mediation_interest")
    admin = await talks.member("admin")
    office = await appointment(talks, admin, Role.ADMINISTRATOR)
    await refused(talks, mediation_id, office, "mediation_no_mediator")


async def test_it_is_about_the_offices_over_each_home(talks: Talks) -> None:
    """The unit heads of both staircases, in whatever order the parties were named."""
    parties = [{"name": "sun", "home": SUN_HOME}, {"name": "li", "home": LI_HOME}]
    for named in (parties, parties[::-1]):
        mediation_id = await talks.open("staff", home=None, parties=named, about=["unit_head"])
        heads = (await appointment(talks, "head"), talks.offices["mediator"])
        for each in heads:
            await refused(talks, mediation_id, each, "mediation_interest")


async def test_who_moves_in_later_goes_on_no_more(talks: Talks) -> None:
    mediation_id = await talks.talks()
    assert (await talks.see("mediator", mediation_id))["circle"] == "mediator"
    move_in = [(LI_HOME, OFFICES["mediator"][0], Relation.TENANT)]
    await lives(talks.world.deps, move_in)
    person = (await talks.member("mediator")).person_id
    query = {"home": LI_HOME, "relation": "tenant"}
    await talks.world.db.residencies.update_one(query, {"$set": {"person": person}})
    for verb, path, body in (
        ("GET", "", {}),
        ("PUT", "/agreement", {"form": "oral", "text": "不再施工"}),
    ):
        whole = f"mediations/{mediation_id}{path}"
        reply = await talks.send(verb, "mediator", whole, **body)
        assert (reply.status, reply.code) == (403, "mediation_interest")
    assert (await talks.get("mediator", "me/mediations")).body["items"] == []


async def test_a_party_who_moves_in_with_the_mediator_is_found_too(talks: Talks) -> None:
    deps, db = talks.world.deps, talks.world.db
    mediation_id = await talks.talks()
    for who, phone in (("wang", PHONES["wang"]), ("mediator", OFFICES["mediator"][0])):
        await lives(deps, [(SUN_HOME, phone, Relation.FAMILY)])
        person = (await talks.member(who)).person_id
        query = {"_id": f"r0-{phone}"}
        await db.residencies.update_one(query, {"$set": {"person": person}})
    assert (await talks.get("mediator", "me/mediations")).body["items"] == []
    wish = {"reason": "far_apart"}
    reply = await talks.send("POST", "mediator", f"mediations/{mediation_id}/end", **wish)
    assert (reply.status, reply.code) == (403, "mediation_interest")


async def lives_with(talks: Talks, who: str, home: str) -> None:
    """Let an office of the cast belong to a home from today on."""
    phone = OFFICES[who][0]
    await lives(talks.world.deps, [(home, phone, Relation.FAMILY)])
    person = (await talks.member(who)).person_id
    await talks.world.db.residencies.update_one(
        {"_id": f"r0-{phone}"}, {"$set": {"person": person}}
    )


async def counted(talks: Talks, who: str) -> int:
    member = await talks.member(who)
    deps = talks.world.deps
    actor = Actor(member.person_id, "", await grants.grants_of(deps, member.person_id))
    return (await today.count(deps, actor, [COMMUNITY]))[COMMUNITY]


async def test_a_member_does_not_count_those_of_their_household(talks: Talks) -> None:
    """By the home that was named, and by another one to which the party belongs."""
    await talks.agreed()
    assert await counted(talks, "member") == 1
    await lives_with(talks, "member", SUN_HOME)
    assert await counted(talks, "member") == 1
    await lives(talks.world.deps, [(SUN_HOME, PHONES["li"], Relation.FAMILY)])
    person = (await talks.member("li")).person_id
    await talks.world.db.residencies.update_one(
        {"_id": f"r0-{PHONES['li']}"}, {"$set": {"person": person}}
    )
    assert await counted(talks, "member") == 0
    assert (await talks.get("member", "mediations")).body["items"] == []


async def test_what_one_may_not_look_after_hides_nothing_behind_it(talks: Talks) -> None:
    """A list is cut after it was left out, here with one entry and a page of one."""
    first = await talks.agreed()
    parties = [{"name": "sun", "home": SUN_HOME}]
    second = await talks.open("wang", home=WANG_HOME, parties=parties)
    db = talks.world.db
    kept = await db.mediations.find_one({"_id": first})
    assert kept is not None
    same = {name: kept[name] for name in ("state", "holder", "sort_due", "due_at")}
    await db.mediations.update_one({"_id": second}, {"$set": same})
    earlier = {"sort_due": kept["created_at"]}
    await db.mediations.update_one({"_id": first}, {"$set": earlier})
    await lives_with(talks, "mediator", LI_HOME)
    [entry] = (await talks.get("mediator", "me/today?limit=1")).body["items"]
    [row] = (await talks.get("mediator", "me/mediations?limit=1")).body["items"]
    assert entry["subject"] == row["mediation_id"] == second


async def test_a_member_who_is_a_party_is_one_and_nothing_else(talks: Talks) -> None:
    await appoint(talks.world.deps, Role.MEDIATION_MEMBER, COMMUNITY, "wang")
    mediation_id = await talks.open()
    assert (await talks.see("wang", mediation_id))["circle"] == "party"
    assert (await talks.get("wang", "mediations")).body["items"] == []
    assert len((await talks.get("member", "mediations")).body["items"]) == 1
    assert await talks.told("wang", "mediation_work") == []
    wish = {"appointment_id": talks.offices["mediator"]}
    reply = await talks.send("PUT", "wang", f"mediations/{mediation_id}/mediator", **wish)
    assert (reply.status, reply.code) == (403, "mediation_interest")


async def test_a_member_who_mediates_reads_whom_else_to_ask(talks: Talks) -> None:
    """Unless they came to be close to a party. Who only mediates, and a party, do not."""
    mediation_id = await talks.talks()
    path = f"mediations/{mediation_id}/candidates"
    await appoint(talks.world.deps, Role.MEDIATION_MEMBER, COMMUNITY, "wang")
    for who in ("mediator", "wang"):
        reply = await talks.get(who, path)
        assert (reply.status, reply.code) == (403, "forbidden"), who
    await talks.assign(mediation_id, "member")
    assert (await talks.see("member", mediation_id))["circle"] == "mediator"
    assert talks.offices["mediator"] in await candidates(talks, mediation_id)
    await lives_with(talks, "member", LI_HOME)
    reply = await talks.get("member", path)
    assert (reply.status, reply.code) == (403, "mediation_interest")


async def test_who_mediated_before_or_lost_the_office_sees_nothing_more(talks: Talks) -> None:
    mediation_id = await talks.talks()
    await talks.assign(mediation_id, "member")
    assert (await talks.get("mediator", f"mediations/{mediation_id}")).status == 404
    assert (await talks.see("member", mediation_id))["mediator"]["role"] == "mediation_member"
    [told] = [text for text in await talks.told("mediator", "mediation_work") if "改由" in text]
    assert told
    await talks.assign(mediation_id)
    query = {"_id": talks.offices["mediator"]}
    await talks.world.db.appointments.update_one(query, {"$set": {"to_day": "2026-01-01"}})
    assert (await talks.get("mediator", f"mediations/{mediation_id}")).status == 404
    assert (await talks.see("li", mediation_id))["mediator"] is None
    elsewhere = {"to_day": None, "place": f"{ELSEWHERE}.c01.b1.u1"}
    await talks.world.db.appointments.update_one(query, {"$set": elsewhere})
    assert (await talks.get("mediator", f"mediations/{mediation_id}")).status == 404
    assert (await talks.get("mediator", "me/mediations")).body["items"] == []


async def knows_nothing(talks: Talks, who: str, mediation_id: str) -> None:
    """Assert that a member of the mediation committee neither reads nor assigns one."""
    assert (await talks.get(who, f"mediations/{mediation_id}")).status == 404
    assert (await talks.get(who, "mediations")).body["items"] == []
    wish = {"appointment_id": talks.offices["mediator"]}
    reply = await talks.send("PUT", who, f"mediations/{mediation_id}/mediator", **wish)
    assert reply.status == 404


async def test_a_member_close_to_a_party_knows_of_nothing(talks: Talks) -> None:
    """By the home, also of a party without an account; by the office that it is about."""
    await appoint(talks.world.deps, Role.MEDIATION_MEMBER, COMMUNITY, "wang")
    at_home = await talks.open(parties=[{"name": "王不在", "home": WANG_HOME}])
    await knows_nothing(talks, "wang", at_home)
    assert await talks.told("wang", "mediation_work") == []
    about = await talks.send(
        "POST",
        "li",
        "mediations",
        matter="noise",
        statement="太吵",
        home=LI_HOME,
        parties=WITH_SHOP,
        about=["mediation_member"],
    )
    assert (about.status, about.code) == (409, "mediation_no_member")


async def test_a_member_with_whom_a_party_lives_by_now_knows_of_nothing(talks: Talks) -> None:
    await appoint(talks.world.deps, Role.MEDIATION_MEMBER, COMMUNITY, "sun")
    await talks.member("sun")
    mediation_id = await talks.open()
    assert len((await talks.get("sun", "mediations")).body["items"]) == 1
    await lives(talks.world.deps, [(SUN_HOME, "wang", Relation.FAMILY)])
    person = {"$set": {"person": (await talks.member("wang")).person_id}}
    query = {"home": SUN_HOME, "relation": "family"}
    await talks.world.db.residencies.update_one(query, person)
    await knows_nothing(talks, "sun", mediation_id)


async def test_the_member_of_another_community_knows_of_nothing(talks: Talks) -> None:
    made = await appoint(talks.world.deps, Role.MEDIATION_MEMBER, COMMUNITY, "sun")
    await talks.member("sun")
    query = {"_id": made.appointment_id}
    await talks.world.db.appointments.update_one(query, {"$set": {"place": ELSEWHERE}})
    await knows_nothing(talks, "sun", await talks.open())


async def test_a_party_without_a_home_by_now_is_one_still(talks: Talks) -> None:
    await appoint(talks.world.deps, Role.MEDIATION_MEMBER, COMMUNITY, "wang")
    mediation_id = await talks.open()
    gone = {"$set": {"to_day": "2026-03-01"}}
    await talks.world.db.residencies.update_many({"home": WANG_HOME}, gone)
    assert (await talks.see("wang", mediation_id))["circle"] == "party"
    assert (await talks.get("wang", "mediations")).body["items"] == []
    wish = {"appointment_id": talks.offices["mediator"]}
    reply = await talks.send("PUT", "wang", f"mediations/{mediation_id}/mediator", **wish)
    assert (reply.status, reply.code) == (403, "mediation_interest")

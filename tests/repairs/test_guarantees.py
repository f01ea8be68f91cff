"""Guarantees of paid repairs: the same fault is repaired free within them."""

from services.residencies.models import Relation
from tests.build.cast import LI_HOME, live_there
from tests.build.quotes import Quoted
from tests.build.repairs import TAP
from tests.build.sign_ins import by_actions


async def test_a_repair_that_is_sent_back_is_billed_once(quoted: Quoted) -> None:
    await quoted.accepted()
    await quoted.finish()
    await quoted.works.do("li", quoted.repair, "answer", fixed=False)
    refused = await quoted.offer(after_version=1)
    assert (refused.status, refused.code) == (409, "repair_under_guarantee")
    await quoted.finish()
    assert len(await quoted.owed()) == 1


async def test_the_same_fault_is_free_until_the_community_finds_otherwise(
    quoted: Quoted,
) -> None:
    await quoted.accepted()
    await quoted.finish()
    first = quoted.repair
    other = await quoted.report_again("toilet_blocked")
    assert (await quoted.works.see("li", other))["guarantee_of"] is None
    quoted.repair = await quoted.report_again()
    assert (await quoted.works.see("li", quoted.repair))["guarantee_of"] == first
    await quoted.works.hand_out(quoted.repair)
    refused = await quoted.offer()
    assert (refused.status, refused.code) == (409, "repair_under_guarantee")
    assert refused.body["details"] == {"repair_id": first, "until": "2026-05-31"}
    lift = f"repairs/{quoted.repair}/guarantee-lift"
    assert (await quoted.works.post("manager", lift, reason="damaged")).status == 403
    lifted = await quoted.works.post("staff", lift, reason="damaged")
    assert (lifted.status, lifted.body["guarantee_of"]) == (200, None)
    again = await quoted.works.post("staff", lift, reason="damaged")
    assert (again.status, again.code) == (409, "repair_no_guarantee")
    await quoted.offered()


async def lift(quoted: Quoted) -> None:
    path = f"repairs/{quoted.repair}/guarantee-lift"
    reply = await quoted.works.post("staff", path, reason="damaged")
    assert reply.status == 200, reply.body


async def paid_again(quoted: Quoted, *, after_version: int) -> None:
    """Have a further quote of the same repair accepted and billed, and the work refused."""
    await quoted.accepted(after_version=after_version)
    await quoted.finish()
    await quoted.works.do("li", quoted.repair, "answer", fixed=False)


async def test_what_was_lifted_is_of_the_quotes_that_were_paid_by_then(quoted: Quoted) -> None:
    """Each bill has a guarantee, also one that came after a decision about the one before."""
    await quoted.accepted()
    await quoted.finish()
    first, quoted.repair = quoted.repair, await quoted.report_again()
    await quoted.works.hand_out(quoted.repair)
    await lift(quoted)
    for version in range(2):
        await paid_again(quoted, after_version=version)
        refused = await quoted.offer(after_version=version + 1)
        assert (refused.status, refused.code) == (409, "repair_under_guarantee")
        assert refused.body["details"]["repair_id"] == quoted.repair
        await lift(quoted)
    told = await quoted.works.told("li", "repair_quote")
    assert sum("不免费保修" in text for text in told) == 3
    later = await quoted.works.see("li", await quoted.report_again())
    assert later["guarantee_of"] in {first, quoted.repair}


async def test_an_old_decision_is_of_what_was_paid_for_other_repairs(quoted: Quoted) -> None:
    """Such a repair does not say which quotes the community decided about."""
    await quoted.accepted()
    await quoted.finish()
    quoted.repair = await quoted.report_again()
    await quoted.works.hand_out(quoted.repair)
    await lift(quoted)
    old = {"$unset": {"lifted_quotes": 1}}
    await quoted.world.db.repairs.update_one({"_id": quoted.repair}, old)
    await paid_again(quoted, after_version=0)
    refused = await quoted.offer(after_version=1)
    assert (refused.status, refused.code) == (409, "repair_under_guarantee")


async def test_a_guarantee_ends_with_its_last_day(quoted: Quoted) -> None:
    await quoted.accepted(guarantee_days=2)
    await quoted.finish()
    await quoted.works.advance(days=2)
    assert (await quoted.works.see("li", await quoted.report_again()))["guarantee_of"]
    await quoted.works.advance(days=1)
    assert (await quoted.works.see("li", await quoted.report_again()))["guarantee_of"] is None


async def reclassify(quoted: Quoted, repair: str, category: str) -> None:
    path = f"repairs/{repair}/class"
    reply = await quoted.works.send("PUT", "dispatcher", path, category=category)
    assert (reply.status, reply.body.get("category")) == (200, category)


async def test_a_fault_stays_the_same_when_the_firm_calls_it_another(quoted: Quoted) -> None:
    await quoted.accepted()
    await quoted.finish()
    first, quoted.repair = quoted.repair, await quoted.report_again()
    await quoted.works.hand_out(quoted.repair)
    await reclassify(quoted, quoted.repair, "sink_slow")
    refused = await quoted.offer()
    assert (refused.status, refused.code) == (409, "repair_under_guarantee")
    assert refused.body["details"]["repair_id"] == first


async def test_so_it_does_when_the_first_was_called_another_before_its_quote(
    quoted: Quoted,
) -> None:
    await reclassify(quoted, quoted.repair, "sink_slow")
    await quoted.accepted()
    await quoted.finish()
    for category in ("tap_broken", "sink_slow"):
        seen = await quoted.works.see("li", await quoted.report_again(category))
        assert seen["guarantee_of"] == quoted.repair


async def test_what_is_not_fixed_was_paid_whatever_the_guarantee(quoted: Quoted) -> None:
    await quoted.accepted(guarantee_days=0)
    await quoted.finish()
    await quoted.works.advance(days=2)
    await quoted.works.do("li", quoted.repair, "answer", fixed=False)
    refused = await quoted.offer(after_version=1)
    assert (refused.status, refused.code) == (409, "repair_under_guarantee")
    assert refused.body["details"] == {"repair_id": quoted.repair, "until": None}
    await quoted.finish()
    assert len(await quoted.owed()) == 1
    assert (await quoted.works.see("li", await quoted.report_again()))["guarantee_of"] is None


async def test_the_next_household_is_told_of_the_guarantee_and_of_nothing_else(
    quoted: Quoted,
) -> None:
    quote = await quoted.accepted()
    await quoted.finish()
    works, first = quoted.works, quoted.repair
    await works.advance(days=2)
    await live_there(works.world.deps, [(LI_HOME, "13900000061", Relation.TENANT)])
    began = {"$set": {"from_day": "2026-03-04"}}
    await works.world.db.residencies.update_one({"_id": "r0-13900000061"}, began)
    tenant = await by_actions(works.world.deps, "tenant", "13900000061")
    for path in ("", "/history", "/photos", "/quotes"):
        assert (await works.get(tenant, f"repairs/{first}{path}")).status == 404
        assert (await works.get("mei", f"repairs/{first}{path}")).status == 200
    for step in ("accept", "decline"):
        assert (await works.post(tenant, f"repair-quotes/{quote}/{step}")).status == 404
    again = await works.report(tenant, place=LI_HOME, category=TAP)
    seen = await works.see(tenant, again)
    assert (seen["is_guaranteed"], seen["guarantee_of"]) == (True, None)
    for who in ("mei", "dispatcher"):
        assert (await works.see(who, again))["guarantee_of"] == first

"""Guarantees of paid repairs: the same fault is repaired free within them."""

from tests.build.quotes import Quoted


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


async def test_a_guarantee_ends_with_its_last_day(quoted: Quoted) -> None:
    await quoted.accepted(guarantee_days=2)
    await quoted.finish()
    await quoted.works.advance(days=2)
    assert (await quoted.works.see("li", await quoted.report_again()))["guarantee_of"]
    await quoted.works.advance(days=1)
    assert (await quoted.works.see("li", await quoted.report_again()))["guarantee_of"] is None

"""Fee reductions: asked for or entered, decided by who the rule names."""

from typing import Any

import pytest

from services.kernel.permissions import Role
from services.residencies.models import Relation
from tests.build import cast
from tests.build import reductions as build
from tests.build.cast import COMPOUND, LI_HOME, WANG_HOME, Estate, live_there
from tests.build.homes import acts, at_once, get, post, told
from tests.build.offices import hire
from tests.build.photos import sent
from tests.build.reductions import EXEMPTION, LOW_INCOME, REASON, RULE, VACANT
from tests.build.sign_ins import Member
from tests.build.world import Reply

pytestmark = pytest.mark.slow

GRANT, REFUSE = {**REASON, "grant": True}, {**REASON, "grant": False}
OF_LI = f"homes/{LI_HOME}/fee-reductions"
ENTERED = f"homes/{LI_HOME}/entered-fee-reductions"
ALL = f"places/{COMPOUND}/fee-reductions"


async def decide(
    estate: Estate, reduction_id: str, who: Member | str = "staff", body: Any = None
) -> Reply:
    return await post(estate, who, f"fee-reductions/{reduction_id}/decision", body or GRANT)


# Rules


NO_RULES = (
    {"share": 0},
    {"decider": "firm", "kinds": ["property_fee", "waste_fee"]},
    {"decider": "firm", "cause": "low_income"},
)


async def test_what_no_rule_may_say(estate: Estate) -> None:
    path = f"places/{COMPOUND}/fee-reduction-rules"
    for wrong in NO_RULES:
        reply = await post(estate, "staff", path, {**RULE, **wrong})
        assert (reply.status, reply.code) == (422, "bad_fee_reduction_rule"), wrong
    reply = await post(estate, "staff", f"places/{cast.UNIT}/fee-reduction-rules", RULE)
    assert (reply.status, reply.code) == (422, "bad_fee_reduction_rule")


async def test_a_new_share_is_a_new_version_and_the_same_rule_is_one(estate: Estate) -> None:
    first = await build.ruled(estate)
    assert await build.ruled(estate) == first
    path = f"places/{COMPOUND}/fee-reduction-rules"
    other = await post(estate, "staff", path, {**RULE, "share": 2000})
    assert (other.status, other.code) == (409, "fee_reduction_rule_exists")
    await build.ruled(estate, share=2000, start_day="2026-07-01")
    found = (await get(estate, "staff", path)).body["items"]
    assert {one["version"]: one["share"] for one in found} == {2: 2000, 1: 3000}
    end = f"fee-reduction-rules/{first}/end"
    withdrawn = await post(estate, "staff", end, end_day="2025-12-31")
    assert withdrawn.body["end_day"] == "2025-12-31"
    late = await post(estate, "staff", end, end_day="2026-12-31")
    assert (late.status, late.code) == (409, "fee_reduction_rule_ended")
    # its first day is free for another, and its version is not
    again = await post(estate, "staff", path, {**RULE, "share": 2500})
    assert (again.status, again.body["version"]) == (201, 3)


# Requests


NO_WISHES: list[tuple[dict[str, Any], str]] = [
    ({**VACANT, "to_day": "2026-02-28"}, "bad_fee_reduction"),
    ({**VACANT, "to_day": "2027-03-01"}, "bad_fee_reduction"),  # a year and a day
    ({**VACANT, "from_day": "2025-03-01"}, "bad_fee_reduction"),
    ({**VACANT, "from_day": "2026-06-03"}, "bad_fee_reduction"),  # more than 92 days ahead
    ({**VACANT, "from_day": "2026-02-30"}, "invalid_input"),
    ({**VACANT, "cause": "disability"}, "no_fee_reduction_rule"),
    ({**VACANT, "cause": "low_income"}, "bad_fee_reduction"),  # without its document
    ({**LOW_INCOME, "to_day": "2026-07-01"}, "bad_fee_reduction"),  # after the rule's end
]


async def test_what_cannot_be_asked_for(estate: Estate) -> None:
    await build.ruled(estate, start_day="2025-01-01")
    exemption = await build.ruled(estate, EXEMPTION)
    end = f"fee-reduction-rules/{exemption}/end"
    assert (await post(estate, "staff", end, end_day="2026-06-30")).status == 200
    await estate.world.agree(await estate.member("li"), "hardship")
    for wish, code in NO_WISHES:
        assert (await post(estate, "li", OF_LI, wish)).code == code, wish
    assert (await post(estate, "li", OF_LI, {**VACANT, "from_day": "2026-06-02"})).status == 201


async def test_an_owner_asks_and_the_community_decides(estate: Estate) -> None:
    li, staff = await estate.member("li"), await estate.member("staff")
    await build.ruled(estate)
    await estate.world.agree(li, "proof")
    page = (await get(estate, "li", OF_LI)).body
    assert [one["cause"] for one in page["offers"]] == ["vacant"]
    photo = await sent(estate.world.api, li)
    asked = await post(estate, "li", OF_LI, {**VACANT, "photo_ids": [photo]})
    assert (asked.status, asked.body["state"], asked.body["share"]) == (201, "requested", 3000)
    assert (await post(estate, "li", OF_LI, VACANT)).code == "fee_reduction_waits"
    own = asked.body["reduction_id"]
    await estate.world.work()
    assert len(await told(estate.world, staff, "fee_reduction_to_decide")) == 1
    seen = await get(estate, "staff", f"fee-reductions/{own}")
    assert seen.body["photo_ids"] == [photo]
    assert (await get(estate, "mei", f"fee-reductions/{own}")).status == 404
    assert (await get(estate, "wang", f"fee-reductions/{own}")).status == 404

    granted = await decide(estate, own)
    assert (granted.status, granted.body["state"]) == (200, "granted")
    assert (await decide(estate, own, body=REFUSE)).code == "fee_reduction_moved_on"
    assert (await told(estate.world, li, "fee_reduction_progress"))[0].startswith(
        "春光小区3栋2单元502室的费用减免已通过。"
    )
    overlapping = {**VACANT, "from_day": "2026-02-01", "to_day": "2026-03-01"}
    assert (await post(estate, "li", OF_LI, overlapping)).code == "fee_reduction_exists"
    before = {**overlapping, "to_day": "2026-02-28"}
    assert (await post(estate, "li", OF_LI, before)).status == 201


async def test_what_may_be_asked_for_on_a_later_day_is_listed_today(estate: Estate) -> None:
    def days(page: Any) -> list[tuple[int, str, str]]:
        names = ("share", "earliest_day", "latest_day")
        return [tuple(one[name] for name in names) for one in page.body["offers"]]

    assert days(await get(estate, "li", OF_LI)) == []
    await build.ruled(estate, start_day="2026-04-01")
    assert days(await get(estate, "li", OF_LI)) == [(3000, "2026-04-01", "2026-06-02")]
    await build.ruled(estate, start_day="2025-01-01", share=2000)
    either = [(2000, "2025-03-01", "2026-03-31"), (3000, "2026-04-01", "2026-06-02")]
    assert days(await get(estate, "li", OF_LI)) == either
    await build.ruled(estate, start_day="2026-06-03", share=4000)
    assert days(await get(estate, "li", OF_LI)) == either
    wish = {**VACANT, "from_day": "2026-06-02"}
    assert (await post(estate, "li", OF_LI, wish)).body["share"] == 3000


async def test_only_an_owner_asks_and_takes_it_back(estate: Estate) -> None:
    await build.ruled(estate)
    assert (await post(estate, "mei", OF_LI, VACANT)).status == 403
    assert (await post(estate, "wang", OF_LI, VACANT)).status == 404
    own = await build.asked(estate)
    assert (await post(estate, "wang", f"fee-reductions/{own}/withdraw")).status == 404
    assert (await post(estate, "staff", f"fee-reductions/{own}/withdraw")).status == 404
    gone = await post(estate, "li", f"fee-reductions/{own}/withdraw")
    assert (gone.status, gone.body["state"]) == (200, "withdrawn")
    again = await post(estate, "li", f"fee-reductions/{own}/withdraw")
    assert (again.status, again.code) == (409, "fee_reduction_moved_on")
    assert (await decide(estate, own)).code == "fee_reduction_moved_on"
    await build.asked(estate)


async def test_who_enters_it_at_the_window_does_not_decide(estate: Estate) -> None:
    await build.ruled(estate)
    await build.colleague(estate)
    li = await estate.member("li")
    entered = await post(estate, "staff", ENTERED, VACANT)
    assert (entered.status, entered.body["by_staff"]) == (201, True)
    own = entered.body["reduction_id"]
    refused = await decide(estate, own)
    assert (refused.status, refused.code) == (403, "own_fee_reduction")
    assert (await decide(estate, own, "admin")).status == 200
    assert len(await told(estate.world, li, "fee_reduction_progress")) == 1


async def test_nobody_decides_on_a_home_they_belonged_to_in_its_days(estate: Estate) -> None:
    """Nor does an owner who works for the community, on what they asked for themself."""
    await build.ruled(estate, start_day="2025-01-01")
    own = await build.asked(estate, {**VACANT, "from_day": "2026-01-01"})
    deps = estate.world.deps
    await live_there(deps, [(LI_HOME, "staff", Relation.FAMILY)])
    person = (await estate.member("staff")).person_id
    left = {"$set": {"person": person, "to_day": "2026-01-31"}}
    await estate.world.db.residencies.update_one({"_id": "r0-staff"}, left)
    refused = await decide(estate, own)
    assert (refused.status, refused.code) == (403, "own_home")


# Who decides, and who sees what


async def test_the_firm_decides_where_the_rule_says_so(estate: Estate) -> None:
    await build.ruled(estate, decider="firm")
    manager = await build.manager(estate)
    own = await build.asked(estate)
    refused = await decide(estate, own)
    assert (refused.status, refused.code) == (403, "forbidden")
    assert (await decide(estate, own, manager)).status == 200
    ended = {**REASON, "last_day": "2026-05-31"}
    path = f"fee-reductions/{own}/end"
    assert (await post(estate, "staff", path, ended)).status == 403
    assert (await post(estate, manager, path, ended)).status == 200


async def test_hardship_is_for_the_community_alone(estate: Estate) -> None:
    await build.ruled(estate, EXEMPTION)
    await build.ruled(estate)
    manager, li = await build.manager(estate), await estate.member("li")
    unasked = await post(estate, "li", OF_LI, LOW_INCOME)
    assert (unasked.status, unasked.code) == (403, "consent_needed")
    await estate.world.agree(li, "hardship")
    own = await build.asked(estate, LOW_INCOME)
    vacant = await build.asked(estate)
    kept = await estate.world.db.fee_reductions.find_one({"_id": own})
    assert kept is not None
    assert "00123" not in str(kept)

    listed = (await get(estate, manager, ALL)).body["items"]
    assert [one["reduction_id"] for one in listed] == [vacant]
    assert (await get(estate, manager, f"{ALL}?cause=low_income")).body["items"] == []
    assert (await get(estate, manager, f"fee-reductions/{own}")).status == 404
    assert (await decide(estate, own, manager)).status == 404
    assert (await decide(estate, vacant, manager)).status == 403
    entered = await post(estate, manager, ENTERED, LOW_INCOME)
    assert (entered.status, entered.code) == (403, "forbidden")
    assert len((await get(estate, "staff", ALL)).body["items"]) == 2
    seen = await get(estate, "staff", f"fee-reductions/{own}")
    assert seen.body["document_masked"] == "****0123"
    reveal = f"fee-reductions/{own}/reveal"
    whole = await post(estate, "staff", reveal, reason="verify_identity")
    assert whole.body == {"document": LOW_INCOME["document"]}
    assert len(await acts(estate.world, "privacy.revealed")) == 1
    assert (await post(estate, manager, reveal, reason="verify_identity")).status == 404
    assert "low_income" not in str(await acts(estate.world, "fee.reduction_asked"))


async def test_a_cashier_enters_and_does_not_decide(estate: Estate) -> None:
    await build.ruled(estate)
    world = estate.world
    cashier = await hire(world, Role.CASHIER, COMPOUND, name="cashier", phone=build.CASHIER)
    entered = await post(estate, cashier, ENTERED, {**VACANT, "note": "已停水"})
    own = entered.body["reduction_id"]
    assert entered.body["note"] == "已停水"
    assert (await decide(estate, own, cashier)).status == 403
    assert (await decide(estate, own)).status == 200
    other = await build.asked(estate, home=WANG_HOME, by="wang")
    seen = await get(estate, cashier, f"fee-reductions/{other}")
    assert (seen.body["note"], seen.body["photo_ids"]) == (None, None)


async def test_a_buyer_is_told_and_given_nothing_of_what_the_seller_was_let_off(
    estate: Estate,
) -> None:
    await build.ruled(estate)
    await build.ruled(estate, EXEMPTION, cause="other")
    await estate.world.agree(await estate.member("li"), "hardship")
    await build.granted(estate)
    later = {**LOW_INCOME, "cause": "other", "from_day": "2026-03-10"}
    waits = await build.asked(estate, later)
    wish = {"name": "赵强", "phone": cast.PHONES["wang"], "day": "2026-03-02"}
    sold = await post(estate, "staff", f"homes/{LI_HOME}/transfer", {**wish, "reason": "过户"})
    assert sold.status == 201
    late = await decide(estate, waits)
    assert (late.status, late.code) == (409, "fee_reduction_home_sold")
    assert (await decide(estate, waits, body=REFUSE)).status == 200
    early = await post(estate, "staff", ENTERED, VACANT)
    assert (early.status, early.code) == (422, "bad_fee_reduction")
    await estate.advance(days=1)
    page = (await get(estate, "wang", OF_LI)).body
    assert page["items"] == []
    assert {one["earliest_day"] for one in page["offers"]} == {"2026-03-02"}
    await cast.bill(estate.world, "2026-04")
    bills = [b for b in await estate.bills("wang") if b["home"] == LI_HOME]
    assert {b["kind"]: b["amount_fen"] for b in bills} == {
        "property_fee": 5118,
        "waste_fee": 500,
    }
    await estate.advance(days=180)
    await estate.world.work()
    li = await estate.member("li")
    assert await told(estate.world, li, "fee_reduction_runs_out") == []


async def test_of_two_decisions_one_counts(estate: Estate) -> None:
    await build.ruled(estate)
    await build.colleague(estate)
    own = await build.asked(estate)
    await estate.member("admin")
    replies = await at_once(decide(estate, own), decide(estate, own, "admin", REFUSE))
    assert sorted(reply.status for reply in replies) == [200, 409]
    assert len(await acts(estate.world, "fee.reduction_decided")) == 1

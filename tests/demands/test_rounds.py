"""Rounds of demands: who is asked, when, in which words, and who is left out and why.

Li's, Wang's and Sun's homes owe January and February, due on 1 April 2026.
"""

from typing import Any

import pytest

from services.demands.rounds import jobs
from services.kernel.permissions import Role
from tests.build.cast import (
    COMPOUND,
    LI_HOME,
    NEXT_UNIT,
    SUN_HOME,
    UNIT,
    WANG_HOME,
    Estate,
    appoint,
)
from tests.build.demands import EACH_LI, demands, late, rows, skipped, started
from tests.build.homes import get, newcomer, post, told
from tests.build.offices import firm_at, hire

pytestmark = pytest.mark.billed("2026-01", "2026-02")

TEMPLATE = "payment_reminder"


async def test_nobody_is_asked_before_the_due_day_is_over(estate: Estate) -> None:
    li = await estate.member("li")
    await late(estate, days=0)
    found = await started(estate)
    assert (found["state"], found["demands"], found["skipped"]) == ("done", 0, 0)
    assert await told(estate.world, li, TEMPLATE) == []
    await estate.advance(days=1)
    li = await estate.member("li")
    assert (await started(estate))["demands"] == 1
    [text] = await told(estate.world, li, TEMPLATE)
    assert text == (
        "春光小区3栋2单元502室的物业费、生活垃圾处理费共112.36元还没有缴,缴费期限是2026年4月1日。"
        "请您方便时缴纳;刚刚缴过的请不用理会。如有疑问或困难,请与安居物业、环卫中心联系。"
    )


async def test_a_household_is_asked_once_within_the_days_of_a_round(estate: Estate) -> None:
    await late(estate)
    li = await estate.member("li")
    first, again = await started(estate), await started(estate)
    assert (first["demands"], again["demands"]) == (1, 0)
    assert (await skipped(estate, again))[LI_HOME] == "asked_before"
    assert len(await told(estate.world, li, TEMPLATE)) == 1
    await estate.advance(days=14)
    assert (await started(estate))["demands"] == 0
    await estate.advance(days=1)
    assert (await started(estate))["demands"] == 1


async def test_two_rounds_at_once_ask_a_household_once(
    estate: Estate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both looked before one of them wrote: the second finds the day taken, and looks again."""
    await late(estate)
    await estate.member("li")
    whole, other = jobs.reasons.around, list[str]()

    async def overtaken(*args: Any) -> Any:
        known = await whole(*args)
        if not other:
            other.append(args[1].id)
            wish = {"way": "message"}
            await post(estate, "admin", f"places/{UNIT}/demand-rounds", wish)
            [quick] = [
                row["_id"]
                for row in await estate.world.db.demand_rounds.find().to_list()
                if row["_id"] not in other
            ]
            await jobs.gather(estate.world.deps, {"round_id": quick})
        return known

    monkeypatch.setattr(jobs.reasons, "around", overtaken)
    found = await started(estate)
    assert (await skipped(estate, found))[LI_HOME] == "asked_before"
    assert len(await demands(estate)) == 1


async def test_only_who_owes_is_asked(estate: Estate) -> None:
    """Neither the daughter nor the neighbours; and who sold the home, not who bought it."""
    await late(estate)
    li, mei = await estate.member("li"), await estate.member("mei")
    wish = {"name": "赵强", "phone": "13900000040", "day": "2026-03-15", "reason": "已过户"}
    assert (await post(estate, "staff", f"homes/{LI_HOME}/transfer", **wish)).status == 201
    buyer = await newcomer(estate, "buyer", "13900000040")
    found = await started(estate)
    assert (found["demands"], found["amount_fen"]) == (1, 2 * EACH_LI)
    for who, number in ((li, 1), (mei, 0), (buyer, 0)):
        assert len(await told(estate.world, who, TEMPLATE)) == number
    [demand] = await demands(estate, LI_HOME)
    assert (demand["owners_until"], demand["debtors"]) == ("2026-03-14", ["l*"])
    assert {line["title"] for line in demand["lines"]} == {
        "2026年1月物业费",
        "2026年1月生活垃圾处理费",
        "2026年2月物业费",
        "2026年2月生活垃圾处理费",
    }


async def test_who_has_several_homes_has_one_message(estate: Estate) -> None:
    await late(estate)
    wang = await estate.member("wang")
    both = {"$set": {"person": wang.person_id, "bound_by": "request"}}
    await estate.world.db.residencies.update_one({"home": SUN_HOME}, both)
    found = await started(estate)
    assert found["demands"] == 2
    [text] = await told(estate.world, wang, TEMPLATE)
    assert text.startswith("春光小区3栋1单元101室等2处的物业费、生活垃圾处理费共")
    assert {row["place"] for row in await demands(estate)} == {WANG_HOME, SUN_HOME}


async def test_who_has_no_account_is_left_to_a_letter(estate: Estate) -> None:
    await late(estate)
    found = await started(estate)
    homes = (LI_HOME, WANG_HOME, SUN_HOME)
    assert await skipped(estate, found) == dict.fromkeys(homes, "nobody_bound")


async def test_a_pause_a_dispute_a_promise_or_a_payment_stops_a_demand(estate: Estate) -> None:
    await late(estate)
    for who in ("li", "wang", "sun"):
        await estate.member(who)
    pause = {"kind": "dispute", "reason": "面积有争议", "until": "2026-04-20"}
    path = f"places/{LI_HOME}/demand-pauses"
    assert (await post(estate, "staff", path, pause)).status == 201
    promise = {"home": WANG_HOME, "day": "2026-04-10"}
    assert (await post(estate, "head", "payment-promises", promise)).status == 201
    bills = {"bill_ids": (await estate.bill_ids("sun"))[:1]}
    assert (await post(estate, "sun", "payments", bills)).status == 201
    found = await started(estate)
    assert found["demands"] == 0
    left = await rows(estate, "staff", f"demand-rounds/{found['round_id']}/skipped")
    assert [(row["place"], row["because"], row["until"]) for row in left] == [
        (SUN_HOME, "payment_under_way", None),
        (WANG_HOME, "promised", "2026-04-10"),
        (LI_HOME, "paused", "2026-04-20"),
    ]
    await estate.advance(days=20)
    for who in ("li", "wang", "sun"):
        await estate.member(who)
    assert (await started(estate))["demands"] == 3


async def test_an_open_mediation_about_the_service_stops_it(estate: Estate) -> None:
    await late(estate)
    await estate.member("li")
    kept = {
        "place": COMPOUND.rpartition(".")[0],
        "people": [],
        "homes": [LI_HOME, WANG_HOME],
        "created_at": estate.world.clock.now,
    }
    over = {"_id": "over", "matter": "service", "state": "failed"}
    other = {"_id": "other", "matter": "noise", "state": "talks"}
    await estate.world.db.mediations.insert_many([kept | over, kept | other])
    assert (await started(estate, every_days=7))["demands"] == 1
    await estate.world.db.demands.delete_many({})
    again = {"$set": {"state": "agreed"}}
    await estate.world.db.mediations.update_one({"_id": "over"}, again)
    assert (await skipped(estate, await started(estate)))[LI_HOME] == "disputed"


async def test_a_firm_asks_for_its_own_money_and_pauses_its_own(estate: Estate) -> None:
    await late(estate)
    li = await estate.member("li")
    firm = await firm_at(estate.world, COMPOUND)
    its = {"$set": {"place": COMPOUND, "firm": firm}}
    await estate.world.db.payees.update_one({"account": "firm"}, its)
    job = {"name": "m", "phone": "13900000099", "firm": firm}
    manager = await hire(estate.world, Role.FIRM_MANAGER, COMPOUND, **job)
    found = await started(estate, manager)
    assert found["amount_fen"] == 2 * 5118
    [text] = await told(estate.world, li, TEMPLATE)
    assert "物业费共102.36元" in text
    assert "垃圾" not in text
    wish = {"kind": "public", "reason": "春节期间不催"}
    pause = await post(estate, manager, f"places/{COMPOUND}/demand-pauses", wish)
    assert pause.body["firm"] == "安居物业"
    await estate.advance(days=20)
    manager = await estate.world.sign_in("m", "13900000099")
    assert (await started(estate, manager))["demands"] == 0
    assert (await started(estate))["amount_fen"] == 2 * 500


async def test_ones_own_home_is_left_to_colleagues(estate: Estate) -> None:
    await late(estate)
    await appoint(estate.world.deps, Role.COMMUNITY_STAFF, COMPOUND, "li")
    found = await started(estate, "li")
    assert (await skipped(estate, found))[LI_HOME] == "own_home"
    assert (await started(estate))["demands"] == 1


async def test_at_night_the_push_waits_for_the_morning(estate: Estate) -> None:
    await late(estate)
    li = await estate.member("li")
    await estate.advance(hours=11)
    li = await estate.member("li")
    await started(estate)
    found = await estate.world.db.broadcasts.find_one({"source": "demands"})
    assert found is not None
    assert found["next_push_at"].hour == 23  # seven in the morning of Beijing
    assert len(await told(estate.world, li, TEMPLATE)) == 1


async def test_what_became_of_a_message_is_added_once(estate: Estate) -> None:
    """Who opened it was asked; who did not within three days was not."""
    await late(estate)
    for who in ("li", "wang"):
        await estate.member(who)
    await started(estate)
    assert {row["state"] for row in await demands(estate)} == {"sent"}
    inbox = await get(estate, "li", "me/messages")
    [mine] = [m for m in inbox.body["items"] if m["template"] == TEMPLATE]
    await post(estate, "li", f"me/messages/{mine['message_id']}/read")
    await estate.advance(hours=1)
    await estate.world.work()
    assert {row["place"]: row["state"] for row in await demands(estate)} == {
        LI_HOME: "arrived",
        WANG_HOME: "sent",
    }
    await estate.advance(days=4)
    await estate.world.work()
    [wang] = await demands(estate, WANG_HOME)
    assert (wang["state"], wang["arrived_on"], wang["deliveries"]) == (
        "missed",
        None,
        ["inbox"],
    )
    [li] = await demands(estate, LI_HOME)
    assert (li["state"], li["arrived_on"], li["read"]) == ("arrived", "2026-04-02", True)
    kept = await estate.world.db.demands.find_one({"home": LI_HOME})
    assert kept is not None
    assert kept["told"][0]["text"] == li["text"]


async def test_a_sentence_of_staff_threatens_nobody(estate: Estate) -> None:
    path = f"places/{COMPOUND}/demand-rounds"
    for note in ("再不缴就停水停电", "名单将在小区公示"):
        reply = await post(estate, "staff", path, {"way": "message", "note": note})
        assert (reply.status, reply.code) == (422, "demand_threat")
    kind = {"way": "message", "note": "周六上午物业在小区门口办理"}
    assert (await post(estate, "staff", path, kind)).status == 202


async def test_heads_start_nothing_and_the_next_compound_is_not_asked(estate: Estate) -> None:
    await late(estate)
    for who in ("li", "sun"):
        await estate.member(who)
    wish = {"way": "message"}
    refused = await post(estate, "head", f"places/{UNIT}/demand-rounds", wish)
    assert refused.status == 403
    assert (await started(estate, place=NEXT_UNIT))["demands"] == 1
    assert {row["place"] for row in await demands(estate)} == {SUN_HOME}

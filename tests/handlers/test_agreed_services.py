"""Agreed services over HTTP: proposed, opened by another person, answered by homes, billed.

The staircase has Li's home (85.30 m²) and Wang's (60 m²); Sun's (70 m²) is on the next one.
Today is 2 March 2026; the service is for April and May, and homes answer until 20 March.
"""

import asyncio
from typing import Any

import pytest

from services.agreed_services import jobs, store
from services.agreed_services.models import Share
from services.fees.models import FeeKind
from tests.build.agreed_services import REASON, answer, opened, paper, propose, state
from tests.build.cast import COMPOUND, LI_HOME, SUN_HOME, WANG_HOME, Estate, payee_of
from tests.build.homes import get, newcomer, post, told
from tests.build.merchants import second
from tests.handlers.test_debts import BUYER, sell
from tests.handlers.test_own_interests import firms_manager

pytestmark = [pytest.mark.billed(), pytest.mark.usefixtures("books_hold")]
APRIL, MAY, JUNE = 30, 60, 91  # days from today


async def owed(estate: Estate, who: str) -> list[tuple[int, str]]:
    """What somebody owes for services: fen and period, by period."""
    found = [bill for bill in await estate.bills(who) if bill["kind"] == "service_fee"]
    return sorted((bill["amount_fen"], bill["period"]) for bill in found)


async def later(estate: Estate, days: int) -> None:
    await estate.advance(days=days)
    await estate.world.work()


async def test_a_service_is_proposed_agreed_to_and_billed_each_month(estate: Estate) -> None:
    li = await estate.member("li")
    service_id = await opened(estate)
    await estate.world.work()
    assert len(await told(estate.world, li, "agreed_service_opened")) == 1
    [asked] = (await get(estate, "li", "me/messages")).body["items"]
    assert "单元门禁维护" in asked["body"]
    [mine] = (await get(estate, "li", f"homes/{LI_HOME}/agreed-services")).body["items"]
    assert (mine["amount_fen"], mine["agree"], mine["service"]["homes"]) == (1500, None, 2)
    assert mine["explanation"] == "单元门禁维护,每户15.00元/月(约定:2单元业主议事规则第5条)"
    given = await answer(estate, "li", LI_HOME, service_id)
    assert (given.status, given.body["agree"]) == (200, True)
    assert given.body["service"]["agreed"] == 1
    await later(estate, APRIL)
    assert (await state(estate, service_id))["state"] == "agreed"
    assert await owed(estate, "li") == [(1500, "2026-04")]
    assert await owed(estate, "wang") == [(1500, "2026-04")]  # all homes pay
    assert await owed(estate, "sun") == []
    found = (await get(estate, "li", "me/messages")).body["items"]
    assert "单元门禁维护:已约定。点开可以看详情。" in [message["body"] for message in found]
    await later(estate, JUNE - APRIL)
    assert await owed(estate, "li") == [(1500, "2026-04"), (1500, "2026-05")]
    ended = await state(estate, service_id)
    assert (ended["state"], ended["ended_because"]) == ("ended", "服务到期")
    again = {"closing_day": "2026-06-20", "from_day": "2026-07-01", "to_day": "2026-07-31"}
    assert (await propose(estate, **again)).status == 201  # its name is free again


async def test_too_few_agree_and_nobody_is_billed(estate: Estate) -> None:
    service_id = await opened(estate, needed_percent=51)
    await answer(estate, "li", LI_HOME, service_id)
    assert (await answer(estate, "wang", WANG_HOME, service_id)).body["service"]["agreed"] == 2
    changed = await answer(estate, "wang", WANG_HOME, service_id, agree=False)
    counts = changed.body["service"]
    assert (counts["agreed"], counts["declined"]) == (1, 1)
    await later(estate, APRIL)
    assert (await state(estate, service_id))["state"] == "refused"
    assert await owed(estate, "li") == []
    late = await answer(estate, "wang", WANG_HOME, service_id)
    assert (late.status, late.code) == (409, "agreed_service_moved_on")


async def test_area_counts_where_it_is_said_to(estate: Estate) -> None:
    by_area = await opened(estate, counting="homes_and_area", part="agreeing")
    both = await opened(estate, title="加装扶手", counting="homes_and_area", part="agreeing")
    await answer(estate, "wang", WANG_HOME, by_area)  # one of two homes, 41 % of the area
    await answer(estate, "li", LI_HOME, both)
    await later(estate, APRIL)
    assert (await state(estate, by_area))["state"] == "refused"
    assert (await state(estate, both))["state"] == "agreed"


async def test_only_homes_that_agreed_pay_and_not_who_bought_one(estate: Estate) -> None:
    price = {"pricing": "area", "amount_fen": None, "price": 1000}  # 0.10 yuan
    service_id = await opened(estate, part="agreeing", **price)
    await answer(estate, "li", LI_HOME, service_id)
    await answer(estate, "wang", WANG_HOME, service_id, agree=False)
    await estate.member("li")
    buyer = await newcomer(estate, "buyer", BUYER)
    await later(estate, APRIL)
    assert await owed(estate, "li") == [(853, "2026-04")]
    assert await owed(estate, "wang") == []
    assert buyer
    await sell(estate, "2026-04-15")
    await later(estate, JUNE - APRIL)
    assert await owed(estate, "li") == [(853, "2026-04")]
    count = await estate.world.db.bills.count_documents({"kind": "service_fee"})
    assert count == 1


async def test_where_all_pay_a_buyer_owes_the_months_after(estate: Estate) -> None:
    service_id = await opened(estate)
    await answer(estate, "li", LI_HOME, service_id)
    await newcomer(estate, "buyer", BUYER)
    await later(estate, APRIL)
    await sell(estate, "2026-04-15")
    await later(estate, JUNE - APRIL)
    assert await owed(estate, "li") == [(1500, "2026-04")]
    found = await estate.world.db.bills.find({"kind": "service_fee", "home": LI_HOME}).to_list()
    assert [bill["period"] for bill in found] == ["2026-04", "2026-05"]


async def test_a_sum_is_split_to_the_fen_and_charged_once(estate: Estate) -> None:
    wish = {
        "pricing": "sum_by_area",
        "amount_fen": 100,
        "rhythm": "once",
        "from_day": "2026-04-02",
    }
    service_id = await opened(estate, place=COMPOUND, needed_percent=30, **wish)
    await answer(estate, "sun", SUN_HOME, service_id)
    await later(estate, JUNE)
    bills = await estate.world.db.bills.find({"kind": "service_fee"}).to_list()
    assert {bill["home"]: bill["amount_fen"] for bill in bills} == {
        LI_HOME: 40,
        WANG_HOME: 28,
        SUN_HOME: 32,
    }
    assert (bills[0]["from_day"], bills[0]["to_day"]) == ("2026-04-02", "2026-05-31")
    assert (await state(estate, service_id, COMPOUND))["state"] == "ended"


async def test_who_proposed_it_does_not_open_it_and_may_withdraw_it(estate: Estate) -> None:
    service_id = (await propose(estate)).body["service_id"]
    path = f"agreed-services/{service_id}/decision"
    own = await post(estate, "staff", path, {**REASON, "approve": True})
    assert (own.status, own.code) == (403, "same_person")
    hidden = await get(estate, "li", f"homes/{LI_HOME}/agreed-services")
    assert hidden.body["items"] == []
    assert (await answer(estate, "li", LI_HOME, service_id)).status == 404
    taken_back = await post(estate, "staff", path, {**REASON, "approve": False})
    assert (taken_back.status, taken_back.body["state"]) == (200, "withdrawn")
    late = await post(estate, "admin", path, {**REASON, "approve": True})
    assert (late.status, late.code) == (409, "agreed_service_moved_on")


async def test_an_ended_service_bills_no_month_more(estate: Estate) -> None:
    service_id = await opened(estate)
    await answer(estate, "li", LI_HOME, service_id)
    await later(estate, APRIL)
    ended = await post(estate, "staff", f"agreed-services/{service_id}/end", REASON)
    assert (ended.status, ended.body["state"]) == (200, "ended")
    await later(estate, MAY - APRIL)
    assert await owed(estate, "li") == [(1500, "2026-04")]
    again = await post(estate, "staff", f"agreed-services/{service_id}/end", REASON)
    assert (again.status, again.code) == (409, "agreed_service_moved_on")


async def test_a_head_writes_down_a_paper_and_the_owners_own_answer_stands(
    estate: Estate,
) -> None:
    service_id = await opened(estate)
    written = await paper(estate, "head", WANG_HOME, service_id)
    assert (written.status, written.body["on_paper"]) == (200, True), written.body
    own = await answer(estate, "wang", WANG_HOME, service_id, agree=False)
    assert (own.status, own.body["on_paper"]) == (200, False)
    late = await paper(estate, "head", WANG_HOME, service_id)
    assert (late.status, late.code) == (409, "answered_by_owner")
    listed = await get(estate, "staff", f"agreed-services/{service_id}/homes")
    assert [row["agree"] for row in listed.body["items"]] == [False, None]


async def test_a_payee_whose_contract_ended_ends_the_service(estate: Estate) -> None:
    service_id = await opened(estate)
    await answer(estate, "li", LI_HOME, service_id)
    await later(estate, APRIL)
    change = {"$set": {"to_day": "2026-04-30"}}
    await estate.world.db.payees.update_many({}, change)
    await later(estate, MAY - APRIL)
    assert (await state(estate, service_id))["state"] == "ended"
    assert await owed(estate, "li") == [(1500, "2026-04")]


async def test_two_answers_of_one_home_at_once_count_once(estate: Estate) -> None:
    service_id = await opened(estate)
    await asyncio.gather(
        answer(estate, "li", LI_HOME, service_id),
        answer(estate, "li", LI_HOME, service_id, agree=False),
    )
    shown = await state(estate, service_id)
    assert shown["agreed"] + shown["declined"] == 1


async def test_two_who_decide_at_once_decide_once(estate: Estate) -> None:
    estate.members["second"] = await second(estate)
    await estate.member("admin")
    service_id = (await propose(estate)).body["service_id"]
    path = f"agreed-services/{service_id}/decision"
    replies = await asyncio.gather(
        post(estate, "second", path, {**REASON, "approve": True}),
        post(estate, "admin", path, {**REASON, "approve": False}),
    )
    assert sorted(reply.status for reply in replies) == [200, 409]


async def test_a_step_that_comes_twice_bills_once(
    estate: Estate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "SHARES_AT_ONCE", 1)
    service_id = await opened(estate)
    await answer(estate, "li", LI_HOME, service_id)
    await later(estate, 20)
    await estate.advance(days=10)
    deps, payload = estate.world.deps, {"service": service_id, "month": "2026-04"}
    stale = await store.find(deps.db, service_id, shares=True)
    assert stale is not None

    async def step(some: list[Share]) -> None:
        await deps.in_transaction(lambda tx: jobs._step(deps, tx, stale, some))

    await asyncio.gather(step(stale.shares[:1]), step(stale.shares[:1]))
    assert await estate.world.db.bills.count_documents({"kind": "service_fee"}) == 1
    await jobs.bill(deps, payload)
    await step(stale.shares[1:])
    assert await estate.world.db.bills.count_documents({"kind": "service_fee"}) == 2


@pytest.mark.parametrize(
    ("wish", "status", "code"),
    [
        ({"to_day": "2026-05-30"}, 422, "bad_agreed_service"),
        ({"to_day": "2026-03-31"}, 422, "bad_agreed_service"),
        ({"to_day": "2029-04-30"}, 422, "bad_agreed_service"),
        ({"closing_day": "2026-04-01"}, 422, "bad_agreed_service"),
        ({"closing_day": "2026-03-01"}, 422, "bad_agreed_service"),
        ({"price": 1000}, 422, "bad_agreed_service"),
        ({"amount_fen": None}, 422, "bad_agreed_service"),
        ({"pricing": "sum_by_home", "part": "agreeing"}, 422, "bad_agreed_service"),
        ({"usages": ["shop"]}, 422, "bad_agreed_service"),
        ({"payee_id": "nobody"}, 422, "unknown_payee"),
        ({"photo_ids": ["missing"]}, 404, "not_found"),
    ],
    ids=lambda value: str(value)[:30] if isinstance(value, dict) else "",
)
async def test_what_does_not_fit_is_refused(
    estate: Estate, wish: dict[str, Any], status: int, code: str
) -> None:
    refused = await propose(estate, **wish)
    assert (refused.status, refused.code) == (status, code), refused.body
    assert await estate.world.db.agreed_services.count_documents({}) == 0


async def test_homes_without_an_area_and_a_second_of_the_same_name_are_refused(
    estate: Estate,
) -> None:
    unset = {"$set": {"area": None}}
    await estate.world.db.places.update_one({"_id": WANG_HOME}, unset)
    refused = await propose(estate, counting="homes_and_area")
    assert (refused.status, refused.code) == (409, "agreed_service_area_unknown")
    assert refused.body["details"] == {"count": 1, "homes": [WANG_HOME]}
    assert (await propose(estate)).status == 201
    again = await propose(estate, "admin")
    assert (again.status, again.code) == (409, "agreed_service_exists")


async def test_a_firm_disposes_of_what_it_is_paid_itself(estate: Estate) -> None:
    estate.members["manager"] = await firms_manager(estate)
    own = await propose(estate, "manager")
    assert own.status == 201
    own_path = f"agreed-services/{own.body['service_id']}"
    others = {"title": "别的服务", "payee_id": payee_of(FeeKind.WASTE_FEE)}
    takes = {"$set": {"kinds": ["property_fee"]}}
    await estate.world.db.payees.update_one({"_id": others["payee_id"]}, takes)
    made = await propose(estate, **others)
    path = f"agreed-services/{made.body['service_id']}"
    for refused in (
        await propose(estate, "manager", **{**others, "title": "另一项"}),
        await post(estate, "manager", f"{path}/decision", {**REASON, "approve": True}),
        await post(estate, "manager", f"{path}/end", REASON),
    ):
        assert (refused.status, refused.code) == (403, "other_payee"), refused.body
    listed = (await get(estate, "manager", f"places/{COMPOUND}/agreed-services")).body["items"]
    assert [each["service_id"] for each in listed] == [own.body["service_id"]]
    assert len((await get(estate, "manager", f"{own_path}/homes")).body["items"]) == 2
    homes = await get(estate, "manager", f"{path}/homes")  # who answered what
    assert (homes.status, homes.code) == (404, "not_found")


async def test_nobody_answers_when_the_time_is_over_or_it_is_withdrawn(estate: Estate) -> None:
    withdrawn = await opened(estate)
    await post(estate, "staff", f"agreed-services/{withdrawn}/end", REASON)
    late = await answer(estate, "li", LI_HOME, withdrawn)
    assert (late.status, late.code) == (409, "agreed_service_moved_on")
    uncounted = await opened(estate)
    await estate.advance(days=19)  # the worker has not counted yet
    late = await answer(estate, "li", LI_HOME, uncounted)
    assert (late.status, late.code) == (409, "agreed_service_moved_on")


async def test_what_is_opened_is_still_in_time_and_of_a_payee_that_charges(
    estate: Estate,
) -> None:
    service_id = (await propose(estate)).body["service_id"]
    path, yes = f"agreed-services/{service_id}/decision", {**REASON, "approve": True}
    payees = estate.world.db.payees
    await payees.update_many({}, {"$set": {"to_day": "2026-04-30"}})
    refused = await post(estate, "admin", path, yes)
    assert (refused.status, refused.code) == (422, "payee_may_not_charge")
    await payees.update_many({}, {"$unset": {"to_day": ""}})
    await estate.advance(days=19)
    late = await post(estate, "admin", path, yes)
    assert (late.status, late.code) == (409, "agreed_service_moved_on")


async def test_a_home_that_is_retired_is_billed_no_more(estate: Estate) -> None:
    service_id = await opened(estate)
    await answer(estate, "li", LI_HOME, service_id)
    await later(estate, 20)
    await estate.advance(days=APRIL - 20)
    retired = {"$set": {"retired_from": "2026-04-01"}}
    await estate.world.db.places.update_one({"_id": WANG_HOME}, retired)
    other_month = {"service": service_id, "month": "2026-05"}
    await jobs.bill(estate.world.deps, other_month)
    assert await estate.world.db.bills.count_documents({"kind": "service_fee"}) == 0
    await estate.world.work()
    bills = await estate.world.db.bills.find({"kind": "service_fee"}).to_list()
    assert [bill["home"] for bill in bills] == [LI_HOME]

"""Agreements that nobody answers or approves lapse, and each side hears of the other.

Li owes 51.18 yuan for each of two months, due on 1 April 2026; the parts are 50.00 by 31 March
and 52.36 by 30 April, with five days more. Today is 2 March 2026.
"""

import asyncio
from typing import Any, Final

import pytest

from services.instalments import jobs
from services.kernel.permissions import Role
from tests.build.cast import COMMUNITY, COMPOUND, LI_HOME, Estate, appoint
from tests.build.homes import get, told
from tests.build.instalments import PARTS, answer, decide, kept, offer, on_paper
from tests.build.payments import paid
from tests.handlers.test_own_interests import firms_manager, live_at_lis

pytestmark = [
    pytest.mark.billed("2026-01", "2026-02"),
    pytest.mark.usefixtures("books_hold"),
]
LATER: Final = [{**PARTS[0], "due_on": "2026-05-31"}, {**PARTS[1], "due_on": "2026-06-30"}]


async def look(estate: Estate) -> None:
    """Run the job of each day, and send what it tells."""
    await jobs.check(estate.world.deps, {})
    await estate.world.work()


async def listed(estate: Estate, state: str) -> list[dict[str, Any]]:
    path = f"places/{COMPOUND}/instalments?state={state}"
    return list((await get(estate, "staff", path)).body["items"])


async def messages(estate: Estate, who: str, template: str) -> list[str]:
    await estate.world.work()
    return await told(estate.world, await estate.member(who), template)


async def colleague(estate: Estate) -> None:
    """Somebody else of the community's staff, by this name."""
    phone = "13900000077"
    await appoint(estate.world.deps, Role.COMMUNITY_STAFF, COMMUNITY, phone)
    estate.members["colleague"] = await estate.world.sign_in("colleague", phone)


@pytest.mark.parametrize("is_agreed", [False, True])
async def test_one_that_nobody_settles_lapses_after_the_day_of_its_first_part(
    estate: Estate, *, is_agreed: bool
) -> None:
    await estate.member("li")
    await estate.member("staff")
    agreement_id = (await offer(estate)).body["instalments_id"]
    if is_agreed:
        await answer(estate, agreement_id)
    await estate.advance(days=29)  # 31 March
    await look(estate)
    assert await listed(estate, "lapsed") == []
    assert (await offer(estate, parts=LATER)).code == "instalments_exist"
    await estate.advance(days=1)
    await look(estate)
    [found] = await listed(estate, "lapsed")
    assert found["ended_at"] is not None
    [debtor] = await messages(estate, "li", "instalments_lapsed")
    assert "已过期" in debtor
    office = await messages(estate, "staff", "instalments_at_office")
    assert ["已过期" in each for each in office].count(True) == 1
    late = (
        await answer(estate, agreement_id),
        await decide(estate, agreement_id),
        await decide(estate, agreement_id, approve=False),
    )
    assert {(each.status, each.code) for each in late} == {(409, "instalments_moved_on")}
    assert (await offer(estate, parts=LATER)).status == 201  # its bills are free


async def test_one_whose_first_part_was_paid_waits_for_the_second(estate: Estate) -> None:
    agreement_id = (await offer(estate)).body["instalments_id"]
    await answer(estate, agreement_id)
    await paid(estate, await estate.member("li"), (await estate.bill_ids("li"))[:1])
    await estate.advance(days=30)
    await look(estate)
    assert len(await listed(estate, "agreed")) == 1
    await estate.advance(days=30)  # 1 May
    await look(estate)
    assert len(await listed(estate, "lapsed")) == 1


async def test_what_is_kept_does_not_lapse(estate: Estate) -> None:
    await kept(estate)
    await estate.advance(days=30)  # within the days of grace
    await look(estate)
    assert len(await listed(estate, "kept")) == 1


async def test_two_workers_at_once_let_it_lapse_once_and_tell_once(estate: Estate) -> None:
    await estate.member("li")
    await offer(estate)
    await estate.advance(days=30)
    await asyncio.gather(*(jobs.check(estate.world.deps, {}) for _ in range(2)))
    assert len(await messages(estate, "li", "instalments_lapsed")) == 1
    assert len(await messages(estate, "staff", "instalments_at_office")) == 1


async def test_more_than_the_job_reads_at_once_lapse(
    estate: Estate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "AT_ONCE", 1)
    parts = [{**PARTS[0], "amount_fen": 2000}, {**PARTS[1], "amount_fen": 3118}]
    for bill in await estate.bill_ids("li"):
        assert (await offer(estate, bill_ids=[bill], parts=parts)).status == 201
    await estate.advance(days=30)
    await look(estate)
    assert len(await listed(estate, "lapsed")) == 2


@pytest.mark.parametrize(("agree", "said"), [(True, "业主已同意"), (False, "业主不同意")])
async def test_who_offered_it_is_told_what_the_debtor_said(
    estate: Estate, *, agree: bool, said: str
) -> None:
    await estate.member("staff")
    agreement_id = (await offer(estate)).body["instalments_id"]
    await answer(estate, agreement_id, agree=agree)
    [message] = await messages(estate, "staff", "instalments_at_office")
    assert said in message


@pytest.mark.parametrize("approve", [True, False])
async def test_who_offered_it_is_told_what_another_decided(
    estate: Estate, *, approve: bool
) -> None:
    await estate.member("staff")
    agreement_id = (await on_paper(estate)).body["instalments_id"]
    assert await messages(estate, "staff", "instalments_at_office") == []  # their own entry
    assert (await decide(estate, agreement_id, approve=approve)).status == 200
    [message] = await messages(estate, "staff", "instalments_at_office")
    assert ("履行中" if approve else "未批准") in message


async def test_what_one_takes_back_oneself_is_no_news(estate: Estate) -> None:
    agreement_id = (await on_paper(estate)).body["instalments_id"]
    assert (await decide(estate, agreement_id, "staff", approve=False)).status == 200
    assert await messages(estate, "staff", "instalments_at_office") == []


@pytest.mark.parametrize("paper", [True, False])
async def test_one_that_waits_is_told_to_those_who_may_approve_it(
    estate: Estate, *, paper: bool
) -> None:
    await colleague(estate)
    estate.members["manager"] = await firms_manager(estate)
    if paper:
        await on_paper(estate)
    else:
        made = await offer(estate)
        assert await messages(estate, "colleague", "instalments_to_decide") == []
        await answer(estate, made.body["instalments_id"])
    heard = {
        who: len(await messages(estate, who, "instalments_to_decide"))
        for who in ("colleague", "manager", "staff", "li")
    }
    assert heard == {"colleague": 1, "manager": 1, "staff": 0, "li": 0}
    [waiting] = await listed(estate, "agreed")
    assert waiting["place"] == LI_HOME


async def test_neither_another_firm_nor_who_lives_there_is_asked_to_approve(
    estate: Estate,
) -> None:
    await colleague(estate)
    await live_at_lis(estate, "colleague")
    estate.members["manager"] = await firms_manager(estate)
    of_firm = {"account": "firm"}
    await estate.world.db.payees.update_one(of_firm, {"$set": {"firm": "other"}})
    await on_paper(estate)
    for who in ("colleague", "manager"):
        assert await messages(estate, who, "instalments_to_decide") == []

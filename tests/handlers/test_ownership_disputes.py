"""Disputes about who owns a home: settled in three ways, decided once."""

import pytest

from tests.build.cast import LI_HOME, UNIT, Estate, homes
from tests.build.homes import (
    acts,
    advised,
    ask,
    asked,
    at_once,
    decide,
    homes_of,
    newcomer,
    post,
    settle,
    told,
)
from tests.build.sign_ins import Member

EMPTY = f"{UNIT}.503"  # nobody is registered there
NEWS = "home_news"


@pytest.fixture(autouse=True)
async def _an_empty_home(estate: Estate) -> None:
    await homes(estate.world.deps, {EMPTY: 5000})
    await estate.member("head")


async def disputed(estate: Estate, home: str = LI_HOME) -> tuple[Member, str]:
    chen = await newcomer(estate, "chen")
    request_id = await asked(estate, chen, home)
    assert await estate.world.db.home_requests.count_documents({"disputed": True}) == 1
    await advised(estate, request_id)
    return chen, request_id


async def test_a_second_claimant_is_a_dispute_and_no_overwrite(estate: Estate) -> None:
    li = await estate.member("li")
    chen, request_id = await disputed(estate)
    [news] = await told(estate.world, li, NEWS)
    assert "有人申请登记为业主" in news
    assert "陈" not in news
    for accept in (True, False):
        reply = await decide(estate, request_id, accept=accept)
        assert (reply.status, reply.code) == (409, "home_disputed")
    assert await homes_of(estate, chen) == {}
    assert await homes_of(estate, li) == {LI_HOME: "owner"}


@pytest.mark.parametrize(
    ("outcome", "of_li", "of_chen"),
    [
        ("keep", {LI_HOME: "owner"}, {}),
        ("share", {LI_HOME: "owner"}, {LI_HOME: "co_owner"}),
        ("replace", {}, {LI_HOME: "owner"}),
    ],
)
async def test_a_dispute_has_three_ends(
    estate: Estate, outcome: str, of_li: dict[str, str], of_chen: dict[str, str]
) -> None:
    li, mei = await estate.member("li"), await estate.member("mei")
    chen, request_id = await disputed(estate)
    for who in ("head", "li"):
        path = f"home-requests/{request_id}/settlement"
        assert (await post(estate, who, path, outcome=outcome, reason="x")).status == 403
    reply = await settle(estate, request_id, outcome)
    assert (reply.status, reply.body["settlement"]) == (200, outcome)
    assert reply.body["state"] == ("rejected" if outcome == "keep" else "accepted")
    assert (await homes_of(estate, li), await homes_of(estate, chen)) == (of_li, of_chen)
    assert bool(await homes_of(estate, mei)) is (outcome != "replace")
    assert len(await acts(estate.world, "home.decided")) == 1
    again = await settle(estate, request_id, "share")
    assert (again.status, again.code) == (409, "home_request_moved_on")


async def test_what_is_no_dispute_is_not_settled(estate: Estate) -> None:
    chen = await newcomer(estate, "chen")
    request_id = await asked(estate, chen, EMPTY)
    await advised(estate, request_id)
    reply = await settle(estate, request_id, "replace")
    assert (reply.status, reply.code) == (409, "home_not_disputed")
    assert await homes_of(estate, chen) == {}


async def test_settling_asks_again(estate: Estate) -> None:
    await estate.member("staff")
    _, request_id = await disputed(estate)
    await estate.world.advance(minutes=11)
    reply = await settle(estate, request_id, "replace")
    assert (reply.status, reply.code) == (403, "confirmation_needed")


async def test_an_owner_does_not_dispute_with_themself(estate: Estate) -> None:
    reply = await ask(estate, "li", LI_HOME)
    assert (reply.status, reply.code) == (409, "already_bound")


# Everybody at once


async def test_two_claimants_decided_at_once_have_one_owner(estate: Estate) -> None:
    world = estate.world
    ids, people = [], []
    for name, own in (("chen", "陈晨"), ("zhou", "周舟")):
        people.append(await newcomer(estate, name))
        ids.append(await asked(estate, people[-1], EMPTY, name=own))
        await advised(estate, ids[-1])
    await estate.member("staff")
    replies = await at_once(*(decide(estate, one) for one in ids))
    assert sorted(r.status for r in replies) == [200, 409]
    assert [r.code for r in replies if r.status == 409] == ["home_disputed"]
    assert [len(await homes_of(estate, p)) for p in people].count(1) == 1
    [lost] = await world.db.home_requests.find({"state": "with_community"}).to_list()
    assert lost["disputed"] is True
    assert len(await acts(world, "home.decided")) == 1


async def test_two_who_decide_at_once_have_one_outcome(estate: Estate) -> None:
    chen = await newcomer(estate, "chen")
    request_id = await asked(estate, chen, EMPTY)
    await advised(estate, request_id)
    await estate.member("staff"), await estate.member("admin")
    replies = await at_once(
        *(
            decide(estate, request_id, who, accept=accept)
            for who in ("staff", "admin")
            for accept in (True, False)
        )
    )
    assert sorted(r.status for r in replies) == [200, 409, 409, 409]
    [state] = [r.body["state"] for r in replies if r.status == 200]
    assert bool(await homes_of(estate, chen)) is (state == "accepted")
    assert len(await acts(estate.world, "home.decided")) == 1

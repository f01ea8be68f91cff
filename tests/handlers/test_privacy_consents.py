"""Consents over HTTP: no data before somebody agreed to today's text, none after withdrawal."""

import asyncio
from types import MappingProxyType
from typing import Any, Final

import msgspec
import pytest

from server.app import ROUTES
from services.consents import actions as consents
from services.consents import policies
from services.consents.policies import CURRENT, PolicyKey
from tests.build import cast
from tests.build.cast import Estate
from tests.build.sign_ins import Member
from tests.build.world import Reply, World

PHONE = cast.PHONES["li"]


@pytest.fixture
async def newcomer(estate: Estate) -> Member:
    """Somebody who signed in and has agreed to nothing."""
    world = estate.world
    code = await world.wechat.login_code("newcomer")
    reply = await world.api.post("/api/v1/sessions/wechat", {"code": code}, as_=None)
    member = Member("newcomer", PHONE, reply.body["access_token"])
    me = await world.api.get("/api/v1/me", as_=member)
    member.person_id = me.body["person_id"]
    return member


async def give_phone(world: World, member: Member) -> Reply:
    code = await world.wechat.phone_code(member.name, member.phone)
    return await world.api.post("/api/v1/me/phone", {"code": code}, as_=member)


async def withdraw(world: World, member: Member) -> Reply:
    path = "/api/v1/me/consents/privacy/withdrawal"
    return await world.api.post(path, as_=member)


async def acts(world: World, member: Member) -> list[str]:
    rows = await world.db.audit.find({"person": member.person_id}).sort("position", 1).to_list()
    return [row["act"] for row in rows if row["act"].startswith("privacy.")]


async def phone_calls(world: World) -> int:
    path = "/wxa/business/getuserphonenumber"
    return len(await world.wechat.calls(path))


THIS: Final = CURRENT[PolicyKey.PRIVACY].version
NEXT: Final = THIS + 1


@pytest.fixture
def next_version(monkeypatch: pytest.MonkeyPatch) -> None:
    newer = msgspec.structs.replace(CURRENT[PolicyKey.PRIVACY], version=NEXT)
    changed = MappingProxyType({**CURRENT, PolicyKey.PRIVACY: newer})
    monkeypatch.setattr(policies, "CURRENT", changed)


async def test_anybody_reads_what_they_would_agree_to(world: World) -> None:
    reply = await world.api.get("/api/v1/privacy/policies", as_=None)
    assert reply.status == 200
    assert {text["policy"] for text in reply.body["items"]} == {
        "privacy",
        "proof",
        "care",
        "hardship",
    }
    assert all(text["text"].startswith("# ") for text in reply.body["items"])


@pytest.mark.parametrize("policy", policies.PUBLISHED, ids=lambda p: f"{p.key}-{p.version}")
def test_what_was_published_is_what_lies_there(policy: policies.Policy) -> None:
    assert policy.text
    with pytest.raises(policies.Altered):
        msgspec.structs.replace(policy, sha256="0" * 64).text  # noqa: B018  # reads the file


# Words of the text → what must be there for it: a part of a route's path.
PROMISES: Final = {
    "绑定房屋": "/home-requests",
    "查账单": "/me/bills",
    "缴费": "/payments",
    "退款": "/refunds",
    "收据": "/receipt",
    "楼长": "/heads",
    "发通知": "/me/messages",
    "下载您的全部信息": "/me/export",
    "撤回同意": "/me/consents",
    "注销账号": "/me/deletion",
    "报修": "/repairs",
    "投票": "/votes",
    "调解": "/mediations",
    "评价": "/ratings",
}


def test_a_text_names_what_exists() -> None:
    """Whoever builds the next thing publishes the next version with it."""
    text = CURRENT[PolicyKey.PRIVACY].text
    paths = {route.path for route in ROUTES}
    promised = {word for word in PROMISES if word in text}
    assert promised
    broken = {w for w in promised if not any(PROMISES[w] in path for path in paths)}
    assert broken == set()


async def test_without_a_consent_no_phone_is_taken(estate: Estate, newcomer: Member) -> None:
    reply = await give_phone(estate.world, newcomer)
    assert (reply.status, reply.code) == (403, "consent_needed")
    assert reply.body["details"] == {"policy": "privacy", "version": THIS}
    assert await phone_calls(estate.world) == 0  # each costs money
    await estate.world.agree(newcomer)
    assert (await give_phone(estate.world, newcomer)).status == 200


async def test_agreeing_to_another_text_is_not_enough(estate: Estate, newcomer: Member) -> None:
    await estate.world.agree(newcomer, "proof")
    assert (await give_phone(estate.world, newcomer)).code == "consent_needed"


@pytest.mark.usefixtures("next_version")
async def test_a_new_text_is_asked_for_again(estate: Estate, newcomer: Member) -> None:
    api = estate.world.api
    old = {"policy": "privacy", "version": THIS}
    refused = await api.post("/api/v1/me/consents", old, as_=newcomer)
    assert (refused.status, refused.code) == (409, "policy_not_current")
    assert refused.body["details"]["version"] == NEXT


async def test_who_agreed_to_the_old_text_must_agree_to_the_new_one(
    estate: Estate, newcomer: Member, request: pytest.FixtureRequest
) -> None:
    world = estate.world
    await world.agree(newcomer)
    await world.advance(seconds=1)
    request.getfixturevalue("next_version")
    assert (await give_phone(world, newcomer)).code == "consent_needed"
    new = {"policy": "privacy", "version": NEXT}
    assert (await world.api.post("/api/v1/me/consents", new, as_=newcomer)).status == 201
    assert (await give_phone(world, newcomer)).status == 200
    listed = await world.api.get("/api/v1/me/consents", as_=newcomer)
    assert [row["version"] for row in listed.body["items"]] == [NEXT, THIS]


async def test_withdrawn_nothing_more_is_collected(estate: Estate, newcomer: Member) -> None:
    world = estate.world
    await world.agree(newcomer)
    reply = await withdraw(world, newcomer)
    assert (reply.status, reply.body["policy"]) == (200, "privacy")
    assert "注销" in reply.body["explanation"]
    assert (await give_phone(world, newcomer)).code == "consent_needed"
    again = await withdraw(world, newcomer)
    assert (again.status, again.code) == (409, "consent_not_given")
    [row] = (await world.api.get("/api/v1/me/consents", as_=newcomer)).body["items"]
    assert row["withdrawn_at"]
    await world.agree(newcomer)
    assert (await give_phone(world, newcomer)).status == 200
    assert await world.db.consents.count_documents({"person": newcomer.person_id}) == 2


async def test_what_was_done_before_a_withdrawal_stands(estate: Estate) -> None:
    li = await estate.member("li")
    await withdraw(estate.world, li)
    me = await estate.world.api.get("/api/v1/me", as_=li)
    assert me.body["phone_masked"]
    assert me.body["homes"]


async def test_agreeing_twice_is_agreeing_once(estate: Estate, newcomer: Member) -> None:
    first = await estate.world.agree(newcomer)
    second = await estate.world.agree(newcomer)
    assert first.body == second.body
    assert await estate.world.db.consents.count_documents({}) == 1


async def test_each_leaves_one_row_in_the_audit(estate: Estate, newcomer: Member) -> None:
    world = estate.world
    await world.agree(newcomer)
    await world.advance(seconds=1)
    await withdraw(world, newcomer)
    await world.advance(seconds=1)
    await world.agree(newcomer)
    assert await acts(world, newcomer) == [
        "privacy.consent_given",
        "privacy.consent_withdrawn",
        "privacy.consent_given",
    ]


async def test_a_withdrawal_at_the_same_moment_wins_or_comes_after(
    estate: Estate, newcomer: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the check and the transaction somebody withdraws: nothing is taken."""
    world = estate.world
    await world.agree(newcomer)
    check = consents.check

    async def check_and_lose(*args: Any) -> None:
        await check(*args)
        assert (await withdraw(world, newcomer)).status == 200

    monkeypatch.setattr(consents, "check", check_and_lose)
    assert (await give_phone(world, newcomer)).code == "consent_needed"
    person = await world.db.people.find_one({"_id": newcomer.person_id})
    assert person
    assert not person.get("phone_sealed")


async def test_many_at_once_leave_one_consent(estate: Estate, newcomer: Member) -> None:
    await asyncio.gather(*(estate.world.agree(newcomer) for _ in range(5)))
    assert await estate.world.db.consents.count_documents({}) == 1

"""A browser's session: how long it lives, when it is nothing, and how it is confirmed."""

import asyncio

import pytest

from services.browser_sign_ins import decisions
from services.browser_sign_ins.models import BrowserSignIn
from services.dependencies import Dependencies
from tests.build.cast import COMMUNITY, Estate
from tests.build.sign_ins import Member
from tests.build.world import Reply, World
from tests.handlers.test_browser import BASE, Screen, at_browser, open_screen, scene_of

CODES = "/api/v1/sessions/current/confirmation-codes"
WISH = {"role": "community_staff", "place": COMMUNITY, "phone": "13900000077"}


@pytest.fixture
async def browser(estate: Estate) -> Member:
    return await at_browser(estate.world, await estate.member("staff"))


async def refresh(world: World, who: Member) -> Reply:
    body = {"refresh_token": who.refresh_token}
    reply = await world.api.post("/api/v1/sessions/refresh", body, as_=None)
    if reply.status == 201:
        who.token, who.refresh_token = reply.body["access_token"], reply.body["refresh_token"]
    return reply


async def ask(world: World, browser: Member) -> Screen:
    reply = await world.api.post(CODES, as_=browser)
    assert reply.status == 201, reply.body
    return Screen(world, reply.body, await scene_of(world, reply.body))


async def outcome(screen: Screen, who: Member) -> Reply:
    return await screen.world.api.get(f"{CODES}/{screen.shown['sign_in_id']}", as_=who)


async def test_a_browser_ends_after_twelve_hours_at_work(
    estate: Estate, browser: Member
) -> None:
    for _ in range(11):
        await estate.world.advance(hours=1)
        assert (await refresh(estate.world, browser)).status == 201
    await estate.world.advance(minutes=59)
    assert (await refresh(estate.world, browser)).status == 201
    await estate.world.advance(minutes=1)
    assert (await estate.world.api.get("/api/v1/me", as_=browser)).status == 401
    assert (await refresh(estate.world, browser)).code == "unauthenticated"


async def test_a_browser_left_alone_ends_after_two_hours(
    estate: Estate, browser: Member
) -> None:
    await estate.world.advance(hours=1, minutes=59)
    assert (await refresh(estate.world, browser)).status == 201
    await estate.world.advance(hours=2)
    assert (await refresh(estate.world, browser)).code == "unauthenticated"
    staff = await estate.member("staff")
    assert (await refresh(estate.world, staff)).status == 201  # a phone lies longer
    mine = await estate.world.api.get("/api/v1/me/sessions", as_=staff)
    assert {row["kind"] for row in mine.body["items"]} == {"wechat"}


async def test_whose_roles_end_is_out_of_the_browser_on_the_next_request(
    estate: Estate, browser: Member
) -> None:
    staff, world = await estate.member("staff"), estate.world
    await world.db.appointments.update_many(
        {"person": staff.person_id}, {"$set": {"to_day": "2026-03-01"}}
    )
    assert (await world.api.get("/api/v1/me", as_=browser)).status == 401
    assert (await refresh(world, browser)).status == 401
    assert (await world.api.get("/api/v1/me", as_=staff)).status == 200


async def test_a_browser_is_ended_from_the_phone(estate: Estate, browser: Member) -> None:
    staff, world = await estate.member("staff"), estate.world
    mine = (await world.api.get("/api/v1/me/sessions", as_=staff)).body["items"]
    [there] = [row["session_id"] for row in mine if row["kind"] == "browser"]
    assert (await world.api.delete(f"/api/v1/me/sessions/{there}", as_=staff)).status == 204
    assert (await world.api.get("/api/v1/me", as_=browser)).status == 401
    assert (await refresh(world, browser)).status == 401


async def test_a_browser_just_let_in_is_confirmed_and_then_asks_again(
    estate: Estate, browser: Member
) -> None:
    staff, world = await estate.member("staff"), estate.world
    assert (await world.api.post("/api/v1/appointments", WISH, as_=browser)).status == 201
    await world.advance(minutes=11)
    late = await world.api.post("/api/v1/appointments", WISH, as_=browser)
    assert late.code == "confirmation_needed"

    screen = await ask(world, browser)
    assert (await outcome(screen, browser)).code == "sign_in_waiting"
    assert (await screen.look(staff)).body["purpose"] == "confirmation"
    await world.confirm(staff)
    assert (await screen.answer(staff)).status == 204
    told = await outcome(screen, browser)
    assert (told.status, told.body["fresh_until"]) == (200, "2026-03-02T04:21:00Z")
    assert (await outcome(screen, browser)).status == 200  # asked again, told again
    assert (await world.api.post("/api/v1/appointments", WISH, as_=browser)).status == 201
    assert await world.db.sessions.count_documents({"kind": "browser"}) == 1


async def test_only_the_same_person_confirms(estate: Estate, browser: Member) -> None:
    screen = await ask(estate.world, browser)
    for name in ("admin", "li"):
        reply = await screen.answer(await estate.member(name))
        assert (reply.status, reply.code) == (403, "browser_not_for_you")
    reply = await screen.answer(browser)
    assert (reply.status, reply.code) == (403, "mini_program_only")
    assert (await outcome(screen, browser)).code == "sign_in_waiting"


async def test_a_confirmation_is_no_sign_in(estate: Estate, browser: Member) -> None:
    staff, world = await estate.member("staff"), estate.world
    screen = await ask(world, browser)
    assert "secret" not in screen.shown
    await screen.answer(staff)
    path = f"{BASE}/{screen.shown['sign_in_id']}/session"
    for secret in ("x", ""):
        reply = await world.api.post(path, {"secret": secret}, as_=browser)
        assert reply.status in {404, 422}
    assert (await outcome(screen, staff)).code == "not_found"  # of another session
    assert await world.db.sessions.count_documents({"kind": "browser"}) == 1


async def test_a_refused_confirmation_confirms_nothing(estate: Estate, browser: Member) -> None:
    staff, world = await estate.member("staff"), estate.world
    await world.advance(minutes=11)
    screen = await ask(world, browser)
    await world.confirm(staff)
    assert (await screen.answer(staff, allow=False)).status == 204
    assert (await outcome(screen, browser)).code == "sign_in_refused"
    late = await world.api.post("/api/v1/appointments", WISH, as_=browser)
    assert late.code == "confirmation_needed"


async def test_a_confirmation_runs_out_but_not_once_it_is_given(
    estate: Estate, browser: Member
) -> None:
    staff, world = await estate.member("staff"), estate.world
    given, forgotten = await ask(world, browser), await ask(world, browser)
    await given.answer(staff)
    await world.advance(minutes=3)
    assert (await outcome(given, browser)).status == 200
    assert (await outcome(forgotten, browser)).code == "sign_in_expired"


async def test_a_session_that_ended_cannot_be_confirmed(
    estate: Estate, browser: Member
) -> None:
    staff, world = await estate.member("staff"), estate.world
    screen = await ask(world, browser)
    await world.api.delete("/api/v1/sessions/current", as_=browser)
    assert (await screen.answer(staff)).code == "sign_in_expired"
    ended = await world.db.sessions.find_one({"kind": "browser"})
    assert ended is not None
    assert ended["confirmed_at"] == ended["created_at"]


async def test_confirmed_once_however_often_answered(estate: Estate, browser: Member) -> None:
    staff, world = await estate.member("staff"), estate.world
    screen = await ask(world, browser)
    replies = await asyncio.gather(*(screen.answer(staff) for _ in range(6)))
    assert sorted(reply.status for reply in replies) == [204] + [409] * 5
    assert await world.db.audit.count_documents({"act": "session.confirmed"}) == 1


async def test_an_answer_overtaken_by_signing_out_everywhere_lets_in_nobody(
    estate: Estate, monkeypatch: pytest.MonkeyPatch
) -> None:
    staff, screen = await estate.member("staff"), await open_screen(estate.world)
    find = decisions._waiting

    async def meanwhile(deps: Dependencies, scene: str) -> BrowserSignIn:
        found = await find(deps, scene)
        reply = await estate.world.api.delete("/api/v1/me/sessions", as_=staff)
        assert reply.status == 204
        return found

    monkeypatch.setattr(decisions, "_waiting", meanwhile)
    assert (await screen.answer(staff)).status == 401
    assert (await screen.poll()).code == "sign_in_waiting"

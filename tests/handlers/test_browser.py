"""Staff sign in at a browser: a code on the screen, the number typed in WeChat, one session."""

import asyncio
from dataclasses import dataclass
from typing import Any

import msgspec
import pytest

from services.browser_sign_ins import decisions
from services.browser_sign_ins.models import AnswerBrowser
from services.browser_sign_ins.states import SignInAnswered
from services.sessions import actions as sessions
from tests.build.cast import Estate
from tests.build.sign_ins import Member
from tests.build.world import Reply, World

BASE = "/api/v1/browser-sign-ins"
AGENT = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/126.0 Safari/537.36"
DRAWN = "/wxa/getwxacodeunlimit"


@dataclass
class Screen:
    """A browser that asked to be let in, or to be confirmed."""

    world: World
    shown: dict[str, Any]
    scene: str

    @property
    def number(self) -> str:
        return str(self.shown["number"])

    @property
    def wrong(self) -> str:
        return f"{(int(self.number) + 1) % 100:02d}"

    async def poll(self, secret: str | None = None) -> Reply:
        body = {"secret": secret or self.shown["secret"]}
        path = f"{BASE}/{self.shown['sign_in_id']}/session"
        return await self.world.api.post(path, body, as_=None)

    async def answer(
        self, who: Member, number: str | None = None, *, allow: bool = True
    ) -> Reply:
        body = {"scene": self.scene, "allow": allow, "number": number or self.number}
        return await self.world.api.post(f"{BASE}/answer", body, as_=who)

    async def look(self, who: Member) -> Reply:
        return await self.world.api.post(f"{BASE}/look", {"scene": self.scene}, as_=who)


async def scene_of(world: World, shown: dict[str, Any]) -> str:
    """Scan: what WeChat was asked to draw is what a phone reads off the screen."""
    assert (await world.api.get(shown["code_url"], as_=None)).status == 200
    drawn = await world.wechat.calls(DRAWN)
    return str(drawn[-1]["body"]["scene"])


async def open_screen(world: World) -> Screen:
    reply = await world.api.call("POST", BASE, b"", headers={"User-Agent": AGENT})
    assert reply.status == 201, reply.body
    return Screen(world, reply.body, await scene_of(world, reply.body))


async def at_browser(world: World, who: Member) -> Member:
    """Sign a member of staff in at a browser; return them sitting there."""
    screen = await open_screen(world)
    assert (await screen.answer(who)).status == 204
    reply = await screen.poll()
    assert reply.status == 201, reply.body
    given = reply.body
    return Member(who.name, "", given["access_token"], who.person_id, given["refresh_token"])


async def test_staff_sign_in_at_a_browser(estate: Estate) -> None:
    staff, screen = await estate.member("staff"), await open_screen(estate.world)
    waiting = await screen.poll()
    assert (waiting.status, waiting.code) == (409, "sign_in_waiting")
    assert waiting.headers["Retry-After"] == "2"
    seen = await screen.look(staff)
    assert seen.body == {
        "purpose": "sign_in",
        "device": "Chrome · Windows",
        "asked_at": "2026-03-02T04:00:00Z",
        "expires_at": "2026-03-02T04:03:00Z",
    }
    assert (await screen.answer(staff)).status == 204

    given = await screen.poll()
    assert given.status == 201
    browser = Member("staff", "", given.body["access_token"])
    me = await estate.world.api.get("/api/v1/me", as_=browser)
    assert me.body["person_id"] == staff.person_id
    mine = await estate.world.api.get("/api/v1/me/sessions", as_=browser)
    rows = {row["kind"]: row for row in mine.body["items"]}
    assert (rows["browser"]["device"], rows["browser"]["current"]) == ("Chrome · Windows", True)


async def test_each_step_is_written_down_once(estate: Estate) -> None:
    staff, world = await estate.member("staff"), estate.world
    await world.db.audit.delete_many({})
    await world.db.audit_heads.delete_many({})
    screen = await open_screen(world)
    await screen.look(staff)
    await screen.answer(staff, screen.wrong)
    await screen.answer(staff)
    await screen.poll()
    rows = await world.db.audit.find({}).sort("_id", 1).to_list()
    assert [row["act"] for row in rows] == [
        "session.browser_looked_at",
        "session.browser_refused",
        "session.browser_allowed",
        "session.signed_in",
    ]
    assert {row["person"] for row in rows} == {staff.person_id}


async def test_the_picture_is_fetched_once_and_opens_our_page(estate: Estate) -> None:
    screen = await open_screen(estate.world)
    again = await estate.world.api.get(screen.shown["code_url"], as_=None)
    assert again.headers["Content-Type"] == "image/png"
    [drawn] = await estate.world.wechat.calls(DRAWN)
    assert drawn["body"]["page"] == "pages/browser/confirm"
    assert len(screen.scene) == 32


async def test_without_wechat_there_is_no_picture_and_nothing_is_lost(estate: Estate) -> None:
    world = estate.world
    shown = (await world.api.post(BASE, as_=None)).body
    await world.wechat.fault(DRAWN, errcode=45009)
    reply = await world.api.get(shown["code_url"], as_=None)
    assert (reply.status, reply.code) == (503, "wechat_unavailable")
    await world.wechat.control("DELETE", "faults")
    assert (await world.api.get(shown["code_url"], as_=None)).status == 200


async def test_neither_secret_nor_scene_lies_in_the_database(estate: Estate) -> None:
    screen = await open_screen(estate.world)
    kept = str(await estate.world.db.browser_sign_ins.find_one({}))
    assert screen.shown["secret"] not in kept
    assert screen.scene not in kept
    assert AGENT not in kept


async def test_only_staff_let_a_browser_in(estate: Estate) -> None:
    screen = await open_screen(estate.world)
    for name in ("li", "head"):  # a resident, a unit head
        reply = await screen.answer(await estate.member(name))
        assert (reply.status, reply.code) == (403, "browser_not_for_you")
    assert (await screen.poll()).code == "sign_in_waiting"
    assert (await screen.answer(await estate.member("staff"))).status == 204


async def test_a_browser_never_lets_in_a_browser(estate: Estate) -> None:
    browser = await at_browser(estate.world, await estate.member("staff"))
    screen = await open_screen(estate.world)
    reply = await screen.answer(browser)
    assert (reply.status, reply.code) == (403, "mini_program_only")
    assert (await screen.poll()).code == "sign_in_waiting"


async def test_an_old_proof_lets_in_nobody(estate: Estate) -> None:
    """A stolen token must not become twelve hours at a browser: WeChat is asked first."""
    staff, world = await estate.member("staff"), estate.world
    await world.advance(minutes=11)
    screen = await open_screen(world)
    assert (await screen.answer(staff)).code == "confirmation_needed"
    await world.confirm(staff)
    assert (await screen.answer(staff)).status == 204


async def test_three_wrong_numbers_kill_the_code(estate: Estate) -> None:
    staff, screen = await estate.member("staff"), await open_screen(estate.world)
    for left in (2, 1, 0):
        reply = await screen.answer(staff, screen.wrong)
        assert (reply.status, reply.code) == (422, "wrong_number")
        assert reply.body["details"] == {"tries_left": left}
    assert (await screen.answer(staff)).code == "sign_in_answered"
    poll = await screen.poll()
    assert (poll.status, poll.code) == (403, "sign_in_refused")


async def test_guesses_all_at_once_are_three_guesses_too(estate: Estate) -> None:
    staff, screen = await estate.member("staff"), await open_screen(estate.world)
    replies = await asyncio.gather(*(screen.answer(staff, screen.wrong) for _ in range(8)))
    codes = sorted(reply.code for reply in replies)
    assert codes == ["sign_in_answered"] * 5 + ["wrong_number"] * 3


async def test_the_number_is_needed_to_allow_and_not_to_refuse(estate: Estate) -> None:
    staff, screen = await estate.member("staff"), await open_screen(estate.world)
    path, api = f"{BASE}/answer", estate.world.api
    allow = {"scene": screen.scene, "allow": True}
    assert (await api.post(path, allow, as_=staff)).code == "wrong_number"
    for rubbish in ("7", "123", "ab", "07\n"):
        reply = await api.post(path, {**allow, "number": rubbish}, as_=staff)
        assert (reply.status, reply.code) == (422, "invalid_input")
    assert (await api.post(path, {**allow, "allow": False}, as_=staff)).status == 204
    assert (await screen.poll()).code == "sign_in_refused"
    assert (await screen.answer(staff)).code == "sign_in_answered"
    assert (await screen.look(staff)).code == "sign_in_answered"


@pytest.mark.parametrize("allowed", [False, True])
async def test_a_code_lives_three_minutes(estate: Estate, *, allowed: bool) -> None:
    staff, screen = await estate.member("staff"), await open_screen(estate.world)
    if allowed:
        await screen.answer(staff)
    await estate.world.advance(minutes=3)
    poll = await screen.poll()
    assert (poll.status, poll.code) == (409, "sign_in_expired")
    picture = await estate.world.api.get(screen.shown["code_url"], as_=None)
    if not allowed:
        assert picture.code == "sign_in_expired"
        assert (await screen.answer(staff)).code == "sign_in_expired"
        assert (await screen.look(staff)).code == "sign_in_expired"
    assert await estate.world.db.sessions.count_documents({"kind": "browser"}) == 0


async def test_however_many_ask_there_is_one_session(estate: Estate) -> None:
    staff, screen = await estate.member("staff"), await open_screen(estate.world)
    await screen.answer(staff)
    replies = await asyncio.gather(*(screen.poll() for _ in range(10)))
    assert sorted(reply.status for reply in replies) == [201] + [409] * 9
    assert {r.code for r in replies if r.status == 409} == {"sign_in_used"}
    assert await estate.world.db.sessions.count_documents({"kind": "browser"}) == 1
    assert (await screen.answer(staff)).code == "sign_in_answered"


async def test_two_who_allow_at_once_are_one(estate: Estate) -> None:
    """Both have read that it waits before either writes."""
    deps, screen = estate.world.deps, await open_screen(estate.world)
    members = [await estate.member("staff"), await estate.member("admin")]
    actors = [await sessions.authenticate(deps, one.token) for one in members]
    given = AnswerBrowser(scene=screen.scene, allow=True, number=screen.number)
    answers = await asyncio.gather(
        *(decisions.decide(deps, actor, given) for actor in actors),
        return_exceptions=True,
    )
    [winner] = [m for m, a in zip(members, answers, strict=True) if a is None]
    assert [type(a) for a in answers if a is not None] == [SignInAnswered]
    browser = Member("", "", (await screen.poll()).body["access_token"])
    me = await estate.world.api.get("/api/v1/me", as_=browser)
    assert me.body["person_id"] == winner.person_id


async def test_what_one_does_not_know_looks_missing(estate: Estate) -> None:
    staff, screen = await estate.member("staff"), await open_screen(estate.world)
    await screen.answer(staff)
    assert (await screen.poll("wrong")).code == "not_found"
    other = await open_screen(estate.world)
    assert (await screen.poll(other.shown["secret"])).code == "not_found"
    api = estate.world.api
    nobody = await api.post(f"{BASE}/nothing/session", {"secret": "x"}, as_=None)
    assert nobody.code == "not_found"
    assert (await api.get(f"{BASE}/nothing/code", as_=None)).code == "not_found"
    for step in ("look", "answer"):
        body = {"scene": "nothing"} | ({"allow": True} if step == "answer" else {})
        assert (await api.post(f"{BASE}/{step}", body, as_=staff)).code == "not_found"


async def test_signing_out_everywhere_takes_back_what_was_allowed(estate: Estate) -> None:
    staff, screen = await estate.member("staff"), await open_screen(estate.world)
    await screen.answer(staff)
    await estate.world.api.delete("/api/v1/me/sessions", as_=staff)
    assert (await screen.poll()).code == "sign_in_refused"
    assert await estate.world.db.sessions.count_documents({"kind": "browser"}) == 0


async def test_a_closed_account_is_not_let_in(estate: Estate) -> None:
    staff, screen = await estate.member("staff"), await open_screen(estate.world)
    await screen.answer(staff)
    closed = {"$set": {"closed_at": estate.world.clock.now}}
    await estate.world.db.people.update_one({"_id": staff.person_id}, closed)
    assert (await screen.poll()).code == "sign_in_refused"
    assert await estate.world.db.sessions.count_documents({"kind": "browser"}) == 0


async def test_a_key_on_a_question_keeps_no_secret(estate: Estate) -> None:
    staff = await estate.member("staff")
    reply = await estate.world.api.post(BASE, as_=staff, key="k")
    assert reply.status == 201
    kept = await estate.world.db.idempotency_keys.find({}).to_list()
    assert reply.body["secret"] not in msgspec.json.encode(str(kept)).decode()
    assert kept == []

"""Sign-in, refresh, sign-out at the HTTP API: cases 1-18 of docs/reference/wechat.md."""

import asyncio

import pytest

from services.sessions import tokens
from tests.build.world import Api, World

PHONE = "13900000001"


async def test_case_1_a_resident_signs_in(world: World) -> None:
    code = await world.wechat.login_code("li")
    reply = await world.api.post("/api/v1/sessions/wechat", {"code": code}, as_=None)

    assert reply.status == 201
    assert set(reply.body) == {
        "access_token",
        "expires_in_seconds",
        "refresh_token",
        "refresh_expires_at",
    }


@pytest.mark.parametrize(
    ("case", "errcode", "status", "code"),
    [
        (2, 40029, 422, "wechat_code_refused"),
        (5, 40226, 403, "sign_in_refused"),
        (6, 45011, 429, "too_many_requests"),
        (17, 40125, 503, "wechat_unavailable"),
    ],
)
async def test_wechat_refuses_to_tell_who_it_is(
    world: World, case: int, errcode: int, status: int, code: str
) -> None:
    await world.wechat.fault("/sns/jscode2session", errcode=errcode)
    fresh = await world.wechat.login_code("li")
    reply = await world.api.post("/api/v1/sessions/wechat", {"code": fresh}, as_=None)

    assert (reply.status, reply.code) == (status, code), case
    assert await world.db.people.count_documents({}) == 0


async def test_case_3_a_code_works_once(world: World) -> None:
    code = await world.wechat.login_code("li")
    first = await world.api.post("/api/v1/sessions/wechat", {"code": code}, as_=None)
    second = await world.api.post("/api/v1/sessions/wechat", {"code": code}, as_=None)

    assert (first.status, second.code) == (201, "wechat_code_refused")


async def test_case_4_a_code_lives_five_minutes(world: World) -> None:
    code = await world.wechat.login_code("li")
    await world.advance(minutes=5, seconds=1)
    reply = await world.api.post("/api/v1/sessions/wechat", {"code": code}, as_=None)

    assert reply.code == "wechat_code_refused"


async def test_many_sign_ins_at_once_make_one_person(world: World) -> None:
    codes = [await world.wechat.login_code("li") for _ in range(8)]
    replies = await asyncio.gather(
        *(world.api.post("/api/v1/sessions/wechat", {"code": c}, as_=None) for c in codes)
    )

    assert {reply.status for reply in replies} == {201}
    assert await world.db.people.count_documents({}) == 1


async def _signed_in(world: World) -> dict[str, str]:
    code = await world.wechat.login_code("li")
    reply = await world.api.post("/api/v1/sessions/wechat", {"code": code}, as_=None)
    return dict(reply.body)


async def _refresh(api: Api, token: str) -> tuple[int, dict[str, str]]:
    reply = await api.post("/api/v1/sessions/refresh", {"refresh_token": token}, as_=None)
    return reply.status, reply.body


async def test_twenty_refreshes_at_once_have_one_successor(world: World) -> None:
    given = await _signed_in(world)
    replies = await asyncio.gather(
        *(_refresh(world.api, given["refresh_token"]) for _ in range(20))
    )

    assert {status for status, _ in replies} == {201}
    assert len({str(body) for _, body in replies}) == 1  # one answer, to the last letter
    assert replies[0][1]["refresh_token"] != given["refresh_token"]
    [session] = await world.db.sessions.find({}).to_list()
    assert session["generation"] == 1


async def test_an_old_refresh_token_after_the_grace_ends_the_session(world: World) -> None:
    given = await _signed_in(world)
    _, renewed = await _refresh(world.api, given["refresh_token"])
    await world.advance(seconds=61)

    status, body = await _refresh(world.api, given["refresh_token"])
    assert (status, body["code"]) == (401, "refresh_token_reused")
    status, body = await _refresh(world.api, renewed["refresh_token"])
    assert (status, body["code"]) == (401, "unauthenticated")


async def test_a_lost_answer_may_be_asked_for_again(world: World) -> None:
    given = await _signed_in(world)
    _, first = await _refresh(world.api, given["refresh_token"])
    await world.advance(seconds=59)
    _, second = await _refresh(world.api, given["refresh_token"])

    assert first["refresh_token"] == second["refresh_token"]


async def test_a_forged_refresh_token_ends_nothing(world: World) -> None:
    given = await _signed_in(world)
    key_id, session, generation, mac = given["refresh_token"].split(".")
    forged = f"{key_id}.{session}.7.{mac}"

    status, body = await _refresh(world.api, forged)
    assert (status, body["code"]) == (401, "unauthenticated")
    assert (await _refresh(world.api, given["refresh_token"]))[0] == 201
    assert generation == "0"


async def test_an_access_token_lives_a_quarter_of_an_hour(world: World) -> None:
    li = await world.sign_in("li")
    await world.advance(minutes=14, seconds=59)
    assert (await world.api.get("/api/v1/me", as_=li)).status == 200
    await world.advance(seconds=1)
    reply = await world.api.get("/api/v1/me", as_=li)
    assert (reply.status, reply.code) == (401, "access_token_expired")


async def test_a_session_ends_after_thirty_days(world: World) -> None:
    given = await _signed_in(world)
    await world.advance(days=30)
    status, _ = await _refresh(world.api, given["refresh_token"])
    assert status == 401


async def test_signing_out_is_effective_on_the_next_request(world: World) -> None:
    li = await world.sign_in("li")
    assert (await world.api.delete("/api/v1/sessions/current", as_=li)).status == 204
    assert (await world.api.get("/api/v1/me", as_=li)).status == 401


@pytest.mark.parametrize(
    "change",
    [
        lambda token: token[:-2] + ("AA" if token[-2:] != "AA" else "BB"),
        lambda token: token.split(".")[0] + ".e30." + token.split(".")[2],
        lambda _: "rubbish",
        lambda _: "",
    ],
)
async def test_a_token_that_is_not_ours_is_refused(world: World, change: object) -> None:
    li = await world.sign_in("li")
    assert callable(change)
    li.token = change(li.token)
    reply = await world.api.get("/api/v1/me", as_=li)
    assert (reply.status, reply.code) == (401, "unauthenticated")


async def test_a_token_made_for_something_else_is_refused(world: World) -> None:
    li = await world.sign_in("li")
    claims = tokens.jwt.decode(li.token, options={"verify_signature": False})
    key = world.deps.vault.derive("access-token", "k1")
    for wrong in ({"typ": "refresh"}, {"aud": "other"}, {"iss": "other"}):
        li.token = tokens.jwt.encode(claims | wrong, key, "HS256", headers={"kid": "k1"})
        assert (await world.api.get("/api/v1/me", as_=li)).status == 401
    for missing in tokens.REQUIRED:
        less = {name: value for name, value in claims.items() if name != missing}
        li.token = tokens.jwt.encode(less, key, "HS256", headers={"kid": "k1"})
        assert (await world.api.get("/api/v1/me", as_=li)).status == 401
    li.token = tokens.jwt.encode(claims, None, "none", headers={"kid": "k1"})
    assert (await world.api.get("/api/v1/me", as_=li)).status == 401


async def test_case_10_and_11_the_phone_is_proved(world: World) -> None:
    li = await world.sign_in("li", "13900000001")
    me = (await world.api.get("/api/v1/me", as_=li)).body
    assert me["phone_masked"] == "139****0001"
    assert (me["homes"], me["roles"]) == ([], [])


async def test_no_personal_data_lies_open_in_the_database(world: World) -> None:
    li = await world.sign_in("li", "13900000001")
    person = await world.db.people.find_one({"_id": li.person_id})
    assert "13900000001" not in str(person)


async def test_a_missing_field_is_named_in_chinese(api: Api) -> None:
    reply = await api.post("/api/v1/sessions/wechat", {}, as_=None)
    assert (reply.status, reply.code) == (422, "invalid_input")
    assert reply.body["errors"][0]["message"] == "缺少 code"


async def test_rubbish_is_not_json(api: Api) -> None:
    reply = await api.post("/api/v1/sessions/wechat", b"{", as_=None)
    assert (reply.status, reply.code) == (400, "malformed_json")


async def test_an_unknown_address_is_a_problem_too(api: Api) -> None:
    reply = await api.get("/api/v1/nothing", as_=None)
    assert (reply.status, reply.code) == (404, "not_found")
    assert reply.headers["Content-Type"].startswith("application/problem+json")
    assert reply.headers["X-Request-Id"] == reply.body["request_id"]


async def test_nobody_signs_in_without_an_id(world: World) -> None:
    for openid in ("", None):
        raw = {"openid": openid, "session_key": "s"}
        await world.wechat.fault("/sns/jscode2session", raw=raw)
        code = await world.wechat.login_code("li")
        reply = await world.api.post("/api/v1/sessions/wechat", {"code": code}, as_=None)
        assert (reply.status, reply.code) == (503, "wechat_unavailable")
    assert await world.db.people.count_documents({}) == 0


async def test_a_number_of_china_is_not_made_one_of_america(world: World) -> None:
    li = await world.sign_in("li")
    info = {"purePhoneNumber": "2025550123", "countryCode": ""}
    watermark = {"watermark": {"appid": world.deps.wechat.appid}}
    raw = {"errcode": 0, "phone_info": info | watermark}
    await world.wechat.fault("/wxa/business/getuserphonenumber", raw=raw)
    code = await world.wechat.phone_code("li", PHONE)
    reply = await world.api.post("/api/v1/me/phone", {"code": code}, as_=li)
    assert (reply.status, reply.code) == (503, "wechat_unavailable")


async def test_a_closed_interface_is_said_to_be_closed(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    """Signing in again helps nobody: people are sent to the window, and somebody is alarmed."""
    li = await world.sign_in("li")
    await world.wechat.fault("/wxa/business/getuserphonenumber", errcode=1400001)
    code = await world.wechat.phone_code("li", PHONE)
    reply = await world.api.post("/api/v1/me/phone", {"code": code}, as_=li)
    assert (reply.status, reply.code) == (503, "wechat_closed")
    assert "登录" not in reply.body["title"]
    assert "wechat_closed" in capsys.readouterr().out

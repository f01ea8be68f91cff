"""Rules of the mini-program API: errcodes, tokens, grants, templates."""

import hashlib
import hmac
from typing import Any

import pytest

from tests.contracts.clients import MiniClient
from tests.contracts.stage import Control, Delivery, Receiver, fetch

pytestmark = pytest.mark.usefixtures("control")
SEND = "/cgi-bin/message/subscribe/send"


async def test_credentials_are_checked_one_by_one(mini: MiniClient) -> None:
    path, app = "/cgi-bin/token", mini.app["appid"]
    wrongs: dict[int, dict[str, str]] = {
        41002: {},
        41004: {"appid": app},
        40013: {"appid": "wx0", "secret": "s"},
        40125: {"appid": app, "secret": "s"},
        40002: {"appid": app, "secret": mini.app["secret"], "grant_type": "password"},
    }
    for errcode, query in wrongs.items():
        assert (await mini.get(path, **query))["errcode"] == errcode


async def test_tokens_are_checked(mini: MiniClient, control: Control) -> None:
    assert (await mini.post(SEND, {}))["errcode"] == 41001
    assert (await mini.post(SEND, {}, access_token="no"))["errcode"] == 40001
    token = await mini.token()
    await control.advance(7200)
    assert (await mini.post(SEND, {}, access_token=token))["errcode"] == 42001


async def _works(mini: MiniClient, token: str) -> bool:
    code = {"scene": "d=1", "page": "pages/index/index"}
    return isinstance(await mini.asked("/wxa/getwxacodeunlimit", code, token), bytes)


async def test_classic_tokens_evict_each_other_but_not_the_stable_one(
    mini: MiniClient, control: Control
) -> None:
    stable = await mini.token()
    query = {"appid": mini.app["appid"], "secret": mini.app["secret"]}
    query["grant_type"] = "client_credential"
    first = (await mini.get("/cgi-bin/token", **query))["access_token"]
    second = (await mini.get("/cgi-bin/token", **query))["access_token"]
    assert first != second
    assert await _works(mini, first)
    await control.advance(300)
    assert not await _works(mini, first)
    assert await _works(mini, second)
    assert await _works(mini, stable)


async def test_forced_refresh_kills_the_old_token_but_not_too_often(
    mini: MiniClient, control: Control
) -> None:
    first = await mini.token()
    second = (await mini.stable_token(force_refresh=True))["access_token"]
    assert not await _works(mini, first)
    assert (await mini.stable_token(force_refresh=True))["access_token"] == second
    seen = {first, second}
    for _ in range(25):
        await control.advance(30)
        seen.add((await mini.stable_token(force_refresh=True))["access_token"])
    assert len(seen) == 1 + 20  # the first, and one for each refresh of the day


async def test_stable_token_overlap(mini: MiniClient, control: Control) -> None:
    first = await mini.stable_token()
    await control.advance(6899)
    still = await mini.stable_token()
    assert still["access_token"] == first["access_token"]
    assert still["expires_in"] >= 300
    await control.advance(2)
    assert (await mini.token()) != first["access_token"]
    assert await _works(mini, first["access_token"])
    await control.advance(300)
    assert not await _works(mini, first["access_token"])


async def test_bodies_and_methods(mini: MiniClient) -> None:
    token = await mini.token()
    url = f"{mini.process.url}{SEND}?access_token={token}"
    wrongs = {
        b"": 44002,
        b"{": 47001,
        b'{"touser": "\\u4e2d"}': 40033,
        b'{"touser": null}': 47001,
    }
    for body, errcode in wrongs.items():
        response = await fetch(url, "POST", body)
        assert f'"errcode":{errcode}'.encode() in response.body
    assert b"43002" in (await fetch(url)).body
    login = f"{mini.process.url}/sns/jscode2session"
    assert b"41002" in (await fetch(login, "POST", b"appid=x")).body
    assert b"40066" in (await fetch(f"{mini.process.url}/wxa/nothing")).body


async def test_a_code_is_for_its_own_app_and_purpose(
    mini: MiniClient, control: Control
) -> None:
    other = await control.do("users/li/login-code", app="other_mini_program")
    assert (await mini.login(other["code"]))["errcode"] == 40029
    phone = await control.do("users/li/phone-code", phone="13800000000")
    assert (await mini.login(phone["code"]))["errcode"] == 40029
    path = "/wxa/business/getuserphonenumber"
    wrong = await mini.asked(path, {"code": phone["code"], "openid": other["openid"]})
    assert wrong["errcode"] == 40003
    assert (await mini.asked(path, {}))["errcode"] == 41008


async def test_openids_are_stable_and_differ_between_apps(
    control: Control, mini: MiniClient
) -> None:
    ours = await control.openid("li")
    other = (await control.do("users/li", app="other_mini_program"))["openid"]
    await control.do("reset")
    assert await control.openid("li") == ours != other
    assert (await mini.send_message(other))["errcode"] == 40003
    assert (await mini.send_message("o" * 28))["errcode"] == 40003


async def test_session_key_is_proven_not_sent(mini: MiniClient, control: Control) -> None:
    session = await mini.login((await control.do("users/li/login-code"))["code"])
    key, openid = session["session_key"], session["openid"]
    signature = hmac.new(key.encode(), b"", hashlib.sha256).hexdigest()
    query = {"access_token": await mini.token(), "openid": openid}
    query |= {"signature": signature, "sig_method": "hmac_sha256"}
    assert (await mini.get("/wxa/checksession", **query))["errcode"] == 0
    fresh = await mini.get("/wxa/resetusersessionkey", **query)
    assert fresh["session_key"] != key
    assert (await mini.get("/wxa/checksession", **query))["errcode"] == 87009
    other = (await control.do("users/li", app="other_mini_program"))["openid"]
    foreign = await mini.get("/wxa/checksession", **query | {"openid": other})
    assert foreign["errcode"] == 40003


async def test_a_ban_outlasts_later_accepts(mini: MiniClient, control: Control) -> None:
    openid = await control.openid("li")
    asked = {"template_ids": ["T1"]}
    await control.do("users/li/subscribe", **asked, answer="ban")
    again = await control.do("users/li/subscribe", **asked)
    assert again["result"] == {"T1": "ban"}
    await control.do("users/li/subscribe", template_ids=["T2"], answer="reject")
    for template_id in ("T1", "T2"):
        assert (await mini.send_message(openid, template_id))["errcode"] == 43101
    await control.refusal("users/li/subscribe", template_ids=list("ABCDEF"))


async def test_grants_add_up(mini: MiniClient, control: Control) -> None:
    openid = await control.openid("li")
    for _ in range(3):
        await control.do("users/li/subscribe", template_ids=["T1"])
    token = await mini.token()
    sent = [(await mini.send_message(openid, token=token))["errcode"] for _ in range(4)]
    assert sent == [0, 0, 0, 43101]
    assert len(await control.get("messages", openid=openid)) == 3


GOOD: dict[str, list[str]] = {
    "thing": ["二十个字" * 5, "abc 123，。"],
    "phrase": ["已受理"],
    "character_string": ["SZT-2026/001"],
    "number": ["12", "3.5"],
    "letter": ["abcXYZ"],
    "symbol": ["#*"],
    "amount": ["¥123.45", "88元", "0.01"],
    "time": ["15:01", "2019年10月1日 15:01", "2019-12-25 09:42", "10:00~12:00"],
    "date": ["2026年3月2日", "2026-03-02"],
    "phone_number": ["+86-0766-66888866"],
    "car_number": ["吉A8Z888", "吉A8Z88挂"],
    "name": ["张三", "John Smith"],
}
BAD: dict[str, list[str]] = {
    "thing": ["长" * 21, "a\nb", "😀", " "],
    "phrase": ["六个汉字太长", "abc"],
    "character_string": ["x" * 33, "汉字"],
    "number": ["十二", "1" * 33],
    "letter": ["a1", "x" * 33],
    "symbol": ["######", "a"],
    "amount": ["¥12345678901", "一元"],
    "time": ["下午三点"],
    "phone_number": ["1" * 18, "电话"],
    "car_number": ["吉A8Z88888"],
    "name": ["十一个汉字的名字太长了", "x" * 21],
    "mystery": ["x"],
}


@pytest.mark.parametrize(
    ("prefix", "value", "errcode"),
    [(prefix, value, 0) for prefix, values in GOOD.items() for value in values]
    + [(prefix, value, 47003) for prefix, values in BAD.items() for value in values],
)
async def test_template_values(
    mini: MiniClient, control: Control, prefix: str, value: str, errcode: int
) -> None:
    openid = await control.openid("li")
    await control.do("users/li/subscribe", template_ids=["T1"])
    answer = await mini.send_message(openid, data={f"{prefix}1": {"value": value}})
    assert answer["errcode"] == errcode
    if errcode:
        assert f"data.{prefix}1" in answer["errmsg"]


async def test_a_known_template_wants_exactly_its_keys(
    mini: MiniClient, control: Control
) -> None:
    openid, token = await control.openid("li"), await mini.token()
    await control.do("settings", templates={"T1": ["thing1", "time2"]})
    await control.do("users/li/subscribe", template_ids=["T1"])
    thing, time = {"thing1": {"value": "停水"}}, {"time2": {"value": "15:01"}}
    too_many: dict[str, Any] = {**thing, **time, "thing3": {"value": "x"}}
    for data, errcode in ((thing, 47003), (too_many, 47003), ({**thing, **time}, 0)):
        sent = await mini.send_message(openid, token=token, data=data)
        assert sent["errcode"] == errcode


async def test_texts_and_codes_have_bounds(mini: MiniClient, control: Control) -> None:
    openid, token = await control.openid("li"), await mini.token()
    text = {"version": 2, "openid": openid, "scene": 2, "content": "好" * 2500}
    path = "/wxa/msg_sec_check"
    assert (await mini.asked(path, text, token))["errcode"] == 0
    longer = text | {"content": "好" * 2501}
    assert (await mini.asked(path, longer, token))["errcode"] == 45002
    assert (await mini.asked(path, text | {"scene": 5}, token))["errcode"] == 40129
    path, code = "/wxa/getwxacodeunlimit", {"scene": "d=1"}
    assert isinstance(await mini.asked(path, code | {"width": 1280}, token), bytes)
    assert (await mini.asked(path, code | {"width": 1281}, token))["errcode"] == 40097
    assert (await mini.asked(path, code | {"page": "/pages/x"}, token))["errcode"] == 41030


async def test_a_push_is_repeated_until_it_is_taken(
    control: Control, receiver: Receiver
) -> None:
    said = [b"later", b"success"]

    async def judge(_delivery: Delivery) -> tuple[int, bytes]:
        return 200, said.pop(0)

    receiver.judge = judge
    await control.do("push", url=receiver.url)
    await control.do("users/li/subscribe", template_ids=["T1"])
    await control.advance(60)
    assert len(receiver.deliveries) == 2


async def test_a_picture_that_cannot_be_fetched_is_reported(
    mini: MiniClient, control: Control
) -> None:
    openid = (await control.do("users/li/login-code"))["openid"]
    body = {"version": 2, "openid": openid, "scene": 2, "media_type": 2}
    gone = {**body, "media_url": f"{mini.process.url}/photos/gone.jpg"}
    made = await mini.asked("/wxa/media_check_async", gone)
    assert made["errcode"] == 0
    unsafe = {**body, "media_url": "http://shenghuo.example.com/1.jpg"}
    assert (await mini.asked("/wxa/media_check_async", unsafe))["errcode"] == 47001

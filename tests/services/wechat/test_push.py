"""Parser of pushes, JSON and XML, plain and safe: case 27 of docs/reference/wechat.md."""

import base64
import hashlib
import json
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wechatpy.crypto import WeChatCrypto

from services.wechat.errors import BadSignature, Forgery
from services.wechat.events import (
    Followed,
    MediaCheck,
    Other,
    PushEvent,
    Receipt,
    SubscribeChange,
    SubscribePopup,
    SubscribeSent,
    TemplateSent,
    Unfollowed,
)
from services.wechat.models import Suggestion
from services.wechat.push import PushReceiver
from services.wechat.push_wire import read_events

TOKEN = "AAAAA"
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
APPID = "wxba5fad812f8e6fb9"
AT = 1_620_963_428
INSTANT = datetime.fromtimestamp(AT, UTC)

receiver = PushReceiver(TOKEN, AES_KEY, APPID)
plain_receiver = PushReceiver(TOKEN, None, APPID)


def signature(*parts: str) -> str:
    return hashlib.sha1("".join(sorted(parts)).encode(), usedforsecurity=False).hexdigest()


def signed(*more: str, token: str = TOKEN) -> dict[str, str]:
    """A query string for a push; with `more`, for a sealed one."""
    name = "msg_signature" if more else "signature"
    return {
        "timestamp": str(AT),
        "nonce": "415670741",
        name: signature(token, str(AT), "415670741", *more),
    }


def seal(text: str, *, appid: str = APPID) -> tuple[dict[str, str], str]:
    crypto = WeChatCrypto(TOKEN, AES_KEY, appid)
    xml: str = crypto.encrypt_message(text, "415670741", str(AT))
    sealed = xml.split("<Encrypt><![CDATA[")[1].partition("]]>")[0]
    return signed(sealed), sealed


def receive_json(event: dict[str, Any]) -> list[PushEvent]:
    query, sealed = seal(json.dumps(event, ensure_ascii=False))
    body = json.dumps({"ToUserName": "gh_x", "Encrypt": sealed}).encode()
    return receiver.receive(query, body, "application/json; charset=utf-8")


def receive_xml(inner: str) -> list[PushEvent]:
    query, sealed = seal(inner)
    body = f"<xml><ToUserName>gh_x</ToUserName><Encrypt><![CDATA[{sealed}]]></Encrypt></xml>"
    return receiver.receive(query, body.encode(), "text/xml")


def forgery(query: dict[str, str], body: bytes, kind: str = "application/json") -> Forgery:
    with pytest.raises(BadSignature) as refused:
        receiver.receive(query, body, kind)
    return refused.value.reason


ABOUT = {"ToUserName": "gh_x", "FromUserName": "o-li", "MsgType": "event"}
ACCEPT = {"TemplateId": "t1", "SubscribeStatusString": "accept", "PopupScene": "0"}
REJECT = {"TemplateId": "t2", "SubscribeStatusString": "reject", "PopupScene": "0"}


def popup(items: Any, created: Any = AT) -> dict[str, Any]:
    kind = "subscribe_msg_popup_event"
    return {**ABOUT, "Event": kind, "CreateTime": created, "List": items}


POPUP_XML = """<xml><ToUserName><![CDATA[gh_x]]></ToUserName>
<FromUserName><![CDATA[o-li]]></FromUserName><CreateTime>1620963428</CreateTime>
<MsgType><![CDATA[event]]></MsgType><Event><![CDATA[subscribe_msg_popup_event]]></Event>
<SubscribeMsgPopupEvent>{}</SubscribeMsgPopupEvent></xml>"""
ACCEPT_XML = """<List><TemplateId><![CDATA[t1]]></TemplateId>
<SubscribeStatusString><![CDATA[accept]]></SubscribeStatusString><PopupScene>0</PopupScene></List>"""
REJECT_XML = ACCEPT_XML.replace("t1", "t2").replace("accept", "reject")

LI_ACCEPTS = SubscribePopup(
    openid="o-li",
    template_id="t1",
    accepted=True,
    created_at=INSTANT,
    dedupe_key=f"subscribe_msg_popup_event:o-li:{AT}:t1",
)
LI_REJECTS = SubscribePopup(
    openid="o-li",
    template_id="t2",
    accepted=False,
    created_at=INSTANT,
    dedupe_key=f"subscribe_msg_popup_event:o-li:{AT}:t2",
)


def test_case_27_one_answer_in_json_is_an_object_not_a_list() -> None:
    assert receive_json(popup(ACCEPT)) == [LI_ACCEPTS]
    assert receive_json(popup([ACCEPT], str(AT))) == [LI_ACCEPTS]


def test_case_27_two_answers_in_json() -> None:
    assert receive_json(popup([ACCEPT, REJECT])) == [LI_ACCEPTS, LI_REJECTS]


def test_case_27_xml_says_the_same() -> None:
    assert receive_xml(POPUP_XML.format(ACCEPT_XML)) == [LI_ACCEPTS]
    both = receive_xml(POPUP_XML.format(ACCEPT_XML + REJECT_XML))
    assert both == [LI_ACCEPTS, LI_REJECTS]


def test_case_27_a_repeated_push_has_the_same_dedupe_key() -> None:
    [first], [again] = receive_json(popup(ACCEPT)), receive_json(popup(ACCEPT, str(AT)))
    assert first.dedupe_key == again.dedupe_key


def test_case_27_wrong_message_signature() -> None:
    _, sealed = seal("{}")
    body = json.dumps({"Encrypt": sealed}).encode()
    assert forgery(signed(sealed, token="other"), body) is Forgery.SIGNATURE
    assert forgery(signed("another text"), body) is Forgery.SIGNATURE
    assert forgery(signed(), body) is Forgery.SIGNATURE
    assert forgery({}, body) is Forgery.SIGNATURE
    assert forgery({**signed(sealed), "msg_signature": "…"}, body) is Forgery.SIGNATURE


def test_case_27_sealed_for_another_mini_program() -> None:
    query, sealed = seal(json.dumps(popup(ACCEPT)), appid="wx0000000000000000")
    assert forgery(query, json.dumps({"Encrypt": sealed}).encode()) is Forgery.APPID


def test_a_plain_push_is_refused_when_pushes_are_sealed() -> None:
    """Its signature does not cover the body: whoever saw one could write any."""
    assert forgery(signed(), json.dumps(popup(ACCEPT)).encode()) is Forgery.UNENCRYPTED


def test_plain_mode_without_a_key() -> None:
    body = json.dumps(popup(ACCEPT)).encode()
    assert plain_receiver.receive(signed(), body, "application/json") == [LI_ACCEPTS]
    with pytest.raises(BadSignature):
        plain_receiver.receive(signed(token="other"), body, "application/json")


def test_without_a_token_nothing_is_wechats() -> None:
    """Everybody can sign with an empty one."""
    unset, query = PushReceiver("", None, APPID), signed(token="")
    with pytest.raises(BadSignature):
        unset.receive(query, json.dumps(popup(ACCEPT)).encode(), "application/json")
    with pytest.raises(BadSignature):
        unset.verify_url({**query, "echostr": "1"})


@pytest.mark.parametrize(
    "sealed",
    ["", "!!!", base64.b64encode(b"short").decode(), base64.b64encode(b"0" * 64).decode()],
)
def test_rubbish_in_the_seal(sealed: str) -> None:
    body = json.dumps({"Encrypt": sealed}).encode()
    assert forgery(signed(sealed) if sealed else signed("", ""), body) in {
        Forgery.DECRYPT,
        Forgery.APPID,
        Forgery.SIGNATURE,
    }


BOMB = b"""<?xml version="1.0"?><!DOCTYPE xml [<!ENTITY a "aaaaaaaaaa">
<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><xml><Encrypt>&b;</Encrypt></xml>"""


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (BOMB, "text/xml"),
        (b"<xml>" + b"<a>" * 20_000, "text/xml"),
        (b"<other/>", "text/xml"),
        (b"", "text/xml"),
        (b"[" * 20_000, "application/json"),
        (b"[]", "application/json"),
        (b"{", "text/plain"),
        (b"\xff\xfe", "application/json"),
    ],
)
def test_what_is_neither_json_nor_xml_of_ours(body: bytes, kind: str) -> None:
    assert forgery(signed(), body, kind) is Forgery.MALFORMED


@pytest.mark.parametrize("nobody", ["", " ", None])
def test_an_event_about_nobody_is_malformed(nobody: str | None) -> None:
    """The grants of nobody would be counted for all who have no id."""
    item = {"TemplateId": "t", "SubscribeStatusString": "accept"}
    about = {**ABOUT, "FromUserName": nobody, "CreateTime": 1620963428}
    event = {"Event": "subscribe_msg_popup_event", "List": item}
    query, sealed = seal(json.dumps({**about, **event}))
    assert forgery(query, json.dumps({"Encrypt": sealed}).encode()) is Forgery.MALFORMED


def test_an_event_lacking_what_it_needs_is_malformed() -> None:
    query, sealed = seal(json.dumps({**ABOUT, "Event": "subscribe_msg_popup_event"}))
    assert forgery(query, json.dumps({"Encrypt": sealed}).encode()) is Forgery.MALFORMED


def test_switched_off_in_the_settings() -> None:
    event = popup(REJECT) | {"Event": "subscribe_msg_change_event"}
    [change] = receive_json(event)
    assert isinstance(change, SubscribeChange)
    assert (change.template_id, change.accepted) == ("t2", False)


@pytest.mark.parametrize("code", [0, "0", 43101, "43101"])
def test_the_fate_of_a_message(code: int | str) -> None:
    item = {"TemplateId": "t1", "MsgID": "1864", "ErrorCode": code, "ErrorStatus": "success"}
    [sent] = receive_json(popup(item) | {"Event": "subscribe_msg_sent_event"})
    assert isinstance(sent, SubscribeSent)
    assert (sent.message_id, sent.error_code) == ("1864", int(code))
    assert sent.dedupe_key == "subscribe_msg_sent_event:1864"


@pytest.mark.parametrize(
    ("said", "suggestion", "error_code"),
    [
        ({"errcode": 0, "result": {"suggest": "pass", "label": 100}}, Suggestion.PASS, 0),
        ({"errcode": 0, "result": {"suggest": "risky", "label": 20002}}, Suggestion.RISKY, 0),
        ({"errcode": 0, "result": {"suggest": "new word"}}, Suggestion.REVIEW, 0),
        ({"errcode": 0}, Suggestion.REVIEW, 0),
        ({"errcode": -1008, "result": {"suggest": "pass"}}, Suggestion.REVIEW, -1008),
        ({"errcode": 4294966288}, Suggestion.REVIEW, -1008),
        ({"isrisky": 0, "status_code": 0}, Suggestion.PASS, 0),
        ({"isrisky": "1", "status_code": 0}, Suggestion.RISKY, 0),
        ({"isrisky": 0, "status_code": 4294966288}, Suggestion.REVIEW, -1008),
    ],
)
def test_case_29_the_verdict_on_a_picture(
    said: dict[str, Any], suggestion: Suggestion, error_code: int
) -> None:
    event = {**ABOUT, "Event": "wxa_media_check", "CreateTime": AT, "trace_id": "t-1", **said}
    [check] = receive_json(event)
    assert isinstance(check, MediaCheck)
    assert (check.suggestion, check.error_code) == (suggestion, error_code)
    assert check.dedupe_key == "wxa_media_check:t-1"


@pytest.mark.parametrize(
    ("name", "kind"), [("subscribe", Followed), ("unsubscribe", Unfollowed)]
)
def test_who_follows_the_service_account(
    name: str, kind: type[Followed] | type[Unfollowed]
) -> None:
    expected = kind(openid="o-li", created_at=INSTANT, dedupe_key=f"{name}:o-li:{AT}")
    event = {**ABOUT, "Event": name, "CreateTime": AT, "EventKey": ""}
    assert receive_json(event) == [expected]
    about = "<FromUserName>o-li</FromUserName><MsgType>event</MsgType><EventKey/>"
    xml = f"<xml>{about}<Event>{name}</Event><CreateTime>{AT}</CreateTime></xml>"
    assert receive_xml(xml) == [expected]


@pytest.mark.parametrize(
    ("status", "receipt"),
    [
        ("success", Receipt.DELIVERED),
        ("failed:user block", Receipt.BLOCKED),
        ("failed: user block", Receipt.BLOCKED),
        ("failed: system failed", Receipt.FAILED),
        ("failed:a new reason", Receipt.FAILED),
    ],
)
def test_the_fate_of_a_template_message(status: str, receipt: Receipt) -> None:
    event = {**ABOUT, "Event": "TEMPLATESENDJOBFINISH", "CreateTime": AT, "MsgID": 2001}
    assert receive_json(event | {"Status": status}) == [
        TemplateSent(
            openid="o-li",
            message_id="2001",
            receipt=receipt,
            status=status,
            created_at=INSTANT,
            dedupe_key="TEMPLATESENDJOBFINISH:2001",
        )
    ]


def test_anything_else_is_passed_on_by_name() -> None:
    [event] = receive_json({**ABOUT, "Event": "debug_demo", "CreateTime": AT})
    assert event == Other(
        kind="debug_demo",
        openid="o-li",
        created_at=INSTANT,
        dedupe_key=f"debug_demo:o-li:{AT}",
    )
    [message] = receive_json({"MsgType": "text", "CreateTime": AT, "MsgId": 77})
    assert message.dedupe_key == "text::77"


def test_the_address_is_proven_ours_with_the_documents_own_figures() -> None:
    """message-push.md: token, timestamp and nonce of WeChat's own example."""
    query = {
        "signature": "f464b24fc39322e44b38aa78f5edd27bd1441696",
        "echostr": "4375120948345356249",
        "timestamp": "1714036504",
        "nonce": "1514711492",
    }
    assert receiver.verify_url(query) == "4375120948345356249"
    with pytest.raises(BadSignature):
        receiver.verify_url({**query, "nonce": "1514711493"})


def test_a_key_of_the_wrong_length_is_noticed_at_once() -> None:
    with pytest.raises(ValueError, match="43"):
        PushReceiver(TOKEN, "short", APPID)


words = st.text("ab0-1.", max_size=4)
keys = st.sampled_from(["TemplateId", "MsgID", "ErrorCode", "suggest", "label"])
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | words,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(keys, inner, max_size=3),
    max_leaves=4,
)


@given(
    kind=st.sampled_from(
        ["subscribe_msg_popup_event", "subscribe_msg_sent_event", "wxa_media_check", "x"]
    ),
    fields=st.dictionaries(
        st.sampled_from(
            ["CreateTime", "List", "FromUserName", "result", "errcode", "trace_id"]
        ),
        json_values,
    ),
)
def test_no_event_breaks_the_reading(kind: str, fields: dict[str, Any]) -> None:
    with suppress(BadSignature):
        assert isinstance(read_events({"Event": kind, **fields}), list)

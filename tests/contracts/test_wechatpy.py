"""The stand-in satisfies the unchanged wechatpy client; only its host is redirected."""

import xml.etree.ElementTree as ET
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from requests.adapters import HTTPAdapter
from wechatpy import WeChatClient, parse_message
from wechatpy.crypto import WeChatCrypto
from wechatpy.exceptions import WeChatClientException
from wechatpy.utils import check_signature

from tests.contracts.stage import Control, Process, Receiver
from tests.deadlines import SAFETY_NET

pytestmark = pytest.mark.usefixtures("control")

REAL = "https://api.weixin.qq.com"


class Detour(HTTPAdapter):
    """Redirect wechatpy's requests without changing its hard-coded addresses."""

    def __init__(self, base: str) -> None:
        super().__init__()
        self.base = base

    def send(self, request: requests.PreparedRequest, **how: Any) -> requests.Response:  # type: ignore[override]
        assert request.url is not None
        request.url = request.url.replace(REAL, self.base, 1)
        return super().send(request, **how)


@pytest.fixture
def client(process: Process) -> Iterator[WeChatClient]:
    app = process.credentials["mini_program"]
    client = WeChatClient(app["appid"], app["secret"], timeout=SAFETY_NET)
    client._http.mount(REAL, Detour(process.url))
    yield client
    client._http.close()


@pytest.fixture
def crypto(process: Process) -> WeChatCrypto:
    app = process.credentials["mini_program"]
    return WeChatCrypto(app["push_token"], app["push_aes_key"], app["appid"])


async def test_login(client: WeChatClient, control: Control) -> None:
    given = await control.do("users/li/login-code", unionid=True)
    session = client.wxa.code_to_session(given["code"])
    assert session["openid"] == given["openid"]
    assert session["unionid"]
    with pytest.raises(WeChatClientException) as refused:
        client.wxa.code_to_session(given["code"])
    assert refused.value.errcode == 40163


async def test_subscribe_message(client: WeChatClient, control: Control) -> None:
    openid = await control.openid("li")
    await control.do("users/li/subscribe", template_ids=["T1"])
    client.wxa.send_subscribe_message(openid, "T1", {"thing1": {"value": "停水通知"}})
    [message] = await control.get("messages", openid=openid)
    assert message["data"] == {"thing1": "停水通知"}
    with pytest.raises(WeChatClientException) as refused:
        client.wxa.send_subscribe_message(openid, "T1", {"thing1": {"value": "停水通知"}})
    assert refused.value.errcode == 43101


async def test_its_own_token_is_renewed_after_an_eviction(
    client: WeChatClient, control: Control
) -> None:
    first = client.access_token
    await control.do("tokens/evict")
    assert client.wxa.get_wxa_code_unlimited("d=1", page="pages/index/index").status_code == 200
    assert client.access_token != first


async def test_code_is_a_picture(client: WeChatClient) -> None:
    picture = client.wxa.get_wxa_code_unlimited("d=4Tz", page="pages/index/index")
    assert picture.headers["Content-Type"] == "image/png"
    assert picture.content.startswith(b"\x89PNG")


async def test_what_wechat_has_withdrawn(client: WeChatClient) -> None:
    with pytest.raises(WeChatClientException) as refused:
        client.wxa.check_text_security("您好")  # version 1
    assert refused.value.errcode == 47001
    with pytest.raises(WeChatClientException) as refused:
        client.wxa.send_template_message("o", "T1", {}, "form")
    assert refused.value.errcode == 45103


async def test_safe_xml_push_is_opened_by_wechatpy(
    control: Control, receiver: Receiver, crypto: WeChatCrypto
) -> None:
    await control.do("push", url=receiver.url, format="xml", mode="safe")
    granted = await control.do("users/li/subscribe", template_ids=["T1", "T2"])
    assert granted["pushes"] == [{"status": 204, "body": ""}]
    delivery = receiver.deliveries[0]
    query = delivery.query
    text = crypto.decrypt_message(
        delivery.body.decode(), query["msg_signature"], query["timestamp"], query["nonce"]
    )
    message = parse_message(text)
    assert message._data["Event"] == "subscribe_msg_popup_event"
    rows = ET.fromstring(text).findall("SubscribeMsgPopupEvent/List")  # noqa: S314 - our own
    assert [row.findtext("TemplateId") for row in rows] == ["T1", "T2"]


async def test_plain_push_is_signed_the_way_wechatpy_checks(
    control: Control, receiver: Receiver, process: Process
) -> None:
    await control.do("push", url=receiver.url, format="json", mode="plain")
    await control.do("users/li/subscribe", template_ids=["T1"])
    query = receiver.deliveries[0].query
    token = process.credentials["mini_program"]["push_token"]
    check_signature(token, query["signature"], query["timestamp"], query["nonce"])

"""Service-account (服务号) interfaces we use, typed: template messages to its followers.

The account is linked when it and the mini-program are bound to one Open Platform account: the
`unionid` of a person is then the same in both, and their openid another. It has a token of its
own, and needs no grant: who follows gets the message.

Every method raises WeChatError (switch on `.reaction`); WeChatUnavailable when there is no
usable answer. Sources: doc/service/api/notify/template/api_sendtemplatemessage,
doc/service/api/usermanage/userinfo/api_userinfo.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from services.wechat import mini_wire as wire
from services.wechat.client import ATTEMPTS, AsyncClient
from services.wechat.models import UserInfo
from services.wechat.push import PushReceiver
from services.wechat.replies import typed

CLIENT_ID_CHARS: Final = 32


class ServiceAccount(AsyncClient):
    """Client of a service account. `mini_program`: appid of the one its messages open."""

    def __init__(self, appid: str, secret: str, *, mini_program: str, **given: Any) -> None:
        super().__init__(appid, secret, **given)
        self._mini_program = mini_program

    async def send_template_message(
        self,
        openid: str,
        template_id: str,
        *,
        data: Mapping[str, str],
        page: str = "",
        client_id: str = "",
    ) -> str:
        """Send a follower one message; return the MsgID its receipt will name, or "".

        `openid`: of this account, not of the mini-program. `data`: template key → text, see
        template_values.py. `page`: of the mini-program, with its query; a tap opens it.
        `client_id`: at most 32 characters; within ten minutes WeChat sends the same one to the
        same person once.

        Not idempotent beyond that: after WeChatUnavailable(unknown=True) never send it again.
        """
        if len(client_id) > CLIENT_ID_CHARS:
            raise ValueError(f"client id of {len(client_id)} characters")
        message: dict[str, Any] = {
            "touser": openid,
            "template_id": template_id,
            "data": {key: {"value": value} for key, value in data.items()},
        }
        if page:
            message["miniprogram"] = {"appid": self._mini_program, "pagepath": page}
        if client_id:
            message["client_msg_id"] = client_id
        reply = await self.post("cgi-bin/message/template/send", data=message)
        return str(typed(reply, wire.Sent).msgid)

    async def user_info(self, openid: str) -> UserInfo:
        """Return what the account may know of a person: whether they follow, and who it is."""
        query = {"openid": openid, "lang": "zh_CN"}
        reply = await self.get("cgi-bin/user/info", params=query, attempts=ATTEMPTS)
        return typed(reply, UserInfo)


@dataclass(frozen=True, kw_only=True)
class LinkedAccount:
    """Linked service account. `templates`: key of a template → id of its own of it."""

    client: ServiceAccount
    push: PushReceiver
    templates: Mapping[str, str]

"""Mini-program interfaces we use, typed.

Every method raises WeChatError (switch on `.reaction`); WeChatUnavailable when there is no
usable answer. Only calls that are harmless to repeat are repeated here: never one that spends
a code or sends a message.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final

import structlog

from services.kernel.days import BEIJING
from services.wechat import mini_wire as wire
from services.wechat.client import ATTEMPTS, AsyncClient
from services.wechat.errors import Reaction, WeChatError, WeChatUnavailable
from services.wechat.models import Login, PhoneNumber, Scene, Suggestion, Verdict
from services.wechat.replies import typed

log = structlog.get_logger(__name__)

TEXT_CHARS: Final = 2500
CODE_WIDTHS: Final = range(280, 1281)
# Shipping info (发货信息录入接口): the order is named by WeChat's own number; what is provided
# is not sent by post (虚拟商品); and all of it at once.
BY_TRANSACTION: Final = 2
NOTHING_SENT: Final = 3
ALL_AT_ONCE: Final = 1
# 支付单已完成发货; 支付单已使用重新发货机会; 发货信息未更新
SHIPPED_BEFORE: Final = frozenset({10060002, 10060003, 10060023})
FOREIGN_CODE: Final = 40029
IMAGE: Final = 2

_SCENE = re.compile(r"[0-9A-Za-z!#$&'()*+,/:;=?@\-._~]{1,32}")
_PAGE = re.compile(r"[^/?][^?]*")


class Release(StrEnum):
    """Which edition of the mini-program a code or a message opens."""

    RELEASE = "release"
    TRIAL = "trial"
    DEVELOP = "develop"


# The same three editions under the names the message interface has for them.
MESSAGE_STATES: Final = {
    Release.RELEASE: "formal",
    Release.TRIAL: "trial",
    Release.DEVELOP: "developer",
}


class MiniProgram(AsyncClient):
    """MiniProgram(appid, secret, *, base, redis, now, timeout_seconds=5, observe=ignore)."""

    async def login(self, code: str) -> Login:
        """Exchange a wx.login code. One try: a code that timed out may be spent (40163)."""
        return typed(await (await self.wxa()).code_to_session(code), Login)

    async def phone_number(self, code: str) -> PhoneNumber:
        """Exchange a getPhoneNumber code; each success costs money. One try."""
        reply = await self.post("wxa/business/getuserphonenumber", data={"code": code})
        info = typed(reply, wire.PhoneReply).phone_info
        if info.watermark.appid != self.appid:
            log.warning("phone_number_of_another_mini_program")
            raise WeChatError(FOREIGN_CODE, "phone number of another mini-program")
        return PhoneNumber(country_code=str(info.country_code), number=info.pure_phone_number)

    async def send_subscribe_message(
        self,
        openid: str,
        template_id: str,
        *,
        data: Mapping[str, str],
        page: str | None = None,
        release: Release = Release.RELEASE,
    ) -> str:
        """Spend one grant of this person; return the MsgID its receipt will name, or "".

        `data`: template key → text, see template_values.py.

        Not idempotent: after WeChatUnavailable(unknown=True) never send the same again.
        """
        message = {
            "touser": openid,
            "template_id": template_id,
            "data": {key: {"value": value} for key, value in data.items()},
            "miniprogram_state": MESSAGE_STATES[release],
            "lang": "zh_CN",
        }
        if page is not None:
            message["page"] = page
        reply = await self.post("cgi-bin/message/subscribe/send", data=message)
        return str(typed(reply, wire.Sent).msgid)

    async def check_text(self, openid: str, content: str, scene: Scene) -> Verdict:
        """Ask whether a text may be published. Any error means the same as REVIEW.

        `content` at most 2500 characters. WeChat judges only for people it saw in the last two
        hours; for others the verdict is REVIEW.
        """
        if len(content) > TEXT_CHARS:
            raise ValueError(f"text of {len(content)} characters, at most {TEXT_CHARS}")
        asked = {"version": 2, "openid": openid, "scene": scene, "content": content}
        try:
            reply = await self.post("wxa/msg_sec_check", data=asked, attempts=ATTEMPTS)
        except WeChatError as refusal:
            if refusal.reaction is Reaction.INACTIVE:
                return Verdict(suggestion=Suggestion.REVIEW)
            raise
        verdict = typed(reply, wire.CheckReply)
        return Verdict(
            suggestion=verdict.result.suggest,
            label=verdict.result.label,
            trace_id=verdict.trace_id,
        )

    async def check_media(self, openid: str, url: str, scene: Scene = Scene.COMMENT) -> str:
        """Submit a picture; return the trace_id under which the verdict is pushed later.

        `url`: https, reachable for WeChat for 30 minutes, at most 10 MB.
        """
        asked = {
            "version": 2,
            "openid": openid,
            "scene": scene,
            "media_url": url,
            "media_type": IMAGE,
        }
        reply = await self.post("wxa/media_check_async", data=asked, attempts=ATTEMPTS)
        return typed(reply, wire.Traced).trace_id

    async def is_trade_managed(self) -> bool:
        """Ask whether WeChat keeps each payment until it is told what was paid for."""
        asked = {"appid": self.appid}
        reply = await self.post("wxa/sec/order/is_trade_managed", data=asked, attempts=ATTEMPTS)
        return typed(reply, wire.TradeManaged).is_trade_managed

    async def upload_shipping_info(
        self, transaction_id: str, openid: str, *, description: str, at: datetime
    ) -> None:
        """Tell WeChat that what was paid for is provided: no goods that are sent.

        Told before, it is no error: repeating it is harmless.
        """
        told = {
            "order_key": {
                "order_number_type": BY_TRANSACTION,
                "transaction_id": transaction_id,
            },
            "logistics_type": NOTHING_SENT,
            "delivery_mode": ALL_AT_ONCE,
            "shipping_list": [{"item_desc": description}],
            "upload_time": at.astimezone(BEIJING).isoformat(timespec="milliseconds"),
            "payer": {"openid": openid},
        }
        try:
            await self.post("wxa/sec/order/upload_shipping_info", data=told)
        except WeChatError as error:
            if error.errcode not in SHIPPED_BEFORE:
                raise

    async def qr_code(
        self,
        scene: str,
        page: str,
        *,
        width: int = 430,
        release: Release = Release.RELEASE,
        check_page: bool = True,
    ) -> bytes:
        """Draw a permanent code that opens `page` with `scene`; return PNG or JPEG.

        `scene` is public for ever: an opaque token of 1–32 characters. `page` without leading
        slash and query. `check_page=False` allows a page that is not released yet.
        """
        if not _SCENE.fullmatch(scene):
            raise ValueError("scene: 1-32 of the letters, digits and signs WeChat allows")
        if not _PAGE.fullmatch(page) or width not in CODE_WIDTHS:
            raise ValueError("page without leading slash and query, width 280-1280")
        wanted = {
            "scene": scene,
            "page": page,
            "check_path": check_page,
            "env_version": release,
            "width": width,
        }
        picture = await self.post("wxa/getwxacodeunlimit", data=wanted, attempts=ATTEMPTS)
        if not isinstance(picture, bytes):
            raise WeChatUnavailable("no picture in the answer", unknown=True)
        return picture

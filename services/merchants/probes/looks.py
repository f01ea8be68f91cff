"""Looks at a merchant account from outside: each says in words what it found.

A look fails by raising Failed; whatever else it raises is no verdict, and the job tries again.
"""

from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit

from services.dependencies import Dependencies
from services.merchants.probes import echoes
from services.wechat.errors import KeysUnavailable, PayError, PayReaction
from services.wechat.merchant import load_certificate
from services.wechat.pay import PayClient
from services.wechat.transport import NoAnswer, Transport

LEAST_LEFT: Final = timedelta(days=30)
CALL_BACK_SECONDS: Final = 5.0
REFUSED: Final = 401  # what our own server says to a notice without a signature
NO_SUCH_ORDER: Final = "probe-of-the-keys"


class Failed(Exception):
    """What was looked at is not as it should be."""


async def signing(deps: Dependencies, client: PayClient) -> str:  # noqa: ARG001  # a Look
    """Ask for an order that is not there: WeChat says so only when it takes our signature."""
    try:
        await client.query(NO_SUCH_ORDER)
    except PayError as error:
        if error.reaction is not PayReaction.ORDER_MISSING:
            raise Failed(f"微信支付没有接受签名:{error.code}") from error
    return "微信支付接受我们的签名"


async def platform_keys(deps: Dependencies, client: PayClient) -> str:
    try:
        ends_at = await client.platform_keys_end()
    except KeysUnavailable as error:
        raise Failed("取不到微信支付平台证书,也没有微信支付公钥") from error
    if ends_at is None:
        return "使用微信支付公钥,长期有效"
    days = (ends_at - deps.now()).days
    if ends_at - deps.now() < LEAST_LEFT:
        raise Failed(f"微信支付平台证书还有 {days} 天到期")
    return f"微信支付平台证书还有 {days} 天到期"


async def certificate(deps: Dependencies, client: PayClient) -> str:
    found = load_certificate(client.account)
    if found is None:
        return "没有提供商户证书,不知道有效期"
    left = found.not_valid_after_utc - deps.now()
    if left < LEAST_LEFT:
        raise Failed(f"商户证书还有 {left.days} 天到期,请在商户平台更换")
    return f"商户证书还有 {left.days} 天到期"


async def call_back(deps: Dependencies, client: PayClient) -> str:
    """Send our own address a notice without a signature: ours refuses and proves itself."""
    parts = urlsplit(client.pay_notify_url)
    transport = Transport(f"{parts.scheme}://{parts.netloc}", timeout_seconds=CALL_BACK_SECONDS)
    asked = echoes.question(deps.vault)
    headers = {"Content-Type": "application/json", echoes.HEADER: asked}
    try:
        reply = await transport.send("POST", parts.path, headers=headers, body=b"{}")
    except NoAnswer as error:
        raise Failed(f"回调地址连不上:{error}") from error
    finally:
        transport.close()
    answered = reply.headers.get(echoes.HEADER, "")
    if reply.status != REFUSED or not echoes.is_ours(deps.vault, asked, answered):
        raise Failed(f"回调地址回答的不是本系统(HTTP {reply.status})")
    return "回调地址通到本系统"


async def trade_managed(deps: Dependencies) -> str:
    """Ask whether WeChat keeps money until it is told what was paid for."""
    if not await deps.wechat.is_trade_managed():
        return "小程序没有发货信息管理"
    silent = [
        key
        for key in deps.merchants
        if deps.merchants.takes_orders(key) and not deps.merchants.ships(key)
    ]
    if silent:
        named = "、".join(silent)
        raise Failed(f"小程序须上传发货信息,这些收款账户没有开启,货款会被冻结:{named}")
    return "小程序须上传发货信息,收款账户都已开启"

"""Request handling of api.mch.weixin.qq.com: signatures checked and made, faults applied."""

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from sandbox.faults import Action
from sandbox.keys import Merchant
from sandbox.pay.errors import PayError, param_error
from sandbox.pay.signatures import Signing, authenticate, kind_asked_for, sign_headers
from sandbox.reshape import patched, replaced
from sandbox.web import Answer, Call, NotJson, Router
from sandbox.world import World


@dataclass(frozen=True, slots=True)
class PayRoute:
    handle: Callable[[World, Call, Merchant], Awaitable[Answer]]
    signed: bool = True  # bill downloads are not


async def answer(world: World, router: Router[PayRoute], call: Call, action: Action) -> Answer:
    instead = replaced(action)
    if instead is not None:
        return instead
    result, merchant = await _handled(world, router, call, action)
    result = patched(result, action)
    if merchant is not None:
        kind = kind_asked_for(world, merchant, call.headers.get("Wechatpay-Serial", ""))
        signing = Signing(fault=action.sign)
        result.headers |= sign_headers(world, merchant, result.body, kind, signing)
    result.headers["Request-ID"] = secrets.token_hex(16).upper()
    return result


async def _handled(
    world: World, router: Router[PayRoute], call: Call, action: Action
) -> tuple[Answer, Merchant | None]:
    """Return the answer, and the merchant to sign it for (None: leave it unsigned)."""
    merchant = None
    try:
        if action.http is not None:
            raise PayError(action.http, action.code, action.message)  # noqa: TRY301 - scripted
        merchant = authenticate(world, call)
        route = _route(router, call)
        result = await route.handle(world, call, merchant)
    except PayError as error:
        return error.answer(), merchant
    except NotJson as error:
        return param_error("/", f"请求体不是合法的JSON：{error}").answer(), merchant
    return result, merchant if route.signed else None


def _route(router: Router[PayRoute], call: Call) -> PayRoute:
    targets = router.find(call)
    if not targets:
        raise PayError(404, "RESOURCE_NOT_EXISTS", "接口不存在")
    if call.method not in targets:
        raise PayError(405, "METHOD_NOT_ALLOWED", "请求方法不正确")
    if call.body and not call.headers.get("Content-Type", "").startswith("application/json"):
        raise PayError(415, "PARAM_ERROR", "Content-Type必须为application/json")
    return targets[call.method]

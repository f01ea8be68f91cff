"""Sign-in identity by WeChat: whose code it is, and WeChat's failures as domain errors.

https://developers.weixin.qq.com/miniprogram/dev/OpenApiDoc/user-login/code2Session.html
"""

import hashlib

import structlog

from services.dependencies import Dependencies
from services.kernel import errors, phones
from services.wechat.errors import Reaction, WeChatError
from services.wechat.models import Login

log = structlog.get_logger(__name__)


class CodeRefused(errors.InvalidInput):
    """The code from the phone is used up, too old or not ours: wx.login() again."""

    code = "wechat_code_refused"


class WeChatBusy(errors.Unavailable):
    code = "wechat_unavailable"
    details_type = errors.RetryAfter


class WeChatClosed(errors.Unavailable):
    """WeChat gives us nothing of the kind any more, until somebody mends our account there."""

    code = "wechat_closed"


class SignInRefused(errors.Forbidden):
    code = "sign_in_refused"


def domain_error(error: WeChatError) -> errors.DomainError:
    """Return the error a client gets when WeChat refuses a code or does not answer."""
    match error.reaction:
        case Reaction.BAD_CODE:
            return CodeRefused("登录凭证已失效,请重新登录")
        case Reaction.BLOCKED:
            return SignInRefused("暂时无法登录,请稍后再试或联系社区")
        case Reaction.MINUTE_LIMIT:
            return errors.TooMany("操作太频繁,请一分钟后再试", retry_after_seconds=60)
        case Reaction.CLOSED:
            log.error("wechat_closed", errcode=error.errcode)
            return WeChatClosed("微信的这项服务暂时停用,请到社区窗口办理")
        case _:
            log.error("wechat_refused", errcode=error.errcode, reaction=error.reaction)
            return WeChatBusy("微信暂时没有回应,请重新登录试试", retry_after_seconds=3)


async def login_of(deps: Dependencies, code: str) -> Login:
    """Return who is behind a code of wx.login(). Raises CodeRefused, WeChatBusy, …."""
    try:
        return await deps.wechat.login(code)
    except WeChatError as error:
        raise domain_error(error) from error


async def openid_of(deps: Dependencies, code: str) -> str:
    """Return the openid behind a code of wx.login(). Raises as `login_of` does."""
    return (await login_of(deps, code)).openid


async def phone_of(deps: Dependencies, code: str) -> str:
    """Return the phone, E.164, behind a code of getPhoneNumber. Raises as `openid_of` does."""
    try:
        given = await deps.wechat.phone_number(code)
    except WeChatError as error:
        raise domain_error(error) from error
    return phones.normalise(f"+{given.country_code}{given.number}")


def key_of(deps: Dependencies, openid: str) -> str:
    """Return the key of a WeChat user: an openid means something only with its mini-program."""
    return f"{deps.wechat.appid}:{openid}"


def union_key_of(unionid: str) -> str:
    """Return the key of a person in all apps of one Open Platform account.

    A digest: it is only ever compared, and the unionid itself is needed nowhere.
    """
    return hashlib.sha256(unionid.encode()).hexdigest()[:40]

"""Sign-in identity by WeChat: who a code stands for, and WeChat's failures as domain errors."""

import structlog

from services.dependencies import Dependencies
from services.kernel import errors
from services.wechat.errors import Reaction, WeChatError

log = structlog.get_logger(__name__)


class CodeRefused(errors.InvalidInput):
    """The code from the phone is used up, too old or not ours: wx.login() again."""

    code = "wechat_code_refused"


class WeChatBusy(errors.Unavailable):
    code = "wechat_unavailable"


class SignInRefused(errors.Forbidden):
    code = "sign_in_refused"


def problem(error: WeChatError) -> errors.DomainError:
    """Say in our words why WeChat would not tell us who this is."""
    match error.reaction:
        case Reaction.BAD_CODE:
            return CodeRefused("登录凭证已失效,请重新登录")
        case Reaction.BLOCKED:
            return SignInRefused("暂时无法登录,请稍后再试或联系社区")
        case Reaction.MINUTE_LIMIT:
            return errors.TooMany("操作太频繁,请一分钟后再试", retry_after_seconds=60)
        case _:
            log.error("wechat_refused", errcode=error.errcode, reaction=error.reaction)
            return WeChatBusy("微信暂时没有回应,请重新登录试试", retry_after_seconds=3)


async def openid_of(deps: Dependencies, code: str) -> str:
    try:
        login = await deps.wechat.login(code)
    except WeChatError as error:
        raise problem(error) from error
    return login.openid

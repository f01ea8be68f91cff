"""Mini-program codes of notices, printed on the paper that hangs in the staircase.

A scan opens the notice for whom it is for; the code itself opens nothing. It never changes, so
it is drawn once: Redis keeps it for all processes, each process those asked for last.
Source: getwxacodeunlimit (docs/reference/wechat.md, Codes).
"""

from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import Final

import structlog
from redis.exceptions import RedisError

from services.dependencies import Dependencies
from services.kernel import errors
from services.kernel.caches import Cache
from services.kernel.permissions import Actor
from services.notices import notify, senders, states, store
from services.notices.states import NoticeState
from services.people.identity import WeChatBusy
from services.wechat.errors import Reaction, WeChatError

KEPT_FOR: Final = timedelta(days=1)
CODES: Final = Cache[str, bytes](50)  # of some 100 KB, by notice
# Answers after which asking again helps → seconds to wait. 45009 is of a minute here.
WAITS: Final[dict[Reaction, int]] = {
    Reaction.BUSY: 3,
    Reaction.UNKNOWN: 3,
    Reaction.NEW_TOKEN: 3,
    Reaction.MINUTE_LIMIT: 60,
    Reaction.DAILY_QUOTA: 60,
}

log = structlog.get_logger(__name__)


class CodeNotDrawn(errors.Conflict):
    """WeChat draws no code for this notice, however often it is asked."""

    code = "notice_code_not_drawn"


async def picture(deps: Dependencies, actor: Actor, notice_id: str) -> bytes:
    """Return the code that opens a notice, PNG or JPEG.

    For who works on it, before it is published too, and for the heads of its places. Raises
    NotFound, NoticeMovedOn when it was withdrawn, WeChatBusy, CodeNotDrawn.
    """
    found = senders.access_paper(actor, await store.find(deps.db, notice_id))
    if found.state is NoticeState.WITHDRAWN:
        raise states.not_from(found.state)
    return await CODES.get(found.id, partial(_kept, deps, found.id))


async def _kept(deps: Dependencies, notice_id: str) -> bytes:
    """Return the code that some process had drawn before, or a new one."""
    key = f"notice-code:{notice_id}"
    with suppress(RedisError, OSError):
        kept = await deps.redis.get(key)
        if isinstance(kept, bytes):
            return kept
    drawn = await _draw(deps, notice_id)
    with suppress(RedisError, OSError):
        await deps.redis.set(key, drawn, ex=KEPT_FOR)
    return drawn


async def _draw(deps: Dependencies, notice_id: str) -> bytes:
    try:
        return await deps.wechat.qr_code(notice_id, notify.NOTICE.page)
    except ValueError as error:  # an id that WeChat takes for no scene
        raise _not_drawn(str(error)) from error
    except WeChatError as error:
        wait = WAITS.get(error.reaction)
        if wait is None:
            raise _not_drawn(str(error)) from error
        log.warning("notice_code_waits", errcode=error.errcode, reaction=error.reaction)
        raise WeChatBusy("微信暂时没有回应,请稍后再试", retry_after_seconds=wait) from error


def _not_drawn(why: str) -> CodeNotDrawn:
    log.error("notice_code_not_drawn", why=why)
    return CodeNotDrawn("微信不能为这条通知生成小程序码,请联系管理员")

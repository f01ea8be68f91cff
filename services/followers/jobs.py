"""Jobs of followers: one asks WeChat whether somebody follows, and who it is.

A push says that something changed and may be late, twice, or overtaken by the next. WeChat's
answer is what counts, unless another push came while it was asked: that has a job of its own.
Source: doc/service/api/usermanage/userinfo/api_userinfo.
"""

from datetime import UTC, datetime, timedelta
from typing import Final

import structlog

from services.dependencies import Dependencies
from services.followers import store
from services.followers.models import IDENTIFY, Follower
from services.jobs import actions as jobs
from services.jobs.models import Permanent, RetryAt
from services.kernel.days import day_of, end_of
from services.kernel.documents import Document
from services.people import identity
from services.wechat.errors import Reaction, WeChatError
from services.wechat.models import UserInfo
from services.wechat.service_account import LinkedAccount

AGAIN: Final = frozenset({Reaction.BUSY, Reaction.UNKNOWN, Reaction.NEW_TOKEN})

log = structlog.get_logger(__name__)


async def identify(deps: Dependencies, payload: Document) -> None:
    """Write down whether somebody follows, and who it is in the mini-program."""
    follower = await store.find(deps.db, payload["follower"])
    account = deps.service
    if follower is None or account is None or account.client.appid != follower.appid:
        log.info("follower_not_asked_for", follower=payload["follower"])
        return
    info = await _ask(deps, account, follower)
    if info is None:
        await store.remove(deps.db, follower.id)
    else:
        await _note(deps, follower, info)


async def _ask(
    deps: Dependencies, account: LinkedAccount, follower: Follower
) -> UserInfo | None:
    """Return what WeChat says, None of an openid that is not of this account."""
    try:
        return await account.client.user_info(follower.openid)
    except WeChatError as refusal:
        now = deps.now()
        match refusal.reaction:
            case Reaction.UNBOUND:
                return None
            case Reaction.DAILY_QUOTA:
                raise RetryAt(end_of(day_of(now)), str(refusal)) from refusal
            case Reaction.MINUTE_LIMIT:
                soon = now.replace(second=0, microsecond=0) + timedelta(minutes=1)
                raise RetryAt(soon, str(refusal)) from refusal
            case reaction if reaction in AGAIN:
                raise
            case _:
                raise Permanent(f"who follows: {refusal}") from refusal


async def _note(deps: Dependencies, follower: Follower, info: UserInfo) -> None:
    if info.follows and not info.unionid:  # the two apps are bound to no Open Platform account
        log.error("follower_without_unionid", follower=follower.id)
    known = info.unionid if info.follows else None
    key = identity.union_key_of(known) if known else None
    settled = await store.settle(
        deps.db,
        follower,
        union_key=key,
        followed_at=_followed_at(info) if info.follows else follower.followed_at,
        unfollowed_at=None if info.follows else follower.unfollowed_at or deps.now(),
    )
    log.info("follower_settled" if settled else "follower_changed", follower=follower.id)
    if settled and key:
        await _leave_out_erased(deps, follower, key, _followed_at(info))


async def _leave_out_erased(
    deps: Dependencies, follower: Follower, key: str, followed_at: datetime
) -> None:
    """Remove who was erased since they followed.

    Looked up after the write: an erasure that begins later finds what was written.
    """
    erased = await store.erased(deps.db, key)
    if erased is not None and erased.unfollowed_at and followed_at <= erased.unfollowed_at:
        await store.remove_settled(deps.db, follower)
        log.info("follower_erased", follower=follower.id)


def _followed_at(info: UserInfo) -> datetime:
    return datetime.fromtimestamp(info.subscribe_time, UTC)


JOBS: Final[dict[str, jobs.Handler]] = {IDENTIFY: identify}

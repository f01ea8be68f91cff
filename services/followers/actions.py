"""Followers of the linked service account (服务号): who can be told by it, and telling them.

Off unless an account is configured: then nobody is reachable, and nothing is kept.
Source: docs/reference/wechat.md, Service account.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Final

import structlog

from services.dependencies import Dependencies, Transaction
from services.followers import store
from services.followers.models import IDENTIFY, Follower, follower_id
from services.jobs import actions as jobs
from services.kernel import unions
from services.kernel.unions import Part
from services.people import actions as people
from services.wechat.errors import Reaction, WeChatError
from services.wechat.template_values import fill

GONE: Final = frozenset({Reaction.REFUSED, Reaction.UNBOUND})

log = structlog.get_logger(__name__)


class NotCarried(ValueError):
    """No service account is linked, or it has no template for this message."""


def carries(deps: Dependencies, template_key: str) -> bool:
    """Tell whether messages of this template can go this way at all."""
    return deps.service is not None and template_key in deps.service.templates


async def openids(deps: Dependencies, person_ids: Sequence[str]) -> dict[str, str]:
    """Return person id → openid in the service account, of those who follow it."""
    keys = await people.union_keys(deps, person_ids) if deps.service else {}
    asked = part(deps, keys.values())
    found = openids_by_key((await unions.read(deps.db, [asked])).of(asked))
    return {person: found[key] for person, key in keys.items() if key in found}


def part(deps: Dependencies, union_keys: Collection[str]) -> Part[Follower]:
    """Return the query for those of these keys that follow, to be read with others."""
    return store.part(_appid(deps) if union_keys else "", union_keys)


def openids_by_key(found: Sequence[Follower]) -> dict[str, str]:
    """Return union key → openid in the service account."""
    return {one.union_key: one.openid for one in found if one.union_key}


async def reachable(deps: Dependencies, person_ids: Sequence[str]) -> set[str]:
    """Return who of these people follows the service account."""
    return {*await openids(deps, person_ids)}


async def send(
    deps: Dependencies,
    openid: str,
    template_key: str,
    values: Mapping[str, str],
    page: str = "",
    *,
    client_id: str = "",
) -> str:
    """Send a follower one message; return WeChat's number of it, "" when it tells none.

    `values`: as the message was written. `client_id`: as of `send_template_message`. Not in a
    transaction: it calls WeChat. Raises WeChatError, whose reaction says what becomes of the
    message; who does not follow after all is noted here. Raises BadTemplateValue, NotCarried.
    """
    if deps.service is None or template_key not in deps.service.templates:
        raise NotCarried(template_key)
    data = fill(deps.features.templates[template_key].data, values)
    account = deps.service
    try:
        return await account.client.send_template_message(
            openid, account.templates[template_key], data=data, page=page, client_id=client_id
        )
    except WeChatError as refusal:
        if refusal.reaction in GONE:
            await _note_gone(deps, openid)
        raise


async def _note_gone(deps: Dependencies, openid: str) -> None:
    """Believe WeChat's refusal (43004) where no push said that somebody ceased to follow."""
    follower = follower_id(_appid(deps), openid)
    await store.note_unfollowed(deps.db, follower, deps.now())
    log.info("follower_gone", follower=follower)


async def note_followed(deps: Dependencies, tx: Transaction, openid: str) -> None:
    """Write that somebody follows. A push tells only the openid: a job asks who it is."""
    follower = await store.note_followed(deps.db, tx, _appid(deps), openid)
    await _ask(deps, tx, follower)


async def note_unfollowed(deps: Dependencies, tx: Transaction, openid: str) -> None:
    """Write that somebody ceased to follow. Pushes overtake each other: a job asks, too."""
    name = follower_id(_appid(deps), openid)
    follower = await store.note_unfollowed(deps.db, name, deps.now(), tx=tx)
    if follower is not None:
        await _ask(deps, tx, follower)


def _appid(deps: Dependencies) -> str:
    if deps.service is None:
        raise NotCarried("no service account is linked")
    appid: str = deps.service.client.appid
    return appid


async def _ask(deps: Dependencies, tx: Transaction, follower: Follower) -> None:
    # Not by `changes`: of a row that was erased and written anew they begin again.
    key = f"{follower.id}:{deps.new_id()}"
    await jobs.enqueue(deps, tx, IDENTIFY, key, follower=follower.id)

"""Personal data of followers of the linked service account, and its erasure."""

from typing import Final

from mongo_indexes import followers
from services.dependencies import Dependencies, Transaction
from services.followers import store
from services.followers.models import erased_id
from services.kernel.personal_data import Fate, Holding
from services.people import actions as people

HOLDINGS: Final = (
    Holding(
        collection=followers.COLLECTION,
        fate=Fate.REMOVED,
        why="关注服务号的微信编号,只用来发通知;取消关注后三十天自动删除,注销记录也只留三十天",
    ),
)


async def close(deps: Dependencies, tx: Transaction, person_id: str) -> None:
    """Erase under which openid a person follows, while it is still known who they are.

    They follow on, at WeChat: should they come back with a new account, they are told this
    way once they follow anew. That they were erased is kept as a digest for thirty days: a job
    that asked WeChat before may learn only afterwards who it is.
    """
    key = (await people.union_keys(deps, [person_id])).get(person_id)
    if key:
        await store.remove_of(deps.db, tx, key)
        await store.note_erased(deps.db, tx, person_id, key, deps.now())


async def forget(deps: Dependencies, tx: Transaction, person_id: str) -> bool:
    """Remove what a job wrote of a person while the account was being closed."""
    erased = await store.find(deps.db, erased_id(person_id))
    if erased is not None and erased.former_key:
        until = erased.unfollowed_at
        await store.remove_of(deps.db, tx, erased.former_key, until=until)
    return False

"""Personal data of messages and message grants, and its erasure."""

from collections.abc import Sequence
from typing import Final

from mongo_indexes import broadcast_homes, broadcasts, message_grants, messages
from mongo_indexes import push_turns as push_turns_index
from services.dependencies import Dependencies, Transaction
from services.kernel.documents import Document
from services.kernel.personal_data import Fate, Holding
from services.messaging import message_grants as grants
from services.messaging import store
from services.messaging.broadcasts import homes_store
from services.messaging.broadcasts import store as broadcasts_store
from services.messaging.models import Delivery
from services.messaging.push_turns import actions as push_turns
from services.people import actions as people


async def _add_texts(deps: Dependencies, rows: Sequence[Document]) -> None:
    """Add the text of their broadcast to messages that have none of their own."""
    without = [row for row in rows if row.get("broadcast") and not row["body"]]
    ids = sorted({row["broadcast"] for row in without})
    found = await broadcasts_store.find_many(deps.db, ids) if ids else []
    texts = {told.id: {"title": told.title, "body": told.body} for told in found}
    for row in without:
        row.update(texts.get(row["broadcast"], {}))


MESSAGES: Final = Holding(
    collection=messages.COLLECTION,
    fate=Fate.REMOVED,
    title="收到的消息",
    person="person",
    shows={
        "title": "标题",
        "body": "内容",
        "created_at": "时间",
        "read_at": "阅读时间",
        "delivery": "微信送达",
    },
    words={"delivery": Delivery},
    complete=_add_texts,
)
HOLDINGS: Final = (
    MESSAGES,
    Holding(
        collection=message_grants.COLLECTION,
        fate=Fate.REMOVED,
        why="还能发几条微信消息的计数和最近允许的时间,见“收到的消息”页",
    ),
    Holding(
        collection=broadcasts.COLLECTION,
        fate=Fate.NOBODYS,
        why="群发消息的进度,不含个人信息;内容见“收到的消息”",
    ),
    Holding(
        collection=broadcast_homes.COLLECTION,
        fate=Fate.REMOVED,
        person="people",
        why="群发消息通知到哪些房屋,见“收到的消息”;注销后去掉账号",
    ),
    Holding(
        collection=push_turns_index.COLLECTION,
        fate=Fate.REMOVED,
        why="一小时内是否推送过消息,之后自动删除",
    ),
)


async def close(deps: Dependencies, tx: Transaction, person_id: str) -> None:
    """Erase a person's grants and push turn, while their WeChat user is still known.

    At once: they are counted by WeChat user, who may be here again with a new account before
    the messages are gone.
    """
    await push_turns.forget(deps, tx, person_id)
    openid = (await people.openids(deps, [person_id])).get(person_id)
    if openid:
        await grants.forget(deps, tx, openid)


async def forget(deps: Dependencies, tx: Transaction, person_id: str) -> bool:
    """Erase a person's messages, and take them out of the homes that broadcasts mean."""
    if await store.remove_of(deps.db, tx, person_id):
        return True
    return await homes_store.forget(deps.db, tx, person_id)

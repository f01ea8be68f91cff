"""Export of everything held about one person, in a file they can read (PIPL art. 45).

Only their own rows: who else lives in a home is another person's business. At most MOST_ROWS
of a kind and one kind at a time in memory, so that nobody's history fills a server.
"""

from typing import Any, Final

import msgspec

from mongo_indexes import photos
from services.audit import actions as audit
from services.audit import privacy as audit_privacy
from services.dependencies import Dependencies, Transaction
from services.kernel.acts import Act
from services.kernel.documents import Document
from services.kernel.permissions import Actor
from services.kernel.personal_data import Holding
from services.photos import actions as photos_actions
from services.privacy import labels
from services.privacy.models import Group
from services.privacy.rows import ids_of, rows_of

MOST_ROWS: Final = 5000
ABOUT: Final = "三长通保存的关于您的全部信息。其他人的信息不在其中。时间为北京时间。"


async def export(deps: Dependencies, actor: Actor) -> bytes:
    """Return a JSON file of everything that is held about the actor; noted in the audit."""
    parts = [_part("说明", ABOUT)]
    groups = 0
    for holding in deps.features.holdings:
        if holding.title:
            group = await _group(deps, holding, actor.person_id)
            if holding.collection == photos.COLLECTION:
                await _add_links(deps, actor, group)
            await labels.translate(deps, group.rows)
            parts.append(_part(holding.title, group))
            groups += bool(group.rows)
    parts.append(_part("谁的信息被查看(关于我)", await _reveals(deps, actor.person_id)))
    parts.append(_part("没有列出的", _left_out(deps)))

    async def note(tx: Transaction) -> None:
        await audit.record(deps, tx, actor, Act.EXPORTED, groups=groups)

    await deps.in_transaction(note)
    return b"{\n" + b",\n".join(parts) + b"\n}\n"


def _part(title: str, content: Any) -> bytes:
    body = msgspec.json.format(msgspec.json.encode(content), indent=2)
    return msgspec.json.encode(title) + b": " + body


async def _group(deps: Dependencies, holding: Holding, person_id: str) -> Group:
    found = [row async for row in rows_of(deps, holding, person_id, limit=MOST_ROWS + 1)]
    return Group(found[:MOST_ROWS], len(found) <= MOST_ROWS, holding.law)


async def _add_links(deps: Dependencies, actor: Actor, group: Group) -> None:
    """Say where each photo can be fetched for five minutes: pictures would swell the file."""
    ids = [row["照片编号"] for row in group.rows]
    links = {link.photo_id: link for link in await photos_actions.urls(deps, actor, ids)}
    for row in group.rows:
        if link := links.get(row["照片编号"]):
            row["五分钟内查看"] = link.url


async def _reveals(deps: Dependencies, person_id: str) -> Group:
    """Return when staff saw the whole of what is masked, of the person's own rows."""
    found: list[Document] = []
    for holding in (each for each in deps.features.holdings if each.revealed):
        async for row_id in ids_of(deps, holding, person_id, limit=MOST_ROWS):
            acts = rows_of(deps, audit_privacy.ABOUT_ME, row_id, limit=MOST_ROWS)
            found += [row async for row in acts if row["操作"] == Act.REVEALED.label]
    await labels.translate(deps, found)
    return Group(found[:MOST_ROWS], len(found) <= MOST_ROWS)


def _left_out(deps: Dependencies) -> list[str]:
    return [holding.why for holding in deps.features.holdings if not holding.title]

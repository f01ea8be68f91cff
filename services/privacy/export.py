"""Export of everything held about one person, in a file they can read (PIPL art. 45).

Only their own rows: who else lives in a home is another person's business. The worker writes it
some rows at a time, so that nobody's history fills its memory or makes them wait for an answer.
"""

from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from typing import Any, Final

import msgspec

from mongo_indexes import photos
from services.audit import privacy as audit_privacy
from services.dependencies import Dependencies
from services.exports import actions as exports
from services.exports.files import Writer
from services.exports.models import KEPT, Export, ExportView
from services.kernel.acts import Act
from services.kernel.documents import Document
from services.kernel.features import Export as Kind
from services.kernel.permissions import Actor
from services.kernel.personal_data import Holding
from services.photos import actions as photos_actions
from services.privacy import labels
from services.privacy.rows import batches, ids_of, rows_of

MY_DATA: Final = "my_data"
JSON: Final = "application/json; charset=utf-8"
# Of one kind; a person's whole life in a compound is a few thousand.
MOST_ROWS: Final = 50_000
ABOUT: Final = "三长通保存的关于您的全部信息。其他人的信息不在其中。时间为北京时间。"


async def ask(deps: Dependencies, actor: Actor) -> ExportView:
    """Ask for a file of everything that is held about the actor; noted in the audit."""
    wish = Export(
        id=deps.new_id(),
        person=actor.person_id,
        kind=MY_DATA,
        title="我的信息",
        filename="我的信息.json",
        content_type=JSON,
        asks_again=True,
        created_at=deps.now(),
        expires_at=deps.now() + KEPT,
    )
    return await exports.ask(deps, actor, wish)


async def write(deps: Dependencies, actor: Actor, writer: Writer) -> None:
    """Write the file: for each kind of thing its rows, and why some of it is kept."""
    person, left = actor.person_id, writer.export.expires_at - deps.now()
    file = Groups(writer)
    await file.add("说明", ABOUT)
    for holding in deps.features.holdings:
        if holding.title:
            rows = _batches(deps, actor, holding, left)
            await file.group(holding.title, rows, holding.law)
    await file.group(audit_privacy.ABOUT_ME.title, _reveals(deps, person))
    await file.add(
        "没有列出的", [each.why for each in deps.features.holdings if not each.title]
    )
    await file.close()


class Groups:
    """JSON object of groups of rows, written some rows at a time."""

    def __init__(self, writer: Writer) -> None:
        self.writer = writer
        self.rows = 0
        self.complete = True
        self._before = b"{\n"

    async def add(self, title: str, content: Any) -> None:
        await self._begin(title, _json(content))

    async def group(
        self, title: str, batches: AsyncIterator[list[Document]], law: str = ""
    ) -> None:
        """Write a group as 内容 (rows), 完整 (whether all), 说明 (why it is kept)."""
        await self._begin(title, b'{"' + "内容".encode() + b'": [')
        count, complete, comma = 0, True, b""
        async for batch in batches:
            taken = batch[: MOST_ROWS - count]
            content = b",\n".join(map(_json, taken))
            if not (complete := self.writer.has_room(content)):
                break
            await self.writer.write(comma + b"\n" + content)
            count, comma = count + len(taken), b","
            await self.writer.progress(self.rows + count)
            if not (complete := len(taken) == len(batch)):
                break
        rest = f'], "完整": {str(complete).lower()}, "说明": '.encode() + _json(law) + b"}"
        await self.writer.write(rest)
        self.rows += count
        self.complete &= complete

    async def close(self) -> None:
        await self.writer.write(b"\n}\n")
        await self.writer.finish(rows=self.rows, complete=self.complete)

    async def _begin(self, title: str, content: bytes) -> None:
        await self.writer.write(self._before + _json(title) + b": " + content)
        self._before = b",\n"


def _json(content: Any) -> bytes:
    return msgspec.json.format(msgspec.json.encode(content), indent=2)


async def _batches(
    deps: Dependencies, actor: Actor, holding: Holding, lasts: timedelta
) -> AsyncIterator[list[Document]]:
    """Yield a person's rows of one kind, some at a time, in people's words."""
    rows = rows_of(deps, holding, actor.person_id, limit=MOST_ROWS + 1)
    async for batch in batches(rows):
        if holding.collection == photos.COLLECTION:
            await _add_links(deps, actor, batch, lasts)
        await labels.translate(deps, batch)
        yield batch


async def _add_links(
    deps: Dependencies, actor: Actor, rows: list[Document], lasts: timedelta
) -> None:
    """Say where each photo can be seen while the file is kept: pictures would swell it."""
    ids = [row["照片编号"] for row in rows]
    found = await photos_actions.urls(deps, actor, ids, lasts=lasts)
    links = {link.photo_id: link for link in found}
    for row in rows:
        if link := links.get(row["照片编号"]):
            row["一天内查看"] = link.url


async def _reveals(deps: Dependencies, person_id: str) -> AsyncIterator[list[Document]]:
    """Yield when staff saw the whole of what is masked, of the person's own rows."""
    for holding in (each for each in deps.features.holdings if each.revealed):
        async for row_id in ids_of(deps, holding, person_id, limit=MOST_ROWS):
            acts = rows_of(deps, audit_privacy.ABOUT_ME, row_id, limit=MOST_ROWS)
            if found := [row async for row in acts if row["操作"] == Act.REVEALED.label]:
                await labels.translate(deps, found)
                yield found


EXPORTS: Final[Mapping[str, Kind]] = {MY_DATA: write}

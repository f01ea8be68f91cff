"""Walk of one row through the town: asked as everybody from everywhere, and judged."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote, urlencode

import msgspec
import pytest

from tests.matrix.judge import REFUSED, Call, Judge
from tests.matrix.posts import OWNER, Post
from tests.matrix.row import Cell, Row
from tests.matrix.town import Scene, Town

# What the product writes while refusing, or to know who asks: no business of anybody's.
BOOKKEEPING: Final = {"audit", "audit_anchors", "audit_heads", "idempotency_keys", "sessions"}
AT_ONCE: Final = 8
# The marks of a module whose rows are walked; its test asks `walked` for each of them.
IN_TOWN: Final = [
    pytest.mark.slow,
    pytest.mark.deep,
    pytest.mark.asyncio(loop_scope="package"),
]
Walked = Callable[[Row], Awaitable[None]]


@dataclass
class Walk:
    town: Town
    row: Row
    number: int = 0

    async def over(self, cells: Sequence[Cell], old: Sequence[Cell]) -> Judge:
        """Ask for each cell of the row. `old`: those of an old confirmation."""
        self.judge = Judge(self.row)
        reads = self.row.verb == "get"
        await self._together([c for c in cells if reads or c.outcome in REFUSED])
        changing = [c for c in cells if not reads and c.outcome not in REFUSED]
        # What concerns only oneself hinders nobody else; the rest would wait for each other.
        step = AT_ONCE if self.row.rule.private else 1
        for start in range(0, len(changing), step):
            await self._rest()
            await asyncio.gather(*(self._alone(c) for c in changing[start : start + step]))
        await self._together(old, old=True)
        self.judge.not_vacuous()
        return self.judge

    async def _together(self, cells: Sequence[Cell], *, old: bool = False) -> None:
        """Ask for what is refused, and for what only shows: nothing may change."""
        if not cells:
            return
        await self._rest()
        calls = await self._calls(cells, old=old)
        db = self.town.world.db
        before = await self.town.watch.digests()
        self.judge.seen = await self.town.watch.marks(before)
        await asyncio.gather(*(self._ask(call) for call in calls))
        after = await self.town.watch.digests()
        changed = {name for name in after if before.get(name) != after[name]} - BOOKKEEPING
        if changed:
            self.judge.problems.append(
                f"{self.row.name}: refused or read, yet changed {sorted(changed)}"
            )
        for call in calls:
            self.judge.answer(call)
        await self.judge.audit(db, calls)

    async def _calls(self, cells: Sequence[Cell], *, old: bool) -> list[Call]:
        """Make one target for each aim; where it is the caller's own, one for each caller."""
        shared: dict[object, tuple[Scene, Any]] = {}
        calls = []
        for cell in cells:
            own = self.row.rule.private and not cell.aim.owner and cell.outcome not in REFUSED
            key = (cell.aim, cell.post) if own else cell.aim
            if key not in shared:
                shared[key] = await self._target(cell, cell.post if own else OWNER)
            who = self.town.people[cell.post]
            calls.append(Call(cell, who, *shared[key], self._request_id(), old))
        return calls

    async def _target(self, cell: Cell, owner: Post) -> tuple[Scene, Any]:
        scene = Scene(self.town, cell.aim.place, self.town.people[owner])
        return scene, await self.row.makes(scene) if self.row.makes else ""

    async def _alone(self, cell: Cell) -> None:
        """Ask for what changes something, of a target of its own."""
        who = self.town.people[cell.post]
        if self.row.twin:
            who = await self.town.seats.seat(cell.post)
        scene = Scene(self.town, cell.aim.place, who)
        made = await self.row.makes(scene) if self.row.makes else ""
        call = Call(cell, who, scene, made, self._request_id())
        await self._ask(call)
        self.judge.answer(call)
        await self.judge.audit(self.town.world.db, [call])

    def _request_id(self) -> str:
        self.number += 1
        name = "".join(c if c.isalnum() else "-" for c in self.row.name)
        return f"{name[-56:]}-{self.number}"

    async def _rest(self) -> None:
        """Begin anew to count how often somebody asks."""
        await self.town.world.deps.redis.flushdb()

    async def _ask(self, call: Call) -> None:
        row, scene, made = self.row, call.scene, call.made
        query = row.query(scene, made) if callable(row.query) else row.query
        body = row.body(scene, made) if callable(row.body) else row.body
        raw = body if isinstance(body, bytes | None) else msgspec.json.encode(body)
        if raw is None and row.verb not in {"get", "delete"}:
            raw = b""
        headers = {"X-Request-Id": call.request_id}
        if call.token:
            headers["Authorization"] = f"Bearer {call.token}"
        path = self._path(call)
        url = f"{path}?{urlencode(query)}" if query else path
        api = self.town.world.api
        call.reply = await api.call(row.verb.upper(), url, raw, headers=headers)

    def _path(self, call: Call) -> str:
        """Fill the path: with what was made, or with the place that is aimed at."""
        made, path = call.made, self.row.path
        for part in [part for part in path.split("/") if part.startswith("{")]:
            is_place = part in {"{place}", "{home}"}
            text = made.get(part[1:-1], "") if isinstance(made, dict) else str(made)
            filled = call.cell.aim.place if is_place and not text else text
            path = path.replace(part, quote(filled, safe=""))
        return path

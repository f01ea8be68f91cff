"""Walks one row through the town and returns what is not as it should be."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote, urlencode

import msgspec

import mongo_indexes
from handlers.openapi import codes_by_status, failure_of
from handlers.problems import Problem
from tests.matrix import marks
from tests.matrix.posts import OWNER
from tests.matrix.row import BY_PATH, Cell, Row
from tests.matrix.rules import Outcome
from tests.matrix.seats import Someone
from tests.matrix.town import Scene, Town
from tests.world import Reply

# What the product writes while refusing, or to know who asks: no business of anybody's.
BOOKKEEPING: Final = {"audit", "audit_anchors", "audit_heads", "idempotency_keys", "sessions"}
REFUSED: Final = {Outcome.FORBIDDEN, Outcome.MISSING, Outcome.UNKNOWN}
STATUS: Final = {Outcome.FORBIDDEN: 403, Outcome.MISSING: 404, Outcome.UNKNOWN: 401}


@dataclass
class Call:
    """One request of a cell, and what came of it."""

    cell: Cell
    who: Someone
    made: Any
    scene: Scene
    request_id: str
    token: str
    reply: Reply | None = None


@dataclass
class Walk:
    town: Town
    row: Row
    number: int = 0
    problems: list[str] = field(default_factory=list)
    outcomes: Counter[str] = field(default_factory=Counter)
    seen: marks.Marks = field(default_factory=marks.Marks)

    async def all(self) -> list[str]:
        """Walk every cell; return the problems, in words."""
        cells = list(self.row.cells())
        harmless = self.row.verb == "get"
        together = [c for c in cells if harmless or c.outcome in REFUSED]
        await self._batch(together)
        for cell in cells:
            if cell not in together:
                await self._alone(cell)
        await self._batch(list(self.row.again()), old=True)
        return self.problems

    async def _batch(self, cells: Sequence[Cell], *, old: bool = False) -> None:
        """Ask for what is refused, and for what only shows: nothing may change."""
        await self.town.world.deps.redis.flushdb()
        shared: dict[object, tuple[Scene, Any]] = {}
        calls = []
        for cell in cells:
            own = cell.aim.owner is None and cell.outcome not in REFUSED
            key = (cell.aim, cell.post) if own else cell.aim
            if key not in shared:
                shared[key] = await self._target(cell, owner=cell.post if own else OWNER)
            calls.append(self._call(cell, *shared[key], old=old))
        self.seen = await marks.read(self.town.world.db)
        before = await self._digest()
        await asyncio.gather(*(self._ask(call) for call in calls))
        changed = [name for name, md5 in (await self._digest()).items() if before[name] != md5]
        if changed:
            self.problems.append(f"{self.row.name}: refused or read, and yet changed {changed}")
        for call in calls:
            self._judge(call, old=old)
        await self._judge_audit(calls)

    async def _alone(self, cell: Cell) -> None:
        """Ask for what changes something, of a target of its own."""
        who = self.town.people[cell.post]
        if self.row.twin:
            who = await self.town.seats.seat(cell.post)
        await self.town.world.deps.redis.flushdb()
        scene = Scene(self.town, cell.aim.place, who, who)
        made = await self.row.makes(scene) if self.row.makes else ""
        call = self._call(cell, scene, made, who=who)
        await self._ask(call)
        self._judge(call)
        await self._judge_audit([call])

    async def _target(self, cell: Cell, owner: Any) -> tuple[Scene, Any]:
        someone = self.town.people[owner]
        scene = Scene(self.town, cell.aim.place, someone, None)
        return scene, await self.row.makes(scene) if self.row.makes else ""

    def _call(
        self,
        cell: Cell,
        scene: Scene,
        made: Any,
        who: Someone | None = None,
        *,
        old: bool = False,
    ) -> Call:
        self.number += 1
        who = who or self.town.people[cell.post]
        request_id = f"{self.row.name}-{self.number}"
        safe = "".join(c if c.isalnum() else "-" for c in request_id)[-60:]
        return Call(cell, who, made, scene, safe, who.stale if old else who.token)

    async def _ask(self, call: Call) -> None:
        row, made = self.row, call.made
        values = made if isinstance(made, dict) else {}
        path = row.path
        for name in [part[1:-1] for part in path.split("/") if part.startswith("{")]:
            text = values.get(name) or (
                call.cell.aim.place if name in {"place", "home"} and not made else str(made)
            )
            path = path.replace(f"{{{name}}}", quote(text, safe=""))
        query = row.query(call.scene, made) if callable(row.query) else row.query
        body = row.body(call.scene, made) if callable(row.body) else row.body
        raw = body if isinstance(body, bytes | None) else msgspec.json.encode(body)
        if raw is None and row.verb not in {"get", "delete"}:
            raw = b""
        headers = {"X-Request-Id": call.request_id}
        if call.token:
            headers["Authorization"] = f"Bearer {call.token}"
        url = f"{path}?{urlencode(query)}" if query else path
        call.reply = await self.town.world.api.call(row.verb.upper(), url, raw, headers=headers)

    def _judge(self, call: Call, *, old: bool = False) -> None:
        cell, reply, row = call.cell, call.reply, self.row
        assert reply is not None
        self.outcomes[cell.outcome] += 1
        where = f"{row.name} [{cell.aim.label}] {cell.post.name}"
        wanted, code = STATUS.get(cell.outcome, row.status), ""
        if cell.outcome is Outcome.LANDED and row.land:
            wanted, code = row.land
        if old:
            code = "confirmation_needed"
        got = (
            reply.body.get("code", "")
            if isinstance(reply.body, dict) and reply.status >= 400
            else ""
        )
        if reply.status != wanted or (code and got != code):
            self.problems.append(f"{where}: wanted {wanted} {code}, got {reply.status} {got}")
        if reply.status >= 400:
            documented = codes_by_status(row.path, row.verb, row.contract)
            ours = failure_of(BY_PATH[row.path]) is Problem
            if reply.status not in documented or (ours and got not in documented[reply.status]):
                self.problems.append(f"{where}: {reply.status} {got} is not documented")
            return
        if row.beyond or reply.status != row.status:
            return
        scope = self.row.rule.scope(cell.post.actor, row.contract)
        if row.past:
            scope = (*scope, *(place for _, place in cell.post.roles))
        if cell.aim.label == "anybody":
            scope = (*scope, cell.aim.place)
        private = row.rule.needs(row.contract) is None
        for mark, owner in self.seen.seen(reply).items():
            if marks.foreign(owner, scope, call.who.person_id, private=private):
                where_from = sorted(owner.places | owner.people)
                self.problems.append(f"{where}: shows {mark} of {where_from}")

    async def _judge_audit(self, calls: Sequence[Call]) -> None:
        """Look for one row in the audit: of each refusal, and of each act that was done."""
        found = self.town.world.db["audit"].find(
            {"request_id": {"$in": [call.request_id for call in calls]}}
        )
        rows: dict[str, list[str]] = {}
        async for row in found:
            rows.setdefault(row["request_id"], []).append(row["result"])
        for call in calls:
            wanted = self._wanted_rows(call)
            if wanted is not None and rows.get(call.request_id, []) != wanted:
                self.problems.append(
                    f"{self.row.name} {call.cell.post.name}: the audit has "
                    f"{rows.get(call.request_id, [])}, not {wanted}"
                )

    def _wanted_rows(self, call: Call) -> list[str] | None:
        if not call.cell.post.signed_in:
            return []
        assert call.reply is not None
        if call.reply.status in {403, 404}:
            return ["refused"]
        if call.reply.status >= 400 or self.row.silent:
            return []
        return ["done"] if self.row.verb != "get" else None

    async def _digest(self) -> dict[str, str]:
        names = [m.COLLECTION for m in mongo_indexes.ALL if m.COLLECTION not in BOOKKEEPING]
        answer = await self.town.world.db.command("dbHash", collections=names)
        return dict(answer["collections"])

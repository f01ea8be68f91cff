"""Assertions on the answers of a row: the status, the problem, the marks, the audit."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from handlers.http.failures import shape_of
from handlers.http.problems import Problem
from handlers.http.statuses import codes_by_status
from tests.build.documents import Database
from tests.build.world import Reply
from tests.matrix import marks
from tests.matrix.row import BY_PATH, Cell, Row
from tests.matrix.rules import Outcome
from tests.matrix.seats import Someone
from tests.matrix.town import Scene

REFUSED: Final = frozenset({Outcome.FORBIDDEN, Outcome.MISSING, Outcome.UNKNOWN})
STATUS: Final = {Outcome.FORBIDDEN: 403, Outcome.MISSING: 404, Outcome.UNKNOWN: 401}
FAILURES: Final = 400  # and above


@dataclass
class Call:
    """One request of a cell, and what came of it. `old`: of a session that proved long ago."""

    cell: Cell
    who: Someone
    scene: Scene
    made: Any
    request_id: str
    old: bool = False
    reply: Reply = field(default_factory=lambda: Reply(0, None))

    @property
    def token(self) -> str:
        return self.who.stale if self.old else self.who.token

    @property
    def code(self) -> str:
        failed = self.reply.status >= FAILURES and isinstance(self.reply.body, dict)
        return str(self.reply.body["code"]) if failed else ""


@dataclass
class Judge:
    row: Row
    seen: marks.Marks = field(default_factory=marks.Marks)
    problems: list[str] = field(default_factory=list)
    outcomes: Counter[Outcome] = field(default_factory=Counter)
    own_marks: int = 0

    def __post_init__(self) -> None:
        route, contract = BY_PATH[self.row.path], self.row.contract
        self.documented = codes_by_status(route.path, self.row.verb, contract)
        self.ours = shape_of(route) is Problem

    def say(self, call: Call, problem: str) -> None:
        cell = call.cell
        self.problems.append(f"{self.row.name} [{cell.aim.label}] {cell.post.name}: {problem}")

    def answer(self, call: Call) -> None:
        self.outcomes[call.cell.outcome] += 1
        self._status(call)
        if call.reply.status >= FAILURES:
            self._documented(call)
        elif call.reply.status == self.row.status:
            self._nothing_foreign(call)

    def _status(self, call: Call) -> None:
        wanted, code = STATUS.get(call.cell.outcome, self.row.status), ""
        if call.cell.outcome is Outcome.LANDED and self.row.land:
            wanted, code = self.row.land
        if call.old:
            code = "confirmation_needed"
        if call.reply.status != wanted or (code and call.code != code):
            self.say(call, f"wanted {wanted} {code}, got {call.reply.status} {call.code}")

    def _documented(self, call: Call) -> None:
        codes = self.documented.get(call.reply.status)
        if codes is None or (self.ours and call.code not in codes):
            self.say(call, f"{call.reply.status} {call.code} is not documented")

    def _nothing_foreign(self, call: Call) -> None:
        rule, contract, post = self.row.rule, self.row.contract, call.cell.post
        scope = rule.scope(post, contract)
        if self.row.past:
            scope = (*scope, *(place for _, place in post.roles))
        if rule.open:
            scope = (*scope, call.cell.aim.place)
        for mark, owner in self.seen.seen(call.reply).items():
            if not marks.foreign(owner, scope, call.who.person_id, private=rule.private):
                self.own_marks += 1
            elif not self.row.beyond:
                self.say(call, f"shows {mark} of {sorted(owner.places | owner.people)}")

    def not_vacuous(self) -> None:
        """Somebody saw something: else it is no news that nobody saw anything foreign."""
        allowed = self.outcomes[Outcome.ALLOWED]
        if self.row.verb == "get" and allowed and not self.own_marks and not self.row.bare:
            self.problems.append(f"{self.row.name}: no answer shows anything; see `bare`")

    async def audit(self, db: Database, calls: Sequence[Call]) -> None:
        """Look for one row in the audit: of each refusal, and of each act that was done."""
        rows: dict[str, list[str]] = {call.request_id: [] for call in calls}
        async for row in db["audit"].find({"request_id": {"$in": list(rows)}}):
            rows[row["request_id"]].append(row["result"])
        for call in calls:
            wanted, found = self._wanted_rows(call), rows[call.request_id]
            if wanted is not None and found != wanted:
                self.say(call, f"the audit has {found}, not {wanted}")

    def _wanted_rows(self, call: Call) -> list[str] | None:
        """Return None when it is left to the service: some reads are acts."""
        if not call.cell.post.signed_in:
            return []
        if call.reply.status in {403, 404}:
            return ["refused"]
        if call.reply.status >= FAILURES or self.row.silent:
            return []
        return None if self.row.verb == "get" else ["done"]

"""A visit to the running product, over HTTP only: what every chapter of the tour shares."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from demo.people import COMMUNITY, ROLES
from demo.visitor import Guest, Unexpected, Visitor
from services.days import month_of, plus_months, wall_clock

WAIT_SECONDS: Final = 60.0
LOOK_EVERY_SECONDS: Final = 0.2
Step = Callable[[], Awaitable[str]]


def expect(holds: object, what: str) -> None:
    if not holds:
        raise Unexpected(what)


def counted(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def yuan(fen: int) -> str:
    return f"{fen / 100:.2f}元"


class Visit:
    """Every visit makes a compound and people of its own, so it can be repeated."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor = visitor
        self.tag = secrets.token_hex(3)
        self.compound = f"{COMMUNITY}.t{self.tag}"
        digits = f"{secrets.randbelow(10**7):07d}"
        self.phone, self.head_phone = f"1981{digits}", f"1982{digits}"
        self.periods = [plus_months(month_of(wall_clock()), n) for n in (-2, -1, 0)]
        self.people: dict[str, Guest] = {}
        self.before: dict[str, Any] = {}

    async def sign_in_staff(self, *names: str) -> None:
        """Sign people of the demo in by the phones they were appointed under."""
        for name in names:
            phone = next(person.phone for person in ROLES if person.name == name)
            self.people[name] = await self.visitor.sign_in(name, phone)

    async def ask(
        self,
        who: str,
        method: str,
        path: str,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        return await self.visitor.ask(
            method, f"/api/v1{path}", body, as_=self.people.get(who), headers=headers
        )

    async def status(self, who: str, method: str, path: str) -> int:
        """Return the status of a request that should be refused; 200 when it was not."""
        try:
            await self.ask(who, method, path)
        except Unexpected as refusal:
            return refusal.status
        return 200

    def sit_down(self, who: str, token: str) -> None:
        self.people[who] = Guest(who, token)

    async def until(self, who: str, path: str, key: str, wanted: str) -> Any:
        """Look until the worker is done with something."""
        deadline = asyncio.get_running_loop().time() + WAIT_SECONDS
        while True:
            found = await self.ask(who, "GET", path)
            if found[key] == wanted:
                return found
            if asyncio.get_running_loop().time() > deadline:
                raise Unexpected(f"{path}: {key} is {found[key]}, not {wanted}")
            await asyncio.sleep(LOOK_EVERY_SECONDS)

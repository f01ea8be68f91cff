"""Visit to the running product: the people and things that the chapters of a tour share."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from demo.client import Unexpected
from demo.people import COMMUNITY, ROLES
from demo.visitor import Guest, Visitor
from services.kernel.days import plus_months

WAIT_SECONDS: Final = 60.0
LOOK_EVERY_SECONDS: Final = 0.2
OF_THE_DEMO: Final = frozenset(person.name for person in ROLES)


class Visit:
    """One walk. It makes a compound and people of its own, so it can be repeated.

    What a chapter leaves behind for later ones is written here as an attribute; to read one
    before its chapter was played is an AttributeError, and a mistake in that chapter's `needs`.
    """

    # of the chapter `compound`
    import_path: str
    home: dict[str, Any]  # 3栋2单元502室 of this visit's compound
    unit: str
    # of the chapter `bills`
    payees: dict[str, str]  # fee → id of who is paid
    # of the chapter `resident`
    bills: list[dict[str, Any]]  # the property fees of three months
    # of the chapter `payment`
    before: dict[str, Any]
    payment: str
    # of the chapter `counter`
    cash_of: str  # key of the account that the cash at the door is for
    # of the chapter `arrears`
    debt: str  # path of the home
    # of the chapter `bank`
    statement: str
    transferred: int  # in fen
    # of the chapter `refund`
    refund: str
    # of the chapter `notice`
    notice: str
    # of the chapter `repair`
    repair: str
    # of the chapter `voices`
    feedback: str
    # of the chapter `tenancy`
    rented: str
    request: str

    def __init__(self, visitor: Visitor, today: str) -> None:
        """Begin one; `today`: the day in Beijing, as the product has it."""
        self.visitor = visitor
        self.today = today
        self.tag = secrets.token_hex(3)
        self.compound = f"{COMMUNITY}.t{self.tag}"
        digits = f"{secrets.randbelow(10**7):07d}"
        self.phone, self.head_phone = f"1981{digits}", f"1982{digits}"
        self.periods = [plus_months(today[:7], n) for n in (-2, -1, 0)]
        self.people: dict[str, Guest] = {}

    def user(self, who: str) -> str:
        """Return the name of a WeChat user: the demo's, or this visit's own."""
        return who if who in OF_THE_DEMO - {"resident"} else f"{who}{self.tag}"

    async def arrive(self, who: str, phone: str = "") -> None:
        """Sign somebody in; with a phone, prove that too."""
        self.people[who] = await self.visitor.sign_in(self.user(who), phone)

    def sit_down(self, who: str, token: str) -> None:
        """Let somebody be signed in by a token that was given on another way."""
        self.people[who] = Guest(who, token)

    async def ask(
        self,
        who: str,
        method: str,
        path: str,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        """Ask the API as somebody; staff of the demo are signed in when they first ask.

        `who`: "" for a stranger. Raises Unexpected on any refusal.
        """
        if who and who not in self.people:
            await self.arrive(who)
        guest = self.people[who] if who else None
        return await self.visitor.ask(
            method, f"/api/v1{path}", body, as_=guest, headers=headers
        )

    async def refused(self, who: str, method: str, path: str, status: int) -> None:
        """Expect a refusal with this status."""
        try:
            await self.ask(who, method, path)
        except Unexpected as refusal:
            expect(refusal.status == status, f"not {status}: {refusal}")
        else:
            expect(holds=False, what=f"{method} {path} as {who}: answered, not {status}")

    async def until(
        self, question: Callable[[], Awaitable[Any]], holds: Callable[[Any], bool]
    ) -> Any:
        """Ask until the answer holds: the worker needs a moment. Raises Unexpected."""
        deadline = asyncio.get_running_loop().time() + WAIT_SECONDS
        while not holds(found := await question()):
            late = asyncio.get_running_loop().time() > deadline
            expect(not late, f"not there after {WAIT_SECONDS:.0f} s; the last answer: {found}")
            await asyncio.sleep(LOOK_EVERY_SECONDS)
        return found

    async def until_state(self, who: str, path: str, state: str) -> Any:
        """Ask until the worker has moved something to this state."""
        return await self.until(
            lambda: self.ask(who, "GET", path), lambda found: found["state"] == state
        )


def expect(holds: object, what: str) -> None:
    """Raise Unexpected, with what is wrong, unless it holds."""
    if not holds:
        raise Unexpected(what)


def counted(count: int, what: str, several: str = "") -> str:
    """Return so many of something; `several`: the word for them, where an s does not do."""
    return f"{count} {what}" if count == 1 else f"{count} {several or what + 's'}"


def yuan(fen: int) -> str:
    return f"{fen / 100:.2f}元"

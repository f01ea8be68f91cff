"""Row of the matrix, and the cells it stands for."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from handlers.http.contract import Contract, Route
from server.app import ROUTES
from tests.matrix.posts import POSTS, Post
from tests.matrix.rules import Aim, Outcome, Rule
from tests.matrix.town import Maker, Scene

Given = Callable[[Scene, str], Any] | dict[str, Any] | bytes | None
BY_PATH: dict[str, Route] = {route.path: route for route in ROUTES}
CONTRACTS = {
    (verb, route.path): contract
    for route in ROUTES
    for verb, contract in route.contracts().items()
}


@dataclass(frozen=True)
class Cell:
    post: Post
    aim: Aim
    outcome: Outcome


@dataclass(frozen=True)
class Row:
    """One verb of one path. `beyond`: why answers may name what lies outside one's places.

    `past`: why they may name places that one held once. `bare`: why they name nothing at all,
    so that nothing foreign in them proves nothing. `silent`: why a success leaves no row in the
    audit. `twin`: the call would spoil its caller, so somebody like them asks.
    `land`, `because`: the status and code an allowed call ends with instead of a success.
    """

    verb: str
    path: str
    rule: Rule
    makes: Maker | None = None
    body: Given = None
    query: Callable[[Scene, str], dict[str, str]] | dict[str, str] = field(default_factory=dict)
    land: tuple[int, str] | None = None
    because: str = ""
    silent: str = ""
    past: str = ""
    beyond: str = ""
    bare: str = ""
    twin: bool = False

    @property
    def name(self) -> str:
        return f"{self.verb} {self.path}"

    @property
    def contract(self) -> Contract:
        return CONTRACTS[self.verb, self.path]

    @property
    def status(self) -> int:
        done = self.contract.status
        return 204 if done == 200 and self.contract.returns is type(None) else done

    def cells(self) -> Iterator[Cell]:
        """Yield a cell for each person and aim; reads of a place also at each one's own."""
        for aim in self.rule.aims:
            for post in POSTS:
                outcome = self.rule.decide(post, aim, self.contract)
                if outcome is Outcome.ALLOWED and self.land and not self.rule.reason:
                    outcome = Outcome.LANDED
                if outcome is not None:
                    yield Cell(post, aim, outcome)
        if self.verb == "get" and self.makes is None and self.rule.by_place:
            for post in POSTS:
                for held in self.rule.scope(post, self.contract)[:1]:
                    yield Cell(post, Aim("their own place", held), Outcome.ALLOWED)

    def again(self) -> Iterator[Cell]:
        """Yield the cells of a session that proved too long ago whose it is."""
        if self.contract.asks_again:
            aim = self.rule.aims[0]
            for post in POSTS:
                outcome = self.rule.decide(post, aim, self.contract)
                if outcome in {Outcome.ALLOWED, Outcome.LANDED}:
                    yield Cell(post, aim, Outcome.FORBIDDEN)

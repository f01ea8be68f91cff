"""Charters of payees: for which days a payee may charge a fee at a place, and why not.

Contracts are looked up whenever they are needed and never copied into payees, so that one that
is ended early counts at once (docs/decisions/13-firms-and-grids.md).
"""

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from services.dependencies import Dependencies
from services.fees.models import FeeKind, FeeRule, HomeFee
from services.fees.payees import store
from services.fees.payees.models import Obstacle, Payee
from services.fees.refusals import PayeeMayNotCharge, UnknownPayee
from services.firms import contracts
from services.firms.models import Contract
from services.kernel.days import Day
from services.kernel.paths import ancestors, covers
from services.places.actions import compound_of


class Charter(Struct, frozen=True):
    """A payee with what decides on its days. `contracts`: its firm's with the compound."""

    payee: Payee
    contracts: tuple[Contract, ...] = ()
    configured: bool = True

    def obstacle(self, kind: FeeKind | HomeFee, day: Day) -> Obstacle | None:
        """Return why the payee may not charge this fee for this day; None when it may."""
        if not self.payee.takes(kind):
            return Obstacle.KIND
        if not self.configured:
            return Obstacle.ACCOUNT
        if not self.payee.stands_on(day):
            return Obstacle.DAYS
        if self.payee.firm and not any(c.from_day <= day <= c.to_day for c in self.contracts):
            return Obstacle.CONTRACT
        return None

    def turns(self) -> set[tuple[Day, Day | None]]:
        """Return the first and last days between which nothing changes for the payee."""
        spans = {(contract.from_day, contract.to_day) for contract in self.contracts}
        return {(self.payee.from_day, self.payee.to_day), *spans}


async def charter_of(deps: Dependencies, payee_id: str, place: str) -> Charter | None:
    """Return the charter of a payee for a place; None when it is no payee of that place."""
    payee = await store.find(deps.db, payee_id)
    if payee is None or not covers(payee.place, place):
        return None
    [charter] = await _charters(deps, place, [payee])
    return charter


async def require(deps: Dependencies, payee_id: str, place: str) -> Charter:
    """Return the charter of a payee for a place. Raises UnknownPayee."""
    charter = await charter_of(deps, payee_id, place)
    if charter is None:
        raise UnknownPayee("这里没有这个收款单位,请先登记收款单位")
    return charter


async def payee_for(
    deps: Dependencies,
    payee_id: str,
    place: str,
    kind: FeeKind | HomeFee,
    days: Iterable[Day],
) -> Payee:
    """Return a payee that may charge this fee at a place on all of these days.

    Raises UnknownPayee, PayeeMayNotCharge.
    """
    charter = await require(deps, payee_id, place)
    for day in days:
        if because := charter.obstacle(kind, day):
            raise PayeeMayNotCharge(because.label, because=because, day=day)
    return charter.payee


async def charters_of(
    deps: Dependencies, compound: str, rules: Sequence[FeeRule]
) -> Mapping[str, Charter]:
    """Return rule id → charter of its payee, for rules of one compound.

    A rule without one names nobody who may charge there. Rules from before there were payees
    hold an account and a name: theirs is the payee of the compound that has both.
    """
    found = await store.at_places(deps.db, ancestors(compound))
    charters = {charter.payee.id: charter for charter in await _charters(deps, compound, found)}
    matched = {rule.id: rule.payee or _namesake(rule, found) for rule in rules}
    return {rule: charters[payee] for rule, payee in matched.items() if payee in charters}


async def payee_ids(deps: Dependencies, rules: Sequence[FeeRule]) -> dict[str, str]:
    """Return rule id → id of its payee; "" for an old rule that no payee of its place fits."""
    old = {rule.place for rule in rules if not rule.payee}
    above = sorted({place for lower in old for place in ancestors(lower)})
    found = await store.at_places(deps.db, above) if above else []
    return {rule.id: rule.payee or _namesake(rule, found) for rule in rules}


def _namesake(rule: FeeRule, payees: Sequence[Payee]) -> str:
    """Return the payee whose account and name an old rule holds; its latest, or ""."""
    same = [
        payee
        for payee in payees
        if (payee.account, payee.name) == (rule.account, rule.payee_name)
        and rule.kind in payee.kinds
        and covers(payee.place, rule.place)
        and payee.ever_stands
    ]
    return max(same, key=lambda payee: (payee.from_day, payee.id)).id if same else ""


async def _charters(deps: Dependencies, place: str, payees: Sequence[Payee]) -> list[Charter]:
    """Add the contracts with the compound to payees that are firms: one query in all."""
    signed: list[Contract] = []
    if any(payee.firm for payee in payees):
        signed = await contracts.of_compound(deps, compound_of(place))
    return [
        Charter(
            payee,
            tuple(contract for contract in signed if contract.firm == payee.firm),
            payee.account in deps.merchants,
        )
        for payee in payees
    ]

"""Access to entries of household cards: by office, and by whoever they are about.

An entry that is over by its day, or whose people have left, is there for nobody any more, also
before the worker has cleared it away.
"""

from collections.abc import Sequence
from typing import Final

from services.dependencies import Dependencies
from services.kernel import errors
from services.kernel.access import accessible
from services.kernel.interests import require_not_own
from services.kernel.permissions import Actor, Permission
from services.residencies import actions as residencies
from services.residencies.models import Relation, Residency
from services.visits.cards import store
from services.visits.cards.models import CardEntry, ConsentWay
from services.visits.cards.states import CardAction, CardState
from services.visits.offices import households
from services.visits.offices.households import Household

MISSING: Final = "没有找到这项户卡内容"


class CardMovedOn(errors.Conflict):
    """The entry was withdrawn, removed or renewed a moment ago."""

    code = "card_moved_on"


def is_kept(deps: Dependencies, entry: CardEntry, home: Household | None) -> bool:
    """Tell whether an entry is there: neither over, nor of people who have left."""
    return entry.state is CardState.ACTIVE and ends_by(deps, entry, home) is None


def ends_by(deps: Dependencies, entry: CardEntry, home: Household | None) -> CardAction | None:
    """Return what ends an entry that is not over yet; None for one that is kept."""
    if not lives_there(entry, home):
        return CardAction.LEAVE
    return CardAction.EXPIRE if entry.due_at <= deps.now() else None


def lives_there(entry: CardEntry, home: Household | None) -> bool:
    """Tell whether whom an entry is about lives there still: one person, or a household."""
    if not entry.residency:
        return households.same(entry.residencies, home)
    row = home.row(entry.residency) if home is not None else None
    return row is not None and is_whose(entry, row)


def is_whose(entry: CardEntry, row: Residency) -> bool:
    """Tell whether an entry about one person is of whoever is bound to their relation now.

    What somebody filled in in the app is theirs alone: who is bound to the same relation after
    them, e.g. because its phone was corrected, agreed to nothing.
    """
    return entry.consent is not ConsentWay.IN_APP or row.person in entry.people


def may_know(actor: Actor, entry: CardEntry) -> bool:
    """Tell whether somebody may know by office that there is an entry."""
    if entry.sensitive and not actor.may(Permission.REVEAL_CARDS, entry.home):
        return False
    return actor.may(Permission.KEEP_CARDS, entry.home)


async def by_office(deps: Dependencies, actor: Actor, entry_id: str) -> CardEntry:
    """Return an entry of a home of the actor's places. Raises NotFound for others; OwnHome."""
    found = accessible(
        actor,
        await _kept(deps, entry_id),
        people=lambda entry: [actor.person_id] if may_know(actor, entry) else [],
        missing=MISSING,
    )
    require_not_own(actor, [found.home])
    return found


async def own(deps: Dependencies, actor: Actor, entry_id: str) -> CardEntry:
    """Return an entry about the actor, or about their household. Raises NotFound."""
    found = await _kept(deps, entry_id)
    mine = await my_rows(deps, actor)
    return accessible(
        actor,
        found,
        people=lambda entry: [actor.person_id] if is_own(entry, mine) else [],
        missing=MISSING,
    )


async def _kept(deps: Dependencies, entry_id: str) -> CardEntry | None:
    found = await store.find(deps.db, entry_id)
    if found is None:
        return None
    home = await households.of_home(deps, found.home)
    return found if is_kept(deps, found, home) else None


async def my_rows(deps: Dependencies, actor: Actor) -> list[Residency]:
    """Return the actor's relations to homes today, without those by which they only pay."""
    found = await residencies.of_person(deps, actor.person_id)
    return [row for row in found if row.relation is not Relation.PAYER]


def is_own(entry: CardEntry, mine: Sequence[Residency]) -> bool:
    """Tell whether an entry is about one of these relations, or a household that had one.

    Whoever moves in later, or lets the home, is not of the household that it was said of.
    """
    tied = [row for row in mine if row.id in entry.residencies]
    return any(not entry.residency or is_whose(entry, row) for row in tied)

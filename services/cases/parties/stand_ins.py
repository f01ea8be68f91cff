"""Stand-ins (代答人) of those who wrote a case down for somebody, and left the office since.

Whom it was for has no account and cannot be asked. So somebody of the office that the kind
names for it (Question.stands_in) is asked in their place. Where nobody is, nobody is waited
for.
"""

from datetime import timedelta
from typing import Any, Final

from services.cases import ladder
from services.cases import store as cases
from services.cases.kinds import Kind, Question
from services.cases.parties import actions as parties
from services.cases.parties import store
from services.cases.parties.models import PartyRow, party_id
from services.dependencies import Dependencies, Transaction
from services.kernel.documents import digest_id

# Whoever has a question may leave the office before they answer.
LOOKED_AFTER: Final = timedelta(days=1)


async def take_over(
    deps: Dependencies, tx: Transaction, kind: Kind, found: Any, question: Question
) -> bool:
    """Replace who left the office before answering in this round; tell whether anybody had.

    Their rows go: a question that nobody may answer would hold up the answers of the others.
    """
    rows = await store.filers(deps.db, tx, found.id, found.round)
    there = await parties.in_office(deps, kind, found, rows)
    left = [row for row in rows if row.person not in there]
    if not left:
        return False
    await store.remove(deps.db, tx, [row.id for row in left])
    joined = [row for row in left if not row.is_reporter]
    changes = {"joiners": found.joiners - len(joined)}
    if not await cases.change(deps.db, tx, kind, found, changes, steps=0):
        raise kind.moved_on(found)
    found.joiners = changes["joiners"]
    for person in await _office(deps, kind, found, question):
        if await store.insert(deps.db, tx, _row(deps, kind, found, person)):
            break  # else they are asked already, for themselves
    return True


async def _office(deps: Dependencies, kind: Kind, found: Any, question: Question) -> list[str]:
    """Return who may stand in: in the same order for a case, and in others for others."""
    people = await ladder.holders(deps, kind.place_of(found), question.stands_in)
    others = people - {question.spares(found)}
    return sorted(others, key=lambda each: digest_id("stand_in", found.id, each))


def _row(deps: Dependencies, kind: Kind, found: Any, person_id: str) -> PartyRow:
    return PartyRow(
        id=party_id(found.id, person_id),
        kind=kind.name,
        case=found.id,
        person=person_id,
        is_reporter=True,
        is_filer=True,
        joined_at=deps.now(),
    )


async def is_waited_for(deps: Dependencies, tx: Transaction, found: Any) -> bool:
    """Tell whether somebody who wrote it down, or stands in for them, has not answered."""
    return bool(await store.filers(deps.db, tx, found.id, found.round))

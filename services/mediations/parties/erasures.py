"""Erasures of parties: their name and words go, and the agreement of the others stays.

What the others agreed binds them still (人民调解法 art. 31): 当事人 stands for the name in it,
and their phone is left out.
"""

from collections.abc import Sequence
from typing import Final

from services.dependencies import Dependencies, Transaction
from services.mediations import store
from services.mediations.agreements import store as agreements
from services.mediations.agreements.models import TEXT
from services.mediations.models import NOTE, OUTCOME, Mediation
from services.mediations.parties import store as parties
from services.mediations.parties.models import NAME, SOMEBODY, STATEMENT, PartyRow
from services.mediations.parties.texts import Gone, gone_of, resealed
from services.mediations.sessions import store as sessions
from services.mediations.sessions.models import MINUTES, WHERE
from services.photos import actions as photos

AT_ONCE: Final = 10  # each is some dozen writes


async def forget(deps: Dependencies, tx: Transaction, person_id: str) -> bool:
    """Take a person out of a step of their mediations; tell whether there may be more."""
    found = await parties.of_person(deps.db, tx, person_id, limit=AT_ONCE)
    for row in found:
        rows = await parties.of(deps.db, row.mediation, tx=tx)
        gone = gone_of(deps, row, rows)
        await _rewrite(deps, tx, row.mediation, gone)
        mediation = await store.find(deps.db, row.mediation, tx=tx)
        if mediation is not None:
            others = [each for each in rows if each.id != row.id]
            await _take_out(deps, tx, mediation, row, others=others, gone=gone)
        await _blank(deps, tx, row)
    return len(found) == AT_ONCE


async def _blank(deps: Dependencies, tx: Transaction, row: PartyRow) -> None:
    """Remove what is held about a party; their signed paper goes, that of the others stays."""
    await photos.discard(deps, tx, row.photo_ids, subject=row.mediation)
    await parties.change(
        deps.db,
        tx,
        row.id,
        person=None,
        home="",
        name_sealed=NAME.seal(deps.vault, row.id, SOMEBODY),
        phone_sealed="",
        phone_index="",
        proved_index="",
        statement_sealed="",
        photo_ids=[],
        erased=True,
    )


async def _take_out(
    deps: Dependencies,
    tx: Transaction,
    mediation: Mediation,
    own: PartyRow,
    *,
    others: Sequence[PartyRow],
    gone: Gone,
) -> None:
    await store.change(
        deps.db,
        tx,
        mediation.id,
        {
            "people": [each for each in mediation.people if each != own.person],
            "person": "" if mediation.person == own.person else mediation.person,
            "homes": sorted({row.home for row in others if row.home}),
            "note_sealed": resealed(deps, NOTE, mediation.id, mediation.note_sealed, gone),
            "outcome_sealed": resealed(
                deps, OUTCOME, mediation.id, mediation.outcome_sealed, gone
            ),
        },
    )


async def _rewrite(deps: Dependencies, tx: Transaction, mediation_id: str, gone: Gone) -> None:
    """Take a party out of whatever was written about a mediation."""
    versions = await agreements.of(deps.db, tx, mediation_id)
    texts = {v.id: resealed(deps, TEXT, v.id, v.text_sealed, gone) for v in versions}
    await agreements.rewrite(deps.db, tx, texts)
    met = await sessions.of(deps.db, mediation_id, tx=tx)
    await sessions.rewrite(
        deps.db,
        tx,
        {
            each.id: {
                "where_sealed": resealed(deps, WHERE, each.id, each.where_sealed, gone),
                "minutes_sealed": resealed(deps, MINUTES, each.id, each.minutes_sealed, gone),
            }
            for each in met
        },
    )
    for row in await parties.of(deps.db, mediation_id, tx=tx):
        if row.statement_sealed:
            sealed = resealed(deps, STATEMENT, row.id, row.statement_sealed, gone)
            await parties.change(deps.db, tx, row.id, statement_sealed=sealed)

"""Beginnings of feedback: what a new case is with, in the transaction that writes it."""

from collections.abc import Collection

import msgspec

from services.cases import actions as cases
from services.cases.parties import actions as parties
from services.dependencies import Dependencies, Transaction
from services.feedback import notify, store
from services.feedback.filings import contents
from services.feedback.kind import FEEDBACK
from services.feedback.models import Feedback
from services.feedback.rising import promises
from services.kernel import errors
from services.kernel.permissions import Actor
from services.places import actions as places


async def begin(
    deps: Dependencies,
    tx: Transaction,
    actor: Actor,
    draft: Feedback,
    told: Collection[str],
) -> Feedback:
    """Write a new case, with what is attached, its party and its history; tell some people.

    Without a row of the audit. Raises NotFound for a place or a photo that is not there.
    """
    if not await places.use(deps, [draft.place], tx=tx):
        raise errors.NotFound(places.MISSING)
    made = msgspec.structs.replace(draft)  # a transaction may run twice
    await store.insert(deps.db, tx, made)
    await contents.attach(deps, tx, actor, made, made.photo_ids)
    await parties.add_reporter(deps, tx, FEEDBACK, made)
    await cases.begin(deps, tx, actor, FEEDBACK, made)
    await notify.filed(deps, tx, made, sorted(told))
    await promises.promise(deps, tx, made)
    return made

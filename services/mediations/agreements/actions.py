"""Actions on agreements: proposed in versions, confirmed word for word, in force once all did.

人民调解法 art. 28, 29: oral or on paper. A word given in the mini-program proves what was
agreed; the paper that was signed is kept as a photo beside whoever signed it.
"""

from collections.abc import Sequence

from services.dependencies import Dependencies, Transaction
from services.kernel import errors
from services.kernel.documents import Document
from services.kernel.permissions import Actor
from services.mediations import steps
from services.mediations.agreements import store
from services.mediations.agreements.models import (
    TEXT,
    Agreement,
    ConfirmAgreement,
    NoteSignature,
    ProposeAgreement,
    agreement_id,
    digest,
)
from services.mediations.models import Mediation
from services.mediations.parties import actions as parties
from services.mediations.parties import store as parties_store
from services.mediations.parties.actions import MediationAnswered
from services.mediations.parties.models import PartyRow, SaidBy
from services.mediations.states import MediationAction
from services.mediations.views import Seen, one
from services.photos import actions as photos
from services.photos.models import PhotoPurpose


class AgreementChanged(errors.Conflict):
    """Another version is to be confirmed than the one that was shown."""

    code = "mediation_agreement_changed"


class PaperNeeded(errors.InvalidInput):
    """Who signed on paper did so on a paper that can be shown."""

    code = "mediation_paper_needed"


async def propose(
    deps: Dependencies, actor: Actor, mediation_id: str, wish: ProposeAgreement
) -> Seen:
    """Write the agreement down as the mediator, or another version of it.

    What was confirmed of the version before counts no more. Raises NotFound, Forbidden,
    MediationInterest, MediationMovedOn.
    """

    async def change(tx: Transaction, found: Mediation) -> Document:
        version = found.version + 1
        made = agreement_id(found.id, version)
        agreement = Agreement(
            id=made,
            mediation=found.id,
            version=version,
            form=wish.form,
            text_sealed=TEXT.seal(deps.vault, made, wish.text),
            sha256=digest(found.id, version, wish.form, wish.text),
            by=actor.person_id,
            created_at=deps.now(),
        )
        await store.insert(deps.db, tx, agreement)
        return {"version": version, "follow_up_days": wish.follow_up_days}

    found = await steps.take(deps, actor, mediation_id, MediationAction.PROPOSE, change)
    return await one(deps, actor, found)


async def confirm(
    deps: Dependencies, actor: Actor, mediation_id: str, wish: ConfirmAgreement
) -> Seen:
    """Confirm as a party exactly what I was shown, or say no, which takes it back.

    Raises NotFound, Forbidden, AgreementChanged, MediationAnswered, MediationMovedOn.
    """

    async def save(tx: Transaction) -> Mediation:
        action = MediationAction.CONFIRM if wish.agree else MediationAction.REFUSE
        found = await steps.hold(deps, tx, actor, mediation_id, action)
        rows = await parties_store.of(deps.db, found.id, tx=tx)
        own = parties.own_of(actor, rows)
        await _require_shown(deps, tx, found, wish.sha256)
        if not wish.agree:
            return await steps.advance(deps, tx, actor, found, action)
        return await _confirmed(
            deps,
            tx,
            actor,
            found,
            rows=rows,
            own=own,
            way=SaidBy.APP,
            last=MediationAction.AGREE,
        )

    return await one(deps, actor, await deps.in_transaction(save))


async def note_signature(
    deps: Dependencies, actor: Actor, mediation_id: str, party_id: str, wish: NoteSignature
) -> Seen:
    """Note as the mediator that a party signed on paper, with its photo, or would not.

    Raises PaperNeeded, and as `confirm`.
    """
    if wish.agree and not wish.photo_ids:
        raise PaperNeeded("请拍下签字的协议")

    async def save(tx: Transaction) -> Mediation:
        action = MediationAction.NOTE_CONFIRM if wish.agree else MediationAction.NOTE_REFUSE
        found = await steps.hold(deps, tx, actor, mediation_id, action)
        rows = await parties_store.of(deps.db, found.id, tx=tx)
        own = parties.get(rows, party_id)
        await _require_shown(deps, tx, found, wish.sha256)
        if not wish.agree:
            return await steps.advance(deps, tx, actor, found, action)
        return await _confirmed(
            deps,
            tx,
            actor,
            found,
            rows=rows,
            own=own,
            way=SaidBy.PAPER,
            last=MediationAction.NOTE_AGREE,
            papers=list(dict.fromkeys(wish.photo_ids)),
        )

    return await one(deps, actor, await deps.in_transaction(save))


async def _require_shown(
    deps: Dependencies, tx: Transaction, found: Mediation, sha256: str
) -> None:
    """Raise AgreementChanged unless this is the version that is there now."""
    kept = await store.find(deps.db, found.id, found.version, tx=tx)
    if kept is None or kept.sha256 != sha256:
        raise AgreementChanged("协议内容已更新,请重新查看后再确认")


async def _attach(
    deps: Dependencies,
    tx: Transaction,
    actor: Actor,
    found: Mediation,
    photo_ids: Sequence[str],
) -> None:
    """Attach the paper to the mediation; it is nobody's own. Raises NotFound.

    No permission shows it: a member with an interest holds the same one. Who may know of the
    mediation gets its address with it.
    """
    if not photo_ids:
        return
    await photos.attach(
        deps,
        tx,
        actor,
        photo_ids,
        subject=found.id,
        place=found.place,
        needs=None,
        owner="",
        purposes={PhotoPurpose.CASE},
    )


async def _confirmed(
    deps: Dependencies,
    tx: Transaction,
    actor: Actor,
    found: Mediation,
    *,
    rows: Sequence[PartyRow],
    own: PartyRow,
    way: SaidBy,
    last: MediationAction,
    papers: Sequence[str] = (),
) -> Mediation:
    """Keep what a party confirmed; the last one puts the agreement in force.

    `papers`: ids of the photos of what they signed; those of a version before go.
    """
    if own.confirmed == found.version:
        raise MediationAnswered("已经确认过了")
    await photos.discard(deps, tx, own.photo_ids, subject=found.id)
    await _attach(deps, tx, actor, found, papers)
    await parties_store.change(
        deps.db,
        tx,
        own.id,
        confirmed=found.version,
        confirmed_by=way,
        confirmed_at=deps.now(),
        photo_ids=list(papers),
    )
    others = [row for row in rows if row.id != own.id]
    is_last = all(row.confirmed == found.version for row in others)
    step = MediationAction.CONFIRM if way is SaidBy.APP else MediationAction.NOTE_CONFIRM
    return await steps.advance(deps, tx, actor, found, last if is_last else step)

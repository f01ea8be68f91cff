"""Own household card: seen, filled in, corrected, renewed and withdrawn by whom it is about."""

from datetime import timedelta

from services.consents import actions as consents
from services.consents.policies import PolicyKey
from services.dependencies import Dependencies, Transaction
from services.kernel import errors
from services.kernel.documents import Document
from services.kernel.paths import parent
from services.kernel.permissions import Actor, Role
from services.photos import actions as photos
from services.residencies import actions as residencies
from services.visits.cards import access, actions, drafts, store, views
from services.visits.cards.drafts import About
from services.visits.cards.models import (
    SAID,
    CardEntry,
    CardKind,
    ConsentWay,
    CorrectCardEntry,
    MyCardEntry,
    MyHouseholdCard,
    OwnCardEntry,
)
from services.visits.cards.states import CardAction, CardState
from services.visits.offices import households


async def mine(deps: Dependencies, actor: Actor) -> MyHouseholdCard:
    """Return what is kept of the actor and their homes, and that some of it is no more."""
    rows = await access.my_rows(deps, actor)
    homes = sorted({row.home for row in rows})
    found = [e for e in await store.of_homes(deps.db, homes) if access.is_own(e, rows)]
    there = await households.of_homes(deps, homes)
    kept = [entry for entry in found if access.is_kept(deps, entry, there.get(entry.home))]
    ended = [entry for entry in found if entry.state is not CardState.ACTIVE]
    return await views.own(deps, kept, ended)


async def add(deps: Dependencies, actor: Actor, wish: OwnCardEntry) -> MyCardEntry:
    """Fill in an entry of one's own.

    Raises NotFound for a home that is not theirs, or of which they let what is said of the
    home; ConsentNeeded, CardNeedsText, CardNeedsPerson, CardExists, CardFull.
    """
    rows = [row for row in await access.my_rows(deps, actor) if row.home == wish.home]
    if not rows:
        raise errors.NotFound("没有找到这套房屋")
    policy = _policy(wish.kind)
    await consents.check(deps, actor.person_id, policy)
    lives_there = await households.of_home(deps, wish.home)
    if wish.is_of_home and not any(row.id in lives_there.ids for row in rows):
        raise errors.NotFound("这套房屋已出租,房屋的户卡由租户填写")
    about = About(lives_there, "" if wish.is_of_home else rows[0].id)
    entry = drafts.draft(deps, wish.home, about, kind=wish.kind, text=wish.text)
    entry.keeper = _keeper(wish.home, wish.kind)

    async def save(tx: Transaction) -> None:
        await consents.require(deps, tx, actor.person_id, policy)
        await actions.insert(deps, tx, entry, lives_there)
        await actions.record(deps, tx, actor, entry, CardAction.ADD)

    await actions.once(deps, save)
    return await views.own_entry(deps, entry)


def _policy(kind: CardKind) -> PolicyKey:
    """Return the text to agree to: for what is sensitive one of its own (PIPL art. 29)."""
    return PolicyKey.CARE if kind.is_sensitive else PolicyKey.PRIVACY


def _keeper(home: str, kind: CardKind) -> str:
    """Return who is to ask again: of the heads who may know of it, the nearest."""
    unit = parent(home) or home
    if kind.is_sensitive:
        return f"{Role.GRID_HEAD}|{parent(unit)}"
    return f"{Role.UNIT_HEAD}|{unit}"


async def correct(
    deps: Dependencies, actor: Actor, entry_id: str, wish: CorrectCardEntry
) -> MyCardEntry:
    """Say it in other words. Raises NotFound, ConsentNeeded, CardNeedsText, CardMovedOn."""
    entry = await access.own(deps, actor, entry_id)
    kind = drafts.kind_of(entry)
    if kind.needs_text and not wish.text:
        raise drafts.CardNeedsText("请填写内容,或撤回这一项")
    text = SAID.seal(deps.vault, entry.id, wish.text) if wish.text else ""
    return await _keep(deps, actor, entry, CardAction.CORRECT, {"text_sealed": text})


async def renew(deps: Dependencies, actor: Actor, entry_id: str) -> MyCardEntry:
    """Let an entry be kept for another time. Raises NotFound, ConsentNeeded, CardMovedOn."""
    entry = await access.own(deps, actor, entry_id)
    return await _keep(deps, actor, entry, CardAction.CONFIRM, {})


async def _keep(
    deps: Dependencies,
    actor: Actor,
    entry: CardEntry,
    action: CardAction,
    changes: Document,
) -> MyCardEntry:
    """Change an entry that the person keeps: that is their own consent, from now on.

    A signed paper proves nothing more, and goes.
    """
    policy, papers = _policy(drafts.kind_of(entry)), entry.photos
    agreed = _agreed(deps, actor, entry)

    async def save(tx: Transaction) -> None:
        await consents.require(deps, tx, actor.person_id, policy)
        await actions.step(deps, tx, entry, action, {**changes, **agreed})
        if papers:
            await photos.discard(deps, tx, papers, subject=entry.id)
        await actions.record(deps, tx, actor, entry, action)

    await deps.in_transaction(save)
    return await views.own_entry(deps, await store.find(deps.db, entry.id) or entry)


def _agreed(deps: Dependencies, actor: Actor, entry: CardEntry) -> Document:
    now = deps.now()
    agreed: Document = {"consent": ConsentWay.IN_APP, "consent_at": now, "photos": []}
    agreed |= {"due_at": now + timedelta(days=drafts.kind_of(entry).days), "asked_at": None}
    if entry.residency:
        agreed["people"] = [actor.person_id]
    return agreed


async def withdraw(deps: Dependencies, actor: Actor, entry_id: str) -> None:
    """Withdraw one's consent to an entry: it is deleted at once. Raises NotFound."""
    entry = await access.own(deps, actor, entry_id)

    async def save(tx: Transaction) -> None:
        await actions.end(deps, tx, entry, CardAction.WITHDRAW)
        await actions.record(deps, tx, actor, entry, CardAction.WITHDRAW)

    await deps.in_transaction(save)


async def uncared(deps: Dependencies, tx: Transaction, person_id: str) -> None:
    """End what somebody filled in under the separate consent, as they withdraw it (art. 15)."""
    for entry in await store.agreed_in_app(deps.db, tx, person_id):
        await actions.end(deps, tx, entry, CardAction.WITHDRAW)


async def forget(deps: Dependencies, tx: Transaction, person_id: str) -> None:
    """Remove all entries about somebody, and those of homes in which nobody else lived.

    In the transaction that closes the account: these are a few, thirty of a home at most.
    """
    rows = await residencies.of_person(deps, person_id)
    about = [row.id for row in rows]
    found = await store.of_person(deps.db, tx, person_id, about)
    gone = [e for e in found if e.residency or not {*e.residencies} - {*about}]
    for entry in gone:
        if entry.photos:
            await photos.discard(deps, tx, entry.photos, subject=entry.id)
    left = [entry.id for entry in found if entry not in gone]
    await store.remove(deps.db, tx, [entry.id for entry in gone], left, person_id)

"""Actions on household cards by heads: seen, noted after asking, renewed, removed, revealed."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

import msgspec
from pymongo.errors import DuplicateKeyError

from services.audit import actions as audit
from services.dependencies import Dependencies, Transaction
from services.kernel import errors, interests
from services.kernel.documents import Document
from services.kernel.pages import Page
from services.kernel.paths import covers
from services.kernel.permissions import Actor, Permission, require_at, scope_of
from services.photos import actions as photos
from services.photos.models import PhotoPurpose
from services.places import actions as places
from services.reveals import actions as reveals
from services.visits.cards import access, drafts, notify, store, views
from services.visits.cards.drafts import About
from services.visits.cards.models import (
    MOST_ENTRIES,
    CardEntry,
    CardEntryView,
    CardLine,
    CardsQuery,
    HeadsConsent,
    HouseholdCard,
    NewCardEntry,
    RemoveCardEntry,
    RevealCardEntry,
    RevealedCardEntry,
    Sensitivity,
)
from services.visits.cards.states import TABLE, CardAction, CardState
from services.visits.offices import households, keepers
from services.visits.offices.households import Household

P = Permission
# That there was something, and that it was withdrawn, proves that we did as we were told.
ENDED_KEPT: Final = timedelta(days=365)


class CardExists(errors.Conflict):
    """There is an entry of this kind already."""

    code = "card_exists"


class CardFull(errors.Conflict):
    """The card has thirty entries; `most` in details."""

    code = "card_full"
    details_type = errors.Most


async def of_home(deps: Dependencies, actor: Actor, home: str) -> HouseholdCard:
    """Return the card of a home, as far as the actor may know of it.

    Raises NotFound; OwnHome, as in all that follows.
    """
    require_at(actor, P.KEEP_CARDS, home)
    interests.require_not_own(actor, [home])
    address = await households.require_home(deps, home)
    lives_there = await households.of_home(deps, home)
    found = [
        entry
        for entry in await store.of_homes(deps.db, [home])
        if access.is_kept(deps, entry, lives_there) and access.may_know(actor, entry)
    ]
    return views.card(deps, home, address, lives_there, found)


async def listing(deps: Dependencies, actor: Actor, query: CardsQuery) -> Page[CardLine]:
    """Return entries under places, by home; none of own homes, sensitive ones by reveal_cards.

    Raises NotFound, Forbidden.
    """
    seen = scope_of(actor, P.KEEP_CARDS, query.place)
    scopes = [(False, seen), (True, _revealed(actor, seen))]
    wanted = [
        (sensitive, held)
        for sensitive, held in scopes
        if query.sensitivity in {None, _class_of(sensitive)} and held
    ]
    page = await store.page(deps.db, wanted, query, apart=interests.homes_of(actor))
    homes = await households.of_homes(deps, sorted({entry.home for entry in page.items}))
    kept = [e for e in page.items if access.is_kept(deps, e, homes.get(e.home))]
    return page.of(await views.lines(deps, kept))


def _class_of(sensitive: bool) -> Sensitivity:  # noqa: FBT001  # as it is kept
    return Sensitivity.SENSITIVE if sensitive else Sensitivity.ORDINARY


def _revealed(actor: Actor, seen: Sequence[str]) -> list[str]:
    """Return the places among or below these whose sensitive entries the actor may reveal."""
    held = actor.places(P.REVEAL_CARDS)
    below = [place for place in held if any(covers(one, place) for one in seen)]
    return sorted({*below, *(one for one in seen if actor.may(P.REVEAL_CARDS, one))})


async def note(
    deps: Dependencies, actor: Actor, home: str, wish: NewCardEntry
) -> CardEntryView:
    """Note an entry after asking whom it is about.

    Raises NotFound, Forbidden for what is sensitive, OwnHome, CardNeedsText, CardNeedsPerson,
    CardNeedsConsent, CardNobodyKnown, CardExists, CardFull.
    """
    require_at(actor, P.KEEP_CARDS, home)
    if wish.kind.is_sensitive and not actor.may(P.REVEAL_CARDS, home):
        raise errors.Forbidden("敏感信息请由本人填写,或联系网格长、社区登记")
    address = await households.require_home(deps, home)
    interests.require_not_own(actor, [home])
    lives_there = await households.of_home(deps, home)
    about = About(lives_there, wish.residency_id or "")
    entry = drafts.draft(deps, home, about, kind=wish.kind, text=wish.text)
    drafts.agree(deps, entry, wish)
    # What neighbours may not know of is kept by the office that may, not by the nearest.
    needs = (P.REVEAL_CARDS,) if entry.sensitive else ()
    keeper = keepers.keeper_at(actor, home, *needs)
    entry.keeper, entry.role, entry.noted_by = keeper.token, keeper.role, actor.person_id
    await _keep(deps, actor, entry, lives_there, address)
    return views.entry(deps, entry)


async def _keep(
    deps: Dependencies, actor: Actor, entry: CardEntry, home: Household, address: str
) -> None:
    """Keep a new entry that a head noted, and tell whom it is about."""

    async def save(tx: Transaction) -> None:
        await insert(deps, tx, entry, home)
        await _attach(deps, tx, actor, entry)
        for person in entry.people:
            await notify.noted(deps, tx, person, entry, address)
        await record(deps, tx, actor, entry, CardAction.NOTE)

    await once(deps, save)


async def insert(
    deps: Dependencies, tx: Transaction, entry: CardEntry, home: Household
) -> None:
    """Keep a new entry. Raises CardFull; DuplicateKeyError where there is one.

    What is over, and the worker has not cleared away yet, is in nobody's way.
    """
    await places.hold(deps, tx, entry.home)
    entry.people = await households.still_open(deps, tx, entry.people)
    there = await store.of_homes(deps.db, [entry.home], tx=tx)
    for each in there:
        action = access.ends_by(deps, each, home)
        if each.state is CardState.ACTIVE and action is not None:
            await end(deps, tx, each, action)
    if sum(access.is_kept(deps, each, home) for each in there) >= MOST_ENTRIES:
        raise CardFull("这户的户卡内容太多了,请先删除不需要的", most=MOST_ENTRIES)
    await store.insert(deps.db, tx, entry)


async def once(deps: Dependencies, save: Any) -> None:
    """Do it in a transaction. Raises CardExists."""
    try:
        await deps.in_transaction(save)
    except DuplicateKeyError:
        raise CardExists("这项已经登记过,请更正原来的内容") from None


async def record(
    deps: Dependencies, tx: Transaction, actor: Actor, entry: CardEntry, action: CardAction
) -> None:
    """Audit an act on an entry: of which kind it is, the audit keeps of ordinary ones only."""
    facts: dict[str, Any] = {"consent": entry.consent}
    if not entry.sensitive:
        facts |= {"kind": entry.kind}
    act = TABLE.act(action)
    await audit.record(deps, tx, actor, act, place=entry.home, subject=entry.id, **facts)


async def _attach(deps: Dependencies, tx: Transaction, actor: Actor, entry: CardEntry) -> None:
    """Attach photos of a paper: nobody's, at no place, so that only the entry leads to them."""
    if entry.photos:
        await photos.attach(
            deps,
            tx,
            actor,
            entry.photos,
            subject=entry.id,
            place="",
            needs=P.REVEAL_CARDS,
            owner="",
            purposes={PhotoPurpose.VISIT},
        )


async def renew(
    deps: Dependencies, actor: Actor, entry_id: str, wish: HeadsConsent
) -> CardEntryView:
    """Keep an entry for another time, after asking again. Raises as note() does."""
    entry = await access.by_office(deps, actor, entry_id)
    before = msgspec.structs.replace(entry)
    changes = drafts.agree(deps, entry, wish)

    async def save(tx: Transaction) -> None:
        await step(deps, tx, before, CardAction.RENEW, changes)
        if before.photos:
            await photos.discard(deps, tx, before.photos, subject=entry.id)
        await _attach(deps, tx, actor, entry)
        await record(deps, tx, actor, entry, CardAction.RENEW)

    await deps.in_transaction(save)
    return views.entry(deps, entry)


async def step(
    deps: Dependencies,
    tx: Transaction,
    entry: CardEntry,
    action: CardAction,
    changes: Document,
) -> None:
    """Change an entry as it was seen. Raises CardMovedOn when somebody was first."""
    if not await store.move(deps.db, tx, entry, action, changes):
        raise access.CardMovedOn("这项内容刚刚有变动,请刷新后再试")


async def end(
    deps: Dependencies, tx: Transaction, entry: CardEntry, action: CardAction
) -> None:
    """End an entry: what it said goes at once, with its photos. Raises CardMovedOn."""
    now = deps.now()
    changes: Document = {"ended_at": now, "forget_at": now + ENDED_KEPT}
    await step(deps, tx, entry, action, changes)
    if entry.photos:
        await photos.discard(deps, tx, entry.photos, subject=entry.id)


async def remove(
    deps: Dependencies, actor: Actor, entry_id: str, wish: RemoveCardEntry
) -> None:
    """Remove an entry as a head: because somebody asked at the door, or it is wrong."""
    entry = await access.by_office(deps, actor, entry_id)

    async def save(tx: Transaction) -> None:
        await end(deps, tx, entry, CardAction.REMOVE)
        act, reason = TABLE.act(CardAction.REMOVE), wish.reason
        await audit.record(
            deps, tx, actor, act, place=entry.home, subject=entry.id, reason=reason
        )

    await deps.in_transaction(save)


async def reveal(
    deps: Dependencies, actor: Actor, entry_id: str, wish: RevealCardEntry
) -> RevealedCardEntry:
    """Show what a sensitive entry says, for a reason that the audit keeps.

    Raises NotFound, OwnHome.
    """
    entry = await access.by_office(deps, actor, entry_id)
    fields = ["card"]
    await reveals.write_down(
        deps, actor, entry.home, entry.id, fields=fields, reason=wish.reason
    )
    return RevealedCardEntry(
        entry_id=entry.id,
        text=views.text_of(deps, entry),
        photos=await photos.links_to(deps, entry.photos, subject=entry.id),
    )

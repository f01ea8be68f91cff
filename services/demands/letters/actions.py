"""Actions on reminder letters: listed for whoever carries them, and proved when handed over.

A letter that somebody took, or found in the letterbox, is a demand with its proof. At doors and
on notice boards nothing is posted: that would name who owes in public.
"""

from collections.abc import Sequence
from typing import Final

from services.audit import actions as audit
from services.bills import actions as bills
from services.bills.arrears import actions as arrears
from services.bills.arrears.models import CURRENT, household_of
from services.demands import actions as demands
from services.demands import store as demands_store
from services.demands import views
from services.demands.letters import store
from services.demands.letters.models import (
    DeliverLetter,
    DemandLettersQuery,
    DemandLetterView,
    Letter,
)
from services.demands.letters.sheets import said
from services.demands.letters.states import TABLE, LetterAction, LetterMovedOn, LetterSettled
from services.demands.models import Demand, DemandWay, LetterHandedTo
from services.demands.states import TABLE as DEMANDS
from services.demands.states import DemandAction
from services.dependencies import Dependencies, Transaction
from services.kernel import errors
from services.kernel.access import accessible
from services.kernel.days import Day
from services.kernel.documents import Document
from services.kernel.interests import homes_of
from services.kernel.pages import Page
from services.kernel.permissions import Actor, Permission, require_at
from services.kernel.views import show
from services.photos import actions as photos
from services.photos.models import PhotoPurpose
from services.places import actions as places

MISSING: Final = "没有找到这份通知书"


class DeliveryUnproved(errors.InvalidInput):
    """A letter that was left in a letterbox needs a photo; one not handed over has none."""

    code = "demand_delivery_unproved"


async def listing(
    deps: Dependencies, actor: Actor, place: str, query: DemandLettersQuery
) -> Page[DemandLetterView]:
    """Return the letters to homes under a place, by home, none to the actor's own.

    Heads see those to who owns a home today. Raises NotFound.
    """
    require_at(actor, Permission.VIEW_UNPAID, place)
    former = actor.may(Permission.VIEW_DEBTORS, place)
    own = homes_of(actor)
    page = await store.page(deps.db, place, query, apart=own, former=former)
    shown = page.items
    if not former:
        sold = await _sold(deps, shown)
        shown = [letter for letter in shown if letter.id not in sold]
    return page.of(await _views(deps, shown))


async def access(deps: Dependencies, actor: Actor, letter_id: str) -> Letter:
    """Return a letter to a home of the actor's places. Raises NotFound.

    One to who sold the home only to who sees what they owe.
    """
    found = await store.find(deps.db, letter_id)
    is_former = found is not None and bool(await _sold(deps, [found]))
    needs = Permission.VIEW_DEBTORS if is_former else Permission.VIEW_UNPAID
    return accessible(actor, found, needs, at=lambda it: it.home, missing=MISSING)


async def _sold(deps: Dependencies, letters: Sequence[Letter]) -> dict[str, Day]:
    """Return letter → the last day as owners of whom it asks, of homes that were sold.

    Also since it was made, whenever that is entered: by what its bills say.
    """
    asked = {line.bill_id for letter in letters for line in letter.lines}
    known, today = await bills.find_many(deps, sorted(asked)) if asked else [], deps.today()
    until = {bill.id: household_of(bill.owners_until, today) for bill in known}
    ends = {
        letter.id: max(
            letter.household, *(until.get(line.bill_id, "") for line in letter.lines)
        )
        for letter in letters
    }
    return {letter: end for letter, end in ends.items() if end}


async def deliver(
    deps: Dependencies, actor: Actor, letter_id: str, wish: DeliverLetter
) -> DemandLetterView:
    """Record what became of a letter; one that was handed over is a demand from now on.

    Raises NotFound, OwnHome, DeliveryUnproved, LetterMovedOn, LetterSettled.
    """
    _check(wish)
    found = await access(deps, actor, letter_id)
    action = LetterAction.DELIVER if wish.handed_to else LetterAction.GIVE_UP
    changes: Document = {
        "handed_to": wish.handed_to,
        "photos": list(dict.fromkeys(wish.photo_ids)),
        "done_by": actor.person_id,
        "role": demands.role_at(actor, found.home),
        "done_at": deps.now(),
    }

    async def save(tx: Transaction) -> None:
        if not await store.move(deps.db, tx, found, action, changes):
            raise LetterMovedOn("这份通知书已经登记过,请刷新后再看")
        if wish.handed_to:
            await _prove(deps, tx, actor, found, changes)
        facts = {"handed_to": wish.handed_to or "nobody"}
        about = {"place": found.home, "subject": found.id}
        await audit.record(deps, tx, actor, TABLE.act(action), **about, **facts)

    await deps.in_transaction(save)
    return (await _views(deps, [await store.find(deps.db, found.id) or found]))[0]


def _check(wish: DeliverLetter) -> None:
    if wish.handed_to is LetterHandedTo.LETTERBOX and not wish.photo_ids:
        raise DeliveryUnproved("投入信箱请拍一张照片,以便日后核对")
    if wish.handed_to is None and wish.photo_ids:
        raise DeliveryUnproved("没有送达就不用照片")


async def _prove(
    deps: Dependencies, tx: Transaction, actor: Actor, found: Letter, changes: Document
) -> None:
    """Keep the demand that a letter is, with its photos. Raises LetterSettled."""
    owed = {bill.id for bill in await arrears.owed(deps, [found.home], tx=tx)}
    if owed.isdisjoint(line.bill_id for line in found.lines):
        raise LetterSettled("这户已经缴清,不用再送了")
    household = (await _sold(deps, [found])).get(found.id, CURRENT)
    if changes["photos"]:
        await photos.attach(
            deps,
            tx,
            actor,
            changes["photos"],
            subject=found.id,
            place=found.home,
            needs=Permission.VIEW_DEBTORS,
            owner="",
            purposes={PhotoPurpose.VISIT},
        )
    demand = _demand(deps, actor, found, changes, household=household)
    await demands_store.insert_many(deps.db, tx, [demand])


def _demand(
    deps: Dependencies, actor: Actor, found: Letter, changes: Document, *, household: str
) -> Demand:
    demand_id = deps.new_id()
    return Demand(
        id=demand_id,
        home=found.home,
        household=household,
        way=DemandWay.LETTER,
        debtors=found.debtors,
        people=found.people,
        lines=found.lines,
        amount_fen=found.amount_fen,
        since=found.since,
        text=said(found),
        slots=[demand_id],
        by=actor.person_id,
        role=changes["role"],
        round_id=found.round_id,
        subject=found.id,
        state=DEMANDS.target(DemandAction.HAND_OVER),
        at=deps.now(),
        handed_to=changes["handed_to"],
        photos=changes["photos"],
        arrived_on=deps.today(),
    )


async def _views(deps: Dependencies, found: Sequence[Letter]) -> list[DemandLetterView]:
    homes = sorted({letter.home for letter in found})
    addresses = await places.addresses(deps, homes) if homes else {}
    debtors = [each for letter in found for each in letter.debtors]
    known, sold = await views.names(deps, homes, debtors), await _sold(deps, found)
    return [
        show(
            letter,
            DemandLetterView,
            letter_id=letter.id,
            place=letter.home,
            address=addresses.get(letter.home, letter.home),
            owners_until=sold.get(letter.id),
            debtors=views.named(letter.debtors, known),
            photo_ids=letter.photos,
        )
        for letter in found
    ]

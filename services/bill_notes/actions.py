"""Actions on notes that correct published bills: proposed by one person, approved by another.

What is published is never edited: a note is an entry of its own, with a journal of its own, and
explains itself on the bill (docs/decisions/71-bill-notes.md). Two people always: whoever could
forgive a debt alone could sell it.
"""

from collections.abc import Sequence
from typing import Any

from pymongo.errors import DuplicateKeyError

from services.audit import actions as audit
from services.bill_notes import journals, notify, refusals, store
from services.bill_notes.models import (
    NewNote,
    Note,
    NoteDecision,
    NotesQuery,
    NoteView,
    RightNote,
)
from services.bill_notes.states import TABLE, NoteAction
from services.bills import actions as bills
from services.bills import own_money
from services.bills.balances import actions as balances
from services.bills.debts import actions as debts
from services.bills.models import Bill, Noted, NoteKind
from services.bills.outdated import actions as outdated
from services.bills.views import title_of
from services.dependencies import Dependencies, Transaction
from services.kernel.access import accessible
from services.kernel.acts import Act
from services.kernel.interests import SamePerson
from services.kernel.pages import Page
from services.kernel.permissions import Actor, Permission, require_at
from services.kernel.views import show
from services.ledger import actions as ledger
from services.payments.receipts import numbers
from services.places import actions as places
from services.prepayments import draws


async def propose(deps: Dependencies, actor: Actor, bill_id: str, wish: NewNote) -> NoteView:
    """Propose a note of a bill.

    Raises NotFound, OtherPayee, OwnHome, GroundMissing, NoteWaits, and as refusals.check.
    """
    if (wish.kind is NoteKind.WRITE_OFF) != (wish.ground is not None):
        raise refusals.GroundMissing("核销请填写法律或合同依据,其他更正不填")
    bill = await bills.access_by_office(deps, actor, bill_id)
    return await _propose(deps, actor, bill, wish)


async def propose_right(
    deps: Dependencies, actor: Actor, bill_id: str, wish: RightNote
) -> NoteView:
    """Propose the note that makes of a bill what its days would be billed today.

    Raises NothingToNote where it is right, VoidInstead where others would owe it; as `propose`.
    """
    bill = await bills.access_by_office(deps, actor, bill_id)
    found = await outdated.of_bill(deps, bill)
    if found is None:
        raise refusals.NothingToNote("这张账单和现在的计算结果一致,不需要更正")
    if not found.same_owners:
        raise refusals.VoidInstead("房屋已过户,这张账单请作废后分别出账")
    fen = found.right_fen - bill.due_fen
    kind = NoteKind.DEBIT if fen > 0 else NoteKind.CREDIT
    more = {"reason": wish.reason, "evidence": wish.evidence}
    return await _propose(deps, actor, bill, NewNote(kind=kind, amount_fen=abs(fen), **more))


async def _propose(deps: Dependencies, actor: Actor, bill: Bill, wish: NewNote) -> NoteView:
    async def save(tx: Transaction) -> Note:
        await bills.require_no_debtor(deps, tx, actor, bill)
        note = _draft(deps, actor, await bills.get(deps, bill.id, tx=tx), wish)
        await store.insert(deps.db, tx, note)
        await _record(deps, tx, actor, Act.BILL_NOTE_PROPOSED, note)
        return note

    try:
        made = await deps.in_transaction(save)
    except DuplicateKeyError:
        raise refusals.NoteWaits("这张账单有一项更正还在等待批准,请先处理") from None
    return await _shown(deps, made)


def _draft(deps: Dependencies, actor: Actor, bill: Bill, wish: NewNote) -> Note:
    fen = wish.amount_fen if wish.kind is NoteKind.DEBIT else -wish.amount_fen
    refusals.check(bill, wish.kind, fen)
    own, now = deps.new_id(), deps.now()
    return Note(
        id=own,
        number=numbers.reference(own, now),
        bill=bill.id,
        home=bill.home,
        title=title_of(bill),
        account=bill.account,
        payee_name=bill.payee_name,
        kind=wish.kind,
        fen=fen,
        owed_fen=bill.owed_fen,
        reason=wish.reason,
        evidence=wish.evidence,
        ground=wish.ground or "",
        proposed_by=actor.person_id,
        proposed_at=now,
    )


async def decide(
    deps: Dependencies, actor: Actor, note_id: str, request: NoteDecision
) -> NoteView:
    """Make a proposed note, or refuse it; who proposed it may only take it back.

    Raises NotFound, OtherPayee, OwnHome, SamePerson, NoteDecided, and as refusals.check.
    """
    found = accessible(
        actor,
        await store.find(deps.db, note_id),
        Permission.RUN_BILLS,
        at=lambda note: note.home,
        missing="没有找到这项更正",
    )
    bill = await bills.access_by_office(deps, actor, found.bill)
    action = _action(actor, found, request)
    people = await debts.debtors(deps, bill) if request.approve else []
    decided = {
        "decided_by": actor.person_id,
        "decided_at": deps.now(),
        "decided_because": request.reason,
    }

    async def save(tx: Transaction) -> Note:
        if action is not NoteAction.WITHDRAW:
            await bills.require_no_debtor(deps, tx, actor, bill)
        note = await store.move(deps.db, tx, note_id, action, **decided)
        if note is None:
            raise refusals.NoteDecided("这项更正已经处理过了,请刷新")
        if action is NoteAction.APPLY:
            await _apply(deps, tx, note, people)
        await _record(deps, tx, actor, TABLE.act(action), note)
        return note

    return await _shown(deps, await deps.in_transaction(save))


def _action(actor: Actor, note: Note, request: NoteDecision) -> NoteAction:
    """Return what a decision is. Raises SamePerson."""
    is_own = note.proposed_by == actor.person_id
    if not request.approve:
        return NoteAction.WITHDRAW if is_own else NoteAction.REFUSE
    if is_own:
        raise SamePerson("提出更正的人不能自己批准,请另一位工作人员批准")
    return NoteAction.APPLY


async def _apply(
    deps: Dependencies, tx: Transaction, note: Note, people: Sequence[str]
) -> None:
    """Write a note into its bill and the books, and tell who owes it."""
    before, now = await bills.get(deps, note.bill, tx=tx), deps.now()
    refusals.check(before, note.kind, note.fen)
    if before.owed_fen + note.fen < 0:
        await draws.put_back(deps, tx, before, -note.fen - before.owed_fen)
        before = await bills.get(deps, note.bill, tx=tx)
    kept = Noted(
        note=note.id,
        number=note.number,
        kind=note.kind,
        fen=note.fen,
        reason=note.reason,
        at=now,
    )
    after = await balances.note(deps, tx, before, kept)
    await ledger.post(deps, tx, journals.of(note, before, now))
    await draws.draw(deps, tx, [after.home])
    await notify.notify_debtors(deps, tx, people, note, after)


async def _record(
    deps: Dependencies, tx: Transaction, actor: Actor, act: Act, note: Note
) -> None:
    facts: dict[str, Any] = {"place": note.home, "subject": note.id, "bill": note.bill}
    facts |= {"kind": note.kind.value, "amount_fen": note.fen}
    await audit.record(deps, tx, actor, act, **facts)


async def listing(
    deps: Dependencies, actor: Actor, place: str, query: NotesQuery
) -> Page[NoteView]:
    """Notes of bills under a place; to a firm of its own bills. Raises NotFound."""
    require_at(actor, Permission.RUN_BILLS, place)
    own = await own_money.find(deps, actor, place, by=Permission.RUN_BILLS)
    accounts = own.accounts if own else None
    found = await store.page(deps.db, place, query, accounts=accounts)
    addresses = await places.addresses(deps, sorted({note.home for note in found.items}))
    return found.map(lambda note: _view(note, addresses.get(note.home, note.home)))


async def _shown(deps: Dependencies, note: Note) -> NoteView:
    addresses = await places.addresses(deps, [note.home])
    return _view(note, addresses.get(note.home, note.home))


def _view(note: Note, address: str) -> NoteView:
    more = {"note_id": note.id, "bill_id": note.bill, "amount_fen": note.fen}
    return show(note, NoteView, address=address, **more)

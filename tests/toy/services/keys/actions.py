"""Actions on keys of a staircase: borrowed by who lives there, taken back by the heads."""

import msgspec

from services.audit import actions as audit
from services.consents import actions as consents
from services.dependencies import Dependencies, Transaction
from services.kernel.access import accessible
from services.kernel.acts import Act
from services.kernel.days import plus_days
from services.kernel.pages import Page
from services.kernel.permissions import Actor, Permission
from services.keys import jobs, store, views
from services.keys.models import BorrowKey, KeyFigures, Loan, LoansQuery, LoanView
from services.keys.states import TABLE, KeyReturned, LoanAction
from services.places import actions as places
from services.statistics import measures


async def borrow(deps: Dependencies, actor: Actor, home: str, wish: BorrowKey) -> LoanView:
    """Lend a key to whoever lives at a home. NotFound, ConsentNeeded."""
    await places.access_place(deps, actor, home, Permission.BORROW_KEYS)
    loan = Loan(
        id=deps.new_id(),
        home=home,
        person=actor.person_id,
        door=wish.door,
        back_on=plus_days(deps.today(), wish.days),
        lent_at=deps.now(),
    )

    async def save(tx: Transaction) -> None:
        await consents.require(deps, tx, actor.person_id)
        await store.insert(deps.db, tx, loan)
        await jobs.schedule(deps, tx, loan)
        await audit.record(deps, tx, actor, Act.KEY_BORROWED, place=home, subject=loan.id)

    await deps.in_transaction(save)
    return views.view(loan)


async def listing(
    deps: Dependencies, actor: Actor, place: str, query: LoansQuery
) -> Page[LoanView]:
    """List the loans of the homes under a place, by home."""
    await places.access_place(deps, actor, place, Permission.LEND_KEYS)
    return (await store.page(deps.db, place, query)).map(views.view)


async def figures(deps: Dependencies, actor: Actor, place: str) -> KeyFigures:
    """Count the keys that are out under a place."""
    await places.access_place(deps, actor, place, Permission.LEND_KEYS)
    found = await measures.total(deps, ["keys.out"], [place])
    return KeyFigures(place=place, keys_out=found["keys_out"])


async def take_back(deps: Dependencies, actor: Actor, loan_id: str) -> LoanView:
    """Note that a key was brought back. NotFound, KeyReturned."""
    found = await store.find(deps.db, loan_id)
    needs = TABLE.needs(LoanAction.RETURN)
    loan = accessible(
        actor, found, needs, at=lambda loan: loan.home, missing="没有找到这把钥匙"
    )
    now = deps.now()

    async def save(tx: Transaction) -> None:
        if not await store.take_back(deps.db, tx, loan.id, now):
            raise KeyReturned("这把钥匙已经归还")
        act = TABLE.act(LoanAction.RETURN)
        await audit.record(deps, tx, actor, act, place=loan.home, subject=loan.id)

    await deps.in_transaction(save)
    state = TABLE.target(LoanAction.RETURN)
    return views.view(msgspec.structs.replace(loan, state=state, returned_at=now))

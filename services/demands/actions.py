"""Actions on demands: read by firm and community, written where somebody is asked to pay."""

from typing import Any, Final

from services.demands import debts, store, views
from services.demands.models import Debt, Demand, DemandsQuery, DemandView, DemandWay
from services.demands.notify import text_of
from services.demands.states import TABLE, DemandAction
from services.dependencies import Dependencies, Transaction
from services.kernel.doors import Talk
from services.kernel.pages import Page
from services.kernel.permissions import Actor, Permission, Role, require_at
from services.places import actions as places

OFFICES: Final = (Permission.SEND_DEMANDS, Permission.PLAN_VISITS, Permission.VIEW_UNPAID)


async def listing(
    deps: Dependencies, actor: Actor, place: str, query: DemandsQuery
) -> Page[DemandView]:
    """Return the demands to homes under a place, or to a home, by home. Raises NotFound."""
    require_at(actor, Permission.VIEW_DEBTORS, place)
    found = await store.page(deps.db, place, query)
    return found.of(await views.several(deps, found.items))


def role_at(actor: Actor, home: str) -> Role | None:
    """Return the office nearest to a home by which the actor asks for money, if any."""
    held = {role for needs in OFFICES for role in actor.roles(needs, home)}
    return next((role for role in Role if role in held), None)


def draft(
    deps: Dependencies, debt: Debt, way: DemandWay, action: DemandAction, *, text: str, by: str
) -> Demand:
    """Return a demand for a debt. Of one that arrives at once the day is today."""
    demand_id = deps.new_id()
    is_there = action is DemandAction.HAND_OVER
    return Demand(
        id=demand_id,
        home=debt.home,
        household=debt.household,
        way=way,
        debtors=debt.debtors,
        people=debt.people,
        lines=debt.lines,
        amount_fen=debt.amount_fen,
        since=debt.since,
        text=text,
        slots=[demand_id],
        by=by,
        state=TABLE.target(action),
        at=deps.now(),
        arrived_on=deps.today() if is_there else None,
    )


async def note_talk(deps: Dependencies, tx: Transaction, actor: Actor, talk: Talk) -> None:
    """Note a talk about fees at a door, or a promise to pay, as a demand: a feature's hook.

    In the transaction that keeps the visit or the promise. What is not overdue is no demand,
    and what is owed by who sold the home was not asked of who lives there now.
    """
    found = await debts.of_homes(deps, [talk.home], tx=tx)
    debt = next((each for each in found if not each.household), None)
    if debt is None:
        return
    way = DemandWay.VISIT if talk.promised_for is None else DemandWay.PROMISE
    address = (await places.addresses(deps, [talk.home])).get(talk.home, talk.home)
    text = text_of([debt], address)
    made = draft(deps, debt, way, DemandAction.HAND_OVER, text=text, by=actor.person_id)
    made.role, made.subject = role_at(actor, talk.home), talk.subject
    made.promised_for = talk.promised_for
    await store.insert_many(deps.db, tx, [made])


def facts_of(demand: Demand) -> dict[str, Any]:
    """Return what the audit says of a demand."""
    return {"way": demand.way, "amount_fen": demand.amount_fen}

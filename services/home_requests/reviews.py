"""Review of home requests: a head's advice, and the community's decision.

A head's word is advice. Where there is no head, and after three days without a word, the
request goes to the community by itself.
"""

from msgspec import Struct

from services.audit import actions as audit
from services.audit.models import Act
from services.dependencies import Dependencies, Transaction
from services.home_requests import access, notify, sealed_text, states, store, views
from services.home_requests.models import (
    Decide,
    GiveAdvice,
    HomeRequest,
    RequestView,
    Settlement,
)
from services.home_requests.states import Event, RequestState
from services.homes import household, terms
from services.homes.household import Household
from services.kernel import errors
from services.kernel.permissions import Actor, Permission
from services.residencies.models import OWNERS, Newcomer, Relation, Way
from services.reveals.models import Field, Reveal, Revealed


async def listing(
    deps: Dependencies,
    actor: Actor,
    wanted: list[RequestState],
    *,
    after: str,
    limit: int,
) -> list[RequestView]:
    """Requests for homes of the actor's places, the oldest first."""
    held = actor.places(Permission.ADVISE_HOMES)
    found = await store.under(deps.db, held, wanted, after=after, limit=limit)
    return await views.shown(deps, actor, found)


async def get(deps: Dependencies, actor: Actor, request_id: str) -> RequestView:
    """One request for a home of the actor's places."""
    found = await access.access(deps, actor, request_id, Permission.ADVISE_HOMES)
    [view] = await views.shown(deps, actor, [found])
    return view


async def advise(
    deps: Dependencies, actor: Actor, request_id: str, advice: GiveAdvice
) -> RequestView:
    """Say what one knows of the requester: the request goes on to the community."""

    async def save(tx: Transaction) -> HomeRequest:
        found = await access.access(deps, actor, request_id, Permission.ADVISE_HOMES, tx)
        access.require_others(actor, found)
        await access.move(
            deps,
            tx,
            found,
            Event.ADVISE,
            advised_by=actor.person_id,
            advised_at=deps.now(),
            advice=advice.known,
            advice_sealed=sealed_text.seal(deps, found, advice.reason, "advice"),
        )
        home = await household.hold(deps, found.home, tx)
        await notify.progress(deps, tx, found, home.place)
        await audit.record(
            deps,
            tx,
            actor,
            Act.HOME_ADVISED,
            place=found.home,
            subject=found.id,
            known=advice.known,
        )
        return found

    [view] = await views.shown(deps, actor, [await deps.in_transaction(save)])
    return view


class HomeDisputed(errors.Conflict):
    """Others own the home: settle it (keep, share or replace)."""

    code = "home_disputed"


class Case(Struct):
    """A request before whoever decides, with its home held."""

    request: HomeRequest
    home: Household
    actor: Actor


class Verdict(Struct, kw_only=True):
    event: Event
    reason: str
    residency: str | None = None  # what came of it
    settlement: Settlement | None = None


async def decide(
    deps: Dependencies, actor: Actor, request_id: str, wish: Decide
) -> RequestView:
    """Accept or reject a request for a home that nobody else owns, or not as its owner."""
    event = Event.ACCEPT if wish.accept else Event.REJECT

    async def save(tx: Transaction) -> HomeRequest:
        case = await hold(deps, tx, actor, request_id, event)
        if views.is_contested(deps, case.home, case.request):
            raise HomeDisputed("这套房屋已有业主,请按争议处理")
        verdict = Verdict(event=event, reason=wish.reason)
        if wish.accept:
            verdict.residency = await let_in(deps, tx, case, case.request.relation)
        return await finish(deps, tx, case, verdict)

    [view] = await views.shown(deps, actor, [await deps.in_transaction(save)])
    return view


async def hold(
    deps: Dependencies, tx: Transaction, actor: Actor, request_id: str, event: Event
) -> Case:
    """Return the request and its home, held, if this actor may take this step now."""
    found = await access.access(deps, actor, request_id, Permission.DECIDE_HOMES, tx)
    access.require_others(actor, found)
    states.require(found.state, event)
    home = await household.hold(deps, found.home, tx)
    household.require_not_own(actor, home)
    return Case(found, home, actor)


async def let_in(deps: Dependencies, tx: Transaction, case: Case, relation: Relation) -> str:
    household.require_new(case.home, case.request.person, relation)
    newcomer = newcomer_of(deps, case, relation)
    return (await household.let_in(deps, tx, case.home, newcomer)).id


def newcomer_of(deps: Dependencies, case: Case, relation: Relation) -> Newcomer:
    """Who a request names. Filed for somebody without a phone, nobody is bound yet.

    Raises BadDays when the term ran out while the request waited.
    """
    found = case.request
    if found.to_day is not None and found.to_day < case.home.today:
        raise terms.BadDays("租期在等待中已经结束,不能再通过", to_day=found.to_day)
    return Newcomer(
        home=found.home,
        relation=relation,
        name=sealed_text.unsealed(deps, found, "name"),
        id_number=sealed_text.unsealed(deps, found, "id_number") or None,
        person=found.person,
        way=Way.REQUEST if found.person else None,
        from_day=found.from_day or case.home.today,
        to_day=found.to_day,
        source=f"request:{found.id}",
        recorded_by="" if found.person else found.filed_by,
    )


async def finish(
    deps: Dependencies, tx: Transaction, case: Case, verdict: Verdict
) -> HomeRequest:
    """Write the decision, tell the requester, and note it; once, whoever decides at once."""
    found, actor = case.request, case.actor
    await access.move(
        deps,
        tx,
        found,
        verdict.event,
        decided_by=actor.person_id,
        decided_at=deps.now(),
        decision_sealed=sealed_text.seal(deps, found, verdict.reason, "decision"),
        settlement=verdict.settlement,
        residency=verdict.residency,
    )
    if verdict.event is Event.ACCEPT:
        await dispute_others(deps, tx, case.home, found)
    await notify.progress(deps, tx, found, case.home.place)
    await audit.record(
        deps,
        tx,
        actor,
        Act.HOME_DECIDED,
        place=found.home,
        subject=found.id,
        on_behalf_of="" if found.person else verdict.residency or found.id,
        state=found.state,
        settlement=verdict.settlement,
        residency=verdict.residency,
    )
    return found


async def dispute_others(
    deps: Dependencies, tx: Transaction, home: Household, accepted: HomeRequest
) -> None:
    """Whoever else waits to be the owner has a dispute from now on."""
    if accepted.relation not in OWNERS:
        return
    waiting = await store.open_at(deps.db, home.place.id, tx)
    others = [r.id for r in waiting if r.relation in OWNERS and r.id != accepted.id]
    await store.mark_disputed(deps.db, others, tx)


async def reveal(deps: Dependencies, actor: Actor, request_id: str, wish: Reveal) -> Revealed:
    """Show what was typed into a request. Noted before anything is shown."""
    found = await access.access(deps, actor, request_id, Permission.REVEAL)

    async def note(tx: Transaction) -> None:
        await audit.record(
            deps,
            tx,
            actor,
            Act.REVEALED,
            place=found.home,
            subject=found.id,
            fields=sorted(set(wish.fields)),
            reason=wish.reason,
        )

    await deps.in_transaction(note)
    held = {Field.NAME: "name", Field.ID_NUMBER: "id_number"}
    shown = {
        field.value: sealed_text.unsealed(deps, found, name) or None
        for field, name in held.items()
        if field in wish.fields
    }
    return Revealed(**shown)

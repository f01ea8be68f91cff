"""The community's word on a request: accepted or not, and how a dispute is settled."""

from msgspec import Struct

from services.accounts.models import Newcomer, Relation, Way
from services.audit import actions as audit
from services.audit.models import Act
from services.dependencies import Dependencies, Transaction
from services.homes import days, household, moving, requests, states, stepping, telling, views
from services.homes.household import Household
from services.homes.request_models import Decide, HomeRequest, RequestView, Settle, Settlement
from services.homes.states import Event
from services.homes.telling import News
from services.kernel import errors
from services.kernel.days import day_of
from services.kernel.permissions import Actor, Permission


class HomeDisputed(errors.Conflict):
    """Others own the home: settle it (keep, share or replace)."""

    code = "home_disputed"


class NotDisputed(errors.Conflict):
    """Nobody else owns the home: accept or reject."""

    code = "home_not_disputed"


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
        case = await _open(deps, tx, actor, request_id, event)
        if stepping.is_contested(deps, case.home, case.request):
            raise HomeDisputed("这套房屋已有业主,请按争议处理")
        verdict = Verdict(event=event, reason=wish.reason)
        if wish.accept:
            verdict.residency = await _let_in(deps, tx, case, case.request.relation)
        return await _close(deps, tx, case, verdict)

    [view] = await views.shown(deps, actor, [await deps.in_transaction(save)])
    return view


async def settle(
    deps: Dependencies, actor: Actor, request_id: str, wish: Settle
) -> RequestView:
    """End a dispute: all stays, the claimant shares, or the home changes hands."""
    event = Event.REJECT if wish.outcome is Settlement.KEEP else Event.ACCEPT
    today = day_of(deps.now())
    day = days.check_change(wish.day or today, today)

    async def save(tx: Transaction) -> HomeRequest:
        case = await _open(deps, tx, actor, request_id, event)
        if not stepping.is_contested(deps, case.home, case.request):
            raise NotDisputed("这套房屋没有别的业主,请直接通过或不通过")
        verdict = Verdict(event=event, reason=wish.reason, settlement=wish.outcome)
        match wish.outcome:
            case Settlement.SHARE:
                verdict.residency = await _share(deps, tx, case)
            case Settlement.REPLACE:
                verdict.residency = await _replace(deps, tx, case, day, wish.reason)
        return await _close(deps, tx, case, verdict)

    [view] = await views.shown(deps, actor, [await deps.in_transaction(save)])
    return view


async def _open(
    deps: Dependencies, tx: Transaction, actor: Actor, request_id: str, event: Event
) -> Case:
    """Return the request and its home, held, if this actor may take this step now."""
    found = await stepping.access(deps, actor, request_id, Permission.DECIDE_HOMES, tx)
    stepping.require_others(actor, found)
    states.require(found.state, event)
    home = await household.hold(deps, found.home, tx)
    household.require_not_own(actor, home)
    return Case(found, home, actor)


async def _let_in(deps: Dependencies, tx: Transaction, case: Case, relation: Relation) -> str:
    household.require_new(case.home, case.request.person, relation)
    newcomer = _newcomer(deps, case, relation)
    return (await household.admit(deps, tx, case.home, newcomer)).id


def _newcomer(deps: Dependencies, case: Case, relation: Relation) -> Newcomer:
    """Who a request names. Filed for somebody without a phone, nobody is bound yet.

    Raises BadDays when the term ran out while the request waited.
    """
    found = case.request
    if found.to_day is not None and found.to_day < case.home.today:
        raise days.BadDays("租期在等待中已经结束,不能再通过", to_day=found.to_day)
    return Newcomer(
        home=found.home,
        relation=relation,
        name=stepping.unsealed(deps, found, "name"),
        id_number=stepping.unsealed(deps, found, "id_number") or None,
        person=found.person,
        way=Way.REQUEST if found.person else None,
        from_day=found.from_day or case.home.today,
        to_day=found.to_day,
        source=f"request:{found.id}",
        recorded_by="" if found.person else found.filed_by,
    )


async def _share(deps: Dependencies, tx: Transaction, case: Case) -> str:
    residency = await _let_in(deps, tx, case, Relation.CO_OWNER)
    owners, key = telling.owners_of(case.home.owners), case.request.id
    await telling.news(deps, tx, case.home.place, owners, what=News.SHARED, key=key)
    return residency


async def _replace(
    deps: Dependencies, tx: Transaction, case: Case, day: str, reason: str
) -> str:
    newcomer = _newcomer(deps, case, Relation.OWNER)
    newcomer.from_day = day
    sale = moving.Sale(newcomer=newcomer, because=reason, request=case.request.id)
    return (await moving.move(deps, tx, case.home, sale, case.actor)).residency_id


async def _close(
    deps: Dependencies, tx: Transaction, case: Case, verdict: Verdict
) -> HomeRequest:
    """Write the decision, tell the requester, and note it; once, whoever decides at once."""
    found, actor = case.request, case.actor
    await stepping.advance(
        deps,
        tx,
        found,
        verdict.event,
        decided_by=actor.person_id,
        decided_at=deps.now(),
        decision_sealed=stepping.seal(deps, found, verdict.reason, "decision"),
        settlement=verdict.settlement,
        residency=verdict.residency,
    )
    if verdict.event is Event.ACCEPT:
        await requests.dispute_others(deps, tx, case.home, found)
    await telling.progress(deps, tx, found, case.home.place)
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

"""Review of home requests: a head's advice, and the community's decision.

A head's word is advice. Where there is no head, and after three days without a word, the
request goes to the community by itself.
"""

from msgspec import Struct

from services.cases import access
from services.cases import actions as cases
from services.cases.actions import Words
from services.dependencies import Dependencies, Transaction
from services.home_requests import states, store, views
from services.home_requests.kind import HOME_REQUEST
from services.home_requests.models import (
    Decide,
    GiveAdvice,
    HomeRequest,
    RequestsQuery,
    RequestView,
    Settlement,
)
from services.home_requests.states import Event
from services.homes import household, terms
from services.homes.household import Household
from services.kernel import errors, interests
from services.kernel.documents import Document
from services.kernel.pages import Page
from services.kernel.permissions import Actor, Permission, scope_of
from services.residencies.models import OWNERS, Newcomer, Relation, Way
from services.reveals import actions as reveals
from services.reveals.models import Field, Reveal, Revealed


async def listing(deps: Dependencies, actor: Actor, query: RequestsQuery) -> Page[RequestView]:
    """Requests for homes of the actor's places, oldest first by default.

    Raises NotFound for a place where the actor has nothing to say.
    """
    places = scope_of(actor, Permission.ADVISE_HOMES, query.place)
    page = await store.page(deps.db, places, query)
    return page.of(await views.shown(deps, actor, page.items))


async def get(deps: Dependencies, actor: Actor, request_id: str) -> RequestView:
    """One request for a home of the actor's places. Raises NotFound."""
    needs = Permission.ADVISE_HOMES
    found = await access.access(deps, actor, HOME_REQUEST, request_id, needs)
    return await _view(deps, actor, found)


async def _view(deps: Dependencies, actor: Actor, found: HomeRequest) -> RequestView:
    [view] = await views.shown(deps, actor, [found])
    return view


async def reveal(deps: Dependencies, actor: Actor, request_id: str, wish: Reveal) -> Revealed:
    """Whole name and number of a request, to compare with the proof.

    Noted in the audit before anything is shown. Raises OwnHome.
    """
    found: HomeRequest = await access.access(
        deps, actor, HOME_REQUEST, request_id, Permission.REVEAL
    )
    interests.require_not_own(actor, [found.home])
    await reveals.note(deps, actor, found.home, found.id, wish)
    wanted = {Field.NAME, Field.ID_NUMBER} & set(wish.fields)
    shown = {field.value: found.unseal(deps.vault, field) or None for field in wanted}
    return Revealed(**shown)


async def advise(
    deps: Dependencies, actor: Actor, request_id: str, advice: GiveAdvice
) -> RequestView:
    """Advice of a head on a request, which then goes on to the community.

    Raises OwnRequest, RequestMovedOn.
    """

    async def change(_tx: Transaction, found: HomeRequest) -> Document:
        return {
            "advised_by": actor.person_id,
            "advised_at": deps.now(),
            "advice": advice.known,
            "advice_sealed": found.seal(deps.vault, advice.reason, "advice"),
        }

    words = Words(facts={"known": advice.known})
    found = await cases.act(
        deps, actor, HOME_REQUEST, request_id, Event.ADVISE, change=change, words=words
    )
    return await _view(deps, actor, found)


# Decisions


class HomeDisputed(errors.Conflict):
    """Others own the home: the dispute is to be settled (keep, share or replace)."""

    code = "home_disputed"


class Case(Struct):
    """A request before whoever decides it, with its home held."""

    request: HomeRequest
    home: Household
    actor: Actor


class Verdict(Struct, kw_only=True):
    """The community's decision. `residency`: what came of it."""

    event: Event
    reason: str
    residency: str | None = None
    settlement: Settlement | None = None


async def decide(
    deps: Dependencies, actor: Actor, request_id: str, wish: Decide
) -> RequestView:
    """Accept or reject a request that contests nobody's ownership. Raises HomeDisputed."""
    event = Event.ACCEPT if wish.accept else Event.REJECT

    async def save(tx: Transaction) -> HomeRequest:
        case = await hold(deps, tx, actor, request_id, event)
        if views.is_contested(deps, case.home, case.request):
            raise HomeDisputed("这套房屋已有业主,请按争议处理")
        verdict = Verdict(event=event, reason=wish.reason)
        if wish.accept:
            verdict.residency = await let_in(deps, tx, case, case.request.relation)
        return await finish(deps, tx, case, verdict)

    return await _view(deps, actor, await deps.in_transaction(save))


async def hold(
    deps: Dependencies, tx: Transaction, actor: Actor, request_id: str, event: Event
) -> Case:
    """Hold a request and its home, if the actor may take this step now.

    Raises OwnRequest, OwnHome, RequestWithHead, RequestMovedOn.
    """
    found = await access.hold(deps, tx, actor, HOME_REQUEST, request_id, event)
    home = await household.hold(deps, tx, found.home)
    household.require_not_own(actor, home)
    return Case(found, home, actor)


async def let_in(deps: Dependencies, tx: Transaction, case: Case, relation: Relation) -> str:
    """Write the requester into the home; return the residency. Raises AlreadyBound, BadDays."""
    household.require_new(case.home, case.request.person, relation)
    newcomer = newcomer_of(deps, case, relation)
    return (await household.let_in(deps, tx, case.home, newcomer)).id


def newcomer_of(deps: Dependencies, case: Case, relation: Relation) -> Newcomer:
    """Return whom a request names. Filed for a person without a phone, nobody is bound yet.

    Raises BadDays when the term ran out while the request waited.
    """
    found = case.request
    if found.to_day is not None and found.to_day < case.home.today:
        raise terms.BadDays("租期在等待中已经结束,不能再通过", to_day=found.to_day)
    return Newcomer(
        home=found.home,
        relation=relation,
        name=found.unseal(deps.vault, "name"),
        id_number=found.unseal(deps.vault, "id_number") or None,
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
    """Write the decision, notify the requester and note it; once, whoever decides at once."""
    found, actor = case.request, case.actor
    outcome = {"settlement": verdict.settlement, "residency": verdict.residency}
    decision = {
        "decided_by": actor.person_id,
        "decided_at": deps.now(),
        "decision_sealed": found.seal(deps.vault, verdict.reason, "decision"),
    }
    facts = {
        "on_behalf_of": "" if found.person else verdict.residency or found.id,
        "state": states.TABLE.target(verdict.event),
        **outcome,
    }
    if verdict.event is Event.ACCEPT:
        await _dispute_others(deps, tx, case)
    words, changes = Words(facts=facts), decision | outcome
    await cases.advance(
        deps, tx, actor, HOME_REQUEST, found, verdict.event, words=words, **changes
    )
    return found


async def _dispute_others(deps: Dependencies, tx: Transaction, case: Case) -> None:
    """Mark the other claims to own the home: they contest the owner who was accepted."""
    if case.request.relation not in OWNERS:
        return
    waiting = await store.open_at(deps.db, tx, case.home.place.id)
    others = [r.id for r in waiting if r.relation in OWNERS and r.id != case.request.id]
    await store.mark_disputed(deps.db, tx, others)

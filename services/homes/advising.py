"""The first step of a request: a head of the place says whether they know the requester.

A head's word is advice. Where there is no head, and after three days without a word, the
request goes to the community by itself.
"""

from typing import Final

from services.accounts import offices
from services.audit import actions as audit
from services.audit.models import Act
from services.dependencies import Dependencies, Transaction
from services.homes import household, proof, request_store, stepping, telling, views
from services.homes.request_models import ADVICE_TIME, GiveAdvice, HomeRequest, RequestView
from services.homes.states import Event, RequestState
from services.jobs import actions as jobs
from services.kernel.documents import Document
from services.kernel.permissions import HEADS, Actor, Permission
from services.places import grids

PASS_ON: Final = "homes.pass_on"  # noqa: S105  # a job


async def heads_of(deps: Dependencies, home: str) -> set[str]:
    """Return the heads of the home's unit, building and grid who have signed in."""
    around = [place.id for place in await grids.above_home(deps, home)]
    holders = await offices.holders_at(deps, around, HEADS)
    return {holder.person for holder in holders if holder.person}


async def promise_to_pass_on(deps: Dependencies, tx: Transaction, request: HomeRequest) -> None:
    due_at = request.created_at + ADVICE_TIME
    await jobs.enqueue(deps, tx, PASS_ON, request.id, due_at=due_at, request_id=request.id)


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
    found = await request_store.under(deps.db, held, wanted, after=after, limit=limit)
    return await views.shown(deps, actor, found)


async def look(deps: Dependencies, actor: Actor, request_id: str) -> RequestView:
    """One request for a home of the actor's places."""
    found = await stepping.access(deps, actor, request_id, Permission.ADVISE_HOMES)
    [view] = await views.shown(deps, actor, [found])
    return view


async def advise(
    deps: Dependencies, actor: Actor, request_id: str, advice: GiveAdvice
) -> RequestView:
    """Say what one knows of the requester: the request goes on to the community."""

    async def save(tx: Transaction) -> HomeRequest:
        found = await stepping.access(deps, actor, request_id, Permission.ADVISE_HOMES, tx)
        stepping.require_others(actor, found)
        await stepping.advance(
            deps,
            tx,
            found,
            Event.ADVISE,
            advised_by=actor.person_id,
            advised_at=deps.now(),
            advice=advice.known,
            advice_sealed=stepping.seal(deps, found, advice.reason, "advice"),
        )
        home = await household.hold(deps, found.home, tx)
        await telling.progress(deps, tx, found, home.place)
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


async def pass_on(deps: Dependencies, payload: Document) -> None:
    """The job: nobody advised in time, so the community decides without."""

    async def save(tx: Transaction) -> None:
        found = await request_store.find(deps.db, payload["request_id"], tx)
        if found is None or found.state is not RequestState.WITH_HEAD:
            return
        await stepping.advance(deps, tx, found, Event.PASS_ON)
        home = await household.hold(deps, found.home, tx)
        await telling.progress(deps, tx, found, home.place)
        await audit.record(
            deps, tx, proof.CLOCK, Act.HOME_PASSED_ON, place=found.home, subject=found.id
        )

    await deps.in_transaction(save)


JOBS: Final[dict[str, jobs.Handler]] = {PASS_ON: pass_on, **proof.JOBS}

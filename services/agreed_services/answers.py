"""Answers of homes to a service: given by an owner, or written down from paper by a head.

The last answer before the closing day counts, as that of the household that gave it
(votes/validity.py). Each answer writes the counts of the service, so that the count at the end
and an answer at the same moment are one after the other.
"""

from collections.abc import Sequence

from services.agreed_services import actions, store, views
from services.agreed_services.models import (
    MOST_SHOWN,
    AgreedService,
    Answer,
    AnswerService,
    HomeService,
    HomeServices,
    PaperAnswer,
    Share,
)
from services.agreed_services.refusals import AgreedServiceMovedOn, AnsweredByOwner
from services.agreed_services.votes import validity
from services.audit import actions as audit
from services.dependencies import Dependencies, Transaction
from services.homes import household
from services.kernel import errors
from services.kernel.acts import Act
from services.kernel.documents import Document
from services.kernel.permissions import Actor, Permission, require_at
from services.photos import actions as photos
from services.photos.models import PhotoPurpose
from services.places import actions as places
from services.residencies import actions as residencies
from services.residencies import owners
from services.residencies.models import OWNERS, Residency


async def of_home(deps: Dependencies, actor: Actor, home: str) -> HomeServices:
    """Return the services that a home of the actor's own is or was asked about."""
    require_at(actor, Permission.MANAGE_HOME, home)
    found = await store.of_home(deps.db, home, MOST_SHOWN)
    return HomeServices(items=await views.of_home(deps, home, found))


async def give(
    deps: Dependencies, actor: Actor, home: str, service_id: str, request: AnswerService
) -> HomeService:
    """Answer for a home of the actor's own. Raises NotFound, AgreedServiceMovedOn."""
    require_at(actor, Permission.MANAGE_HOME, home)

    async def save(tx: Transaction) -> None:
        await places.hold(deps, tx, home)
        _, share, before = await _hold(deps, tx, service_id, home)
        answer = _answer(deps, service_id, share, agree=request.agree)
        owning = _owning(deps, await residencies.of_home(deps, home, tx=tx))
        answer.person = actor.person_id
        answer.owners = [row.id for row in owning if row.person == actor.person_id]
        await _put(deps, tx, answer, before)
        await _record(deps, tx, actor, Act.AGREED_SERVICE_ANSWERED, answer)

    await deps.in_transaction(save)
    return await _shown(deps, service_id, home)


async def enter(
    deps: Dependencies, actor: Actor, home: str, service_id: str, request: PaperAnswer
) -> HomeService:
    """Write down what an owner signed on paper.

    Raises NotFound, OwnHome, AgreedServiceMovedOn, AnsweredByOwner.
    """
    require_at(actor, Permission.PLAN_VISITS, home)

    async def save(tx: Transaction) -> None:
        held = await household.hold(deps, tx, home)
        household.require_not_own(actor, held)
        found, share, before = await _hold(deps, tx, service_id, home)
        await _require_unanswered(deps, tx, before)
        answer = _answer(deps, service_id, share, agree=request.agree)
        answer.owners = [row.id for row in _owning(deps, held.rows)]
        answer.entered_by = actor.person_id
        answer.photo_ids = list(dict.fromkeys(request.photo_ids))
        await _put(deps, tx, answer, before)
        await _attach(deps, tx, actor, found, answer)
        await _record(deps, tx, actor, Act.AGREED_SERVICE_PAPER_ENTERED, answer)

    await deps.in_transaction(save)
    return await _shown(deps, service_id, home)


async def _hold(
    deps: Dependencies, tx: Transaction, service_id: str, home: str
) -> tuple[AgreedService, Share, Answer | None]:
    """Return a service that asks a home, the home's share and its answer so far."""
    found = await store.find(deps.db, service_id, tx=tx, shares=True)
    shares = found.shares if found and found.state in store.ASKED else []
    share = next((share for share in shares if share.home == home), None)
    if found is None or share is None:
        raise errors.NotFound(actions.MISSING)
    if found.closes_at <= deps.now():
        raise AgreedServiceMovedOn("答复时间已过")
    return found, share, await store.find_answer(deps.db, service_id, home, tx=tx)


async def _require_unanswered(
    deps: Dependencies, tx: Transaction, before: Answer | None
) -> None:
    """Raise AnsweredByOwner for a home whose owners of today answered in person."""
    if before is None or before.on_paper:
        return
    found = await owners.households_of(deps, [before.home], tx=tx)
    if validity.is_of(before, deps.today(), found[before.home]):
        raise AnsweredByOwner("业主已经自己答复过,以业主本人的答复为准")


def _owning(deps: Dependencies, rows: Sequence[Residency]) -> list[Residency]:
    """Return by which rows a home is owned today, of those that are not over."""
    today = deps.today()
    return [row for row in rows if row.relation in OWNERS and row.from_day <= today]


def _answer(deps: Dependencies, service_id: str, share: Share, *, agree: bool) -> Answer:
    return Answer(
        id=store.answer_id(service_id, share.home),
        service=service_id,
        home=share.home,
        area=share.area,
        agree=agree,
        at=deps.now(),
    )


async def _put(
    deps: Dependencies, tx: Transaction, answer: Answer, before: Answer | None
) -> None:
    """Write an answer and the counts of its service; raises AgreedServiceMovedOn."""
    counts = _counts(answer, 1)
    if before is not None:
        counts = {name: counts[name] + less for name, less in _counts(before, -1).items()}
    if not await store.count(deps.db, tx, answer.service, counts):
        raise AgreedServiceMovedOn("征求意见已经结束")
    await store.put_answer(deps.db, tx, answer)


def _counts(answer: Answer, sign: int) -> Document:
    return {
        "agreed": sign * answer.agree,
        "agreed_area": sign * answer.area * answer.agree,
        "declined": sign * (not answer.agree),
    }


async def _attach(
    deps: Dependencies, tx: Transaction, actor: Actor, found: AgreedService, answer: Answer
) -> None:
    await photos.attach(
        deps,
        tx,
        actor,
        answer.photo_ids,
        subject=answer.id,
        place=found.place,
        needs=Permission.RUN_BILLS,
        owner="",
        purposes={PhotoPurpose.VISIT},
    )


async def _record(
    deps: Dependencies, tx: Transaction, actor: Actor, act: Act, answer: Answer
) -> None:
    about = {"place": answer.home, "subject": answer.service}
    await audit.record(deps, tx, actor, act, **about, agree=answer.agree)


async def _shown(deps: Dependencies, service_id: str, home: str) -> HomeService:
    found = await store.find(deps.db, service_id, shares=True)
    if found is None:
        raise errors.NotFound(actions.MISSING)
    found.shares = [share for share in found.shares if share.home == home]
    [shown] = await views.of_home(deps, home, [found])
    return shown

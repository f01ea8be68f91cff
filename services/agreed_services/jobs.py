"""Jobs of agreed services: count the answers, and bill each month, some hundreds at once.

A month is billed on its first day. Each step moves `month` and `done` by compare-and-set, so
that a worker that was thought dead bills nothing twice; the slot of a bill is the second guard.
"""

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from services.agreed_services import notify, store, terms
from services.agreed_services.models import (
    BILL,
    CLOSE,
    AgreedService,
    Rhythm,
    ServicePart,
    Share,
)
from services.agreed_services.states import ServiceAction, ServiceState
from services.agreed_services.votes import validity
from services.bills import charges
from services.bills.charge_news import notify as charge_news
from services.bills.charges import Charge
from services.dependencies import Dependencies, Transaction
from services.fees.models import BillKind, HomeFee
from services.fees.payees import charters
from services.jobs import actions as queue
from services.jobs.models import Again
from services.kernel.days import Day, Month, last_day, plus_months, start_of
from services.kernel.documents import Document, to_document
from services.messaging.broadcasts import actions as broadcasts
from services.places import actions as places
from services.residencies import owners

# A bill is written twice and has a journal: well below the 1,000 writes of a transaction.
SHARES_AT_ONCE: Final = 200
OVER: Final = "服务到期"


def freed(service: AgreedService) -> str:
    """Return the slot of a service that is over: its title is free for another one."""
    return f"over|{service.id}"


async def close(deps: Dependencies, payload: Document) -> Again | None:
    """Count what homes answered, once the closing day is over, and tell them the result."""

    async def save(tx: Transaction) -> Again | None:
        found = await store.find(deps.db, payload["service"], tx=tx, shares=True)
        if found is None or found.state is not ServiceState.OPEN:
            return None
        if found.closes_at > deps.now():
            return Again(found.closes_at)
        counts = await _counts(deps, tx, found)
        await _conclude(deps, tx, msgspec.structs.replace(found, **counts), counts)
        return None

    return await deps.in_transaction(save)


async def _counts(deps: Dependencies, tx: Transaction, found: AgreedService) -> Document:
    """Count the answers of those who own their homes on the closing day.

    The counts so far have those of owners, too, whose sale was entered after they answered.
    """
    homes = [share.home for share in found.shares]
    answers = await store.answers_of(deps.db, [found.id], homes, tx=tx)
    answered = sorted(home for _, home in answers)
    households = await owners.households_of(deps, answered, tx=tx)
    return to_document(validity.count(answers.values(), found.closing_day, households))


async def _conclude(
    deps: Dependencies, tx: Transaction, found: AgreedService, counts: Document
) -> None:
    action = ServiceAction.AGREE if found.is_enough else ServiceAction.REFUSE
    month = found.from_day[:7]
    changes: dict[str, Any] = {"counted_at": deps.now(), **counts}
    changes |= {"month": month} if found.is_enough else {"slot": freed(found)}
    key = {"_id": found.id, "state": ServiceState.OPEN}
    if not await store.move(deps.db, tx, key, action, **changes):
        return
    if found.is_enough:
        await _plan(deps, tx, found, month)
    state = ServiceState.AGREED if found.is_enough else ServiceState.REFUSED
    await notify.closed(deps, tx, msgspec.structs.replace(found, state=state))


async def _plan(
    deps: Dependencies, tx: Transaction, found: AgreedService, month: Month
) -> None:
    due = start_of(span(found, month)[0])
    about: dict[str, Any] = {"service": found.id, "month": month}
    await queue.enqueue(deps, tx, BILL, f"{found.id}:{month}", due_at=due, **about)


def span(found: AgreedService, month: Month) -> tuple[Day, Day]:
    """Return the days that are billed in a month: all of the service where it is one charge."""
    if found.rhythm is Rhythm.ONCE:
        return found.from_day, found.to_day
    return f"{month}-01", last_day(month)


async def bill(deps: Dependencies, payload: Document) -> Again | None:
    """Bill the next homes of a month; with the last ones, tell who owes it and plan the next.

    A payee that may not charge on the first day ends the service, before the first home of a
    month: a month that was begun is billed to all.
    """
    found = await store.find(deps.db, payload["service"], shares=True)
    if found is None or found.state is not ServiceState.AGREED:
        return None
    if found.month != payload["month"]:
        return None
    first, _ = span(found, found.month)
    because = "" if found.done else await _obstacle(deps, found, first)
    if because:
        await deps.in_transaction(lambda tx: _finish(deps, tx, found, because))
        return None
    some = found.shares[found.done : found.done + SHARES_AT_ONCE]
    await deps.in_transaction(lambda tx: _step(deps, tx, found, some))
    return None if found.done + len(some) == found.homes else Again(deps.now())


async def _obstacle(deps: Dependencies, found: AgreedService, first: Day) -> str:
    """Say why the payee may not charge for a month; "" where it may."""
    charter = await charters.charter_of(deps, found.payee, found.place)
    if charter is None:
        return "收款单位已停用"
    obstacle = charter.obstacle(HomeFee.SERVICE_FEE, first)
    return obstacle.label if obstacle else ""


async def _finish(
    deps: Dependencies, tx: Transaction, found: AgreedService, because: str
) -> bool:
    """End a service that has nothing more to bill; tell its homes."""
    key = {"_id": found.id, "state": found.state, "month": found.month, "done": found.done}
    changes: dict[str, Any] = {"ended_at": deps.now(), "ended_because": because}
    changes |= {"slot": freed(found)}
    if not await store.move(deps.db, tx, key, ServiceAction.FINISH, **changes):
        return False
    ended = msgspec.structs.replace(found, state=ServiceState.ENDED, **changes)
    await notify.closed(deps, tx, ended)
    return True


async def _step(
    deps: Dependencies, tx: Transaction, found: AgreedService, some: Sequence[Share]
) -> None:
    is_last = found.done + len(some) == found.homes
    following = plus_months(found.month, 1)
    is_over = found.rhythm is Rhythm.ONCE or following > found.to_day[:7]
    if is_last and is_over:
        first_here = await _finish(deps, tx, found, OVER)
    else:
        done = {"month": following, "done": 0} if is_last else {"done": found.done + len(some)}
        first_here = await store.advance(deps.db, tx, found, done)
    if not first_here:
        return
    paying = await _paying(deps, tx, found, some)
    if paying:
        await charges.issue_all(deps, tx, [_charge(found, share) for share in paying])
    if is_last:
        await broadcasts.start(deps, tx, charge_news.issued(_batch(found)))
        if not is_over:
            await _plan(deps, tx, found, following)


async def _paying(
    deps: Dependencies, tx: Transaction, found: AgreedService, some: Sequence[Share]
) -> list[Share]:
    """Return the shares that are billed: of homes that stand, and that agreed where it matters.

    Who bought a home agreed to nothing: where only homes pay that agreed, the agreement of its
    former owners ends with their ownership, on whatever day the sale was entered.
    """
    homes = [share.home for share in some if share.amount_fen]
    there = set(await places.use(deps, homes, tx=tx))
    standing = await places.find_many(deps, sorted(there), tx=tx)
    first, _ = span(found, found.month)
    there = {each.id for each in standing if not each.retired_from or each.retired_from > first}
    if found.part is ServicePart.AGREEING:
        answers = await store.answers_of(deps.db, [found.id], sorted(there), tx=tx)
        households = await owners.households_of(deps, sorted(there), tx=tx)
        there = {
            home
            for (_, home), answer in answers.items()
            if answer.agree and validity.is_of(answer, first, households[home])
        }
    return [share for share in some if share.home in there and share.amount_fen]


def _batch(found: AgreedService) -> str:
    return f"{found.id}|{found.month}"


def _charge(found: AgreedService, share: Share) -> Charge:
    first, last = span(found, found.month)
    return Charge(
        kind=BillKind.SERVICE_FEE,
        source=f"{_batch(found)}|{share.home}",
        batch=_batch(found),
        home=share.home,
        from_day=first,
        to_day=last,
        payee=found.payee,
        account=found.account,
        payee_name=found.payee_name,
        amount_fen=share.amount_fen,
        explanation=terms.explain(found, share),
    )


JOBS: Final[dict[str, queue.Handler]] = {CLOSE: close, BILL: bill}

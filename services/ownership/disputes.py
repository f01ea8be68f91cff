"""Disputes about who owns a home, ended by the community: kept, shared or replaced."""

from services.audiences import residents
from services.dependencies import Dependencies, Transaction
from services.home_requests import reviews, views
from services.home_requests.models import HomeRequest, RequestView, Settlement
from services.home_requests.reviews import Case, Verdict
from services.home_requests.states import Event
from services.homes import notify, terms
from services.homes.notify import News
from services.kernel import errors
from services.kernel.permissions import Actor
from services.ownership import transfers
from services.ownership.models import Settle
from services.residencies.models import Relation


class NotDisputed(errors.Conflict):
    """Home without another owner: accept or reject the request."""

    code = "home_not_disputed"


async def resolve(
    deps: Dependencies, actor: Actor, request_id: str, wish: Settle
) -> RequestView:
    """End a dispute: all stays, the claimant shares, or the home changes its owner.

    Raises NotDisputed, AlreadyTransferred, OwnHome, BadDays.
    """
    event = Event.REJECT if wish.outcome is Settlement.KEEP else Event.ACCEPT
    today = deps.today()
    day = terms.check_change(wish.day or today, today)

    async def save(tx: Transaction) -> HomeRequest:
        case = await reviews.hold(deps, tx, actor, request_id, event)
        if not views.is_contested(deps, case.home, case.request):
            raise NotDisputed("这套房屋没有别的业主,请直接通过或不通过")
        verdict = Verdict(event=event, reason=wish.reason, settlement=wish.outcome)
        match wish.outcome:
            case Settlement.SHARE:
                verdict.residency = await _share(deps, tx, case)
            case Settlement.REPLACE:
                verdict.residency = await _replace(deps, tx, case, day, wish.reason)
        return await reviews.finish(deps, tx, case, verdict)

    [view] = await views.shown(deps, actor, [await deps.in_transaction(save)])
    return view


async def _share(deps: Dependencies, tx: Transaction, case: Case) -> str:
    """Write the claimant as a co-owner, and notify the owners; return the residency."""
    residency = await reviews.let_in(deps, tx, case, Relation.CO_OWNER)
    owners, key = residents.owners_of(case.home.owners), case.request.id
    await notify.news(deps, tx, case.home.place, owners, what=News.SHARED, key=key)
    return residency


async def _replace(
    deps: Dependencies, tx: Transaction, case: Case, day: str, reason: str
) -> str:
    """Make the claimant the owner, as after a sale; return the residency."""
    newcomer = reviews.newcomer_of(deps, case, Relation.OWNER)
    newcomer.from_day = day
    sale = transfers.Sale(newcomer=newcomer, because=reason, request=case.request.id)
    return (await transfers.change_owner(deps, tx, case.actor, case.home, sale)).residency_id

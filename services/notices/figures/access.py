"""Access to what became of a notice: figures for who sends, homes for who sees them."""

import msgspec

from services.audiences.models import Audience
from services.dependencies import Dependencies
from services.kernel import errors
from services.kernel.paths import covers, outermost
from services.kernel.permissions import Actor, Permission
from services.notices import senders, store
from services.notices.models import Notice
from services.notices.states import OUT


class NotPublished(errors.Conflict):
    """The notice was not published yet: nobody was told."""

    code = "notice_not_published"


async def published(deps: Dependencies, actor: Actor, notice_id: str) -> Notice:
    """Return a notice that the actor works on and that is, or was, out; without its text.

    Raises NotFound, NotPublished.
    """
    found = await store.find_short(deps.db, [notice_id])
    notice = senders.access(actor, next(iter(found), None))
    if notice.state not in OUT:
        raise NotPublished("这条通知还没有发布")
    return notice


def seeing(actor: Actor, audience: Audience) -> Actor:
    """Return the actor with what lets them see which homes an audience means.

    Of one that is chosen by debts only who may see debts there: that it means a home says that
    the home owes. So heads carry it to no door once their community hides from them which do.
    """
    if audience.owing_since is None:
        return actor
    held = tuple(grant for grant in actor.grants if grant.gives(Permission.VIEW_UNPAID))
    return msgspec.structs.replace(actor, grants=held)


def homes_seen(actor: Actor, notice: Notice) -> list[str]:
    """Return the outermost places whose homes a sender sees, of those that a notice is for.

    Who sends to a compound without seeing who lives where, e.g. its firm, has figures alone: a
    list of homes would say of each one what small groups keep back. Raises Forbidden.
    """
    meant = notice.audience.places
    seen = seeing(actor, notice.audience).places(Permission.VIEW_RESIDENTS)
    found = [place for place in meant if any(covers(held, place) for held in seen)]
    found += [held for held in seen if any(covers(place, held) for place in meant)]
    if not found:
        raise errors.Forbidden("您没有查看住户的权限", needs=Permission.VIEW_RESIDENTS)
    return list(outermost(found))

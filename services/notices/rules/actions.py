"""Actions on the rules for notices: made for a place, and found from the nearest one above."""

from services.audit import actions as audit
from services.dependencies import Dependencies, Transaction
from services.kernel.acts import Act
from services.kernel.paths import ancestors
from services.kernel.permissions import Actor, Permission
from services.notices.rules import store
from services.notices.rules.models import NoticeRules, NoticeRulesView, SetNoticeRules
from services.places import actions as places


async def of(deps: Dependencies, place: str) -> NoticeRules:
    """Return the rules for a place: those of the nearest place above that has any."""
    found = await store.find_many(deps.db, ancestors(place))
    return max(found, key=lambda rules: len(rules.id), default=NoticeRules(id=""))


async def show(deps: Dependencies, actor: Actor, place: str) -> NoticeRulesView:
    """Return the rules that hold for a place. Raises NotFound."""
    await places.access_place(deps, actor, place, Permission.SEND_NOTICES)
    return _view(place, await of(deps, place))


async def replace(
    deps: Dependencies, actor: Actor, place: str, wish: SetNoticeRules
) -> NoticeRulesView:
    """Make rules for a place, in the stead of those it had. Raises NotFound."""
    await places.access_place(deps, actor, place, Permission.MANAGE_PLACES)
    made = NoticeRules(
        id=place,
        second_eyes=wish.second_eyes,
        quiet_from=wish.quiet_from,
        quiet_to=wish.quiet_to,
        set_by=actor.person_id,
        set_at=deps.now(),
    )

    async def save(tx: Transaction) -> None:
        await store.put(deps.db, tx, made)
        act, second_eyes = Act.NOTICE_RULES_SET, made.second_eyes
        await audit.record(deps, tx, actor, act, place=place, second_eyes=second_eyes)

    await deps.in_transaction(save)
    return _view(place, made)


def _view(place: str, rules: NoticeRules) -> NoticeRulesView:
    return NoticeRulesView(
        place=place,
        set_for=rules.id or None,
        second_eyes=rules.second_eyes,
        quiet_from=rules.quiet_from,
        quiet_to=rules.quiet_to,
    )

"""Actions on rules of demands: set and read by the creditor whose money they ask for."""

from services.audit import actions as audit
from services.demands import creditors
from services.demands.actions import role_at
from services.demands.rules import store
from services.demands.rules.models import DemandRule, DemandRuleView, SetDemandRule, rule_id
from services.dependencies import Dependencies, Transaction
from services.kernel import errors
from services.kernel.acts import Act
from services.kernel.permissions import Actor, Permission
from services.kernel.views import show
from services.places import actions as places
from services.places.models import Kind


class DemandRulePlace(errors.InvalidInput):
    """A rule is of a compound."""

    code = "demand_rule_place"


async def set_rule(
    deps: Dependencies, actor: Actor, place: str, wish: SetDemandRule
) -> DemandRuleView:
    """Set the rule of the actor's firm, or of the community, in a compound.

    Raises NotFound, DemandRulePlace, OtherPayee.
    """
    found = await places.access_place(deps, actor, place, Permission.SEND_DEMANDS)
    if found.kind is not Kind.COMPOUND:
        raise DemandRulePlace("请以小区为单位设定定期催缴")
    creditor = await creditors.of_actor(deps, actor, place)
    rule = DemandRule(
        id=rule_id(place, creditor.firm),
        place=place,
        firm=creditor.firm,
        days_after=sorted(set(wish.days_after)),
        every_days=wish.every_days,
        is_on=wish.is_on,
        by=actor.person_id,
        role=role_at(actor, place),
        at=deps.now(),
    )

    async def save(tx: Transaction) -> DemandRule:
        await places.use(deps, [place], tx=tx)
        kept = await store.put(deps.db, tx, rule)
        act, about = Act.DEMAND_RULE_SET, {"place": place, "subject": rule.id}
        await audit.record(deps, tx, actor, act, **about, enabled=rule.is_on)
        return kept

    return show(await deps.in_transaction(save), DemandRuleView)


async def get(deps: Dependencies, actor: Actor, place: str) -> DemandRuleView:
    """Return the rule of the actor's firm, or of the community. Raises NotFound, OtherPayee."""
    await places.access_place(deps, actor, place, Permission.SEND_DEMANDS)
    creditor = await creditors.of_actor(deps, actor, place)
    found = await store.find(deps.db, rule_id(place, creditor.firm))
    if found is None:
        raise errors.NotFound("这里还没有设定定期催缴")
    return show(found, DemandRuleView)

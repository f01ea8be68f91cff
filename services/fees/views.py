"""Views of fee rules."""

from collections.abc import Sequence

from services.dependencies import Dependencies
from services.fees.models import FeeRule, FeeRuleView
from services.fees.payees import charters
from services.kernel.views import show
from services.places import actions as places


async def view(deps: Dependencies, rule: FeeRule) -> FeeRuleView:
    """Show a rule to whoever manages fees."""
    [shown] = await views(deps, [rule])
    return shown


async def views(deps: Dependencies, rules: Sequence[FeeRule]) -> list[FeeRuleView]:
    """Show rules, each with its payee; none where no payee of its place fits an old rule."""
    payees = await charters.payee_ids(deps, rules)
    addresses = await places.addresses(deps, sorted({rule.place for rule in rules}))
    return [
        show(
            rule,
            FeeRuleView,
            rule_id=rule.id,
            address=addresses.get(rule.place, rule.place),
            payee_id=payees[rule.id] or None,
        )
        for rule in rules
    ]

"""Views of fee rules."""

from services.fees.models import FeeRule, FeeRuleView
from services.kernel.views import show


def view(rule: FeeRule, payee_id: str) -> FeeRuleView:
    """Show a rule to whoever manages fees. `payee_id`: "" when no payee fits an old rule."""
    return show(rule, FeeRuleView, rule_id=rule.id, payee_id=payee_id or None)

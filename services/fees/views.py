"""Views of fee rules."""

from services.fees.models import FeeRule, FeeRuleView
from services.kernel.views import show


def view(rule: FeeRule) -> FeeRuleView:
    """Show a rule to whoever manages fees."""
    return show(rule, FeeRuleView, rule_id=rule.id)

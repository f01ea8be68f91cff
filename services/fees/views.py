"""Views of fee rules."""

from services.fees.models import FeeRule, FeeRuleView
from services.kernel import views as kernel_views


def view(rule: FeeRule) -> FeeRuleView:
    return kernel_views.show(rule, FeeRuleView, rule_id=rule.id)

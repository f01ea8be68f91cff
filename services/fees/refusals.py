"""Refusals of a fee rule: what makes one impossible."""

from msgspec import Struct

from services.fees.payees.models import Obstacle
from services.kernel import errors
from services.kernel.days import Day


class BadFeeRule(errors.InvalidInput):
    """A rule needs one price and due term, real days, fitting terms, a place with homes."""

    code = "bad_fee_rule"
    details_type = errors.UnknownDay


class UnknownPayee(errors.InvalidInput):
    """The place has no such payee: money would go to somebody who has no claim to it."""

    code = "unknown_payee"


class PayeeMayNotChargeDetails(Struct, frozen=True, kw_only=True):
    """Reason for which the payee may not charge.

    `because`: What is in the way: the fee, the days, the firm's contract, or the account.
    `day`: Day for which it may not charge.
    """

    because: Obstacle
    day: Day


class PayeeMayNotCharge(errors.InvalidInput):
    """The payee charges other fees, or not on these days, or has no contract or account."""

    code = "payee_may_not_charge"
    details_type = PayeeMayNotChargeDetails


class FeeRuleExistsDetails(Struct, frozen=True, kw_only=True):
    """Rule that is there already.

    `rule_id`: Id of the rule; null when it was made at this moment.
    """

    rule_id: str | None


class FeeRuleExists(errors.Conflict):
    code = "fee_rule_exists"
    details_type = FeeRuleExistsDetails


class FeeRuleEndedDetails(Struct, frozen=True, kw_only=True):
    """Last day of a rule that ends already.

    `end_day`: Last day of the rule.
    """

    end_day: Day


class FeeRuleEnded(errors.Conflict):
    code = "fee_rule_ended"
    details_type = FeeRuleEndedDetails

"""Refusals of deposits."""

from services.kernel import errors


class BadDeposit(errors.InvalidInput):
    """A deduction is at most the deposit, and has a reason and a document."""

    code = "bad_deposit"


class DepositMovedOn(errors.Conflict):
    """Its return was asked for, decided or paid out meanwhile."""

    code = "deposit_moved_on"

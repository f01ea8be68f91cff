"""Refusals of late charges."""

from services.kernel import errors


class BadLateFees(errors.InvalidInput):
    """Late charges are of days that are over, at a place with homes."""

    code = "bad_late_fees"


class NoLateFees(errors.Conflict):
    """There is nothing to charge: no contract says so, or nobody was late."""

    code = "no_late_fees"


class LateFeesWait(errors.Conflict):
    """Others of the payee wait for a decision, or are being billed."""

    code = "late_fees_wait"


class LateFeesDecided(errors.Conflict):
    """Somebody decided meanwhile."""

    code = "late_fees_decided"

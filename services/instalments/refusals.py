"""Refusals of instalment agreements."""

from services.kernel import errors


class BadInstalments(errors.InvalidInput):
    """Parts have days one after another and come to what is owed by one household."""

    code = "bad_instalments"


class InstalmentsExist(errors.Conflict):
    """One of the bills is in another agreement."""

    code = "instalments_exist"


class InstalmentsMoved(errors.Conflict):
    """Somebody answered or decided meanwhile."""

    code = "instalments_moved_on"


class InstalmentBillsChanged(errors.Conflict):
    """More is owed than was agreed, a bill was voided, or the first part is overdue."""

    code = "instalment_bills_changed"

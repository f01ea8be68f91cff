"""Names of the acts that the audit keeps, and their guards against conflicts of interest.

Not beside the rows of the audit, so that a table of states may name the act of a transition.
"""

from enum import StrEnum
from typing import Self

from services.kernel.interests import Guard


class Act(StrEnum):
    """Names of acts, and their guards. Names never change: they are kept for a year.

    `guard`: against conflicts of interest; without one, whoever may do it may do it for
    themselves.
    """

    guard: Guard

    def __new__(cls, value: str, guard: Guard = Guard.FREE) -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.guard = guard
        return member

    SIGNED_IN = "session.signed_in"
    SIGNED_OUT = "session.signed_out"
    SIGNED_OUT_EVERYWHERE = "session.signed_out_everywhere"
    SESSION_ENDED = "session.ended"
    REFRESH_REUSED = "session.refresh_reused"
    BROWSER_ALLOWED = "session.browser_allowed"
    BROWSER_REFUSED = "session.browser_refused"
    BROWSER_LOOKED_AT = "session.browser_looked_at"
    CONFIRMATION_ASKED = "session.confirmation_asked"
    CONFIRMED = "session.confirmed"
    PHONE_PROVED = "person.phone_proved"

    PLACE_ADDED = "place.added"
    PLACE_CONTACT_CHANGED = "place.contact_changed"
    GRID_CHANGED = "place.grid_changed"
    APPOINTED = "appointment.made"
    SUBSTITUTED = "appointment.substituted"
    RESIGNED = "appointment.resigned"
    APPOINTMENT_ENDED = "appointment.ended"
    HANDED_OVER = "appointment.handed_over"
    HAND_OVER_RECEIVED = "appointment.hand_over_received"
    CONTACT_CHANGED = "appointment.contact_changed"
    FIRM_ADDED = "firm.added"
    CONTRACT_SIGNED = "firm.contract_signed"
    CONTRACT_ENDED = "firm.contract_ended"
    CONTRACT_CONTACT_CHANGED = "firm.contract_contact_changed"

    HOME_REQUESTED = "home.requested"
    HOME_WITHDRAWN = "home.request_withdrawn"
    HOME_ADVISED = "home.advised", Guard.OWN_HOME
    HOME_PASSED_ON = "home.passed_on"
    HOME_PROOF_REMOVED = "home.proof_removed"
    HOME_DECIDED = "home.decided", Guard.OWN_HOME
    HOME_INVITED = "home.invited"
    INVITATION_REVOKED = "home.invitation_revoked"
    INVITATION_ACCEPTED = "home.invitation_accepted"
    CODES_PRINTED = "home.codes_printed", Guard.OWN_HOME
    CODE_USED = "home.code_used"
    RESIDENT_ADDED = "home.resident_added", Guard.OWN_HOME
    RESIDENT_CHANGED = "home.resident_changed", Guard.OWN_HOME
    RESIDENCY_ENDED = "home.residency_ended", Guard.BY_OFFICE
    OWNER_CHANGED = "home.owner_changed", Guard.OWN_HOME
    HOME_CORRECTED = "home.corrected", Guard.OWN_HOME

    REGISTER_UPLOADED = "register.uploaded"
    REGISTER_CONFIRMED = "register.confirmed"
    REGISTER_DISCARDED = "register.discarded"
    REGISTER_UNDONE = "register.undone"
    PAYEE_ADDED = "fee.payee_added"
    PAYEE_ENDED = "fee.payee_ended"
    FEE_RULE_ADDED = "fee.rule_added", Guard.OWN_HOME
    FEE_RULE_ENDED = "fee.rule_ended", Guard.OWN_HOME
    BILL_RUN_STARTED = "fee.run_started", Guard.OWN_MONEY
    BILL_RUN_PUBLISHED = "fee.run_published", Guard.OWN_MONEY
    BILL_RUN_CANCELLED = "fee.run_cancelled", Guard.OWN_MONEY
    BILL_RUN_WITHDRAWN = "fee.run_withdrawn", Guard.OWN_HOME_AND_MONEY
    BILL_VOIDED = "fee.bill_voided", Guard.OWN_HOME_AND_MONEY
    PAYMENT_ORDERED = "payment.ordered"
    SUSPENSE_RETURNED = "payment.suspense_returned", Guard.OWN_HOME
    REFUND_RETRIED = "payment.refund_retried", Guard.OWN_HOME

    PHOTO_ADDED = "photo.added"
    CONSENT_GIVEN = "privacy.consent_given"
    CONSENT_WITHDRAWN = "privacy.consent_withdrawn"
    REVEALED = "privacy.revealed", Guard.BY_OFFICE
    EXPORTED = "privacy.exported"
    ERASED = "privacy.erased"
    AUDIT_READ = "audit.read"
    REFUSED = "refused"  # forbidden, or asked for what one may not know

"""Registry of personal data, collection by collection: export, erasure, key rotation read it.

Each package declares what its collections hold (its `privacy.py`). A test fails for a
collection that is not in the table.
"""

from typing import Final

from services.appointments import privacy as appointments_privacy
from services.audit import privacy as audit_privacy
from services.bills import privacy as bills_privacy
from services.browser_sign_ins import privacy as browser_sign_ins_privacy
from services.consents import privacy as consents_privacy
from services.fees import privacy as fees_privacy
from services.firms import privacy as firms_privacy
from services.heads import privacy as heads_privacy
from services.home_codes import privacy as home_codes_privacy
from services.home_corrections import privacy as home_corrections_privacy
from services.home_requests import privacy as home_requests_privacy
from services.idempotency import privacy as idempotency_privacy
from services.invitations import privacy as invitations_privacy
from services.jobs import privacy as jobs_privacy
from services.kernel.personal_data import Holding
from services.ledger import privacy as ledger_privacy
from services.messaging import privacy as messaging_privacy
from services.payments import privacy as payments_privacy
from services.people import privacy as people_privacy
from services.photos import privacy as photos_privacy
from services.places import privacy as places_privacy
from services.pushes import privacy as pushes_privacy
from services.quotas import privacy as quotas_privacy
from services.register import privacy as register_privacy
from services.register.chunks import privacy as chunks_privacy
from services.residencies import privacy as residencies_privacy
from services.sessions import privacy as sessions_privacy

TABLE: Final[tuple[Holding, ...]] = (
    *people_privacy.HOLDINGS,
    *residencies_privacy.HOLDINGS,
    *appointments_privacy.HOLDINGS,
    *consents_privacy.HOLDINGS,
    *sessions_privacy.HOLDINGS,
    *browser_sign_ins_privacy.HOLDINGS,
    *home_requests_privacy.HOLDINGS,
    *invitations_privacy.HOLDINGS,
    *home_codes_privacy.HOLDINGS,
    *photos_privacy.HOLDINGS,
    *messaging_privacy.HOLDINGS,
    *pushes_privacy.HOLDINGS,
    *payments_privacy.HOLDINGS,
    *chunks_privacy.HOLDINGS,
    *register_privacy.HOLDINGS,
    *heads_privacy.HOLDINGS,
    *audit_privacy.HOLDINGS,
    *idempotency_privacy.HOLDINGS,
    *places_privacy.HOLDINGS,
    *home_corrections_privacy.HOLDINGS,
    *bills_privacy.HOLDINGS,
    *fees_privacy.HOLDINGS,
    *ledger_privacy.HOLDINGS,
    *firms_privacy.HOLDINGS,
    *jobs_privacy.HOLDINGS,
    *quotas_privacy.HOLDINGS,
)

"""Registration of visits."""

from typing import Final

from services.consents.policies import PolicyKey
from services.kernel.features import Feature
from services.visits import jobs, lists, privacy, today, work
from services.visits.cards import jobs as cards_jobs
from services.visits.cards import notify as cards_notify
from services.visits.cards import own as cards_own
from services.visits.cards import privacy as cards_privacy
from services.visits.cards import today as cards_today
from services.visits.offices import callees
from services.visits.promises import jobs as promises_jobs
from services.visits.promises import privacy as promises_privacy
from services.visits.promises import today as promises_today

FEATURE: Final = Feature(
    jobs={**jobs.JOBS, **cards_jobs.JOBS, **promises_jobs.JOBS},
    lanes={**jobs.LANES, **cards_jobs.LANES, **promises_jobs.LANES},
    schedules=(*jobs.SCHEDULES, *cards_jobs.SCHEDULES, *promises_jobs.SCHEDULES),
    templates=cards_notify.TEMPLATES,
    holdings=(*privacy.HOLDINGS, *cards_privacy.HOLDINGS, *promises_privacy.HOLDINGS),
    withdrawn={PolicyKey.CARE: cards_own.uncared},
    close=privacy.close,
    before=("residencies",),
    forget=privacy.forget,
    forgets="走访时记下的谈话内容和承诺",
    lists=(lists.VISITS, lists.HOUSEHOLD_CARDS, lists.PAYMENT_PROMISES),
    today=(*today.TODAY, *promises_today.TODAY, *cards_today.TODAY),
    work=(work.WORK,),
    callables=callees.CALLABLES,
)

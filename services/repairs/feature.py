"""Registration of repairs, and of what their rules rest on."""

from typing import Final

from services.kernel.features import Feature
from services.repairs import jobs, notify, privacy
from services.repairs.boards import lists as boards_lists
from services.repairs.call_backs import jobs as call_backs_jobs
from services.repairs.call_backs import lists as call_backs_lists
from services.repairs.call_backs import privacy as call_backs_privacy
from services.repairs.categories import lists as categories_lists
from services.repairs.categories import privacy as categories_privacy
from services.repairs.city_clients import lists as city_clients_lists
from services.repairs.city_clients import privacy as city_clients_privacy
from services.repairs.crews import privacy as crews_privacy
from services.repairs.figures import jobs as figures_jobs
from services.repairs.figures import privacy as figures_privacy
from services.repairs.kind import REPAIR
from services.repairs.outages import jobs as outages_jobs
from services.repairs.outages import lists as outages_lists
from services.repairs.outages import notify as outages_notify
from services.repairs.outages import privacy as outages_privacy
from services.repairs.prices import lists as prices_lists
from services.repairs.prices import privacy as prices_privacy
from services.repairs.quotes import notify as quotes_notify
from services.repairs.quotes import privacy as quotes_privacy
from services.repairs.ratings import lists as ratings_lists
from services.repairs.ratings import privacy as ratings_privacy
from services.repairs.reporters import callees, contents, findings
from services.repairs.reviews import lists as reviews_lists
from services.repairs.reviews import notify as reviews_notify
from services.repairs.reviews import privacy as reviews_privacy
from services.repairs.reviews.kind import REVIEW
from services.repairs.terms import lists as terms_lists
from services.repairs.terms import privacy as terms_privacy

FEATURE: Final = Feature(
    cases=(REPAIR, REVIEW),
    jobs={**jobs.JOBS, **outages_jobs.JOBS, **call_backs_jobs.JOBS, **figures_jobs.JOBS},
    lanes={**jobs.LANES, **call_backs_jobs.LANES, **figures_jobs.LANES},
    schedules=(*jobs.SCHEDULES, *call_backs_jobs.SCHEDULES, *figures_jobs.SCHEDULES),
    templates=(
        *notify.TEMPLATES,
        *outages_notify.TEMPLATES,
        *quotes_notify.TEMPLATES,
        *reviews_notify.TEMPLATES,
    ),
    checked=contents.CHECKED,
    checked_about=contents.CHECKED_ABOUT,
    findings=findings.FINDINGS,
    holdings=(
        *privacy.HOLDINGS,
        *categories_privacy.HOLDINGS,
        *terms_privacy.HOLDINGS,
        *prices_privacy.HOLDINGS,
        *outages_privacy.HOLDINGS,
        *crews_privacy.HOLDINGS,
        *city_clients_privacy.HOLDINGS,
        *ratings_privacy.HOLDINGS,
        *reviews_privacy.HOLDINGS,
        *call_backs_privacy.HOLDINGS,
        *figures_privacy.HOLDINGS,
        *quotes_privacy.HOLDINGS,
    ),
    forget=privacy.forget,
    forgets="报修和评价里填写的内容",
    lists=(
        boards_lists.REPAIRS,
        boards_lists.TODAY,
        categories_lists.REPAIR_CATEGORIES,
        terms_lists.REPAIR_TERMS,
        prices_lists.REPAIR_PRICES,
        outages_lists.OUTAGES,
        city_clients_lists.CITY_CLIENTS,
        ratings_lists.REPAIR_RATINGS,
        reviews_lists.REPAIR_REVIEWS,
        call_backs_lists.REPAIR_CALL_BACKS,
    ),
    broadcasts=outages_jobs.BROADCASTS,
    callables=callees.CALLABLES,
)

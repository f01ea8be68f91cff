"""Registration of feedback."""

from typing import Final

from services.feedback import jobs, notify, privacy
from services.feedback.boards import lists, today
from services.feedback.figures import lists as figures_lists
from services.feedback.figures import work
from services.feedback.filings import callees, findings
from services.feedback.kind import FEEDBACK
from services.feedback.rising import jobs as rising_jobs
from services.feedback.rising import notify as rising_notify
from services.feedback.rising import privacy as rising_privacy
from services.feedback.terms import privacy as terms_privacy
from services.kernel.features import Feature

FEATURE: Final = Feature(
    cases=(FEEDBACK,),
    jobs={**jobs.JOBS, **rising_jobs.JOBS},
    lanes={**jobs.LANES, **rising_jobs.LANES},
    schedules=(*jobs.SCHEDULES, *rising_jobs.SCHEDULES),
    templates=(*notify.TEMPLATES, *rising_notify.TEMPLATES),
    holdings=(*privacy.HOLDINGS, *terms_privacy.HOLDINGS, *rising_privacy.HOLDINGS),
    close=privacy.close,
    forget=privacy.forget,
    forgets="反映的民情里填写的内容",
    lists=(lists.FEEDBACK, figures_lists.FEEDBACK_FIGURES),
    today=today.TODAY,
    work=(work.WORK,),
    callables=callees.CALLABLES,
    findings=findings.FINDINGS,
)

"""Registration of mediations."""

from typing import Final

from services.kernel.features import Feature, Lane
from services.kernel.lists import List, around
from services.kernel.permissions import Permission
from services.kernel.tables import columns
from services.mediations import actions, jobs, notify, privacy
from services.mediations.kind import CLEAR, MEDIATION
from services.mediations.mediators import jobs as mediators
from services.mediations.mediators.callees import CALLABLES
from services.mediations.mediators.today import TODAY
from services.mediations.models import MediationRow, MediationsQuery

MEDIATIONS: Final = List(
    name="mediations",
    needs=Permission.ASSIGN_MEDIATOR,
    title="调解",
    query=MediationsQuery,
    read=actions.listing,
    subject="",
    place_of=around(Permission.ASSIGN_MEDIATOR),
    columns=columns(
        MediationRow,
        address="社区",
        matter="事项",
        state="状态",
        has_mediator="已指派调解员",
        due_at="办理期限",
        overdue="已超时",
        created_at="申请时间",
    ),
)

FEATURE: Final = Feature(
    cases=(MEDIATION,),
    jobs={**jobs.JOBS, **mediators.JOBS},
    lanes={CLEAR: Lane.LONG, **mediators.LANES},
    schedules=mediators.SCHEDULES,
    holdings=privacy.HOLDINGS,
    templates=notify.TEMPLATES,
    close=privacy.close,
    forget=privacy.forget,
    forgets="调解中的姓名和填写的内容",
    lists=(MEDIATIONS,),
    today=TODAY,
    callables=CALLABLES,
)

"""Registration of appointments."""

from typing import Final

from services.appointments import actions, jobs, notify, privacy
from services.appointments.models import AppointmentsQuery, AppointmentView
from services.kernel.features import Feature
from services.kernel.lists import List, around
from services.kernel.permissions import Permission
from services.kernel.tables import Column, columns


def _is_substitute(row: AppointmentView) -> bool:
    return row.substitute_for is not None


APPOINTMENTS: Final = List(
    name="appointments",
    needs=Permission.APPOINT,
    title="任职名单",
    query=AppointmentsQuery,
    read=actions.listing,
    subject="",
    place_of=around(Permission.APPOINT),
    columns=(
        *columns(AppointmentView, role="职务", address="地点"),
        Column("substitute_for", "代理", _is_substitute),
        *columns(
            AppointmentView,
            name_masked="姓名",
            phone_masked="手机号",
            firm_name="企业",
            from_day="开始日期",
            to_day="结束日期",
        ),
    ),
)

FEATURE: Final = Feature(
    jobs=jobs.JOBS,
    holdings=privacy.HOLDINGS,
    templates=notify.TEMPLATES,
    require_free=privacy.require_out_of_office,
    forget=privacy.forget,
    forgets="担任过的职务里的姓名和电话",
    lists=(APPOINTMENTS,),
)

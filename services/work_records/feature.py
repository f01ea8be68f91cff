"""Registration of work records."""

from typing import Final

from services.kernel.features import Feature
from services.kernel.lists import List
from services.kernel.permissions import Permission
from services.kernel.tables import Column, columns
from services.work_records import actions, jobs, notify, privacy, rates, views
from services.work_records.models import WorkRecordRow, WorkRecordsQuery


def _figures(row: WorkRecordRow) -> str:
    """Return the figures in words: 走访12次, 户收费率86.50%."""
    return ";".join(each.label + views.said(each) for each in row.figures)


WORK_RECORDS: Final = List(
    name="work_records",
    title="三长工作记录",
    needs=Permission.APPOINT,
    query=WorkRecordsQuery,
    read=actions.listing,
    columns=(
        *columns(
            WorkRecordRow,
            month="月份",
            address="地点",
            role="职务",
            name_masked="姓名",
            from_day="任职开始",
            to_day="任职到",
        ),
        Column("figures", "工作量", _figures),
        *columns(WorkRecordRow, remark="本人说明"),
    ),
)
FEATURE: Final = Feature(
    jobs=jobs.JOBS,
    lanes=jobs.LANES,
    schedules=jobs.SCHEDULES,
    templates=notify.TEMPLATES,
    holdings=privacy.HOLDINGS,
    forget=privacy.forget,
    forgets="工作记录里的本人说明",
    lists=(WORK_RECORDS,),
    work=(rates.WORK,),
)

"""Messages about work records: to the head whose month is over."""

from typing import Final

from services.dependencies import Dependencies, Transaction
from services.kernel.days import day_of
from services.kernel.templates import Ask, Moment, Purpose, Template
from services.messaging import actions as messaging
from services.work_records.models import WorkRecord

WORK_RECORD_READY: Final = Template(
    key="work_record_ready",
    title="上月工作记录",
    body="您{month}的工作记录已生成,{until}起社区可以看到。需要说明的,请在那之前写上。",
    page="pages/work/record",
    data={"thing1": "month", "thing2": "until"},
    purpose=Purpose.INFORMATION,
    asks=(Ask(Moment.AFTER_WORKING, "每月工作记录生成时告诉您"),),
)
TEMPLATES: Final = (WORK_RECORD_READY,)


async def ready(deps: Dependencies, tx: Transaction, record: WorkRecord) -> None:
    """Tell a head that a month can be looked at; once, however many offices they hold."""
    year, month = record.month.split("-")
    open_on = day_of(record.open_at)
    values = {
        "month": f"{year}年{int(month)}月",
        "until": f"{int(open_on[5:7])}月{int(open_on[8:])}日",
    }
    await messaging.notify(
        deps,
        tx,
        person_id=record.person,
        template=WORK_RECORD_READY,
        key=record.month,
        values=values,
        page=f"{WORK_RECORD_READY.page}?month={record.month}",
    )

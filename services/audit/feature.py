"""Registration of the audit."""

from typing import Final

import msgspec

from services.audit import actions, privacy
from services.audit.models import AuditQuery, RowView
from services.audit.verification import jobs
from services.kernel.features import Feature
from services.kernel.lists import List, around
from services.kernel.permissions import Permission
from services.kernel.tables import Column, columns


def _facts(row: RowView) -> str:
    return msgspec.json.encode(row.facts).decode() if row.facts else ""


ROWS: Final = List(
    name="audit",
    needs=Permission.READ_AUDIT,
    title="操作记录",
    query=AuditQuery,
    read=actions.listing,
    subject="",
    place_of=around(Permission.READ_AUDIT),
    columns=(
        *columns(
            RowView,
            at="时间",
            act="操作",
            result="结果",
            code="拒绝原因",
            place="地点",
            subject="对象编号",
            person_id="操作人编号",
            on_behalf_of="被代办人编号",
        ),
        Column("facts", "内容", _facts),
        *columns(RowView, address="网络地址", request_id="请求编号"),
    ),
)

FEATURE: Final = Feature(
    jobs=jobs.JOBS,
    schedules=jobs.SCHEDULES,
    holdings=privacy.HOLDINGS,
    lists=(ROWS,),
)

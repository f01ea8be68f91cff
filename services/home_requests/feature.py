"""Registration of requests for a home."""

from typing import Final

from services.home_requests import jobs, notify, privacy, reviews
from services.home_requests.advices import callees
from services.home_requests.advices.today import TODAY
from services.home_requests.kind import HOME_REQUEST
from services.home_requests.models import RequestsQuery, RequestView
from services.kernel.features import Feature
from services.kernel.lists import List, around
from services.kernel.permissions import Permission
from services.kernel.tables import columns

REQUESTS: Final = List(
    name="home_requests",
    needs=Permission.ADVISE_HOMES,
    title="房屋绑定申请",
    query=RequestsQuery,
    read=reviews.listing,
    subject="",
    place_of=around(Permission.ADVISE_HOMES),
    columns=columns(
        RequestView,
        address="房屋",
        relation="关系",
        name_masked="姓名",
        on_behalf="工作人员代办",
        has_id_number="有身份证号",
        matches_register="与登记一致",
        disputed="有争议",
        state="状态",
        from_day="开始日期",
        to_day="结束日期",
        note="备注",
        advice__known="三长意见",
        advice__reason="意见说明",
        settlement="争议结果",
        reason="决定说明",
        created_at="申请时间",
        decided_at="决定时间",
    ),
)

FEATURE: Final = Feature(
    cases=(HOME_REQUEST,),
    jobs=jobs.JOBS,
    holdings=privacy.HOLDINGS,
    templates=notify.TEMPLATES,
    close=privacy.close,
    forget=privacy.forget,
    forgets="房屋绑定申请里填写的内容",
    lists=(REQUESTS,),
    today=TODAY,
    callables=callees.CALLABLES,
)

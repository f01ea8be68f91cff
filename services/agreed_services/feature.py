"""Registration of agreed services."""

from typing import Final

from services.agreed_services import actions, jobs, notify, privacy
from services.agreed_services.models import (
    AgreedServicesQuery,
    AgreedServiceView,
    ServiceHomesQuery,
    ServiceHomeView,
)
from services.kernel.features import Feature, Lane
from services.kernel.lists import List
from services.kernel.permissions import Permission
from services.kernel.tables import columns

SERVICES: Final = List(
    name="agreed_services",
    needs=Permission.RUN_BILLS,
    title="楼栋约定的服务",
    query=AgreedServicesQuery,
    read=actions.listing,
    columns=columns(
        AgreedServiceView,
        address="地点",
        title="服务",
        pricing="计价方式",
        amount_fen="金额(元)",
        rhythm="收费周期",
        part="由谁付费",
        from_day="开始日期",
        to_day="结束日期",
        closing_day="答复截止日",
        needed_percent="须同意的比例(%)",
        counting="计算方式",
        source="比例的依据",
        payee_name="收款单位",
        homes="征求的户数",
        agreed="同意的户数",
        declined="不同意的户数",
        state="状态",
        proposed_at="登记时间",
        decided_at="核对时间",
        ended_at="结束时间",
        ended_because="结束的原因",
    ),
)
HOMES: Final = List(
    name="agreed_service_homes",
    needs=Permission.RUN_BILLS,
    title="各户对服务的答复",
    query=ServiceHomesQuery,
    read=actions.homes,
    subject="service_id",
    place_of=actions.place_of,
    columns=columns(
        ServiceHomeView,
        address="房屋",
        amount_fen="每次金额(元)",
        explanation="计算方法",
        agree="是否同意",
        on_paper="纸质答复",
        answered_at="答复时间",
        by_owners="现业主的答复",
    ),
)

FEATURE: Final = Feature(
    jobs=jobs.JOBS,
    lanes=dict.fromkeys(jobs.JOBS, Lane.LONG),
    holdings=privacy.HOLDINGS,
    templates=notify.TEMPLATES,
    broadcasts=notify.BROADCASTS,
    lists=(SERVICES, HOMES),
)

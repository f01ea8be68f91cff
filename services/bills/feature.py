"""Registration of bills."""

from typing import Final

from services.bills import measures, privacy
from services.bills.runs import jobs, notify
from services.bills.unpaid_homes import actions as unpaid_homes
from services.bills.unpaid_homes.models import UnpaidHome, UnpaidHomesQuery
from services.kernel.features import Feature
from services.kernel.lists import List
from services.kernel.tables import columns

UNPAID_HOMES: Final = List(
    name="unpaid_homes",
    title="未缴费的房屋",
    query=UnpaidHomesQuery,
    read=unpaid_homes.listing,
    columns=columns(
        UnpaidHome,
        address="房屋",
        resident="业主",
        kinds="费用",
        months="月份",
        bills="账单数",
        amount_fen="未缴金额(元)",
        overdue_bills="逾期账单数",
        overdue_fen="逾期金额(元)",
        not_yet_due_fen="未到期金额(元)",
        days_overdue="逾期天数",
    ),
)

FEATURE: Final = Feature(
    jobs=jobs.JOBS,
    templates=notify.TEMPLATES,
    holdings=privacy.HOLDINGS,
    measures=measures.MEASURES,
    lists=(UNPAID_HOMES,),
)

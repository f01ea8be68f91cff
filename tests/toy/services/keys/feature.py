"""Registration of keys."""

from typing import Final

from services.kernel.features import Feature
from services.kernel.lists import List
from services.kernel.permissions import Permission
from services.kernel.tables import columns
from services.keys import actions, jobs, measures, notify, privacy
from services.keys.models import LoansQuery, LoanView

LOANS: Final = List(
    name="key_loans",
    title="借出的钥匙",
    needs=Permission.LEND_KEYS,
    query=LoansQuery,
    read=actions.listing,
    columns=columns(
        LoanView,
        home="房屋",
        door="哪扇门",
        state="状态",
        lent_at="借出时间",
        back_on="归还日期",
        returned_at="归还时间",
    ),
)
FEATURE: Final = Feature(
    jobs=jobs.JOBS,
    templates=notify.TEMPLATES,
    holdings=privacy.HOLDINGS,
    forget=privacy.forget,
    forgets="借用的钥匙",
    lists=(LOANS,),
    measures=measures.MEASURES,
)

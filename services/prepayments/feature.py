"""Registration of prepayments."""

from typing import Final

from services.kernel.features import Feature
from services.kernel.lists import List
from services.kernel.permissions import Permission
from services.kernel.tables import columns
from services.prepayments import actions, draws, jobs, notify, privacy, proofs
from services.prepayments.models import PrepaymentsQuery, PrepaymentView

PREPAYMENTS: Final = List(
    name="prepayments",
    needs=Permission.VIEW_DEBTORS,
    title="预存款",
    query=PrepaymentsQuery,
    read=actions.listing,
    columns=columns(
        PrepaymentView,
        address="房屋",
        kind="费用",
        payee_name="收款单位",
        balance_fen="余额(元)",
        owners_until="业主过户日",
    ),
)

FEATURE: Final = Feature(
    jobs=jobs.JOBS,
    holdings=privacy.HOLDINGS,
    lists=(PREPAYMENTS,),
    projections=(proofs.PROJECTION,),
    templates=notify.TEMPLATES,
    hand_over=actions.follow_owners,
    owing=draws.owing,
    voided=draws.voided,
)

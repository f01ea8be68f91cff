"""Registration of changes of merchant accounts."""

from typing import Final

from services.kernel.features import Feature
from services.kernel.lists import List
from services.kernel.permissions import Permission
from services.kernel.tables import columns
from services.merchant_changes import actions, privacy
from services.merchant_changes.models import ChangesQuery, ChangeView

CHANGES: Final = List(
    name="merchant_changes",
    needs=Permission.MANAGE_PAYEES,
    title="收款账户的更改",
    query=ChangesQuery,
    read=actions.listing,
    subject="",
    columns=columns(
        ChangeView,
        account="收款账户",
        kind="更改",
        state="状态",
        reason="原因",
        serial="新证书序列号",
        proposed_at="提出时间",
        decided_at="决定时间",
        decided_because="决定的原因",
    ),
)

FEATURE: Final = Feature(holdings=privacy.HOLDINGS, lists=(CHANGES,))

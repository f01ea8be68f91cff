"""Registration of heads and their hand-overs."""

from typing import Final

from services.heads import hand_overs, notify, privacy
from services.heads.models import HandOversQuery, HandOverView
from services.heads.today import TODAY
from services.kernel.features import Feature
from services.kernel.lists import List, around
from services.kernel.permissions import Permission
from services.kernel.tables import Column, columns


def _open_requests(row: HandOverView) -> int:
    return len(row.open_requests)


HAND_OVERS: Final = List(
    name="hand_overs",
    title="工作交接清单",
    query=HandOversQuery,
    read=hand_overs.listing,
    subject="",
    place_of=around(Permission.APPOINT),
    columns=(
        *columns(
            HandOverView,
            address="地点",
            role="职务",
            state="状态",
            made_at="生成时间",
            homes="户数",
            owing__homes="欠费户数",
            owing__amount_fen="欠费金额(元)",
        ),
        Column("open_requests", "待办房屋绑定申请", _open_requests, "number"),
        *columns(HandOverView, received_at="接收时间"),
    ),
)

FEATURE: Final = Feature(
    holdings=privacy.HOLDINGS,
    templates=notify.TEMPLATES,
    lists=(HAND_OVERS,),
    today=TODAY,
)

"""Registration of notes that correct bills."""

from typing import Final

from services.bill_notes import actions, notify, privacy, projection
from services.bill_notes.models import NotesQuery, NoteView
from services.kernel.features import Feature
from services.kernel.lists import List
from services.kernel.permissions import Permission
from services.kernel.tables import columns

NOTES: Final = List(
    name="bill_notes",
    needs=Permission.RUN_BILLS,
    title="账单的更正",
    query=NotesQuery,
    read=actions.listing,
    columns=columns(
        NoteView,
        number="更正号",
        address="房屋",
        title="账单",
        payee_name="收款单位",
        kind="种类",
        amount_fen="金额(元)",
        owed_fen="提出时欠(元)",
        reason="原因",
        evidence="依据文号",
        ground="法律或合同依据",
        state="状态",
        proposed_at="提出时间",
        decided_at="决定时间",
        decided_because="决定的原因",
    ),
)

FEATURE: Final = Feature(
    holdings=privacy.HOLDINGS,
    templates=notify.TEMPLATES,
    lists=(NOTES,),
    projections=(projection.PROJECTION,),
)

"""Personal data of content checks, and its erasure."""

from typing import Final

from mongo_indexes import content_checks, media_verdicts
from services.content_checks import store
from services.content_checks.models import REASON, TEXT
from services.content_checks.states import CheckState
from services.dependencies import Dependencies, Transaction
from services.kernel.personal_data import Fate, Holding

CHECKS: Final = Holding(
    collection=content_checks.COLLECTION,
    fate=Fate.REMOVED,
    title="内容审核",
    person="author",
    shows={
        "place": "地点",
        "text_sealed": "写的内容",
        "photo_ids": "照片编号",
        "state": "状态",
        "created_at": "提交时间",
        "ended_at": "审核结束时间",
    },
    words={"state": CheckState},
    # the reason is the words of who decided, for who looks into it: not the author's own
    sealed={"text_sealed": TEXT, "reason_sealed": REASON},
    staff=("decided_by",),
)
VERDICTS: Final = Holding(
    collection=media_verdicts.COLLECTION,
    fate=Fate.FADES,
    why="微信对照片的检查结果,只有编号,三天后自动删除",
)
HOLDINGS: Final = (CHECKS, VERDICTS)


async def forget(deps: Dependencies, tx: Transaction, person_id: str) -> bool:
    """Remove some checks of what a person wrote: what is under way ends without a verdict."""
    return await store.remove_of(deps.db, tx, person_id)

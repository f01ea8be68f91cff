"""Personal data of residencies, and its erasure.

Rows of the register stay with the community and only lose their link to the account. Rows that
the person brought in themself, by a request or an invitation, lose every field that names them.
"""

from collections.abc import Sequence
from typing import Final

from mongo_indexes import residencies
from services.dependencies import Dependencies, Transaction
from services.kernel.days import plus_days
from services.kernel.documents import Document
from services.kernel.personal_data import GONE, REGISTER, Fate, Holding
from services.residencies import sealed, store
from services.residencies.models import Relation, Way

RESIDENCIES: Final = Holding(
    collection=residencies.COLLECTION,
    fate=Fate.BLANKED,
    title="房屋关系",
    rank=2,
    revealed=True,
    person="person",
    shows={
        "home": "房屋",
        "relation": "关系",
        "name_sealed": "登记姓名",
        "phone_sealed": "登记电话",
        "id_number_sealed": "身份证号",
        "from_day": "开始日期",
        "to_day": "结束日期",
        "bound_by": "绑定方式",
        "bound_at": "绑定时间",
        "ended_because": "结束原因",
    },
    words={"relation": Relation, "bound_by": Way},
    sealed={
        "name_sealed": sealed.NAME,
        "phone_sealed": sealed.PHONE,
        "id_number_sealed": sealed.ID_NUMBER,
        "ended_because": sealed.BECAUSE,
        "history.because": sealed.BECAUSE,
    },
    law=REGISTER,
    staff=("recorded_by", "ended_by"),
)


HOLDINGS: Final = (RESIDENCIES,)


async def close(deps: Dependencies, tx: Transaction, person_id: str) -> None:
    """Unlink a person from homes, and blank the rows they brought in themself.

    All at once, because a household must not count on somebody who left, and because who proves
    the phone next is bound to what is free. These are a person's homes: one command writes
    them, as one binds them when the phone is proved.
    """
    rows = await store.brought_in(deps.db, tx, person_id)
    await store.overwrite(deps.db, tx, {row["_id"]: _blanked(deps, row) for row in rows})
    await store.free(deps.db, tx, person_id)


async def blank_left(deps: Dependencies, tx: Transaction, sources: Sequence[str]) -> None:
    """Blank rows that a person brought in and was released from.

    `sources`: the requests and invitations by which they came, as rows name them: a home that
    was merged into another has left a row of the same source there. Rows with a phone that the
    community wrote since are another person's, and stay.
    """
    left = await store.left(deps.db, tx, sources)
    await store.overwrite(deps.db, tx, {row["_id"]: _blanked(deps, row) for row in left})


def _blanked(deps: Dependencies, row: Document) -> Document:
    """Return what a row is overwritten with; one that is not over ends yesterday."""
    words: Document = {
        "name_sealed": sealed.NAME.seal(deps.vault, row["_id"], GONE),
        "phone_sealed": None,
        "phone_index": None,
        "id_number_sealed": None,
        "id_number_index": None,
        "ended_because": "",
        "history": [],
    }
    now = deps.now()
    yesterday = plus_days(deps.today(), -1)
    over = row.get("to_day") is not None and row["to_day"] <= yesterday
    return words if over else {**words, "to_day": yesterday, "ended_at": now}

"""Personal data of mediations, and its erasure."""

from collections.abc import Sequence
from typing import Final

from mongo_indexes import (
    mediation_agreements,
    mediation_parties,
    mediation_sessions,
    mediations,
)
from services.cases import actions as cases
from services.dependencies import Dependencies, Transaction
from services.kernel.documents import Document
from services.kernel.personal_data import Fate, Holding
from services.mediations import store
from services.mediations.agreements import views as agreements
from services.mediations.agreements.models import TEXT
from services.mediations.kind import MEDIATION
from services.mediations.models import NOTE, OUTCOME, Matter
from services.mediations.parties import erasures
from services.mediations.parties import store as parties
from services.mediations.parties.models import NAME, PHONE, STATEMENT
from services.mediations.parties.texts import others_of, without
from services.mediations.sessions.models import MINUTES, WHERE
from services.mediations.states import MediationAction, MediationState
from services.people import actions as people

RECORD: Final = (
    "《人民调解法》第27、31条:调解须有记录,协议对其他当事人仍有约束力;去掉姓名和本人填写的内容"
)


async def _add_agreed(deps: Dependencies, found: Sequence[Document]) -> None:
    """Add what was agreed, with 甲方 and the like for the names of the other parties."""
    for row in found:
        mediation = await store.find(deps.db, row["mediation"])
        agreed = await agreements.shown(deps, mediation) if mediation else None
        if agreed is not None and agreed.in_force_at is not None:
            rows = await parties.of(deps.db, row["mediation"])
            for each in rows:
                each.proved_index = await _proved(deps, each.person)
            others = others_of(deps, rows, but=row["person"])
            row["agreed_text"] = without(deps, agreed.text, others)


async def _proved(deps: Dependencies, person_id: str | None) -> str:
    found = await people.find(deps, person_id) if person_id else None
    return (found.phone_index if found else None) or ""


HOLDINGS: Final = (
    Holding(
        collection=mediations.COLLECTION,
        fate=Fate.BLANKED,
        title="参加的调解",
        person="people",
        shows={"matter": "事项", "state": "状态", "created_at": "时间", "ended_at": "结束时间"},
        words={"matter": Matter, "state": MediationState},
        sealed={"note_sealed": NOTE, "outcome_sealed": OUTCOME},
        law=RECORD,
        staff=("filed_by", "holder", "excluded"),
    ),
    Holding(
        collection=mediation_parties.COLLECTION,
        fate=Fate.BLANKED,
        title="调解中填写的内容",
        person="person",
        shows={
            "home": "房屋",
            "name_sealed": "姓名",
            "phone_sealed": "电话",
            "statement_sealed": "本人的陈述",
            "agreed": "是否参加",
            "answered_at": "答复时间",
            "confirmed_at": "确认协议时间",
            "agreed_text": "生效的协议",
        },
        sealed={
            "name_sealed": NAME,
            "phone_sealed": PHONE,
            "statement_sealed": STATEMENT,
        },
        complete=_add_agreed,
        law=RECORD,
    ),
    Holding(
        collection=mediation_agreements.COLLECTION,
        fate=Fate.NOBODYS,
        why="各方共同的协议,见“调解中填写的内容”;注销时去掉本人的姓名",
        sealed={"text_sealed": TEXT},
        staff=("by",),
    ),
    Holding(
        collection=mediation_sessions.COLLECTION,
        fate=Fate.NOBODYS,
        why="调解员的工作记录;注销时去掉当事人的姓名",
        sealed={"where_sealed": WHERE, "minutes_sealed": MINUTES},
        staff=("by",),
    ),
)


async def close(deps: Dependencies, tx: Transaction, person_id: str) -> None:
    """End what a person is a party of and is not bound by: nobody mediates without them.

    What their phone was is known for the last time; the others may have written it down.
    """
    # Outside the transaction, in which the account may be closed already.
    if index := await _proved(deps, person_id):
        await parties.note_phone(deps.db, tx, person_id, index)
    for found in await store.before_agreed(deps.db, tx, person_id):
        await cases.advance(deps, tx, None, MEDIATION, found, MediationAction.CLOSE)


async def forget(deps: Dependencies, tx: Transaction, person_id: str) -> bool:
    """Take a person out of a step of their mediations; tell whether there may be more."""
    return await erasures.forget(deps, tx, person_id)

"""Store of what was written in surveys."""

from collections.abc import Sequence
from typing import Final

import msgspec

from mongo_indexes.survey_texts import COLLECTION
from services.dependencies import Database, Transaction
from services.kernel import steps
from services.kernel.bulk import insert_all
from services.kernel.documents import Document, to_document
from services.kernel.pages import Count, Key, Keyset, ListQuery, Page, chosen
from services.surveys.texts.models import SurveyText, SurveyTextsQuery
from services.surveys.texts.states import TABLE, TextAction, TextState

ORDER: Final = Keyset(Key("question", kind=Count), Key())


async def replace(
    db: Database, tx: Transaction, answer: str, rows: Sequence[SurveyText]
) -> None:
    """Write the texts of an answer over those before."""
    await db[COLLECTION].delete_many({"answer": answer}, session=tx)
    await insert_all(tx, db[COLLECTION], [to_document(row) for row in rows])


async def of_answers(db: Database, answers: Sequence[str]) -> list[SurveyText]:
    """Return the texts of some answers. Served by index `answer`."""
    found = await db[COLLECTION].find({"answer": {"$in": list(answers)}}).to_list()
    return msgspec.convert(found, list[SurveyText])


async def find(
    db: Database, text_id: str, *, tx: Transaction | None = None
) -> SurveyText | None:
    found = await db[COLLECTION].find_one({"_id": text_id}, session=tx)
    return msgspec.convert(found, SurveyText | None)


async def find_many(db: Database, text_ids: Sequence[str]) -> list[SurveyText]:
    found = await db[COLLECTION].find({"_id": {"$in": list(text_ids)}}).to_list()
    return msgspec.convert(found, list[SurveyText])


async def page(
    db: Database, survey_id: str, questions: Sequence[int], query: SurveyTextsQuery
) -> Page[SurveyText]:
    """Texts of some questions of a survey. Served by index `survey`."""
    where: Document = {
        "survey": survey_id,
        "question": {"$in": list(questions)},
        **chosen(query, "state"),
    }
    return await ORDER.page(db[COLLECTION], SurveyText, where, query, hint="survey")


async def shown(db: Database, survey_id: str, query: ListQuery) -> Page[SurveyText]:
    """Texts that passed. Served by index `survey`."""
    where = {"survey": survey_id, "state": TextState.SHOWN}
    return await ORDER.page(db[COLLECTION], SurveyText, where, query, hint="survey")


async def move(
    db: Database, tx: Transaction, text_id: str, action: TextAction, **changes: str
) -> bool:
    return await TABLE.move(db[COLLECTION], {"_id": text_id}, action, changes, tx=tx)


# Retention


async def unlink(db: Database, tx: Transaction, answers: Sequence[str]) -> None:
    """Take from texts to which answers they belong. Served by index `answer`."""
    query = {"answer": {"$in": list(answers)}}
    await db[COLLECTION].update_many(query, {"$set": {"answer": ""}}, session=tx)


# Erasure


async def forget(db: Database, tx: Transaction, person: str) -> bool:
    """Remove some of what a person wrote. Served by index `person`."""
    return await steps.remove(tx, db[COLLECTION], {"person": person})

"""Store of answers to surveys."""

from collections.abc import AsyncIterator, Mapping, Sequence

import msgspec

from mongo_indexes.survey_answers import COLLECTION
from services.dependencies import Database, Transaction
from services.kernel import steps
from services.kernel.bulk import insert_all
from services.kernel.documents import Document, to_document
from services.kernel.paths import part
from services.kernel.work import Worked
from services.places.models import Kind
from services.surveys.answers.models import SurveyAnswer


async def find(
    db: Database, row_id: str, *, tx: Transaction | None = None
) -> SurveyAnswer | None:
    found = await db[COLLECTION].find_one({"_id": row_id}, session=tx)
    return msgspec.convert(found, SurveyAnswer | None)


async def of_keys(
    db: Database, surveys: Sequence[str], keys: Sequence[str], *, tx: Transaction | None = None
) -> dict[str, SurveyAnswer]:
    """Return key → answer, of those that have one. Served by index `keys`."""
    query = {"survey": {"$in": list(surveys)}, "keys": {"$in": list(keys)}}
    found = await db[COLLECTION].find(query, session=tx, hint="keys").to_list()
    rows = msgspec.convert(found, list[SurveyAnswer])
    return {key: row for row in rows for key in row.keys if key in keys}


async def put(db: Database, tx: Transaction, row: SurveyAnswer) -> None:
    """Write an answer over the one before. DuplicateKeyError where one of its keys has one."""
    key = {"_id": row.id}
    await db[COLLECTION].replace_one(key, to_document(row), upsert=True, session=tx)


async def correct(
    db: Database, tx: Transaction, row_id: str, choices: Sequence[str], relation: str
) -> None:
    """Write what a paper says after it was read twice."""
    changes = {"$set": {"choices": list(choices), "relation": relation}}
    await db[COLLECTION].update_one({"_id": row_id, "paper": True}, changes, session=tx)


async def count_entered(db: Database, worked: Worked) -> int:
    """Count the papers that a head entered in some days. Served by index `entered_by`."""
    query: Document = {
        "entered_by": worked.person,
        "answered_at": worked.span,
        "paper": True,
        **worked.at("place"),
    }
    return await db[COLLECTION].count_documents(query, hint="entered_by")


async def papers(db: Database, survey_id: str, after: str, limit: int) -> list[SurveyAnswer]:
    """Return the next answers from paper by id. Served by index `paper`."""
    where = {"survey": survey_id, "paper": True, "_id": {"$gt": after}}
    cursor = db[COLLECTION].find(where, {"choices": 0}).sort("_id").limit(limit)
    return msgspec.convert(await cursor.to_list(), list[SurveyAnswer])


async def counts(db: Database, survey_id: str, depth: int) -> AsyncIterator[Document]:
    """Yield {place, relation, counts: [{k: token, v: count}]} of a survey, in any order.

    One aggregation, whose rows grow with places and relations and not with the answers; what
    it keeps meanwhile may go to the disk. Served by index `place`. `depth`: segments to which
    places are cut.
    """
    place = {"$ifNull": [part("$place", depth), "$place"]}
    each = {"place": place, "relation": "$relation", "token": "$token"}
    whole = {"place": "$_id.place", "relation": "$_id.relation"}
    pipeline: list[Document] = [
        {"$match": {"survey": survey_id}},
        {"$project": {"place": 1, "relation": 1, "token": "$choices"}},
        {"$unwind": "$token"},
        {"$group": {"_id": each, "count": {"$sum": 1}}},
        {"$group": {"_id": whole, "counts": {"$push": {"k": "$_id.token", "v": "$count"}}}},
    ]
    cursor = await db[COLLECTION].aggregate(pipeline, hint="place", allowDiskUse=True)
    async for row in cursor:
        yield {**row["_id"], "counts": row["counts"]}


async def repeated(db: Database, survey_id: str) -> AsyncIterator[str]:
    """Yield the answerers who gave several answers to a survey. Served by index `answerer`."""
    pipeline: list[Document] = [
        {"$match": {"survey": survey_id, "answerer": {"$gt": ""}}},
        {"$group": {"_id": "$answerer", "answers": {"$sum": 1}}},
        {"$match": {"answers": {"$gt": 1}}},
    ]
    cursor = await db[COLLECTION].aggregate(pipeline, hint="answerer", allowDiskUse=True)
    async for row in cursor:
        yield row["_id"]


async def of_answerers(
    db: Database, survey_id: str, who: Sequence[str]
) -> AsyncIterator[Document]:
    """Yield {answerer, place, relation, choices} of what some gave. By index `answerer`."""
    query = {"survey": survey_id, "answerer": {"$in": list(who)}}
    fields = {"_id": 0, "answerer": 1, "place": 1, "relation": 1, "choices": 1}
    async for row in db[COLLECTION].find(query, fields, hint="answerer"):
        yield row


# Retention


async def linked(
    db: Database, tx: Transaction, survey_id: str, *, limit: int
) -> list[SurveyAnswer]:
    """Return some answers of which it is told whose they are. Served by index `linked`."""
    query = {"survey": survey_id, "linked": True}
    cursor = db[COLLECTION].find(query, session=tx, hint="linked").sort("_id", 1).limit(limit)
    return msgspec.convert(await cursor.to_list(), list[SurveyAnswer])


async def rename(db: Database, tx: Transaction, rows: Mapping[str, SurveyAnswer]) -> None:
    """Write answers anew under other ids. `rows`: id → what is written in its stead."""
    if not rows:
        return
    await db[COLLECTION].delete_many({"_id": {"$in": list(rows)}}, session=tx)
    await insert_all(tx, db[COLLECTION], [to_document(row) for row in rows.values()])


# Erasure


async def forget(db: Database, tx: Transaction, person: str) -> bool:
    """Unlink some answers from who gave them; they are counted still. By index `person`.

    Of a home it is not said who gave it; of a person neither home: only the unit.
    """
    homes = {"person": person, "by_home": True}
    more = await steps.change(tx, db[COLLECTION], homes, {"$set": {"person": ""}})
    unit = {"$ifNull": [part("$place", Kind.UNIT.depth), "$place"]}
    blank = {"$set": {"person": "", "home": "", "place": unit}}
    ids = await steps.ids_of(tx, db[COLLECTION], {"person": person, "by_home": False})
    if ids:
        own = steps.among({"person": person}, ids)
        await db[COLLECTION].update_many(own, [blank], session=tx)
    return more or len(ids) == steps.AT_ONCE

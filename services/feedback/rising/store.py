"""Store of the words of feedback: one document a place and week."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime

import msgspec
from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from mongo_indexes.feedback_words import COLLECTION
from services.dependencies import Database
from services.feedback.rising.models import WeekWords, week_words_id
from services.kernel.days import Day


async def add(
    db: Database, place: str, week: Day, people: Mapping[str, str], expires_at: datetime
) -> WeekWords | None:
    """Note who used some words, word → person; return what there is of these words.

    Harmless to repeat: a set has each once. None for a week that is closed: of whom it counts
    nothing is known any more, and the same person would count twice.
    """
    key = week_words_id(place, week)
    change = {
        "$addToSet": {f"people.{word}": person for word, person in people.items()},
        "$setOnInsert": {"place": place, "week": week, "expires_at": expires_at},
    }
    shown = {f"{part}.{word}": 1 for part in ("people", "counts", "names") for word in people}
    row = None
    for upsert in (True, False):  # whoever finds it made meanwhile adds to it, while it is open
        with suppress(DuplicateKeyError):
            row = await db[COLLECTION].find_one_and_update(
                {"_id": key, "place": place, "counts": {"$exists": False}},
                change,
                {"place": 1, "week": 1, "expires_at": 1, **shown},
                upsert=upsert,
                return_document=ReturnDocument.AFTER,
            )
            break
    return msgspec.convert(row, WeekWords | None)


async def name(db: Database, place: str, week: Day, names: Mapping[str, str]) -> None:
    """Write words, fingerprint → word, that enough people used."""
    key = {"_id": week_words_id(place, week), "place": place}
    named = {f"names.{mark}": word for mark, word in names.items()}
    await db[COLLECTION].update_one(key, {"$set": {**named, "is_named": True}})


async def of_place(db: Database, place: str, weeks: Sequence[Day]) -> dict[Day, WeekWords]:
    """Return week → its words at a place, of some weeks. By their ids."""
    ids = [week_words_id(place, week) for week in weeks]
    rows = await db[COLLECTION].find({"_id": {"$in": ids}}).to_list()
    return {row["week"]: msgspec.convert(row, WeekWords) for row in rows}


async def open_before(db: Database, week: Day, *, limit: int) -> list[WeekWords]:
    """Return weeks that are over and still say who used a word. Served by index `week`."""
    query = {"week": {"$lt": week}, "people": {"$exists": True}}
    cursor = db[COLLECTION].find(query, hint="week").limit(limit)
    return msgspec.convert(await cursor.to_list(), list[WeekWords])


async def close(db: Database, seen: WeekWords) -> None:
    """Leave of a week only how many used each word; not when somebody was added meanwhile."""
    counts = {word: seen.used(word) for word in {*seen.people, *seen.counts}}
    key = {"_id": seen.id, "place": seen.place, "people": seen.people}
    change = {"$set": {"counts": counts}, "$unset": {"people": ""}}
    await db[COLLECTION].update_one(key, change)


async def named_in(db: Database, week: Day) -> list[str]:
    """Return places of a week with a word that enough people used. Served by index `named`."""
    query = {"is_named": True, "week": week}
    rows = await db[COLLECTION].find(query, {"place": 1}, hint="named").to_list()
    return sorted(row["place"] for row in rows)

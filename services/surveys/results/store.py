"""Store of results: written once, when a survey was counted."""

from collections.abc import Sequence
from typing import Final

from mongo_indexes.survey_results import COLLECTION
from services.dependencies import Database
from services.kernel.bulk import insert_new
from services.kernel.documents import to_document
from services.kernel.pages import Key, Keyset, Page, chosen
from services.surveys.results.models import SurveyResult, SurveyResultsQuery

ORDER: Final = Keyset(Key("position"))


async def put(db: Database, rows: Sequence[SurveyResult]) -> None:
    """Write results; written again, they are the same."""
    await insert_new(db[COLLECTION], [to_document(row) for row in rows])


async def page(db: Database, survey_id: str, query: SurveyResultsQuery) -> Page[SurveyResult]:
    """Results of a survey, places in order. Served by `position`, `place` and `question`."""
    filters = chosen(query, "place", "question")
    where = {"survey": survey_id, **filters}
    hint = next((name for name in ("place", "question") if name in filters), "position")
    return await ORDER.page(db[COLLECTION], SurveyResult, where, query, hint=hint)


async def told(db: Database, survey_id: str, place: str) -> list[int]:
    """Return the questions of which figures of all at a place are told. Served by `place`."""
    where = {"survey": survey_id, "place": place, "relation": ""}
    rows = await db[COLLECTION].find(where, {"question": 1, "answered": 1}).to_list()
    return sorted(row["question"] for row in rows if row["answered"])

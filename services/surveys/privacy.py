"""Personal data of surveys, and its erasure."""

from typing import Final

from mongo_indexes import (
    survey_answers,
    survey_results,
    survey_second_entries,
    survey_texts,
    surveys,
)
from services.dependencies import Dependencies, Transaction
from services.kernel.personal_data import Fate, Holding
from services.surveys.answers import store as answers
from services.surveys.answers import words
from services.surveys.texts import store as texts
from services.surveys.texts.models import TEXT

HOLDINGS: Final = (
    Holding(
        collection=surveys.COLLECTION,
        fate=Fate.NOBODYS,
        why="社区、物业、业委会和三长征求意见的问题,是公务,不含个人信息",
        staff=("author", "changed_by", "opened_by", "published_by", "withdrawn_by"),
    ),
    Holding(
        collection=survey_answers.COLLECTION,
        fate=Fate.BLANKED,
        title="填写的征求意见",
        person="person",
        shows={
            "title": "征求意见",
            "home": "代表哪套房屋填写",
            "said": "选的答案",
            "answered_at": "填写时间",
        },
        complete=words.add,
        staff=("entered_by",),
    ),
    Holding(
        collection=survey_texts.COLLECTION,
        fate=Fate.REMOVED,
        title="征求意见里填写的文字",
        person="person",
        shows={"title": "征求意见", "asked": "问题", "text_sealed": "写的内容"},
        complete=words.add,
        sealed={"text_sealed": TEXT},
        staff=("chosen_by",),
    ),
    Holding(
        collection=survey_second_entries.COLLECTION,
        fate=Fate.NOBODYS,
        why="纸质意见的第二次录入,只记房屋和选项,不记姓名",
        staff=("first_by", "entered_by", "decided_by"),
    ),
    Holding(
        collection=survey_results.COLLECTION,
        fate=Fate.NOBODYS,
        why="征求意见的结果,只有人数;少于五人的不留",
    ),
)


async def forget(deps: Dependencies, tx: Transaction, person_id: str) -> bool:
    """Erase what a person wrote; what they chose is counted still, without who."""
    more = await texts.forget(deps.db, tx, person_id)
    return await answers.forget(deps.db, tx, person_id) or more

"""Registration of surveys."""

from typing import Final

from services.kernel.features import Feature
from services.kernel.lists import List, around
from services.kernel.permissions import Permission
from services.kernel.tables import columns
from services.surveys import actions, jobs, notify, privacy
from services.surveys.answers import work
from services.surveys.models import (
    PlaceSurvey,
    PlaceSurveysQuery,
    SurveysQuery,
    SurveySummary,
)
from services.surveys.results import actions as results
from services.surveys.results.models import SurveyResultRow, SurveyResultsQuery
from services.surveys.second_entries import actions as second_entries
from services.surveys.second_entries import today
from services.surveys.second_entries.models import SecondEntriesQuery, SecondEntryRow
from services.surveys.texts import actions as texts
from services.surveys.texts.models import SurveyTextsQuery, SurveyTextView
from services.surveys.turnout import actions as turnout
from services.surveys.turnout.models import UnansweredHome, UnansweredQuery

SURVEYS: Final = List(
    name="surveys",
    title="征求意见",
    needs=Permission.SEND_SURVEYS,
    query=SurveysQuery,
    read=actions.listing,
    subject="",
    place_of=around(Permission.SEND_SURVEYS),
    columns=columns(
        SurveySummary,
        address="范围",
        title="标题",
        state="状态",
        signed_by="落款",
        per="填写方式",
        created_at="起草时间",
        opened_at="发出时间",
        closes_at="截止时间",
        published_at="公布时间",
        withdrawn_at="撤回时间",
    ),
)
RESULTS: Final = List(
    name="survey_results",
    title="征求意见结果",
    needs=Permission.SEND_SURVEYS,
    query=SurveyResultsQuery,
    read=results.listing,
    subject="survey_id",
    place_of=actions.place_of,
    columns=columns(
        SurveyResultRow,
        address="范围",
        relation_label="人群",
        question="题号",
        text="问题",
        answered="填写份数",
        spoken="结果",
    ),
)
TEXTS: Final = List(
    name="survey_texts",
    title="征求意见文字意见",
    needs=Permission.OVERSEE_SURVEYS,
    query=SurveyTextsQuery,
    read=texts.listing,
    subject="survey_id",
    place_of=texts.place_of,
    columns=columns(SurveyTextView, question="题号", text="内容", state="是否公开"),
)
OPEN: Final = List(
    name="place_surveys",
    title="本处正在征求的意见",
    needs=Permission.VIEW_RESIDENTS,
    query=PlaceSurveysQuery,
    read=turnout.at_place,
    columns=columns(
        PlaceSurvey,
        title="标题",
        signed_by="落款",
        per="填写方式",
        opened_at="发出时间",
        closes_at="截止时间",
    ),
)
UNANSWERED: Final = List(
    name="survey_unanswered",
    title="征求意见未填写的房屋",
    needs=Permission.VIEW_RESIDENTS,
    query=UnansweredQuery,
    read=turnout.unanswered,
    columns=columns(
        UnansweredHome,
        address="房屋",
        title="征求意见",
        closes_at="截止时间",
        people="站内收到人数",
    ),
)
SECOND_ENTRIES: Final = List(
    name="survey_second_entries",
    title="纸质意见第二次录入",
    needs=Permission.CHECK_SURVEY_PAPERS,
    query=SecondEntriesQuery,
    read=second_entries.listing,
    columns=columns(
        SecondEntryRow,
        address="房屋",
        title="征求意见",
        state="状态",
        entered_at="第二次录入时间",
    ),
)
FEATURE: Final = Feature(
    work=(work.WORK,),
    jobs=jobs.JOBS,
    lanes=jobs.LANES,
    templates=notify.TEMPLATES,
    broadcasts=jobs.BROADCASTS,
    checked=texts.CHECKED,
    checked_about=texts.CHECKED_ABOUT,
    holdings=privacy.HOLDINGS,
    forget=privacy.forget,
    forgets="征求意见里填写的内容",
    today=today.TODAY,
    lists=(SURVEYS, RESULTS, TEXTS, OPEN, UNANSWERED, SECOND_ENTRIES),
)

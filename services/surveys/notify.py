"""Messages about surveys: to all who are asked, when it opens and when results are out."""

from datetime import datetime, timedelta
from typing import Final

from services.audiences import holders
from services.dependencies import Dependencies, Transaction
from services.kernel.templates import Ask, Moment, Purpose, Template
from services.messaging import actions as messaging
from services.messaging.broadcasts.models import Urgency, Wish, broadcast_id
from services.surveys.models import Survey
from services.wechat.template_values import plain

# Sources of broadcasts (Feature.broadcasts): a survey that is open, and its results.
SOURCE: Final = "surveys"
RESULTS: Final = "survey_results"
PAGE: Final = "pages/surveys/survey"
SURVEY_OPENED: Final = Template(
    key="survey_opened",
    title="征求您的意见",
    body="{signed_by}:{title},请在截止前填写。",
    page=PAGE,
    data={"thing1": "title", "thing2": "signed_by", "time3": "closes_at"},
    purpose=Purpose.INFORMATION,
    asks=(
        Ask(Moment.AFTER_READING, "征求大家意见时告诉您"),
        Ask(Moment.AFTER_BINDING, "征求大家意见时告诉您"),
    ),
)
SURVEY_RESULTS: Final = Template(
    key="survey_results",
    title="征求意见的结果",
    body="{signed_by}:{title},结果已经公布。",
    page=PAGE,
    data={"thing1": "title", "thing2": "signed_by", "time3": "published_at"},
    purpose=Purpose.INFORMATION,
    asks=(Ask(Moment.AFTER_READING, "意见征求有结果时告诉您"),),
)
SURVEY_ENTRIES: Final = Template(
    key="survey_entries",
    title="纸质意见待核对",
    body="{title}:有{count}份纸质意见要由别人再录一次,录完才能统计。",
    page="pages/work/survey",
    data={"thing1": "title", "number2": "count"},
    purpose=Purpose.REMINDER,
    asks=(Ask(Moment.AFTER_WORKING, "有纸质意见要再录一次时提醒您"),),
)
TEMPLATES: Final = (SURVEY_OPENED, SURVEY_RESULTS, SURVEY_ENTRIES)
PUSH_WITHIN: Final = timedelta(days=2)


def broadcast_of(survey_id: str) -> str:
    return broadcast_id(SOURCE, survey_id)


def broadcasts_of(survey: Survey) -> list[str]:
    """Return the broadcasts by which people were told of a survey so far."""
    found = [broadcast_of(survey.id)]
    return found + ([broadcast_id(RESULTS, survey.id)] if survey.published_at else [])


def opened(survey: Survey) -> Wish:
    """Return the broadcast of a survey that opens."""
    body = f"{survey.signed_by}:请在截止前填写。"
    return _wish(survey, SOURCE, SURVEY_OPENED, body, closes_at=survey.closes_at)


def published(survey: Survey) -> Wish:
    """Return the broadcast of the results."""
    body = f"{survey.signed_by}:结果已经公布,谢谢您的参与。"
    at = survey.published_at or survey.changed_at
    return _wish(survey, RESULTS, SURVEY_RESULTS, body, published_at=at)


def _wish(
    survey: Survey, source: str, template: Template, body: str, **times: datetime
) -> Wish:
    return Wish(
        source=source,
        key=survey.id,
        template=template.key,
        title=survey.title,
        body=body,
        page=f"{PAGE}?id={survey.id}",
        values={
            "title": plain(survey.title) or template.title,
            "signed_by": plain(survey.signed_by) or survey.role.label,
            **{name: at.isoformat() for name, at in times.items()},
        },
        urgency=Urgency.WAITS,
        push_within=PUSH_WITHIN,
    )


def withdrawn(survey: Survey) -> tuple[str, str]:
    """Return title and text of a survey that was withdrawn, for those who have it already."""
    return f"已撤回:{survey.title}", f"{survey.signed_by}:{survey.withdrawn_because}"


async def entries_due(deps: Dependencies, survey: Survey, count: int) -> None:
    """Tell the office that asked how many papers are to be entered again, once."""
    people = await holders.acting_over(deps, survey.place, [survey.role])
    title = plain(survey.title) or SURVEY_ENTRIES.title

    async def save(tx: Transaction) -> None:
        for person in sorted(people):
            await messaging.notify(
                deps,
                tx,
                person_id=person,
                template=SURVEY_ENTRIES,
                key=survey.id,
                values={"title": title, "count": str(count)},
                page=f"{SURVEY_ENTRIES.page}?id={survey.id}",
            )

    await deps.in_transaction(save)

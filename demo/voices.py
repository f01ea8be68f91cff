"""What people say and what heads do in the demo: a little in each list.

Two feedback cases, a visit that is due today, a task, an open survey, one of three homes that
is counted, and the handbook. Each is harmless to repeat: what a start cut short left goes on.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final

from demo.people import BUILDING, COMMUNITY, COMPOUND, UNIT, Household, households
from demo.session import sign_in
from demo.site import Site
from services.audiences.models import Audience
from services.dependencies import Dependencies
from services.feedback import actions as feedback
from services.feedback import works
from services.feedback.models import FeedbackKind, FeedbackView, FileFeedback, Rung
from services.handbook import starter
from services.kernel.days import plus_days
from services.kernel.pages import ListQuery
from services.kernel.permissions import Actor
from services.residencies.models import Relation
from services.surveys import actions as surveys
from services.surveys import jobs as survey_jobs
from services.surveys import openings
from services.surveys.answers import actions as answers
from services.surveys.answers.models import AnswerSurvey, GivenAnswer
from services.surveys.models import NewSurvey, OpenSurvey, SurveysQuery, SurveyView
from services.surveys.questions import QuestionKind, SurveyQuestion
from services.surveys.states import SurveyState
from services.tasks import actions as tasks
from services.tasks.models import HeadRole, NewTask, NewTaskProof, TaskProofKind, TasksQuery
from services.visits import actions as visits
from services.visits.actions import VisitPlanned
from services.visits.models import PlanVisit, VisitPurpose

SIGNED: Final = "新城社区居委会"
RESIDENTS: Final = [Relation.OWNER, Relation.CO_OWNER, Relation.FAMILY, Relation.TENANT]
MORE: Final = 2  # neighbours of the visitor who take part, too
TASK: Final = "燃气软管检查"
LIGHTS, BENCH = "楼道照明", "楼前长椅"
BY_NAME: Final = FileFeedback(
    place=UNIT,
    kind=FeedbackKind.SUGGESTION,
    text="楼道里的灯太暗了,老人上下楼不方便",
)
NAMELESS: Final = FileFeedback(
    place=UNIT,
    kind=FeedbackKind.COMPLAINT,
    text="楼道里堆了很多纸箱,怕着火",
    anonymous=True,
)
PASSED_ON: Final = "这几箱是别的单元的,请楼栋长协调"


async def begin(site: Site, people: Mapping[str, Actor]) -> None:
    """Let residents and heads begin what they are in the middle of today.

    `people`: by their names.
    """
    near = [await sign_in(site, home.user, home.phone) for home in neighbours()]
    await _say(site.deps, people, near[0])
    await _plan_a_visit(site.deps, people["unit"])
    await _give_a_task(site.deps, people["staff"])
    await _ask_everybody(site.deps, people["staff"])
    await _ask_three_homes(site.deps, people, near)
    await starter.load(site.deps, people["admin"], COMMUNITY)


def neighbours() -> list[Household]:
    """Return those of the visitor's staircase who take part: they pay their bills, too."""
    near = [each for each in households() if each.place.startswith(f"{UNIT}.")]
    return [each for each in near if each.pays][:MORE]


async def _say(deps: Dependencies, people: Mapping[str, Actor], neighbour: Actor) -> None:
    """Have one case wait with the unit head, and one without a name handed on."""
    await _filed(deps, people["resident"], BY_NAME)
    case = await _filed(deps, neighbour, NAMELESS)
    if case.rung is Rung.UNIT_HEAD:
        await works.hand_on(deps, people["unit"], case.feedback_id, PASSED_ON)


async def _filed(deps: Dependencies, author: Actor, wish: FileFeedback) -> FeedbackView:
    said = await feedback.mine(deps, author, ListQuery(limit=100))
    known = next((each for each in said.items if each.text == wish.text), None)
    return known or await feedback.file(deps, author, wish)


async def _plan_a_visit(deps: Dependencies, head: Actor) -> None:
    home = neighbours()[0].place
    wish = PlanVisit(home=home, purpose=VisitPurpose.CHECK_IN, day=deps.today(), every_days=30)
    try:
        await visits.plan(deps, head, wish)
    except VisitPlanned:  # before the last start was cut short
        return


async def _give_a_task(deps: Dependencies, staff: Actor) -> None:
    given = await tasks.listing(deps, staff, TasksQuery(place=COMPOUND, limit=100))
    if any(each.title == TASK for each in given.items):
        return
    wish = NewTask(
        title=TASK,
        text="请逐户看燃气软管有没有老化,老化的提醒住户更换",
        places=[BUILDING],
        role=HeadRole.UNIT_HEAD,
        until=plus_days(deps.today(), 14),
        proof=NewTaskProof(kind=TaskProofKind.TICK),
    )
    await tasks.give(deps, staff, wish)


async def _ask_everybody(deps: Dependencies, staff: Actor) -> None:
    """Have a survey open for two weeks."""
    asked = SurveyQuestion(
        kind=QuestionKind.SINGLE,
        text="楼道灯要不要换成声控的?",
        options=["要", "不要"],
    )
    await _opened(deps, staff, LIGHTS, [COMPOUND], asked)


async def _ask_three_homes(
    deps: Dependencies, people: Mapping[str, Actor], near: Sequence[Actor]
) -> None:
    """Have a survey of three homes answered, closed and counted: it has no figure to tell."""
    staff = people["staff"]
    asked = SurveyQuestion(
        kind=QuestionKind.SINGLE, text="楼前要不要加一张长椅?", options=["要", "不要"]
    )
    homes = [f"{UNIT}.502", *(each.place for each in neighbours())]
    survey = await _opened(deps, staff, BENCH, homes, asked)
    if survey.state is SurveyState.OPEN:
        answer = AnswerSurvey(answers=[GivenAnswer(question=1, choices=[1])])
        for each in (people["resident"], *near):
            await answers.give(deps, each, survey.survey_id, answer)
        await openings.close(deps, staff, survey.survey_id)
    # Its own job would wait for answers that are on their way; nobody else was asked.
    await survey_jobs.settle(deps, {"survey_id": survey.survey_id})


async def _opened(
    deps: Dependencies, staff: Actor, title: str, places: list[str], asked: SurveyQuestion
) -> SurveyView:
    """Return the survey of this title, opened, as a start before may have left it."""
    known = await surveys.listing(deps, staff, SurveysQuery(limit=100))
    found = next((each.survey_id for each in known.items if each.title == title), None)
    if found is None:
        wish = NewSurvey(
            title=title,
            text="想听听大家的意见。",
            signed_by=SIGNED,
            audience=Audience(places=places, relations=RESIDENTS),
            questions=[asked],
            closes_at=deps.now() + timedelta(days=14),
        )
        survey = await surveys.write(deps, staff, wish)
    else:
        survey = await surveys.get(deps, staff, found)
    if survey.state is SurveyState.DRAFT:
        return await openings.open_to_all(deps, staff, survey.survey_id, OpenSurvey())
    return survey

"""Second entries: paper answers that somebody else enters once more."""

from datetime import datetime
from typing import Annotated, Final

from msgspec import Meta, Struct, field

from services.kernel.labels import Labelled
from services.kernel.pages import ListQuery
from services.kernel.paths import PlacePath
from services.kernel.types import Id, Reason
from services.residencies.models import Relation
from services.surveys.answers.models import Answers, GivenAnswerView
from services.surveys.models import Title
from services.surveys.questions import SurveyQuestionView
from services.surveys.second_entries.states import EntryState

EntryId = Annotated[Id, Meta(description="Id of the second entry, as the list has it.")]


class SecondEntry(Struct, kw_only=True):
    """Paper answer that was drawn. What was written in words is not compared.

    `answer`, `choices`, `relation`: empty once answers are nobody's (answers/retention.py).
    `first_by`: who entered it first. `choices`: tokens of the second entry, as in
    SurveyAnswer. `of`: paper answers from which it was drawn.
    """

    id: str = field(name="_id")
    survey: str
    answer: str
    home: str
    first_by: str
    rank: str
    of: int
    state: EntryState = EntryState.WAITING
    choices: list[str] = []
    relation: str = ""
    entered_by: str = ""
    entered_at: datetime | None = None
    kept: str = ""
    reason: str = ""
    decided_by: str = ""
    decided_at: datetime | None = None


# Between home and id in a key: it sorts before every sign of a path, so that keys sort as the
# homes do.
BETWEEN: Final = "/"


def key_of(entry: SecondEntry) -> str:
    """Return the key of an entry of today's list: in the order in which an index has them."""
    return f"{entry.home}{BETWEEN}{entry.id}"


def home_of(key: str) -> str:
    return key.partition(BETWEEN)[0]


def id_of(key: str) -> str:
    return key.partition(BETWEEN)[2]


class Keep(Labelled):
    """Entry that counts."""

    FIRST = "first", "第一次录入"
    SECOND = "second", "第二次录入"


# What clients send


class EnterAgain(Struct, forbid_unknown_fields=True, kw_only=True):
    """Second entry of a paper answer.

    `answers`: Answers as they stand on the paper.
    `relation`: Relation to the home of who filled in the paper.
    """

    answers: Answers
    relation: Relation


class DecideEntry(Struct, forbid_unknown_fields=True, kw_only=True):
    """Decision which entry counts.

    `keep`: Entry that counts; only the first one where there is no second.
    `reason`: Why, e.g. what the paper says.
    """

    keep: Keep
    reason: Reason


class SecondEntriesQuery(ListQuery, forbid_unknown_fields=True, kw_only=True):
    """Which second entries of a place to list.

    `state`: How far they are; all without it.
    """

    state: EntryState | None = None


# What clients see


class SecondEntryRow(Struct, kw_only=True):
    """Second entry in the list of a place.

    `entry_id`: Opaque id of the second entry.
    `survey_id`: Survey that the paper answers.
    `title`: Title of the survey.
    `home`: Path of the home.
    `address`: Address of the home.
    `state`: How far it is.
    `mine_first`: Whether I entered it the first time: somebody else enters it again.
    `entered_at`: When it was entered again; null before.
    """

    entry_id: str
    survey_id: str
    title: Title
    home: PlacePath
    address: Annotated[str, Meta(examples=["春光小区3栋2单元502号"])]
    state: EntryState
    mine_first: bool
    entered_at: datetime | None


class SecondEntryView(SecondEntryRow, kw_only=True):
    """Second entry with the questions; what was entered is seen only by who decides.

    `questions`: What is asked.
    `first`: What was entered first, once a difference is to be decided; else empty.
    `second`: What was entered again, then; else empty.
    `decision`: Entry that counts; null while nothing was decided.
    """

    questions: list[SurveyQuestionView]
    first: list[GivenAnswerView]
    second: list[GivenAnswerView]
    decision: Keep | None

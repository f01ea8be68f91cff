"""Turnout of surveys: how many homes answered, and which did not; never what they answered."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from services.kernel.pages import ListQuery
from services.kernel.paths import PlacePath
from services.surveys.models import Finest, SurveyId, Title

# What clients send


class TurnoutQuery(Struct, forbid_unknown_fields=True, kw_only=True):
    """By which places to tell the turnout.

    `by`: Compounds, buildings or units.
    """

    by: Finest = Finest.BUILDING


class UnansweredQuery(ListQuery, forbid_unknown_fields=True, kw_only=True):
    """Which homes of a place to list that have not answered a survey.

    `survey_id`: Survey that asks homes there.
    """

    survey_id: SurveyId


# What clients see


class TurnoutPart(Struct, kw_only=True):
    """Turnout of one place.

    `place`: Path of the place.
    `address`: That place, as people say it.
    `homes`: Homes that are asked, without those retired unanswered; null where it would tell of
    fewer than five to somebody who may not see who lives there.
    `answered`: Homes of which somebody answered; null in the same way.
    """

    place: PlacePath
    address: Annotated[str, Meta(examples=["春光小区3栋"])]
    homes: int | None
    answered: int | None


class Turnout(Struct, kw_only=True):
    """Turnout of a survey, as far as those who are asked are gathered.

    `place`: Path of the place around all that are asked.
    `homes`: Homes that are asked, without those retired unanswered; null where withheld.
    `answered`: Homes of which somebody answered; null where that is withheld.
    `parts`: The same by place, in order.
    """

    place: PlacePath
    homes: int | None
    answered: int | None
    parts: list[TurnoutPart]


class UnansweredHome(Struct, kw_only=True):
    """Home that has not answered a survey, and is not retired.

    `survey_id`: Opaque id of the survey.
    `home`: Path of the home.
    `address`: Address of the home.
    `title`: Title of the survey.
    `closes_at`: Until when it is answered.
    `people`: People of the home who have the survey in their inbox.
    """

    survey_id: str
    home: PlacePath
    address: Annotated[str, Meta(examples=["春光小区3栋2单元502号"])]
    title: Title
    closes_at: datetime
    people: int

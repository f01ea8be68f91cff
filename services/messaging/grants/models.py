"""Grants of messages: what is kept, what a phone reports, and what people are asked for."""

from datetime import datetime
from typing import Annotated, Final

from msgspec import Meta, Struct, field

from services.kernel.labels import Labelled
from services.kernel.templates import Moment
from services.kernel.types import Instant
from services.messaging.models import TemplateKey

# WeChat takes five at once since 2023, older versions three; a list of three can be read.
ASKED_AT_MOST: Final = 3
ANSWERED_AT_MOST: Final = 5  # templates of one wx.requestSubscribeMessage

TemplateId = Annotated[
    str,
    Meta(
        pattern=r"^[0-9A-Za-z_-]{1,64}$(?!\n)",
        description="Id of a template at WeChat, as the list of templates shows it.",
        examples=["stand-in-bill_issued"],
    ),
]


class AskResult(Labelled):
    """Result of wx.requestSubscribeMessage for one template, in WeChat's words."""

    ACCEPT = "accept", "允许"
    REJECT = "reject", "不允许"
    BAN = "ban", "已被微信停用"
    FILTER = "filter", "与另一条同名,被微信略去"


class Report(Struct, frozen=True):
    """Acceptance that a phone told us of. `confirmed`: WeChat's push told it, too."""

    at: datetime
    confirmed: bool


class GrantCount(Struct, frozen=True, kw_only=True):
    """Count of the messages that one person still allows of one template of WeChat.

    `who`: digest of the WeChat user, "" in counts of before. `off_since`: when they switched
    the template off in WeChat's settings, until they allow it again. `reports`: acceptances
    that the phone told of lately. `pushes`: those that WeChat told of and the phone did not.
    """

    id: str = field(name="_id")
    who: str = ""
    left: int = 0
    off_since: datetime | None = None
    reports: tuple[Report, ...] = ()
    pushes: tuple[datetime, ...] = ()


# What clients send and see


class AsksQuery(Struct, forbid_unknown_fields=True):
    """Which templates to ask for.

    `moment`: What the person has just done.
    """

    moment: Moment


class AskView(Struct, kw_only=True):
    """Template to ask for now with wx.requestSubscribeMessage.

    `template`: What its messages are about.
    `template_id`: Id of the template at WeChat.
    `title`: What its messages are about, in Chinese.
    `reason`: Why we ask, in Chinese, to be shown before WeChat's own window.
    `left`: Number of messages the person still allows.
    """

    template: TemplateKey
    template_id: str
    title: str
    reason: Annotated[str, Meta(examples=["下一期账单出来时告诉您"])]
    left: int


class AskAnswer(Struct, forbid_unknown_fields=True, kw_only=True):
    """Answer of the person for one template.

    `template_id`: Id of the template at WeChat.
    `result`: What WeChat told the mini-program.
    """

    template_id: TemplateId
    result: AskResult


class GrantReport(Struct, forbid_unknown_fields=True, kw_only=True):
    """Answers of one wx.requestSubscribeMessage.

    `results`: One for each template that was asked for.
    `asked_at`: When the window closed, by the phone's clock; the same when it is sent again.
    """

    results: Annotated[list[AskAnswer], Meta(min_length=1, max_length=ANSWERED_AT_MOST)]
    asked_at: Instant


class GrantView(Struct, kw_only=True):
    """Messages of one template that the person still allows.

    `template_id`: Id of the template at WeChat.
    `left`: Number of messages.
    """

    template_id: str
    left: int


class GrantsView(Struct, kw_only=True):
    """Messages that the person still allows, of the templates reported.

    `grants`: One for each template, in the order of the report.
    """

    grants: list[GrantView]

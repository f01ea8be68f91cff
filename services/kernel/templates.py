"""Message templates: the text in the inbox, and the cells of WeChat's template.

A package writes its own in `notify.py`, beside what tells people of them, and registers them
(`Feature.templates`). WeChat's keys (thing1, amount2) belong to the template of its public
library; the id of each template differs per mini-program and is configured (WX_TEMPLATES).
Source: subscribe-message/api_sendmessage; its limits are in services/wechat/template_values.py.

An account has few templates at WeChat, so several of ours may be configured with one id of
theirs. A grant belongs to the id: RESERVES says which message it is kept for.
"""

from collections.abc import Collection
from functools import cache
from string import Formatter
from typing import Final

from msgspec import Struct

from services.kernel.labels import Labelled


class Purpose(Labelled):
    """Purpose of a message: what somebody's grant is spent on first."""

    PAYMENT = "payment", "缴费和退款"
    EMERGENCY = "emergency", "紧急情况"
    REMINDER = "reminder", "提醒办理"
    INFORMATION = "information", "情况通知"


# How many grants a message leaves for others that share its id at WeChat. A payment takes two:
# its bill and its receipt. A reminder leaves one of them, an information both.
RESERVES: Final[dict[Purpose, int]] = {
    Purpose.PAYMENT: 0,
    Purpose.EMERGENCY: 0,
    Purpose.REMINDER: 1,
    Purpose.INFORMATION: 2,
}


class Moment(Labelled):
    """Moment in which the mini-program may ask for grants: after a tap, when it makes sense."""

    AFTER_PAYING = "after_paying", "缴费成功后"
    AFTER_PREPAYING = "after_prepaying", "预存成功后"
    AFTER_REPORTING = "after_reporting", "提交申请后"
    AFTER_READING = "after_reading", "看完消息后"
    AFTER_ANSWERING = "after_answering", "答复征求意见后"
    AFTER_BINDING = "after_binding", "绑定房屋后"
    AFTER_LOOKING_AT_PAYMENTS = "after_looking_at_payments", "看完缴费记录后"
    AFTER_WORKING = "after_working", "处理工作事项后"


class Ask(Struct, frozen=True):
    """Occasion to ask somebody to allow a message, and the reason they read."""

    moment: Moment
    reason: str


class Template(Struct, frozen=True, kw_only=True):
    """`key`: its name in the API, in WX_TEMPLATES and in kept messages; never changed.

    `data`: WeChat's key → the name of one of our values. `page`: where a tap leads.
    `asks`: when people are asked to allow it; without any it is never pushed.
    """

    key: str
    title: str
    body: str
    page: str
    data: dict[str, str]
    purpose: Purpose
    asks: tuple[Ask, ...]

    @property
    def names(self) -> frozenset[str]:
        """Every value a message of this kind needs."""
        return names_in(self.body).union(self.data.values())


@cache
def names_in(body: str) -> frozenset[str]:
    """Return the values that a text speaks of. Read once: a run tells ten thousand people."""
    return frozenset(name for _, name, _, _ in Formatter().parse(body) if name)


def is_of_offices(template: Template) -> bool:
    """Tell whether a message goes to those who work here, and not to residents."""
    return {ask.moment for ask in template.asks} == {Moment.AFTER_WORKING}


def reserve_of(template: Template, sharing: Collection[Template]) -> int:
    """Return how many grants a message leaves: more than the first of those sharing its id.

    `sharing`: all with that id, itself too. Alone, or among equals, it may take the last one.
    """
    least = min(RESERVES[one.purpose] for one in [template, *sharing])
    return RESERVES[template.purpose] - least

"""Templates of messages: the text in the inbox, and the cells of WeChat's template.

The one catalogue of what residents read in messages. WeChat's keys (thing1, amount2) belong to
the template of its public library; the id of each template differs per mini-program and is
configured (WX_TEMPLATES).
Source: subscribe-message/api_sendmessage; its limits are in services/wechat/template_values.py.
"""

import re
from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum, auto
from string import Formatter
from typing import Final

from msgspec import Struct

from services.wechat.template_values import moment


class TemplateKey(StrEnum):
    BILL_ISSUED = auto()
    BILLS_WITHDRAWN = auto()
    PAYMENT_RECEIVED = auto()
    REFUND_DONE = auto()
    REFUND_DELAYED = auto()
    HEAD_TERM_ENDING = auto()
    HEAD_RESIGNED = auto()
    HAND_OVER_OFFERED = auto()
    HOME_REQUEST_PROGRESS = auto()
    HOME_TO_ADVISE = auto()
    HOME_NEWS = auto()


class Template(Struct, frozen=True, kw_only=True):
    """`data`: WeChat's key → the name of one of our values. `page`: where a tap leads."""

    title: str
    body: str
    page: str
    data: dict[str, str]

    @property
    def names(self) -> frozenset[str]:
        """Every value a message of this kind needs."""
        in_body = {name for _, name, _, _ in Formatter().parse(self.body) if name}
        return frozenset(in_body | set(self.data.values()))

    def write(self, values: Mapping[str, str]) -> dict[str, str]:
        """Return what the template speaks of, as people read it; ValueError for the rest."""
        if missing := self.names - values.keys():
            raise ValueError(f"message without {', '.join(sorted(missing))}")
        return {name: written(name, values[name]) for name in sorted(self.names)}


TEMPLATES: Final[dict[TemplateKey, Template]] = {
    TemplateKey.BILL_ISSUED: Template(
        title="您有新的账单",
        body="{home}的{fee}({period})共{amount},最晚{due_on}缴纳。谢谢您!",
        page="pages/bills/bills",
        data={
            "thing1": "home",
            "thing2": "fee",
            "thing3": "period",
            "amount4": "amount",
            "date5": "due_on",
        },
    ),
    TemplateKey.BILLS_WITHDRAWN: Template(
        title="账单已收回",
        body="{home}的{fee}({period})共{amount}已收回,不用缴了。原因:{reason}。给您添麻烦了。",
        page="pages/bills/bills",
        data={
            "thing1": "home",
            "thing2": "fee",
            "thing3": "period",
            "amount4": "amount",
            "thing5": "reason",
        },
    ),
    TemplateKey.PAYMENT_RECEIVED: Template(
        title="缴费成功",
        body="{payee}已收到您{paid_at}缴纳的{amount},收据号{number}。谢谢您的支持!",
        page="pages/payments/payments",
        data={
            "thing1": "payee",
            "amount2": "amount",
            "time3": "paid_at",
            "character_string4": "number",
        },
    ),
    TemplateKey.REFUND_DONE: Template(
        title="退款已办好",
        body="{amount}已退回您的微信付款账户,原因:{reason}。请留意查收。",
        page="pages/payments/payments",
        data={"amount1": "amount", "thing2": "reason"},
    ),
    TemplateKey.REFUND_DELAYED: Template(
        title="退款需要人工办理",
        body="您的{amount}退款({reason})没有自动办成,工作人员会尽快处理,给您添麻烦了。",
        page="pages/payments/payments",
        data={"amount1": "amount", "thing2": "reason"},
    ),
    TemplateKey.HEAD_TERM_ENDING: Template(
        title="任期快到了",
        body="{place}的{office}任期到{until_on}为止,请提前商量续任或做好交接。",
        page="pages/heads/heads",
        data={"thing1": "place", "thing2": "office", "date3": "until_on"},
    ),
    TemplateKey.HEAD_RESIGNED: Template(
        title="有人提出辞任",
        body="{place}的{office}提出辞任,工作到{until_on}为止,请安排接任。",
        page="pages/heads/heads",
        data={"thing1": "place", "thing2": "office", "date3": "until_on"},
    ),
    TemplateKey.HAND_OVER_OFFERED: Template(
        title="请接收工作交接清单",
        body="{place}的{office}工作交接清单已备好,请核对后接收。",
        page="pages/heads/heads",
        data={"thing1": "place", "thing2": "office"},
    ),
    TemplateKey.HOME_REQUEST_PROGRESS: Template(
        title="房屋申请有进展",
        body="您申请的{home}:{progress}。",
        page="pages/homes/requests",
        data={"thing1": "home", "thing2": "progress"},
    ),
    TemplateKey.HOME_TO_ADVISE: Template(
        title="请帮忙核实住户",
        body="有人申请绑定{home},请在三天内告诉社区您是否认识。",
        page="pages/heads/requests",
        data={"thing1": "home"},
    ),
    TemplateKey.HOME_NEWS: Template(
        title="房屋关系有变动",
        body="{home}:{news}。如有疑问,请联系社区。",
        page="pages/homes/homes",
        data={"thing1": "home", "thing2": "news"},
    ),
}


def written(name: str, value: str) -> str:
    """Write a value as people read it; what it is, its name tells. ValueError otherwise.

    `amount`: yuan, 51.18 or ¥51.18; `…_at`: RFC 3339; `…_on`: a day; `period`: month or words.
    """
    match name.rpartition("_")[2]:
        case "amount":
            if not (yuan := re.fullmatch(r"¥?(\d{1,8}\.\d\d)", value)):
                raise ValueError(f"{name}: not yuan with two decimals")
            return f"{yuan[1]}元"
        case "at":
            return moment(datetime.fromisoformat(value))
        case "on":
            day = date.fromisoformat(value)
            return f"{day.year}年{day.month}月{day.day}日"
        case "period" if month := re.fullmatch(r"(\d{4})-0?(\d{1,2})", value):
            return f"{month[1]}年{month[2]}月"
        case _:
            return value

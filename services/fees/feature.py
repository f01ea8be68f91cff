"""Registration of fees."""

from typing import Final

from services.fees import actions, privacy
from services.fees.models import FeeRulesQuery, FeeRuleView
from services.fees.payees import actions as payees
from services.fees.payees.models import PayeesQuery, PayeeView
from services.kernel.features import Feature
from services.kernel.lists import List
from services.kernel.money import PRICE_PER_YUAN
from services.kernel.permissions import Permission
from services.kernel.tables import Column, columns


def _price(rule: FeeRuleView) -> float | None:
    """Return yuan per m² and month."""
    return None if rule.price is None else rule.price / PRICE_PER_YUAN


def _source(rule: FeeRuleView) -> str:
    """Return the document that a rule rests on, as people name it."""
    found = rule.source
    return "" if found is None else f"{found.kind.label}《{found.title}》{found.number}"


FEE_RULES: Final = List(
    name="fee_rules",
    needs=Permission.MANAGE_FEES,
    title="收费标准",
    query=FeeRulesQuery,
    read=actions.listing,
    columns=(
        *columns(FeeRuleView, address="地点", kind="费用"),
        Column("price", "单价(元/㎡·月)", _price, "number"),
        *columns(
            FeeRuleView,
            monthly_fen="每户每月(元)",
            person_fen="每人每月(元)",
            usages="房屋用途",
            period="收费周期",
            timing="出账时间",
            proration="不足整月",
            start_day="开始日期",
            end_day="结束日期",
            due_day="每月缴费日",
            due_days="出账后天数",
            payee_name="收款单位",
            version="版本",
        ),
        Column("source", "依据", _source),
        *columns(FeeRuleView, created_by="设定人", created_at="设定时间"),
    ),
)

PAYEES: Final = List(
    name="payees",
    needs=Permission.MANAGE_FEES,
    title="收款单位",
    query=PayeesQuery,
    read=payees.listing,
    columns=columns(
        PayeeView,
        address="地点",
        name="收款单位",
        account="收款账户",
        account_name="账户户名",
        kinds="可收费用",
        from_day="开始日期",
        to_day="结束日期",
    ),
)

FEATURE: Final = Feature(holdings=privacy.HOLDINGS, lists=(FEE_RULES, PAYEES))

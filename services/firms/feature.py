"""Registration of firms."""

from typing import Final

from services.firms import actions, contracts, privacy
from services.firms.models import ContractsQuery, ContractView, FirmsQuery, FirmView
from services.kernel.features import Feature
from services.kernel.lists import List
from services.kernel.permissions import Permission
from services.kernel.tables import columns

FIRMS: Final = List(
    name="firms",
    needs=Permission.MANAGE_FIRMS,
    title="物业服务企业",
    query=FirmsQuery,
    read=actions.listing,
    subject="",
    columns=columns(
        FirmView, name="企业名称", credit_code="统一社会信用代码", added_at="登记时间"
    ),
)
CONTRACTS: Final = List(
    name="contracts",
    needs=Permission.MANAGE_FIRMS,
    title="物业服务合同",
    query=ContractsQuery,
    read=contracts.listing,
    columns=columns(
        ContractView,
        compound_name="小区",
        firm_name="物业服务企业",
        from_day="开始日期",
        to_day="结束日期",
        agreed_to_day="约定的结束日期",
        ended_because="提前结束的原因",
        contact__phone="联系电话",
        contact__hours="接听时间",
        signed_at="登记时间",
    ),
)

FEATURE: Final = Feature(holdings=privacy.HOLDINGS, lists=(FIRMS, CONTRACTS))

"""What is personal, collection by collection: the one table of export, erasure and re-sealing.

Who keeps a collection says what is in it (`privacy.py` of the package); collections that know
nobody are listed here. A test fails for a collection that is not in the table.
"""

from typing import Final

from mongo_indexes import (
    bill_runs,
    bills,
    contracts,
    fee_rules,
    firms,
    idempotency_keys,
    journal,
    outbox,
    places,
    workers,
)
from services.accounts import privacy as accounts_privacy
from services.audit import privacy as audit_privacy
from services.heads import privacy as heads_privacy
from services.homes import privacy as homes_privacy
from services.kernel.personal_data import Fate, Holding
from services.messaging import privacy as messaging_privacy
from services.payments import privacy as payments_privacy
from services.photos import privacy as photos_privacy
from services.register import privacy as register_privacy
from services.sessions import privacy as sessions_privacy

NOBODYS: Final = (
    Holding(
        collection=places.COLLECTION,
        fate=Fate.NOBODYS,
        why="小区、楼栋、房屋和网格,没有人",
    ),
    Holding(
        collection=bills.COLLECTION,
        fate=Fate.NOBODYS,
        staff=("voided_by",),
        why="账单属于房屋,不属于人;付过的在“支付订单”里",
    ),
    Holding(
        collection=bill_runs.COLLECTION,
        fate=Fate.NOBODYS,
        staff=("asked_by", "published_by"),
        why="小区的出账批次",
    ),
    Holding(
        collection=fee_rules.COLLECTION,
        fate=Fate.NOBODYS,
        staff=("created_by", "ended_by"),
        why="收费标准",
    ),
    Holding(
        collection=journal.COLLECTION,
        fate=Fate.NOBODYS,
        why="总账,只有账单号、订单号和金额",
    ),
    Holding(
        collection=firms.COLLECTION,
        fate=Fate.NOBODYS,
        staff=("added_by",),
        why="物业企业名录,营业执照上公开的内容",
    ),
    Holding(
        collection=contracts.COLLECTION,
        fate=Fate.NOBODYS,
        staff=("signed_by", "ended_by"),
        why="物业服务合同的小区和期限",
    ),
    Holding(
        collection=outbox.COLLECTION,
        fate=Fate.NOBODYS,
        why="待办的后台工作,只有编号,办完三十天后删除",
    ),
    Holding(collection=workers.COLLECTION, fate=Fate.NOBODYS, why="后台进程的心跳"),
)
KEYED_ANSWERS: Final = Holding(
    collection=idempotency_keys.COLLECTION,
    fate=Fate.REMOVED,
    why="一天内重复请求的答复,加密,一天后自动删除",
)
TABLE: Final[tuple[Holding, ...]] = (
    *accounts_privacy.HOLDINGS,
    *sessions_privacy.HOLDINGS,
    *homes_privacy.HOLDINGS,
    *photos_privacy.HOLDINGS,
    *messaging_privacy.HOLDINGS,
    *payments_privacy.HOLDINGS,
    *register_privacy.HOLDINGS,
    *heads_privacy.HOLDINGS,
    *audit_privacy.HOLDINGS,
    KEYED_ANSWERS,
    *NOBODYS,
)

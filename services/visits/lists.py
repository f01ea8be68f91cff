"""Lists of what heads keep, as they export them: neither minutes nor what cards say."""

from typing import Final

from services.kernel.lists import List, around
from services.kernel.permissions import Permission
from services.kernel.tables import columns
from services.visits import actions
from services.visits.cards import actions as cards
from services.visits.cards.models import CardLine, CardsQuery
from services.visits.models import HeadVisitsQuery, HeadVisitView
from services.visits.promises import actions as promises
from services.visits.promises.models import PromisesQuery, PromiseView

VISITS: Final = List(
    name="visits",
    needs=Permission.PLAN_VISITS,
    title="走访",
    query=HeadVisitsQuery,
    read=actions.listing,
    subject="",
    place_of=around(Permission.PLAN_VISITS),
    columns=columns(
        HeadVisitView,
        address="房屋",
        purpose="目的",
        goes="谁去",
        day="日期",
        every_days="每隔几天",
        state="状态",
        outcome="结果",
    ),
)
HOUSEHOLD_CARDS: Final = List(
    name="household_cards",
    needs=Permission.KEEP_CARDS,
    title="户卡",
    query=CardsQuery,
    read=cards.listing,
    subject="",
    place_of=around(Permission.KEEP_CARDS),
    columns=columns(
        CardLine, address="房屋", kind="内容类别", sensitivity="信息类别", ends_on="保存到"
    ),
)
PAYMENT_PROMISES: Final = List(
    name="payment_promises",
    needs=Permission.PLAN_VISITS,
    title="承诺缴费",
    query=PromisesQuery,
    read=promises.listing,
    subject="",
    place_of=around(Permission.PLAN_VISITS),
    columns=columns(
        PromiseView, address="房屋", day="约定日期", state="状态", noted_at="登记时间"
    ),
)

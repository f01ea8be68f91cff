"""List of promises to pay, as the head to whom they were given exports it."""

from typing import Final

from services.kernel.lists import List, around
from services.kernel.permissions import Permission
from services.kernel.tables import columns
from services.visits.promises import actions
from services.visits.promises.models import PromisesQuery, PromiseView

PAYMENT_PROMISES: Final = List(
    name="payment_promises",
    needs=Permission.PLAN_VISITS,
    title="承诺缴费",
    query=PromisesQuery,
    read=actions.listing,
    subject="",
    place_of=around(Permission.PLAN_VISITS),
    columns=columns(
        PromiseView, address="房屋", day="约定日期", state="状态", noted_at="登记时间"
    ),
)

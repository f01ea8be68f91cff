"""History of the demo: a realistic share of the residents pays through WeChat.

Made while the product runs and answers. Each household signs in, proves the phone and pays;
WeChat's notice books it. Homes that paid before a start was cut short are left alone.
"""

import asyncio
from itertools import count
from typing import Final

import msgspec

from demo.mark import DONE
from demo.people import Household, Mood, households
from demo.session import sign_in
from demo.site import Site
from services.bills import actions as bills
from services.bills.models import BillView, MyBillsQuery
from services.dependencies import is_outage
from services.fees.models import BillKind
from services.kernel.errors import Conflict, Unavailable
from services.kernel.permissions import Actor
from services.payments import actions as payments
from services.payments.models import Pay

AT_ONCE: Final = 2  # few: they wait for each other in the audit, and others for them
EVERY: Final = 50
ATTEMPTS: Final = 3


async def make(site: Site) -> None:
    """Let those households pay who do; nothing when they did, or when this is not a demo."""
    if site.mark.is_done or not site.mark.is_founded:
        return
    payers = [home for home in households() if home.pays]
    turns = asyncio.Semaphore(AT_ONCE)
    paid = count(1)

    async def one(home: Household) -> None:
        async with turns:
            await _patiently(site, home)
        if (done := next(paid)) % EVERY == 0:
            site.tell(f"  demo: {done} of {len(payers)} households have paid")

    async with asyncio.TaskGroup() as group:
        for home in payers:
            group.create_task(one(home))
    site.mark.add(DONE)
    site.tell(f"The demo is complete: {len(payers)} households have paid.")


async def _patiently(site: Site, home: Household) -> None:
    """Let a household pay, again where the machine is too slow."""
    for _ in range(ATTEMPTS - 1):
        try:
            await _pay(site, home)
        except Exception as error:
            if not (isinstance(error, Unavailable | TimeoutError) or is_outage(error)):
                raise
            site.tell(f"  demo: a payment was too slow ({type(error).__name__}), trying again")
        else:
            return
    await _pay(site, home)


async def _pay(site: Site, home: Household) -> None:
    actor = await sign_in(site, home.user, home.phone)
    owing = (await bills.listing(site.deps, actor, MyBillsQuery())).items
    latest = max((bill.period for bill in owing), default="")
    for kind in BillKind:
        wanted = [
            bill
            for bill in owing
            if bill.kind is kind and (bill.period < latest or home.mood is Mood.PAYS_EVERYTHING)
        ]
        if wanted:
            await _pay_bills(site, home.user, actor, wanted)


async def _pay_bills(site: Site, user: str, actor: Actor, wanted: list[BillView]) -> None:
    try:
        order = await payments.pay(site.deps, actor, Pay([bill.bill_id for bill in wanted]))
    except Conflict:
        return  # somebody else pays these bills at this moment, or just did
    await site.desk.act(f"users/{user}/pay", **msgspec.to_builtins(order.pay_params))
    await payments.get(site.deps, actor, order.payment_id)

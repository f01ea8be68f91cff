"""Residents who pay: each signs in, proves the phone, pays; WeChat's notice books it."""

import asyncio
import random
from collections.abc import Callable
from typing import Any, Final

import msgspec
from tornado.httpclient import AsyncHTTPClient

from demo.people import ROLES, Household, households
from server.settings import Settings
from services.accounts import actions as accounts
from services.accounts import consents
from services.accounts.consent_models import GiveConsent
from services.accounts.policies import CURRENT, PolicyKey
from services.dependencies import Dependencies
from services.errors import Conflict
from services.fees import actions as fees
from services.fees.models import FeeKind
from services.fees.states import BillState
from services.fees.views import BillView
from services.payments import actions as payments
from services.payments.models import Pay
from services.permissions import Actor
from services.sessions import actions as sessions

AT_ONCE: Final = 8
AGREED: Final = GiveConsent(PolicyKey.PRIVACY, CURRENT[PolicyKey.PRIVACY].version)
# Of a hundred households: pay everything, all but the latest month, nothing.
EVERYTHING, ALL_BUT_LATEST = 0.58, 0.76
EVERY: Final = 100


async def pay_some(
    deps: Dependencies, settings: Settings, progress: Callable[[str], None]
) -> None:
    """Let a realistic share pay through WeChat. Homes that paid before are left alone."""
    desk = Desk(settings.wx_api_base)
    for person in ROLES:
        await _sign_in(deps, desk, person.name, person.phone)
    payers = [home for home in households() if _pays(home)]
    turns = asyncio.Semaphore(AT_ONCE)
    done = 0

    async def one(home: Household) -> None:
        nonlocal done
        async with turns:
            await _pay(deps, desk, home)
        done += 1
        if done % EVERY == 0:
            progress(f"  {done} of {len(payers)} households have paid")

    async with asyncio.TaskGroup() as group:
        for home in payers:
            group.create_task(one(home))


class Desk:
    """The control desk of the WeChat stand-in: acts as the user with the phone."""

    def __init__(self, base: str) -> None:
        self._base = base

    async def do(self, path: str, **wish: Any) -> dict[str, Any]:
        reply = await AsyncHTTPClient().fetch(
            f"{self._base}/__ctl/{path}", method="POST", body=msgspec.json.encode(wish)
        )
        answer: dict[str, Any] = msgspec.json.decode(reply.body)
        return answer


def _pays(home: Household) -> bool:
    return bool(home.phone) and home.phone != ROLES[-1].phone and _mood(home) < ALL_BUT_LATEST


def _mood(home: Household) -> float:
    return random.Random(f"{home.building}-{home.unit}-{home.room}").random()  # noqa: S311  # a demo


async def _sign_in(deps: Dependencies, desk: Desk, name: str, phone: str) -> Actor:
    login = await desk.do(f"users/{name}/login-code")
    given = await sessions.sign_in(deps, login["code"])
    actor = await sessions.authenticate(deps, given.access_token)
    await consents.give(deps, actor, AGREED)
    shown = await desk.do(f"users/{name}/phone-code", phone=phone)
    await accounts.give_phone(deps, actor, shown["code"])
    return await sessions.authenticate(deps, given.access_token)


async def _pay(deps: Dependencies, desk: Desk, home: Household) -> None:
    name = f"b{home.building}u{home.unit}n{home.phone[-4:]}"
    actor = await _sign_in(deps, desk, name, home.phone)
    owing = await fees.my_bills(deps, actor, BillState.OWING, before="", limit=50)
    latest = max((bill.period for bill in owing), default="")
    for kind in FeeKind:
        wanted = [
            bill
            for bill in owing
            if bill.kind is kind and (bill.period < latest or _mood(home) < EVERYTHING)
        ]
        if wanted:
            await _pay_bills(deps, desk, name, actor, wanted)


async def _pay_bills(
    deps: Dependencies, desk: Desk, name: str, actor: Actor, wanted: list[BillView]
) -> None:
    try:
        order = await payments.pay(deps, actor, Pay([bill.bill_id for bill in wanted]))
    except Conflict:
        return  # paid before the last start was cut short
    await desk.do(f"users/{name}/pay", **msgspec.to_builtins(order.pay_params))
    await payments.look(deps, actor, order.payment_id)

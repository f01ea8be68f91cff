"""Observation of calls: each is told once, under a name that does not grow with orders."""

from collections.abc import Iterator
from contextlib import suppress

import pytest

from services.wechat.errors import PayError, WeChatError
from services.wechat.merchant import MerchantAccount
from services.wechat.mini_program import MiniProgram
from services.wechat.models import Scene
from services.wechat.pay import PayClient
from tests.build.world import Clock
from tests.services.wechat.desk import Desk, order

CHECK = "/wxa/msg_sec_check"


class Counts(dict[tuple[str, str], int]):
    def __call__(self, api: str, outcome: str) -> None:
        self[api, outcome] = self.get((api, outcome), 0) + 1


@pytest.fixture
def counts() -> Counts:
    return Counts()


@pytest.fixture
def watched(desk: Desk, clock: Clock, counts: Counts) -> Iterator[MiniProgram]:
    client = MiniProgram(
        desk.appid, desk.secret, base=desk.base, redis=None, now=clock, observe=counts
    )
    yield client
    client.close()


@pytest.fixture
def watched_firm(
    accounts: dict[str, MerchantAccount], desk: Desk, clock: Clock, counts: Counts
) -> Iterator[PayClient]:
    client = PayClient(
        accounts["firm"], base=desk.base, notify_base_url=desk.base, now=clock, observe=counts
    )
    yield client
    client.close()


async def test_mini_program(watched: MiniProgram, desk: Desk, counts: Counts) -> None:
    openid = await desk.openid()
    await desk.fault(CHECK, errcode=-1)
    await desk.fault(CHECK, match={"nth": 3}, errcode=45009)
    await desk.fault(CHECK, match={"nth": 3}, drop="after")
    for _ in range(2):
        with suppress(WeChatError):
            await watched.check_text(openid, "电梯坏了", Scene.FORUM)
    assert counts[CHECK, "-1"] == 1
    assert counts[CHECK, "ok"] == 1
    assert counts[CHECK, "45009"] == 1
    assert counts["/cgi-bin/stable_token", "ok"] == 1


async def test_pay(watched_firm: PayClient, desk: Desk, counts: Counts) -> None:
    await order(watched_firm, desk)
    await watched_firm.query("ORDER-0001")
    await desk.fault("/v3/pay", sign="bad")
    await desk.fault("/v3/pay", match={"nth": 2}, drop="before")
    for number in ("ORDER-0001", "ORDER-0001", "ORDER-0002"):
        with suppress(PayError):
            await watched_firm.query(number)
    asked = "/v3/pay/transactions/out-trade-no/{}"
    assert counts == {
        ("/v3/pay/transactions/jsapi", "ok"): 1,
        (asked, "ok"): 2,
        (asked, "BAD_SIGNATURE"): 1,
        (asked, "no_answer"): 1,
        (asked, "ORDER_NOT_EXIST"): 1,
    }

"""No secret gets into a log line, an exception's text or a printed object."""

import logging
from collections.abc import Awaitable, Iterator
from typing import Any

import pytest
import structlog
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from services.wechat.errors import PayError, WeChatError
from services.wechat.mini_program import MiniProgram
from services.wechat.models import Scene
from services.wechat.pay import PayClient
from services.wechat.push import PushReceiver
from tests.build.world import Clock
from tests.deadlines import SAFETY_NET
from tests.services.wechat.desk import TEMPLATE, Desk, order

pytestmark = pytest.mark.slow

FATES: list[dict[str, Any]] = [
    {"drop": "before"},
    {"drop": "after"},
    {"http": 502},
    {"errcode": 40001},
    {"errcode": -1},
    {"errcode": 45009},
    {"raw": "<html>"},
]


class Witness:
    """Collects whatever a careless reader could see."""

    def __init__(self, logged: list[Any], caplog: pytest.LogCaptureFixture) -> None:
        self.texts: list[str] = []
        self.logged = logged
        self.caplog = caplog

    async def watch(self, call: Awaitable[object]) -> None:
        try:
            self.texts.append(repr(await call))
        except (WeChatError, PayError) as refused:
            chain: list[BaseException | None] = [refused, refused.__cause__]
            self.texts += [f"{each!r} {each} {vars(each)}" for each in chain if each]

    @property
    def saw(self) -> str:
        return "\n".join([*self.texts, self.caplog.text, *map(str, self.logged)])


@pytest.fixture
def witness(caplog: pytest.LogCaptureFixture) -> Iterator[Witness]:
    caplog.set_level(logging.DEBUG)
    with structlog.testing.capture_logs() as logged:
        yield Witness(logged, caplog)


@pytest.fixture
def alone(desk: Desk, clock: Clock) -> Iterator[MiniProgram]:
    away = Redis(host="127.0.0.1", port=1, retry=Retry(NoBackoff(), 0))
    client = MiniProgram(
        desk.appid,
        desk.secret,
        base=desk.base,
        redis=away,
        now=clock,
        timeout_seconds=SAFETY_NET,
    )
    yield client
    client.close()


@pytest.mark.parametrize("fate", FATES, ids=str)
async def test_mini_program(
    alone: MiniProgram, desk: Desk, witness: Witness, fate: dict[str, Any]
) -> None:
    openid = await desk.openid()
    login_code, phone_code = await desk.login_code(), await desk.phone_code()
    token = await alone.tokens.get()
    await desk.fault("/", match={"times": None}, **fate)
    await witness.watch(alone.login(login_code))
    await witness.watch(alone.phone_number(phone_code))
    await witness.watch(alone.check_text(openid, "电梯坏了", Scene.FORUM))
    await witness.watch(
        alone.send_subscribe_message(openid, TEMPLATE, data={"thing1": "private words"})
    )
    witness.texts.append(f"{alone!r} {alone.tokens!r}")
    saw = witness.saw
    for secret in [token, desk.secret, login_code, phone_code, openid, "private words"]:
        assert secret not in saw


async def test_a_login_shows_no_session_key(
    alone: MiniProgram, desk: Desk, witness: Witness
) -> None:
    login = await alone.login(await desk.login_code())
    assert login.session_key not in f"{login!r} {login} {witness.saw}"


@pytest.mark.parametrize(
    "fate", [{"sign": "bad"}, {"drop": "after"}, {"http": 500}, {"raw": "<html>"}], ids=str
)
async def test_pay(
    sanitation: PayClient, desk: Desk, witness: Witness, fate: dict[str, Any]
) -> None:
    await desk.fault("/v3", match={"times": None}, **fate)
    await witness.watch(order(sanitation, desk))
    await witness.watch(sanitation.query("ORDER-0001"))
    await witness.watch(sanitation.trade_bill("2026-03-01"))
    witness.texts.append(f"{sanitation!r} {sanitation.account!r} {sanitation.account}")
    saw = witness.saw
    calls = await desk.calls("/v3")
    account = sanitation.account
    for secret in [account.api_v3_key, account.private_key_pem, "PRIVATE KEY", "signature="]:
        assert secret not in saw
    assert all("Wechatpay-Serial" not in call["headers"] for call in calls)


def test_a_receiver_shows_neither_token_nor_key() -> None:
    receiver = PushReceiver("the-push-token", "k" * 43, "wx1")
    assert "the-push-token" not in repr(receiver)
    assert "kkk" not in repr(receiver)

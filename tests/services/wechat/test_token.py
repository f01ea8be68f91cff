"""Access token shared by processes: cases 14-18 of docs/reference/wechat.md."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from services.wechat import token
from services.wechat.errors import Reaction, WeChatError, WeChatUnavailable
from services.wechat.mini_program import MiniProgram
from services.wechat.models import Scene
from services.wechat.token import StableToken
from tests.build.world import Clock
from tests.deadlines import SAFETY_NET
from tests.services.wechat.desk import Desk

pytestmark = pytest.mark.slow

TOKEN_PATH = "/cgi-bin/stable_token"
CHECK = "/wxa/msg_sec_check"


@pytest.fixture
def alone(desk: Desk, clock: Clock) -> Iterator[MiniProgram]:
    """Without Redis."""
    client = MiniProgram(desk.appid, desk.secret, base=desk.base, redis=None, now=clock)
    yield client
    client.close()


class Processes:
    """Eight token keepers that share nothing but Redis."""

    def __init__(self, desk: Desk, clock: Clock, url: str) -> None:
        self.redis = [Redis.from_pool(BlockingConnectionPool.from_url(url)) for _ in range(8)]
        self.minis = [
            MiniProgram(desk.appid, desk.secret, base=desk.base, redis=redis, now=clock)
            for redis in self.redis
        ]

    async def close(self) -> None:
        for redis, mini in zip(self.redis, self.minis, strict=True):
            mini.close()
            await redis.aclose()


async def test_two_hundred_callers_make_one_fetch(mini: MiniProgram, desk: Desk) -> None:
    tokens = await asyncio.gather(*(mini.tokens.get() for _ in range(200)))
    assert len(set(tokens)) == 1
    assert await desk.count(TOKEN_PATH) == 1


async def test_eight_processes_make_one_fetch(
    desk: Desk, clock: Clock, redis_url: str, redis: Redis
) -> None:
    assert redis is not None  # its fixture forgets the last token
    processes = Processes(desk, clock, redis_url)
    await desk.fault(TOKEN_PATH, delay_seconds=0.2)
    tokens = await asyncio.gather(
        *(mini.tokens.get() for mini in processes.minis for _ in range(25))
    )
    await processes.close()
    assert len(set(tokens)) == 1
    assert await desk.count(TOKEN_PATH) == 1


async def test_case_14_the_token_is_renewed_in_its_last_minutes_and_both_work(
    mini: MiniProgram, desk: Desk
) -> None:
    first = await mini.tokens.get()
    await desk.advance(7200 - 300 - 60)
    assert await mini.tokens.get() == first
    assert await desk.count(TOKEN_PATH) == 1
    await desk.advance(60 + 61)  # 239 s are left
    second = await mini.tokens.get()
    assert second != first
    assert await desk.count(TOKEN_PATH) == 2


async def test_nobody_asks_while_wechat_would_repeat_itself(
    alone: MiniProgram, desk: Desk
) -> None:
    """Without Redis too: between two renewals one call, not one every half minute."""
    for _ in range(100):
        await alone.tokens.get()
        await desk.advance(60)
    assert await desk.count(TOKEN_PATH) == 1


async def test_case_15_an_evicted_token_costs_one_renewal_for_a_hundred_calls(
    mini: MiniProgram, desk: Desk
) -> None:
    openid = await desk.openid()
    await mini.tokens.get()
    await desk.do("tokens/evict")
    verdicts = await asyncio.gather(
        *(mini.check_text(openid, f"{n}", Scene.COMMENT) for n in range(100))
    )
    assert len(verdicts) == 100
    assert await desk.count(TOKEN_PATH) == 2
    assert await desk.count(CHECK) == 200


async def test_case_15_the_drop_is_seen_by_other_processes(
    desk: Desk, clock: Clock, redis_url: str, redis: Redis
) -> None:
    assert redis is not None
    processes = Processes(desk, clock, redis_url)
    first, other, *_ = processes.minis
    bad = await first.tokens.get()
    assert await other.tokens.get() == bad
    await desk.do("tokens/evict")
    await first.tokens.drop(bad)
    good = await first.tokens.get()
    await other.tokens.drop(bad)
    assert await other.tokens.get() == good != bad
    await first.tokens.drop(bad)  # late news about the old one
    assert await first.tokens.get() == good
    await processes.close()
    assert await desk.count(TOKEN_PATH) == 2


async def test_case_15_late_news_of_an_old_token_renews_nothing(
    alone: MiniProgram, desk: Desk
) -> None:
    bad = await alone.tokens.get()
    await desk.do("tokens/evict")
    for _ in range(3):
        await alone.tokens.drop(bad)
        assert await alone.tokens.get() != bad
    assert await desk.count(TOKEN_PATH) == 2


async def test_a_dropped_token_is_not_taken_back_from_redis(
    mini: MiniProgram, redis: Redis, desk: Desk
) -> None:
    """Its entry may outlive the drop: Redis was away, or another process put it back."""
    bad = await mini.tokens.get()
    entry = await redis.get(f"wx:{desk.appid}:token")
    assert entry
    await desk.do("tokens/evict")
    await mini.tokens.drop(bad)
    await redis.set(f"wx:{desk.appid}:token", entry)
    assert await mini.tokens.get() != bad


class Overtaken(Redis):
    """Between our look and our lock another process renews."""

    other: MiniProgram

    async def set(self, *args: Any, **options: Any) -> Any:
        if options.get("nx"):
            await self.other.tokens.get()
        return await super().set(*args, **options)


async def test_who_was_overtaken_fetches_nothing(
    mini: MiniProgram, redis_url: str, desk: Desk, clock: Clock
) -> None:
    redis = Overtaken(connection_pool=BlockingConnectionPool.from_url(redis_url))
    redis.other = mini
    late = MiniProgram(desk.appid, desk.secret, base=desk.base, redis=redis, now=clock)
    assert await late.tokens.get() == await mini.tokens.get()
    late.close()
    await redis.aclose(close_connection_pool=True)
    assert await desk.count(TOKEN_PATH) == 1


async def test_case_16_a_token_refused_for_ever_ends_after_one_more_try(
    mini: MiniProgram, desk: Desk
) -> None:
    await desk.fault("/wxa/getwxacodeunlimit", match={"times": None}, errcode=40001)
    with pytest.raises(WeChatError) as refused:
        await mini.qr_code("d=1", "pages/door")
    assert refused.value.reaction is Reaction.NEW_TOKEN
    assert await desk.count("/wxa/getwxacodeunlimit") == 2


@pytest.mark.parametrize("errcode", [40001, 40013, 40125, 40164])
async def test_case_17_a_refused_token_call_is_a_matter_of_configuration(
    mini: MiniProgram, desk: Desk, errcode: int
) -> None:
    await desk.fault(TOKEN_PATH, errcode=errcode, errmsg="invalid ip, not in whitelist")
    with pytest.raises(WeChatError) as refused:
        await mini.qr_code("d=1", "pages/door")
    assert (refused.value.errcode, refused.value.reaction) == (errcode, Reaction.CONFIG)
    assert refused.value.rid
    assert await desk.count(TOKEN_PATH) == 1
    assert await desk.count("/wxa") == 0


async def test_case_17_a_wrong_secret_is_told_apart(desk: Desk, clock: Clock) -> None:
    client = MiniProgram(desk.appid, "not-the-secret", base=desk.base, redis=None, now=clock)
    with pytest.raises(WeChatError) as refused:
        await client.qr_code("d=1", "pages/door")
    client.close()
    assert (refused.value.errcode, refused.value.reaction) == (40125, Reaction.CONFIG)
    assert "not-the-secret" not in str(refused.value)


async def test_case_18_a_slow_token_call_is_given_up_by_everybody_at_once(
    mini: MiniProgram,
    hurried: MiniProgram,
    redis: Redis,
    desk: Desk,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(hurried, "_observe", lambda api, _: asked.append(api))
    await desk.fault(TOKEN_PATH, delay_seconds=60)
    failures = await asyncio.gather(
        *(hurried.tokens.get() for _ in range(20)), return_exceptions=True
    )
    assert all(isinstance(failure, WeChatUnavailable) for failure in failures)
    assert asked == [TOKEN_PATH]
    assert not await redis.exists(f"wx:{desk.appid}:token:lock")
    assert await mini.tokens.get()


async def test_case_18_a_bad_gateway_is_tried_again(mini: MiniProgram, desk: Desk) -> None:
    await desk.fault(TOKEN_PATH, match={"times": 2}, http=502)
    assert await mini.tokens.get()
    assert await desk.count(TOKEN_PATH) == 3


async def test_without_redis_everything_works(desk: Desk, clock: Clock) -> None:
    gone = Redis(host="127.0.0.1", port=1, retry=Retry(NoBackoff(), 0))
    client = MiniProgram(desk.appid, desk.secret, base=desk.base, redis=gone, now=clock)
    tokens = await asyncio.gather(*(client.tokens.get() for _ in range(50)))
    assert len(set(tokens)) == 1
    await client.tokens.drop(tokens[0])
    assert await client.tokens.get()
    client.close()
    await gone.aclose()
    assert await desk.count(TOKEN_PATH) == 2


async def test_a_silent_redis_delays_nobody_for_long(
    desk: Desk, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(token, "REDIS_SECONDS", 0.05)

    async def listen(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await quiet.wait()
        writer.close()

    quiet = asyncio.Event()
    server = await asyncio.start_server(listen, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    silent = Redis(host="127.0.0.1", port=port)
    client = MiniProgram(desk.appid, desk.secret, base=desk.base, redis=silent, now=clock)
    async with asyncio.timeout(SAFETY_NET):
        assert await client.tokens.get()
    client.close()
    quiet.set()
    await silent.aclose(close_connection_pool=True)
    server.close()
    await server.wait_closed()


async def test_one_impatient_caller_does_not_spoil_the_fetch(
    mini: MiniProgram, desk: Desk
) -> None:
    await desk.fault(TOKEN_PATH, delay_seconds=0.3)
    impatient = asyncio.create_task(mini.tokens.get())
    patient = asyncio.create_task(mini.tokens.get())
    await asyncio.sleep(0)
    impatient.cancel()
    assert await patient
    assert impatient.cancelled()
    assert await desk.count(TOKEN_PATH) == 1


async def test_a_foreign_entry_in_redis_is_overwritten(
    mini: MiniProgram, redis: Redis, desk: Desk
) -> None:
    await redis.set(f"wx:{desk.appid}:token", b'{"other": "version"}')
    assert await mini.tokens.get()


async def test_another_process_died_holding_the_lock(
    mini: MiniProgram, redis: Redis, desk: Desk
) -> None:
    await redis.set(f"wx:{desk.appid}:token:lock", b"dead", px=300)
    assert await mini.tokens.get()
    assert await redis.exists(f"wx:{desk.appid}:token:lock") == 0
    assert await desk.count(TOKEN_PATH) == 1


async def test_the_old_token_serves_while_another_process_renews(
    mini: MiniProgram, redis: Redis, desk: Desk
) -> None:
    old = await mini.tokens.get()
    await desk.advance(7200 - 200)
    await redis.set(f"wx:{desk.appid}:token:lock", b"renewing", px=60_000)
    assert await mini.tokens.get() == old


async def test_nothing_shows_the_token(mini: MiniProgram) -> None:
    token = await mini.tokens.get()
    kept = vars(mini.tokens)["_kept"]
    assert isinstance(mini.tokens, StableToken)
    assert token not in repr(kept)
    assert token not in repr(mini.tokens)

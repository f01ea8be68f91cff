"""A notice to 100,000 people: what it costs, and that everybody is told exactly once.

    python -m bench.broadcast [PEOPLE] [--small PEOPLE]

A web process, a worker, MongoDB, Redis and WeChat's stand-in run as they are served. Of the
people 30 % allowed a message, and WeChat refuses every tenth of these. On the way the access
token expires, the day's quota is used up (45009) at 60 % of the pushes, and the worker is
killed three times. The next day is played: the note of the quota is removed, and what waits for
an hour is due at once. What is printed is Markdown.
"""

import argparse
import asyncio
import sys
import time
from contextlib import ExitStack
from subprocess import Popen
from typing import Any, Final, NamedTuple

import msgspec
from tornado.httpclient import AsyncHTTPClient, HTTPRequest

import mongo_indexes
from bench import recount
from bench.crowd import COMMUNITY, Crowd
from bench.product import child, environment, machine, memory_of, start, web
from server.dependencies import open_dependencies
from server.embedded import servers
from server.settings import Settings
from services.accounts import actions as accounts
from services.appointments import actions as appointments
from services.appointments.models import Appoint
from services.consents import actions as consents
from services.consents.models import GiveConsent
from services.consents.policies import CURRENT, PolicyKey
from services.dependencies import Dependencies
from services.kernel.permissions import Role
from services.messaging.deliveries.quota import KEY as QUOTA_KEY
from services.places import actions as places
from services.places.models import Kind, NewPlace
from services.sessions import actions as sessions

SEND: Final = "/cgi-bin/message/subscribe/send"
LADDER: Final = (
    ("cc", Kind.CITY),
    ("cc.chaoyang", Kind.DISTRICT),
    ("cc.chaoyang.guilin", Kind.SUBDISTRICT),
    (COMMUNITY, Kind.COMMUNITY),
)
RULES: Final = {"second_eyes": False, "quiet_from": 0, "quiet_to": 0}
PUBLICATIONS: Final = 100  # of each size, in turn
FIRST: Final = 5  # not counted: they open connections
PHONE: Final = "13900000001"
SECONDS: Final = 120.0
LOOK: Final = 0.1


class Site(NamedTuple):
    """What is measured: a running product, and how to speak to it."""

    deps: Dependencies
    address: str
    wechat: str
    environ: dict[str, str]
    web: int
    token: str

    async def ask(self, verb: str, path: str, body: Any = None) -> Any:
        """Ask the product as the member of staff."""
        return await fetch(verb, f"{self.address}/api/v1/{path}", body, token=self.token)

    async def control(self, path: str, **body: Any) -> Any:
        """Act on WeChat's stand-in."""
        return await fetch("POST", f"{self.wechat}/__ctl/{path}", body)

    async def broadcast(self, notice: str) -> dict[str, Any]:
        found = await self.deps.db.broadcasts.find_one({"_id": f"notices:{notice}"})
        assert found is not None  # noqa: S101  # publishing wrote it
        return found

    async def shown(self) -> Any:
        """Return every message that the stand-in showed to somebody."""
        return await fetch("GET", f"{self.wechat}/__ctl/messages")


async def fetch(verb: str, url: str, body: Any = None, token: str = "") -> Any:
    headers = {"Content-Type": "application/json"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    request = HTTPRequest(
        url,
        method=verb,
        headers=headers,
        body=None if body is None else msgspec.json.encode(body),
        request_timeout=SECONDS,
    )
    return msgspec.json.decode((await AsyncHTTPClient().fetch(request)).body or b"null")


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def note(text: str) -> None:
    """Tell whoever waits how far it is: no part of the output."""
    sys.stderr.write(f"{time.strftime('%H:%M:%S')} {text}\n")
    sys.stderr.flush()


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("people", nargs="?", type=int, default=100_000)
    parser.add_argument("--small", type=int, default=1_000)
    wish = parser.parse_args()
    asyncio.run(run(wish.small, wish.people))


async def run(small: int, large: int) -> None:
    say(f"Machine: {machine()}\n")
    with ExitStack() as running:
        mongo, redis, wechat = (
            running.enter_context(child(begin))
            for begin in (servers.start_mongo, servers.start_redis, servers.start_sandbox)
        )
        environ = environment(mongo, redis, wechat)
        patient = Settings.read(environ).replace(mongodb_timeout_ms=60_000)
        async with open_dependencies(patient) as deps:
            await mongo_indexes.apply(deps.db)
            process = running.enter_context(web(environ))
            assert process.stdout  # noqa: S101  # asked for in `start`
            address = process.stdout.readline().split()[-1]
            site = Site(deps, address, wechat.uri, environ, process.pid, "")
            await measure(site._replace(token=await found(site)), small, large)


async def found(site: Site) -> str:
    """Make the community and its member of staff; return the token of their session."""
    deps = site.deps
    for path, kind in LADDER:
        name = path.rpartition(".")[2]
        await places.create(deps, NewPlace(path=path, kind=kind, name=name))
    login = await site.control("users/staff/login-code")
    given = await sessions.sign_in(deps, login["code"])
    actor = await sessions.authenticate(deps, given.access_token)
    version = CURRENT[PolicyKey.PRIVACY].version
    await consents.give(deps, actor, GiveConsent(PolicyKey.PRIVACY, version))
    shown = await site.control("users/staff/phone-code", phone=PHONE)
    await accounts.give_phone(deps, actor, shown["code"])
    office = Appoint(role=Role.COMMUNITY_STAFF, place=COMMUNITY, phone=PHONE, name="王芳")
    await appointments.grant(deps, office, appointed_by="bench")
    return given.access_token


async def measure(site: Site, small: int, large: int) -> None:
    crowds = [Crowd(site.deps, f"c{size}", size) for size in (small, large)]
    for crowd in crowds:
        note(f"writing {crowd.size} people")
        await crowd.write([site.deps.templates["notice"]])
    await site.ask("PUT", f"places/{COMMUNITY}/notice-rules", RULES)
    await publications(site, crowds)
    rate = await costs(site, crowds)
    raw = await recount.raw_rate(site.deps)
    say(
        f"Inbox entries: {rate:,.0f} people a second; the same documents written raw, in the "
        f"same thousands: {raw:,.0f}. Ratio {rate / raw:.2f}.\n"
    )
    await forget(site)
    await Journey(site, crowds[1]).travel()


async def publish(site: Site, crowd: Crowd, kind: str) -> tuple[str, float]:
    """Draft and publish a notice; return its id, and how many seconds publishing took."""
    wish = {
        "kind": kind,
        "audience": {"places": [crowd.compound], "relations": ["owner", "family"]},
        "title": "停水通知",
        "text": "明天8时至12时停水,请提前储水。",
        "signed_by": "新城社区居委会",
    }
    notice = (await site.ask("POST", "notices", wish))["notice_id"]
    began = time.perf_counter()
    await site.ask("POST", f"notices/{notice}/publish", {})
    return notice, time.perf_counter() - began


async def publications(site: Site, crowds: list[Crowd]) -> None:
    """Measure publishing to few and to many, in turn, while no worker is about."""
    note("publishing")
    took: list[list[float]] = [[] for _ in crowds]
    for number in range(FIRST + PUBLICATIONS):
        await site.deps.redis.flushdb()  # nobody publishes so often: our own limits
        for crowd, times in zip(crowds, took, strict=True):
            _, seconds = await publish(site, crowd, "information")
            if number >= FIRST:
                times.append(seconds * 1000)
    await forget(site)
    say("| publishing to | p50 | p99 |\n|---|---|---|")
    for crowd, times in zip(crowds, took, strict=True):
        times.sort()
        say(
            f"| {crowd.size:,} people | {share(times, 50):.1f} ms | {share(times, 99):.1f} ms |"
        )
    few, many = took
    middle, end = (share(many, part) / share(few, part) for part in (50, 99))
    say(f"\nRatio of many to few: p50 {middle:.2f}, p99 {end:.2f}.\n")


def share(values: list[float], part: int) -> float:
    """Return the value below which so many of a hundred lie, of sorted ones."""
    return values[min(len(values) - 1, len(values) * part // 100)]


async def forget(site: Site) -> None:
    """Take everything back, as if nobody had been told of anything."""
    for name in (
        "outbox",
        "broadcasts",
        "broadcast_homes",
        "messages",
        "push_turns",
        "notices",
    ):
        await site.deps.db[name].delete_many({})


async def costs(site: Site, crowds: list[Crowd]) -> float:
    """Tell few and then many, each by a fresh worker; return entries a second of the latter.

    By a message that nobody allowed: all of it is writing into inboxes.
    """
    say("| told | peak memory, web | worker |\n|---|---|---|")
    rate = 0.0
    for crowd in crowds:
        note(f"telling {crowd.size} people, inbox alone")
        await forget(site)
        worker = start("worker", site.environ)
        try:
            notice, _ = await publish(site, crowd, "emergency")
            rate = await written(site, notice)
            await until_done(site, notice)
            peaks = [memory_of(pid, "VmHWM") for pid in (site.web, worker.pid)]
        finally:
            worker.terminate()
            worker.wait()
        say(f"| {crowd.size:,} people | {peaks[0]} MB | {peaks[1]} MB |")
    say("")
    return rate


async def written(site: Site, notice: str) -> float:
    """Return how many entries a second were written, from the first thousand homes on."""
    began, first, last = 0.0, 0, 0
    while True:
        found = await site.broadcast(notice)
        last = found["counts"]["people"]
        if not began and last:
            began, first = time.perf_counter(), last
        if found["state"] != "gathering":
            return float(last - first) / max(time.perf_counter() - began, LOOK)
        await asyncio.sleep(LOOK)


async def until_done(site: Site, notice: str) -> None:
    while (await site.broadcast(notice))["state"] != "done":  # noqa: ASYNC110  # in Mongo
        await asyncio.sleep(LOOK)


class Journey:
    """One broadcast to all, with everything that goes wrong on the way."""

    def __init__(self, site: Site, crowd: Crowd) -> None:
        self.site, self.crowd = site, crowd
        self.notice = ""
        self.worker: Popen[str] | None = None
        self.events: list[str] = []
        self.began = 0.0

    async def travel(self) -> None:
        names = [self.crowd.who(number) for number in self.crowd.known_to_wechat()]
        template_id = self.site.deps.templates["notice"]
        await self.site.control("grants", template_id=template_id, names=names)
        quota = {"path": SEND, "nth": len(self.crowd.granted()) * 6 // 10}
        await self.site.control("faults", match=quota, action={"errcode": 45009})
        self.worker, self.began = start("worker", self.site.environ), time.monotonic()
        self.notice, _ = await publish(self.site, self.crowd, "information")
        try:
            await self._happen()
            self._tell(
                f"done; peak memory of the worker {memory_of(self.worker.pid, 'VmHWM')} MB"
            )
        finally:
            self.worker.kill()
            self.worker.wait()
        say("On the way:\n")
        say("\n".join(f"- {event}" for event in self.events))
        say("")
        for line in await recount.recount(self.site, self.crowd, self.notice):
            say(line)

    async def _happen(self) -> None:
        people, pushes = self.crowd.size, len(self.crowd.granted())
        await self._reach("people", people * 4 // 10)
        self._kill("with 40 % of the inboxes written")
        await self._reach("sent", pushes * 2 // 10)
        self._kill("with 20 % of the pushes sent")
        await self._reach("sent", pushes * 35 // 100)
        await self.site.control("tokens/evict")
        self._tell("the access token expires")
        await self._reach_quota()
        self._tell("the day's quota is used up (45009); the next day is played")
        await self.site.deps.redis.delete(QUOTA_KEY)
        await self._reach("sent", pushes * 7 // 10)
        self._kill("with 70 % of the pushes sent")
        while (await self.site.broadcast(self.notice))["state"] != "done":
            await self._skip_hours()

    async def _reach(self, figure: str, count: int) -> None:
        while True:
            found = await self.site.broadcast(self.notice)
            if found["counts"][figure] >= count or found["state"] == "done":
                return
            await self._skip_hours()

    async def _reach_quota(self) -> None:
        while not await self.site.deps.redis.exists(QUOTA_KEY):  # noqa: ASYNC110  # in Redis
            await asyncio.sleep(LOOK)

    async def _skip_hours(self) -> None:
        """Make due what waits for another hour; a dead worker's lease runs out by itself."""
        await asyncio.sleep(LOOK)
        now = self.site.deps.now()
        waits = {"kind": "messaging.broadcast", "state": "ready", "due_at": {"$gt": now}}
        await self.site.deps.db.outbox.update_many(waits, {"$set": {"due_at": now}})

    def _kill(self, when: str) -> None:
        assert self.worker is not None  # noqa: S101  # started before
        self.worker.kill()
        self.worker.wait()
        self._tell(f"kill -9 of the worker {when}; another one begins")
        self.worker = start("worker", self.site.environ)

    def _tell(self, event: str) -> None:
        note(event)
        self.events.append(f"after {time.monotonic() - self.began:.0f} s: {event}")


if __name__ == "__main__":
    main()

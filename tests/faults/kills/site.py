"""Site of a run: the product's processes, its servers, and a compound with bills."""

import random
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import msgspec

import mongo_indexes
from bench.product import child, environment
from sandbox.openids import openid_of
from server.dependencies import open_dependencies
from server.embedded import servers
from server.embedded.ports import free_port
from server.settings import Settings
from services.bills.runs import actions as runs
from services.bills.runs.models import StartBillRun
from services.dependencies import Dependencies, Transaction
from services.jobs import actions as jobs
from services.kernel.days import month_of, plus_months
from services.kernel.permissions import Role
from services.merchants import actions as merchants
from services.messaging.models import digest, grant_id
from services.residencies.models import Relation
from tests.build import cast
from tests.build.sign_ins import Member, by_actions
from tests.faults.kills import members, within
from tests.faults.kills.plan import WEBS, WORKERS, Plan
from tests.faults.kills.processes import Immortal
from tests.faults.kills.wire import Wire

HOT_HOMES: Final = 5
PEOPLE_OF_A_HOT_HOME: Final = 4
PAYEES: Final = ("firm", "sanitation")
TEMPLATES: Final = ("payment_received", "refund_done")
GRANTS: Final = 60  # messages that everybody allowed


@dataclass
class Site:
    """`people`: home → who lives there, signed in. `state`: what the stand-in keeps."""

    plan: Plan
    deps: Dependencies
    wire: Wire
    state: Path
    points: Path
    processes: list[Immortal]
    replicas: members.Replicas | None = None
    people: dict[str, list[Member]] = field(default_factory=dict)
    staff: Member = field(default_factory=lambda: Member("staff", ""))
    admin: Member = field(default_factory=lambda: Member("admin", ""))

    @property
    def hot(self) -> list[str]:
        return list(self.people)[:HOT_HOMES]


@contextmanager
def database(plan: Plan) -> Iterator[tuple[Any, members.Replicas | None]]:
    """Start MongoDB: something with a `uri`, and the members when there are several."""
    if plan.members == 1:
        with child(servers.start_mongo) as mongo:
            yield mongo, None
    else:
        with members.started(plan.members) as replicas:
            yield replicas, replicas


@asynccontextmanager
async def opened(plan: Plan, chance: random.Random) -> AsyncIterator[Site]:
    """Start everything, make the compound; end all of it again."""
    with ExitStack() as running:
        folder = Path(running.enter_context(TemporaryDirectory()))
        mongo, replicas = running.enter_context(database(plan))
        redis = running.enter_context(child(servers.start_redis))
        wechat = running.enter_context(child(servers.start_sandbox))
        environ = environment(mongo, redis, wechat)
        points = folder / "points"
        told = str(points)
        wish = within.Wish(factor=plan.points, log=told, seed=plan.seed, at=plan.at)
        environ |= {within.VARIABLE: msgspec.json.encode(wish).decode()}
        environ |= {"PHOTOS_DIR": str(folder / "photos")}
        processes, webs = _processes(plan, environ)
        settings = Settings.read(environ).replace(mongodb_timeout_ms=20_000)
        async with open_dependencies(settings) as deps, AsyncExitStack() as alive:
            await mongo_indexes.apply(deps.db)
            wire = Wire(webs, wechat.uri, chance)
            state = wechat.directory / "state.sqlite"
            site = Site(plan, deps, wire, state, points, processes, replicas)
            await make(site)
            for process in processes:
                alive.push_async_callback(process.end)
                await process.begin()
            yield site


def _processes(plan: Plan, environ: dict[str, str]) -> tuple[list[Immortal], list[str]]:
    """Return the processes and the addresses of the webs.

    Notices of payments go to the web that ordered. Each worker has another public address, as
    after a change of it: a refund that both send must be the same request all the same.
    """
    found, webs = [], []
    for _ in range(WEBS):
        port = free_port()
        webs.append(f"http://127.0.0.1:{port}")
        found.append(Immortal("web", plan.tree, environ | {"PUBLIC_URL": webs[-1]}, port))
    for number in range(WORKERS):
        reached = environ | {"PUBLIC_URL": webs[number % WEBS]}
        found.append(Immortal("worker", plan.tree, reached))
    return found, webs


async def make(site: Site) -> None:
    """Make the compound, its people and their bills, by the product's own actions."""
    deps = site.deps
    await cast.ladder(deps)
    await cast.sums_complete(deps)
    homes = [f"{cast.UNIT}.{floor}{door:02d}" for floor in range(1, 100) for door in (1, 2, 3)]
    homes = homes[: site.plan.homes]
    await cast.homes(deps, {home: 5_000 + 37 * n for n, home in enumerate(homes)})
    phones: dict[str, str] = {}
    for number, home in enumerate(homes):
        for one in range(PEOPLE_OF_A_HOT_HOME if number < HOT_HOMES else 1):
            phones[f"139{number:04d}{one:04d}"] = home
    relations = [(h, p, _relation(p)) for p, h in phones.items()]
    await cast.live_there(deps, relations)
    await cast.appoint(deps, Role.COMMUNITY_STAFF, cast.COMMUNITY, "staff")
    await cast.appoint(deps, Role.ADMINISTRATOR, "cc", "admin")
    await cast.charge(deps)
    await combine(site)
    await bill(site)
    site.staff = await by_actions(deps, "staff", cast.PHONES["staff"])
    site.admin = await by_actions(deps, "admin", cast.PHONES["admin"])
    for phone, home in phones.items():
        member = await by_actions(deps, phone, phone)
        site.people.setdefault(home, []).append(member)
    await allow_messages(site, list(phones))


def _relation(phone: str) -> Relation:
    return Relation.OWNER if phone.endswith("0000") else Relation.FAMILY


async def combine(site: Site) -> None:
    """Let one order pay all payees, at WeChat and here."""
    deps = site.deps

    async def save(tx: Transaction) -> None:
        for key in PAYEES:
            merchant = await merchants.held(deps, tx, key)
            await merchants.set_combining(deps, tx, merchant, combines=True)

    for key in PAYEES:
        await site.wire.control(f"merchants/{key}", combines=True)
    await deps.in_transaction(save)


async def bill(site: Site) -> None:
    """Publish the bills of so many months, this one last."""
    deps, last = site.deps, month_of(site.deps.now())
    for number in range(site.plan.months):
        wish = StartBillRun(period=plus_months(last, number + 1 - site.plan.months))
        run = await runs.start(deps, cast.STAFF, cast.COMPOUND, wish)
        await jobs.run_due(deps, deps.features.jobs, "seed")
        await runs.publish(deps, cast.STAFF, run.run_id)
        await jobs.run_due(deps, deps.features.jobs, "seed")


async def allow_messages(site: Site, names: list[str]) -> None:
    """Let everybody allow messages about payments: at WeChat, and as the product knows it."""
    deps = site.deps
    for key in TEMPLATES:
        template_id = deps.templates[key]
        for _ in range(GRANTS):
            await site.wire.control("grants", template_id=template_id, names=names)
        rows = []
        for name in names:
            openid = openid_of(deps.wechat.appid, name)
            of = {"_id": grant_id(openid, template_id), "who": digest(openid)}
            rows.append({**of, "left": GRANTS})
        await deps.db.message_grants.insert_many(rows)

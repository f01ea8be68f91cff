"""The cast: Li and Wang live on one staircase, Sun on the next, Zhao in another compound.

Phone numbers are invented. Everything is made through the product's own actions.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from services.appointments import actions as appointments
from services.appointments.models import Appoint, AppointmentView
from services.bills.runs import actions as runs
from services.bills.runs.models import StartBillRun
from services.dependencies import Dependencies
from services.fees import actions as fees
from services.fees.models import FeeKind, NewFeeRule
from services.fees.payees import actions as payees
from services.fees.payees.models import NewPayee
from services.kernel import phones
from services.kernel.documents import digest_id
from services.kernel.permissions import WITH_A_TERM, Actor, Grant, Role
from services.place_sums import jobs as place_sums
from services.places import actions as places
from services.places import imports
from services.places.models import LADDER, Kind, NewPlace, Place, Usage
from services.residencies import store as residencies_store
from services.residencies.models import Relation, Residency
from tests.build import template
from tests.build.sign_ins import Member
from tests.build.world import World

COMMUNITY = "cc.chaoyang.guilin.xincheng"
COMPOUND = f"{COMMUNITY}.c07"
OTHER_COMPOUND = f"{COMMUNITY}.c08"
UNIT = f"{COMPOUND}.b3.u2"
NEXT_UNIT = f"{COMPOUND}.b3.u1"
LI_HOME, WANG_HOME = f"{UNIT}.502", f"{UNIT}.501"
SUN_HOME = f"{NEXT_UNIT}.101"
ZHAO_HOME = f"{OTHER_COMPOUND}.b1.u1.101"
TERM = "2026-12-31"  # the heads' last day
PHONES = {
    "li": "13900000001",
    "wang": "13900000002",
    "sun": "13900000003",
    "zhao": "13900000004",
    "mei": "13900000005",  # Li's daughter, registered at the same home
    "head": "13900000010",
    "staff": "13900000011",
    "admin": "13900000012",
}
NAMES = {
    "cc": "长春市",
    "chaoyang": "朝阳区",
    "guilin": "桂林路街道",
    "xincheng": "新城社区",
    "c07": "春光小区",
    "c08": "和平小区",
    "b1": "1栋",
    "b3": "3栋",
    "u1": "1单元",
    "u2": "2单元",
}

PAID_SINCE = "2025-01-01"
# Neither is a property firm of the directory: no contract decides on their days.
PAYEES = {
    FeeKind.PROPERTY_FEE: ("firm", "安居物业"),
    FeeKind.WASTE_FEE: ("sanitation", "环卫中心"),
}
STAFF = Actor("staff", "", (Grant(Role.COMMUNITY_STAFF, COMMUNITY),))
ADMIN = Actor("admin", "", (Grant(Role.ADMINISTRATOR, "cc"),))


def payee_of(kind: FeeKind, place: str = COMMUNITY) -> str:
    """Return the id of the cast's payee for a fee: the same in every test."""
    return digest_id("payee", place, PAYEES[kind][0], PAID_SINCE)


@dataclass
class Estate:
    world: World
    members: dict[str, Member] = field(default_factory=dict)

    async def member(self, name: str) -> Member:
        """Sign somebody of the cast in, once."""
        if name not in self.members:
            self.members[name] = await self.world.sign_in(name, PHONES[name])
        return self.members[name]

    async def advance(self, **delta: float) -> None:
        """Let time pass; everybody signs in again, because tokens are for minutes."""
        await self.world.advance(**delta)
        self.members.clear()

    async def bills(self, name: str, state: str = "owing") -> list[dict[str, Any]]:
        who = await self.member(name)
        reply = await self.world.api.get(f"/api/v1/me/bills?state={state}&limit=50", as_=who)
        assert reply.status == 200, reply.body
        return list(reply.body["items"])

    async def bill_ids(self, name: str, kind: str = "property_fee") -> list[str]:
        return [b["bill_id"] for b in await self.bills(name) if b["kind"] == kind]


async def build(world: World, periods: Sequence[str] = ("2026-01", "2026-02")) -> Estate:
    """Places, people, rules, and published bills for the periods."""
    await template.make(world, f"estate {periods}", partial(_make, periods=tuple(periods)))
    return Estate(world)


async def _make(world: World, periods: tuple[str, ...]) -> None:
    if not periods:
        await _founded(world)
        return
    *earlier, last = periods
    await build(world, earlier)
    await bill(world, last)


async def _founded(world: World) -> None:
    """Places, people and rules."""
    deps = world.deps
    await ladder(deps)
    await sums_complete(deps)
    await homes(deps, {LI_HOME: 8530, WANG_HOME: 6000, SUN_HOME: 7000, ZHAO_HOME: 9000})
    residents = [
        (LI_HOME, "li", Relation.OWNER),
        (LI_HOME, "mei", Relation.FAMILY),
        (WANG_HOME, "wang", Relation.OWNER),
        (SUN_HOME, "sun", Relation.OWNER),
        (ZHAO_HOME, "zhao", Relation.OWNER),
    ]
    await live_there(deps, residents)
    await appoint(deps, Role.UNIT_HEAD, UNIT, "head")
    await appoint(deps, Role.COMMUNITY_STAFF, COMMUNITY, "staff")
    await appoint(deps, Role.ADMINISTRATOR, "cc", "admin")
    await charge(deps)


async def appoint(
    deps: Dependencies, role: Role, place: str, who: str, *, to_day: str = TERM, **more: str
) -> AppointmentView:
    """Give an office to one of the cast, or to a phone; until `to_day` when it has a term."""
    phone, until = PHONES.get(who, who), to_day if role in WITH_A_TERM else None
    request = Appoint(role=role, place=place, phone=phone, to_day=until, **more)
    return await appointments.grant(deps, request, appointed_by="test")


async def ladder(deps: Dependencies) -> None:
    paths = {p for leaf in (UNIT, NEXT_UNIT, f"{OTHER_COMPOUND}.b1.u1") for p in prefixes(leaf)}
    for path in sorted(paths, key=len):
        segments = path.split(".")
        kind = LADDER[len(segments) - 1]
        await places.create(deps, NewPlace(path=path, kind=kind, name=NAMES[segments[-1]]))


def prefixes(path: str) -> list[str]:
    parts = path.split(".")
    return [".".join(parts[: n + 1]) for n in range(len(parts))]


async def sums_complete(deps: Dependencies) -> None:
    """Let the worker find that the sums of places are complete, and add what changed."""
    while await place_sums.fold(deps, {}):
        pass


async def homes(deps: Dependencies, areas: dict[str, int]) -> None:
    units = {path.rpartition(".")[0] for path in areas}
    addresses = {unit: (await places.get(deps, unit)).address for unit in units}
    made = [
        Place(
            id=path,
            kind=Kind.HOME,
            name=path.rpartition(".")[2],
            address=addresses[path.rpartition(".")[0]] + path.rpartition(".")[2] + "室",
            area=area,
            usage=Usage.FLAT,
            source="test",
            created_at=deps.now(),
        )
        for path, area in areas.items()
    ]
    await deps.in_transaction(lambda tx: imports.add(deps, tx, made))


async def live_there(
    deps: Dependencies, residents: Sequence[tuple[str, str, Relation]]
) -> None:
    """Register people at homes: of the cast, or by a phone."""
    rows = []
    for number, (home, name, relation) in enumerate(residents):
        identity, phone = f"r{number}-{name}", f"+86{PHONES.get(name, name)}"
        rows.append(
            Residency(
                id=identity,
                home=home,
                relation=relation,
                name_sealed=deps.vault.seal(name, place=f"residencies/{identity}/name"),
                phone_sealed=deps.vault.seal(phone, place=f"residencies/{identity}/phone"),
                phone_index=phones.blind_index(deps.vault, phone),
                from_day="2020-01-01",
                source="test",
            )
        )
    await deps.in_transaction(lambda tx: residencies_store.put(deps.db, tx, rows))


async def charge(deps: Dependencies) -> None:
    """0.60 yuan per m² and month to the firm, 5 yuan a month for waste to the sanitation."""
    for kind, (account, name) in PAYEES.items():
        payee = NewPayee(name=name, account=account, kinds=[kind], from_day=PAID_SINCE)
        await payees.add(deps, ADMIN, COMMUNITY, payee)
    since = {"start_day": PAID_SINCE, "due_days": 30}
    firm = {"payee_id": payee_of(FeeKind.PROPERTY_FEE), **since}
    sanitation = {"payee_id": payee_of(FeeKind.WASTE_FEE), **since}
    for compound in (COMPOUND, OTHER_COMPOUND):
        for rule in (
            NewFeeRule(kind=FeeKind.PROPERTY_FEE, price=6000, **firm),
            NewFeeRule(kind=FeeKind.WASTE_FEE, monthly_fen=500, **sanitation),
        ):
            await fees.add(deps, STAFF, compound, rule)


async def bill(world: World, period: str) -> None:
    for compound in (COMPOUND, OTHER_COMPOUND):
        run = await runs.start(world.deps, STAFF, compound, StartBillRun(period=period))
        await world.work()
        await runs.publish(world.deps, STAFF, run.run_id)
        await world.work()

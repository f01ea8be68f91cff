"""Firms, grids and heads for tests, made through the product's own actions."""

from itertools import count

from services.appointments.models import AppointmentView
from services.firms import actions as firms
from services.firms import contracts
from services.firms.credit_code import check_mark
from services.firms.models import NewFirm, SignContract
from services.kernel.days import day_of
from services.kernel.permissions import Role
from tests.build.cast import (
    COMMUNITY,
    COMPOUND,
    PHONES,
    STAFF,
    UNIT,
    Estate,
    appoint,
    ladder,
)
from tests.build.homes import post
from tests.build.sign_ins import Member
from tests.build.world import Reply, World

BUILDING = f"{COMPOUND}.b3"
GRID = f"{COMMUNITY}.g01"
TODAY = "2026-03-02"
GUAN, LIU, CHEN = "13900000031", "13900000032", "13900000033"
NUMBERS = count(1)


def credit_code(number: int) -> str:
    """Return a code that nobody has, with its right check character."""
    body = f"91220104{number:09d}"
    return body + check_mark(body)


async def firm_at(
    world: World,
    compound: str,
    *,
    name: str = "安居物业",
    from_day: str = "2026-01-01",
    to_day: str = "2027-12-31",
) -> str:
    """Return the id of a new firm that serves the compound."""
    wish = NewFirm(name=name, credit_code=credit_code(next(NUMBERS)))
    firm = await firms.add(world.deps, STAFF, wish)
    days = SignContract(compound=compound, from_day=from_day, to_day=to_day)
    await contracts.sign(world.deps, STAFF, firm.firm_id, days)
    return firm.firm_id


async def hire(
    world: World, role: Role, compound: str, *, name: str, phone: str, firm: str = ""
) -> Member:
    """Sign somebody in whom a firm of the compound employs; a new firm unless one is given."""
    firm_id = firm or await firm_at(world, compound)
    await appoint(world.deps, role, compound, phone, firm_id=firm_id)
    return await world.sign_in(name, phone)


async def appointed(world: World, name: str, role: Role, place: str) -> Member:
    """Sign somebody of the cast in who holds a role; make the places when there are none."""
    if not await world.db.places.find_one({"_id": COMMUNITY}):
        await ladder(world.deps)
    await appoint(world.deps, role, place, name)
    return await world.sign_in(name, PHONES[name])


async def head_of(
    world: World, role: Role, place: str, phone: str, *, to_day: str = "2026-12-31"
) -> AppointmentView:
    return await appoint(world.deps, role, place, phone, to_day=to_day, name="王秀兰")


async def appointment_of(estate: Estate, role: str = "unit_head", place: str = UNIT) -> str:
    """Return the id of who holds an office at a place today, not of who stands in."""
    staff, today = await estate.member("staff"), day_of(estate.world.clock.now)
    reply = await estate.world.api.get("/api/v1/appointments?limit=100", as_=staff)
    [found] = [
        a["appointment_id"]
        for a in reply.body["items"]
        if (a["role"], a["place"]) == (role, place)
        and not a["substitute_for"]
        and a["from_day"] <= today
    ]
    return str(found)


async def templates_told(world: World, who: Member) -> list[str]:
    """Return the kind of each message in somebody's inbox, the newest first."""
    reply = await world.api.get("/api/v1/me/messages", as_=who)
    return [message["template"] for message in reply.body["items"]]


def substitution(**changes: str) -> dict[str, str]:
    return {
        "name": "李桂英",
        "phone": GUAN,
        "from_day": "2026-03-10",
        "to_day": "2026-03-20",
    } | changes


async def make_grid(estate: Estate) -> Reply:
    wish = {"segment": "g01", "name": "第一网格", "buildings": [BUILDING]}
    return await post(estate, "staff", f"places/{COMMUNITY}/grids", wish)

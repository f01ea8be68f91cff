"""Firms, grids and heads for tests, made through the product's own actions."""

from itertools import count

from services.accounts import actions as accounts
from services.accounts.models import Appoint, AppointmentView
from services.firms import actions as firms
from services.firms.credit_code import check_mark
from services.firms.models import NewFirm, SignContract
from services.permissions import Role
from tests.cast import STAFF
from tests.world import Member, World

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
    await firms.sign(world.deps, STAFF, firm.firm_id, days)
    return firm.firm_id


async def hire(
    world: World, role: Role, compound: str, *, name: str, phone: str, firm: str = ""
) -> Member:
    """Sign somebody in whom a firm of the compound employs; a new firm unless one is given."""
    firm_id = firm or await firm_at(world, compound)
    request = Appoint(role=role, place=compound, phone=phone, firm_id=firm_id)
    await accounts.grant(world.deps, request, appointed_by="test")
    return await world.sign_in(name, phone)


async def head_of(
    world: World, role: Role, place: str, phone: str, *, to_day: str = "2026-12-31"
) -> AppointmentView:
    request = Appoint(role=role, place=place, phone=phone, name="王秀兰", to_day=to_day)
    return await accounts.grant(world.deps, request, appointed_by="test")

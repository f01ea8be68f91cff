"""Foundation of the demo: the compound, its register, its people, three months of bills.

Made before the address is printed, in a few seconds, through the same actions as real input.
Killed in the middle, the next start goes on: whatever was done is found done.
"""

from collections.abc import Awaitable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final, TypeVar

from demo import repairs, voices
from demo.desk import is_stand_in
from demo.mark import FOUNDED, STARTED
from demo.people import (
    BUILDINGS,
    COMMUNITY,
    COMPOUND,
    COMPOUND_NAME,
    FIRM,
    GRID,
    LADDER,
    ROLES,
    households,
)
from demo.session import sign_in
from demo.site import Site
from demo.workbook import workbook
from services.appointments import actions as appointments
from services.appointments.models import Appoint
from services.bills.runs import actions as runs
from services.bills.runs.models import BillRunsQuery, StartBillRun
from services.bills.runs.states import RunState
from services.dependencies import Dependencies
from services.fees import actions as fees
from services.fees.models import FeeKind, NewFeeRule
from services.fees.payees import actions as payees
from services.fees.payees.models import NewPayee
from services.firms import actions as firms
from services.firms import contracts
from services.firms.actions import FirmExists
from services.firms.models import SignContract
from services.jobs import actions as jobs
from services.kernel.days import day_of, month_of, plus_days, plus_months, start_of
from services.kernel.errors import Conflict, NotFound
from services.kernel.permissions import FIRM_ROLES, WITH_A_TERM, Actor, Grant, Role
from services.places import actions as places
from services.places import grids
from services.register import actions as register
from services.register import uploads
from services.register.models import ConfirmImport
from services.register.states import State

MONTHS: Final = 3
AFTER_A_LEASE: Final = 2 * jobs.LEASE
TERM_DAYS: Final = 2 * 365
STAFF: Final = Actor("demo", "", (Grant(Role.COMMUNITY_STAFF, COMPOUND),))
ADMIN: Final = Actor("demo", "", (Grant(Role.ADMINISTRATOR, LADDER[0].path),))
COMMUNITY_STAFF: Final = Actor("demo", "", (Grant(Role.COMMUNITY_STAFF, COMMUNITY),))

T = TypeVar("T")


class NotPublished(Exception):
    """A month's bills are missing; the next start tries again."""


async def lay(site: Site) -> None:
    """Fill an empty data folder; leave any other alone. Needs the web server to be answering.

    The worker must not run yet: the months before today are made with a clock that stands in
    them, and a worker would do their jobs today. Only beside the WeChat stand-in.
    """
    if not is_stand_in(site.wechat) or site.mark.is_founded:
        return
    starts = site.mark.starts
    if not starts and await _holds_something(site.deps):
        return
    site.mark.add(STARTED)
    site.tell(f"Making the demo: {COMPOUND_NAME}, {BUILDINGS} buildings …")
    first = plus_months(month_of(site.deps.now()), 1 - MONTHS)
    # What a start cut short had under way is leased until then: this one comes after.
    later = AFTER_A_LEASE * starts
    await _prepare(_at(site, start_of(f"{first}-01") + later), first)
    for number in range(MONTHS):
        period = plus_months(first, number)
        await _bills(_at(site, _morning_of(period) + later), period)
    site.tell(f"  bills of {MONTHS} months published")
    # One by one: at once they would wait for each other in the audit.
    people = {person.name: await sign_in(site, person.name, person.phone) for person in ROLES}
    await repairs.report(site, people["staff"])
    await repairs.fix_last_months(site, people)
    site.tell(f"  {len(repairs.LAST_MONTH)} repairs of last month fixed")
    await voices.begin(site, people)
    site.mark.add(FOUNDED)


async def _prepare(site: Site, first: str) -> None:
    """Make everything that comes before the first month's bills."""
    await _drain(site)
    for place in LADDER:
        await _once(places.create(site.deps, place))
    await _register(site)
    firm = await _appoint(site.deps)
    site.tell(f"  register imported: {sum(1 for _ in households())} homes")
    await _rules(site.deps, first, firm)


async def _holds_something(deps: Dependencies) -> bool:
    try:
        await places.get(deps, LADDER[0].path)
    except NotFound:
        return False
    return True


def _at(site: Site, instant: datetime) -> Site:
    """Return the site with a clock that stands at this instant."""

    def now() -> datetime:
        return instant

    return replace(site, deps=replace(site.deps, now=now))


def _morning_of(period: str) -> datetime:
    return start_of(f"{period}-01") + timedelta(hours=9)


async def _once(work: Awaitable[T]) -> None:
    """Do what may have been done before the last start was cut short."""
    try:
        await work
    except Conflict:
        return


async def _appoint(deps: Dependencies) -> str:
    """Appoint staff and heads; the same appointment again is the same one. The firm's id."""
    await _once(grids.add(deps, COMMUNITY_STAFF, COMMUNITY, GRID))
    firm = await _firm(deps)
    end = plus_days(day_of(deps.now()), TERM_DAYS)
    for person in ROLES:
        if person.role is not None:
            request = Appoint(
                role=person.role,
                place=person.place,
                phone=person.phone,
                name=person.called,
                firm_id=firm if person.role in FIRM_ROLES else None,
                to_day=end if person.role in WITH_A_TERM else None,
            )
            await appointments.grant(deps, request, appointed_by="demo")
    return firm


async def _firm(deps: Dependencies) -> str:
    """Return the id of the firm, which has a contract with the compound."""
    try:
        firm_id = (await firms.add(deps, COMMUNITY_STAFF, FIRM)).firm_id
    except FirmExists as error:
        firm_id = error.details["firm_id"]
    today = day_of(deps.now())
    days = SignContract(compound=COMPOUND, from_day=today, to_day=plus_days(today, TERM_DAYS))
    await _once(contracts.sign(deps, COMMUNITY_STAFF, firm_id, days))
    return firm_id


async def _drain(site: Site) -> None:
    """Do this moment's work at this moment."""
    await jobs.run_due(site.deps, site.handlers, "demo")


async def _register(site: Site) -> None:
    found = await uploads.upload(site.deps, STAFF, COMPOUND, workbook())
    await _drain(site)
    found = await register.get(site.deps, STAFF, found.import_id)
    if found.state is State.PREVIEWED:
        confirm = ConfirmImport(accept_warnings=True)
        await register.confirm(site.deps, STAFF, found.import_id, confirm)
    await _drain(site)


async def _payee(
    deps: Dependencies, place: str, account: str, kind: FeeKind, first: str, firm: str = ""
) -> str:
    """Return the id of who is paid into an account; the same payee again is the same one."""
    payee = NewPayee(
        name=FIRM.name if firm else deps.merchants[account].account.name,
        account=account,
        kinds=[kind],
        firm_id=firm or None,
        from_day=f"{first}-01",
    )
    return (await payees.add(deps, ADMIN, place, payee)).payee_id


async def _rules(deps: Dependencies, first: str, firm: str) -> None:
    """Set 0.60 yuan per m² to the firm, 5 yuan a month to the sanitation, due in 30 days."""
    city = LADDER[0].path
    property_payee = await _payee(
        deps, COMPOUND, "firm", FeeKind.PROPERTY_FEE, first, firm=firm
    )
    waste_payee = await _payee(deps, city, "sanitation", FeeKind.WASTE_FEE, first)
    rules = (
        NewFeeRule(
            kind=FeeKind.PROPERTY_FEE,
            price=6000,
            start_day=f"{first}-01",
            due_days=30,
            payee_id=property_payee,
        ),
        NewFeeRule(
            kind=FeeKind.WASTE_FEE,
            monthly_fen=500,
            start_day=f"{first}-01",
            due_days=30,
            payee_id=waste_payee,
        ),
    )
    for rule in rules:
        await fees.add(deps, STAFF, COMPOUND, rule)


async def _bills(site: Site, period: str) -> None:
    """Draft a month's bills and publish them, or go on where the last start was cut short."""
    await _drain(site)
    known = await runs.listing(site.deps, STAFF, COMPOUND, BillRunsQuery(limit=MONTHS))
    run = next((run for run in known.items if run.period == period), None)
    if run is None:
        run = await runs.start(site.deps, STAFF, COMPOUND, StartBillRun(period=period))
        await _drain(site)
    await _once(runs.publish(site.deps, STAFF, run.run_id))
    await _drain(site)
    if (await runs.get(site.deps, STAFF, run.run_id)).state is not RunState.PUBLISHED:
        raise NotPublished(
            f"The bills of {period} are not published: a job failed, see log.txt"
        )

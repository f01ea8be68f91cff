"""Makes the demo through the same actions as real input; killed in the middle, it goes on."""

import io
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, TypeVar

import xlsxwriter

from demo.payers import pay_some
from demo.people import COMMUNITY, COMPOUND, FIRM, GRID, LADDER, ROLES, households
from server.settings import Settings
from server.worker import HANDLERS
from services.accounts import actions as accounts
from services.accounts.models import Appoint
from services.days import day_of, month_of, plus_days, plus_months, start_of
from services.dependencies import Dependencies
from services.errors import Conflict, NotFound
from services.fees import actions as fees
from services.fees.models import FeeKind
from services.fees.views import NewFeeRule, StartBillRun
from services.firms import actions as firms
from services.firms.actions import FirmExists
from services.firms.models import SignContract
from services.jobs import actions as jobs
from services.permissions import FIRM_ROLES, WITH_A_TERM, Actor, Grant, Role
from services.places import actions as places
from services.register import actions as register
from services.register.models import Confirm
from services.register.states import State

MONTHS: Final = 3
LOADING, DONE = "loading\n", "done"
AFTER_A_LEASE: Final = 2 * jobs.LEASE
TERM_DAYS: Final = 2 * 365
STAFF: Final = Actor("demo", "", (Grant(Role.COMMUNITY_STAFF, COMPOUND),))
COMMUNITY_STAFF: Final = Actor("demo", "", (Grant(Role.COMMUNITY_STAFF, COMMUNITY),))
HEADINGS: Final = ("楼栋", "单元", "房号", "面积(㎡)", "用途", "业主姓名", "手机号")

Progress = Callable[[str], None]
T = TypeVar("T")


async def load_if_empty(deps: Dependencies, settings: Settings, progress: Progress) -> None:
    """Fill an empty data folder; leave any other alone. Needs the web server to be answering.

    Only beside the WeChat stand-in: nothing is invented in front of real WeChat.
    """
    mark = settings.data_dir / "demo"
    if not settings.wx_api_base.startswith("http://127.0.0.1"):
        return
    begun = _read(mark)
    if begun == DONE or (not begun and await _holds_something(deps)):
        return
    _write(mark, begun + LOADING)
    progress("Making the demo (once, up to a minute): 春光小区, 12 buildings …")
    first = plus_months(month_of(deps.now()), 1 - MONTHS)
    # What a start cut short had under way is leased until then: this one comes after.
    later = AFTER_A_LEASE * begun.count(LOADING)
    then = replace(deps, now=_at(start_of(f"{first}-01") + later))
    await _drain(then)
    for place in LADDER:
        await _once(places.found(then, place))
    await _register(then)
    await _roles(then)
    progress("  register imported: 702 homes")
    await _rules(then, first)
    for number in range(MONTHS):
        period = plus_months(first, number)
        await _bills(replace(deps, now=_at(_morning_of(period) + later)), period)
        progress(f"  bills of {period} published")
    await pay_some(deps, settings, progress)
    _write(mark, DONE)


def _read(mark: Path) -> str:
    return mark.read_text() if mark.exists() else ""


def _write(mark: Path, text: str) -> None:
    mark.write_text(text)


async def _holds_something(deps: Dependencies) -> bool:
    try:
        await places.get(deps, LADDER[0].path)
    except NotFound:
        return False
    return True


def _at(instant: datetime) -> Callable[[], datetime]:
    return lambda: instant


def _morning_of(period: str) -> datetime:
    return start_of(f"{period}-01") + timedelta(hours=9)


async def _once(work: Awaitable[T]) -> None:
    """Do what may have been done before the last start was cut short."""
    try:
        await work
    except Conflict:
        return


async def _roles(deps: Dependencies) -> None:
    """Appoint staff and heads; the same appointment again is the same one."""
    await _once(places.add_grid(deps, COMMUNITY_STAFF, COMMUNITY, GRID))
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
            await accounts.grant(deps, request, appointed_by="demo")


async def _firm(deps: Dependencies) -> str:
    """Return the id of the firm, which has a contract with the compound."""
    try:
        firm_id = (await firms.add(deps, COMMUNITY_STAFF, FIRM)).firm_id
    except FirmExists as error:
        firm_id = error.details["firm_id"]
    today = day_of(deps.now())
    days = SignContract(compound=COMPOUND, from_day=today, to_day=plus_days(today, TERM_DAYS))
    await _once(firms.sign(deps, COMMUNITY_STAFF, firm_id, days))
    return firm_id


async def _drain(deps: Dependencies) -> None:
    """Let this moment's work be done at this moment, not when the worker comes."""
    await jobs.run_due(deps, HANDLERS, "demo")


async def _register(deps: Dependencies) -> None:
    found = await register.upload(deps, STAFF, COMPOUND, workbook())
    await _drain(deps)
    found = register.view(await register.access_import(deps, STAFF, found.import_id))
    if found.state is State.PREVIEWED:
        await register.confirm(deps, STAFF, found.import_id, Confirm(accept_warnings=True))
    await _drain(deps)


def workbook() -> bytes:
    """Write the register as the community keeps it: a title row, then one row a home."""
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True, "strings_to_formulas": False})
    book.set_properties({"created": datetime(2021, 5, 6)})  # noqa: DTZ001  # same bytes each time
    sheet = book.add_worksheet("房屋业主登记表")
    sheet.merge_range(0, 0, 0, len(HEADINGS) - 1, "春光小区房屋业主登记表", book.add_format())
    sheet.write_row(1, 0, HEADINGS)
    for number, home in enumerate(households(), 2):
        row = (
            f"{home.building}栋",
            f"{home.unit}单元",
            home.room,
            home.area,
            home.usage,
            home.owner,
            home.phone,
        )
        sheet.write_row(number, 0, row)
    book.close()
    return content.getvalue()


async def _rules(deps: Dependencies, first: str) -> None:
    """0.60 yuan per m² to the firm, 5 yuan a month to the sanitation, both due in 30 days."""
    firm, waste = deps.merchants["firm"].account, deps.merchants["sanitation"].account
    rules = (
        NewFeeRule(
            kind=FeeKind.PROPERTY_FEE,
            price=6000,
            start_day=f"{first}-01",
            due_days=30,
            account=firm.key,
            payee_name=firm.name,
        ),
        NewFeeRule(
            kind=FeeKind.WASTE_FEE,
            monthly_fen=500,
            start_day=f"{first}-01",
            due_days=30,
            account=waste.key,
            payee_name=waste.name,
        ),
    )
    for rule in rules:
        await fees.add_rule(deps, STAFF, COMPOUND, rule)


async def _bills(deps: Dependencies, period: str) -> None:
    await _drain(deps)
    run = await fees.start_run(deps, STAFF, COMPOUND, StartBillRun(period=period))
    await _drain(deps)
    await _once(fees.publish_run(deps, STAFF, run.run_id))
    await _drain(deps)

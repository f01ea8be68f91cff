"""Arrears by age: what each home owes since when, and what places come to.

Firm and community see it, of who owns a home and of who sold it; heads have their own list
(services/bills/unpaid_homes). Nothing counts as late before its due day is over.
"""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from typing import Final

from services.bills.arrears import store
from services.bills.arrears.models import (
    Age,
    AgesQuery,
    AgeSum,
    ArrearsByAge,
    ArrearsQuery,
    Due,
    HomeArrears,
    Owed,
    OwedBill,
    PlaceArrears,
    household_of,
)
from services.bills.models import Bill
from services.bills.views import title_of
from services.dependencies import Dependencies, Transaction
from services.fees.models import HomeFee
from services.kernel.days import Day, plus_days
from services.kernel.documents import Document
from services.kernel.pages import Key, Keyset, Page
from services.kernel.paths import in_order
from services.kernel.permissions import Actor, Permission, require_at
from services.places import actions as places
from services.places.models import Kind

ORDER: Final = Keyset(Key("home"), Key("household"))


async def listing(
    deps: Dependencies, actor: Actor, place: str, query: ArrearsQuery
) -> Page[HomeArrears]:
    """Return what homes under a place owe, by household and age. Raises NotFound."""
    require_at(actor, Permission.VIEW_DEBTORS, place)
    home, household = ORDER.read(query.cursor) or ("", "")
    found = store.by_home(deps.db, place, kind=query.kind, today=deps.today(), since=home)
    rows: list[Owed] = []
    async with aclosing(found) as homes:
        async for debts in homes:
            rows += [
                owed
                for owed in debts
                if (owed.home, owed.household) > (home, household) and _is_meant(owed, query)
            ]
            if len(rows) > query.limit:
                break
    keys: list[Document] = [{"home": row.home, "household": row.household} for row in rows]
    page = ORDER.cut(keys[: query.limit + 1], query.limit)
    shown = rows[: query.limit]
    addresses = await places.addresses(deps, sorted({row.home for row in shown}))
    return page.of([_view(row, addresses) for row in shown])


def _is_meant(owed: Owed, query: ArrearsQuery) -> bool:
    return query.age is None or owed.ages[query.age] > 0


def _view(owed: Owed, addresses: Mapping[str, str]) -> HomeArrears:
    return HomeArrears(
        place=owed.home,
        address=addresses.get(owed.home, owed.home),
        owners_until=owed.household or None,
        kinds=sorted(owed.kinds),
        since=owed.since,
        bills=owed.bills,
        amount_fen=sum(owed.ages.values()),
        not_due_fen=owed.ages[Age.NOT_DUE],
        month_fen=owed.ages[Age.MONTH],
        quarter_fen=owed.ages[Age.QUARTER],
        year_fen=owed.ages[Age.YEAR],
        older_fen=owed.ages[Age.OLDER],
    )


async def by_age(
    deps: Dependencies, actor: Actor, place: str, query: AgesQuery
) -> ArrearsByAge:
    """Return the debts of a place, and of each place directly below it, by age.

    Raises NotFound. The whole is the sum of its parts, read in one query.
    """
    require_at(actor, Permission.VIEW_DEBTORS, place)
    depth, today = min(place.count(".") + 2, Kind.HOME.depth), deps.today()
    rows = await store.sums(deps.db, place, depth, kind=query.kind, today=today)
    names = await places.addresses(deps, [place, *(row["_id"] for row in rows)])
    rows.sort(key=lambda row: in_order(row["_id"]))
    return ArrearsByAge(
        counted_on=today,
        total=_sums(place, names, rows),
        parts=[_sums(row["_id"], names, [row]) for row in rows],
    )


def _sums(place: str, names: Mapping[str, str], rows: Sequence[Document]) -> PlaceArrears:
    def added(name: str) -> int:
        return sum(row[name] for row in rows)

    ages = [
        AgeSum(age=age, homes=added(f"{age}_homes"), amount_fen=added(f"{age}_fen"))
        for age in Age
    ]
    return PlaceArrears(
        place=place,
        address=names.get(place, place),
        homes=added("homes"),
        amount_fen=added("fen"),
        ages=ages,
    )


# For packages that ask for what is owed


async def owed(
    deps: Dependencies, homes: Sequence[str], *, tx: Transaction | None = None
) -> list[OwedBill]:
    """Return the fees that homes owe with what is left to pay of each, the oldest first.

    For other packages, which may tell of the debt only to who may see it.
    """
    today = deps.today()
    return [_owed(bill, today) for bill in await store.bills_of(deps.db, homes, tx=tx)]


def _owed(bill: Bill, today: Day) -> OwedBill:
    return OwedBill(
        id=bill.id,
        home=bill.home,
        household=household_of(bill.owners_until, today),
        kind=HomeFee(bill.kind),
        title=title_of(bill),
        due_on=bill.due_on or "",
        liable_on=bill.liable_on,
        account=bill.account,
        payee_name=bill.payee_name,
        owed_fen=bill.owed_fen,
    )


async def homes_late(
    deps: Dependencies, place: str, days: int, *, after: str, limit: int
) -> list[str]:
    """Return the next homes under a place with a debt that is so many days overdue, by path."""
    due = [{"$lte": plus_days(deps.today(), -days)}]
    return await store.homes_with(deps.db, place, due, after=after, limit=limit)


async def homes_due_on(
    deps: Dependencies,
    place: str,
    spans: Sequence[tuple[Day, Day]],
    *,
    after: str,
    limit: int,
) -> list[str]:
    """Return the next homes under a place with a debt due in one of some spans, by path.

    `spans`: first and last due day.
    """
    due: list[Document] = [{"$gte": first, "$lte": last} for first, last in spans]
    return await store.homes_with(deps.db, place, due, after=after, limit=limit)


def owed_to(deps: Dependencies, place: str, account: str) -> AsyncGenerator[list[Due], None]:
    """Yield what each next home under a place owes an account: for money that came in."""
    return store.owed_to(deps.db, place, account)

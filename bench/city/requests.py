"""What people and the worker ask all day, through the product's own addresses and jobs."""

from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from typing import Any, Final

import msgspec
from msgspec import Struct
from tornado.httpclient import AsyncHTTPClient, HTTPRequest

from bench.city.layout import CITY
from bench.city.money import run_id
from bench.city.people import Cast
from bench.product import SECONDS
from services.dependencies import Dependencies
from services.jobs import actions as jobs
from services.kernel.days import plus_months
from services.place_sums import jobs as place_sums

API: Final = "/api/v1/"
WORKER: Final = "bench"
OK: Final = range(200, 300)
RESIDENT: Final = (
    "me",
    "me/bills",
    "me/bills?state=paid",
    "me/bills?limit=1",
    "me/messages",
    "me/messages/unread",
    "me/notices",
    "me/notices/unread",
    "me/today",
    "me/today/counts",
    "me/repairs",
    "me/feedback",
    "me/sessions",
    "me/consents",
    "me/message-templates",
    "me/home-requests",
    "me/surveys",
    "me/mediations",
    "me/calls",
    "payments",
    "homes/{home}/heads",
    "homes/{home}/residents",
)
HEAD: Final = (
    "me",
    "me/today",
    "me/today/counts",
    "me/appointments",
    "me/tasks",
    "me/rounds",
    "places/{unit}/unpaid-homes",
    "places/{unit}/unreached-homes",
    "repairs",
    "feedback",
    "feedback?scope=all",
    "visits",
    "payment-promises",
    "household-cards",
    "home-requests",
)
GRID: Final = (
    "me/today",
    "me/today/counts",
    "repairs",
    "feedback",
    "feedback?scope=all",
    "visits",
    "places/{building}/unpaid-homes",
    "places/{building}/places?kind=home",
)
CASHIER: Final = (
    "places/{compound}/unpaid-homes",
    "places/{compound}/rates",
    "places/{compound}/rates?by=unit",
)
MANAGER: Final = (
    "places/{compound}/bill-runs",
    "bill-runs/{run}",
    "bill-runs/{run}/bills?state=owing",
    "bill-runs/{run}/bills?state=owing&sort=largest",
    "places/{compound}/outdated-bills",
    "repairs",
    "feedback",
)
STAFF: Final = (
    "me/today",
    "me/today/counts",
    "places/{community}",
    "places/{community}/places?kind=compound",
    "places/{compound}/places?kind=home",
    "places/{community}/unpaid-homes",
    "places/{compound}/fee-rules",
    "places/{compound}/payees",
    "places/{community}/rates",
    "places/{community}/reachability",
    "places/{community}/unreached-homes",
    "places/{community}/repair-figures?from_month={month}&to_month={month}",
    "places/{community}/feedback-figures?from_month={month}&to_month={month}",
    "repairs",
    "repairs?sort=newest",
    "feedback",
    "feedback?scope=all&sort=newest",
    "notices",
    "appointments",
    "home-requests",
    "places/{community}/register-imports",
    "tasks",
    "visits",
)
CITYWIDE: Final = (
    "places/{city}/rates",
    "places/{city}/rates?by=compound",
    "places/{city}/places?kind=district",
    "appointments",
    "appointments?sort=place",
    "repairs",
    "repairs?sort=newest",
    "refunds",
    "discrepancies",
    "firms",
)
ASKED: Final = {
    "resident": RESIDENT,
    "unit head": HEAD,
    "grid head": GRID,
    "cashier": CASHIER,
    "firm_manager": MANAGER,
    "repairer": ("me/repairs/today", "repairs?held_by_me=true", "repairs"),
    "community": STAFF,
    "administrator": CITYWIDE,
    "auditor": ("audit", "audit?act=payment.ordered", "audit?result=refused"),
}


class Refused(Exception):
    """The product answered with something other than success."""


class Asker(Struct, frozen=True):
    """Whoever asks a product at an address for some of a city."""

    address: str
    cast: Cast

    async def get(self, who: str, path: str) -> Any:
        return await self.ask(who, "GET", path, None)

    async def ask(self, who: str, verb: str, path: str, body: Any) -> Any:
        """Return the answer. Raises Refused for any but success."""
        request = HTTPRequest(
            f"{self.address}{API}{path.format_map(self.names)}",
            method=verb,
            headers={"Authorization": f"Bearer {self.cast.tokens[who]}"},
            body=None if body is None else msgspec.json.encode(body),
            request_timeout=SECONDS,
        )
        reply = await AsyncHTTPClient().fetch(request, raise_error=False)
        if reply.code not in OK:
            raise Refused(f"{who}: {verb} {path}: {reply.code} {reply.body.decode()}")
        return msgspec.json.decode(reply.body)

    @property
    def names(self) -> dict[str, str]:
        cast = self.cast
        return {
            "city": CITY,
            "subdistrict": cast.subdistrict,
            "community": cast.community,
            "compound": cast.compound.path,
            "building": cast.building,
            "unit": cast.unit,
            "home": cast.home.path,
            "month": cast.period,
            "next_month": plus_months(cast.period, 1),
            "run": run_id(cast.compound.path, cast.period),
        }


Step = tuple[str, Callable[[], Awaitable[Any]]]


def steps(deps: Dependencies, asker: Asker) -> Iterator[Step]:
    """Yield what is asked, one after the other, each with its name."""
    for who, paths in ASKED.items():
        for path in paths:
            yield f"{who}: {path}", partial(asker.get, who, path)
    yield from _of_one(asker)
    yield from _payments(asker)
    yield from _work(deps, asker)


def _of_one(asker: Asker) -> Iterator[Step]:
    """Yield what is asked of the first row of a list."""
    for who, path, key, inner in (
        ("resident", "me/notices", "notice_id", "me/notices/{}"),
        ("resident", "payments", "payment_id", "payments/{}"),
        ("resident", "payments", "payment_id", "payments/{}/receipt"),
        ("community", "repairs", "repair_id", "repairs/{}"),
        ("community", "repairs", "repair_id", "repairs/{}/history"),
        ("community", "feedback?scope=all", "feedback_id", "feedback/{}"),
        ("community", "feedback?scope=all", "feedback_id", "feedback/{}/history"),
        ("community", "notices", "notice_id", "notices/{}"),
        ("community", "notices", "notice_id", "notices/{}/progress"),
        ("community", "notices", "notice_id", "notices/{}/unreached"),
    ):

        async def first(
            who: str = who, path: str = path, key: str = key, inner: str = inner
        ) -> None:
            rows = (await asker.get(who, path))["items"]
            await asker.get(who, inner.format(rows[0][key]))

        yield f"{who}: {inner.format('…')}", first


def _payments(asker: Asker) -> Iterator[Step]:
    async def order() -> None:
        owed = (await asker.get("resident", "me/bills"))["items"]
        one = [bill["bill_id"] for bill in owed if bill["kind"] == owed[0]["kind"]]
        await asker.ask("resident", "POST", "payments", {"bill_ids": one})

    yield "resident: order of what is owed", order


def _work(deps: Dependencies, asker: Asker) -> Iterator[Step]:
    async def export() -> None:
        where = {"place": asker.cast.compound.path}
        wish = {"list": "unpaid_homes", "subject": where["place"], "filters": {}}
        await asker.ask("community", "POST", "exports", wish)

    async def draft() -> None:
        wish = {"period": asker.names["next_month"], "months": 1, "kinds": ["property_fee"]}
        await asker.ask("firm_manager", "POST", "places/{compound}/bill-runs", wish)

    async def publish() -> None:
        rows = (await asker.get("firm_manager", "places/{compound}/bill-runs"))["items"]
        drafted = next(row["run_id"] for row in rows if row["state"] == "drafted")
        await asker.ask("firm_manager", "POST", f"bill-runs/{drafted}/publish", {})

    work = partial(jobs.run_due, deps, deps.features.jobs, WORKER)
    yield "community: export of who owes", export
    yield "firm_manager: bill run", draft
    yield "worker: drafts of a bill run", work
    yield "firm_manager: bills published", publish
    yield "worker: backlog", partial(jobs.backlog, deps)
    yield "worker: due jobs", work
    yield "worker: sums of places", partial(place_sums.fold, deps, {})

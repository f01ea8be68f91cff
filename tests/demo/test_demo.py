"""The demo: founded before anybody is told, its history made meanwhile, killed and taken up."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest
from structlog.testing import capture_logs

from demo import foundation, history, people, voices
from demo.mark import FOUNDED
from demo.people import COMPOUND, ROLES, UNIT, Mood
from demo.repairs import LAST_MONTH
from demo.session import sign_in
from demo.site import Site
from server.cli import run
from services.dependencies import Dependencies
from services.feedback import actions as feedback
from services.feedback import works as feedback_works
from services.handbook import starter
from services.jobs import actions as jobs
from services.jobs.models import Again
from services.kernel.days import month_of, plus_months
from services.kernel.documents import Document
from services.places import actions as places
from services.places.models import Kind, NewPlace
from services.repairs import works
from services.repairs.reporters import actions as reporters
from services.surveys import actions as surveys
from services.surveys import openings
from services.surveys.answers import actions as answers
from services.tasks import actions as tasks
from services.visits import actions as visits
from tests.build.world import World
from tests.demo.conftest import BEFORE_REPAIRS, BEFORE_VOICES, HOMES, neighbours, put

pytestmark = pytest.mark.slow


@pytest.mark.usefixtures("laid")
async def test_everybody_can_sign_in_once_the_foundation_is_laid(world: World) -> None:
    for person in ROLES:
        member = await world.sign_in(person.name)
        me = (await world.api.get("/api/v1/me", as_=member)).body
        if person.role is None:
            assert [home["place"] for home in me["homes"]] == [person.place]
            owed = (await world.api.get("/api/v1/me/bills?state=owing", as_=member)).body
            assert len(owed["items"]) == 6
        else:
            assert [role["role"] for role in me["roles"]] == [person.role]
    assert await world.db.places.count_documents({"kind": "home"}) == HOMES


@pytest.mark.usefixtures("laid")
async def test_a_dispatcher_knows_by_name_to_whom_a_repair_can_be_handed(world: World) -> None:
    dispatcher = await world.sign_in("dispatcher")
    crew = (await world.api.get(f"/api/v1/places/{COMPOUND}/repair-crew", as_=dispatcher)).body
    names = {row["name"]: row["roles"] for row in crew["items"]}
    assert None not in names
    assert names["孙永刚"] == ["repairer"]


@pytest.mark.usefixtures("laid")
async def test_last_month_has_repairs_to_call_back_about_figures_and_ratings(
    world: World,
) -> None:
    await world.work()
    staff = await world.sign_in("staff")

    async def at_compound(what: str) -> Any:
        reply = await world.api.get(f"/api/v1/places/{COMPOUND}/{what}", as_=staff)
        assert reply.status == 200, reply.body
        return reply.body

    month = plus_months(month_of(world.clock.now), -1)
    asked = await at_compound("repair-figures?" + f"from_month={month}&to_month={month}")
    names = ("reported", "fixed", "ratings")
    counted = {name: asked["figures"][name] for name in names}
    rated = sum(past.stars is not None for past in LAST_MONTH)
    assert counted == {"reported": len(LAST_MONTH), "fixed": len(LAST_MONTH), "ratings": rated}
    drawn = (await at_compound("repair-call-backs"))["items"]
    assert [row["is_waiting"] for row in drawn] == [True, True]
    assert len((await at_compound("repair-reviews"))["items"]) == 1


@pytest.mark.usefixtures("laid")
async def test_each_list_has_something_to_show(world: World) -> None:
    await world.work()

    async def shown(who: str, path: str) -> Any:
        member = await world.sign_in(who)
        reply = await world.api.get(f"/api/v1/{path}", as_=member)
        assert reply.status == 200, reply.body
        return reply.body["items"]

    kinds = {each["kind"] for each in await shown("unit", "me/today?limit=50")}
    assert {"feedback.waiting", "visits.due", "tasks.parts"} <= kinds
    [passed_on] = await shown("building", "feedback?scope=desk")
    assert (passed_on["anonymous"], passed_on["author_name_masked"]) == (True, None)
    [task] = await shown("staff", "tasks")
    assert (task["state"], task["parts"]) == ("given", people.UNITS)
    asked = {each["title"]: each["state"] for each in await shown("resident", "me/surveys")}
    assert asked == {voices.LIGHTS: "open", voices.BENCH: "closed"}
    assert await shown("resident", f"handbook?place={UNIT}.502")


async def test_voices_cut_short_go_on(
    site: Site, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever step the start was killed in, nothing is said, asked or given twice."""
    steps = (
        (feedback, "file", 1),
        (feedback_works, "hand_on", 1),
        (visits, "plan", 1),
        (tasks, "give", 1),
        (surveys, "write", 1),
        (answers, "give", 2),
        (openings, "close", 1),
        (starter, "load", 1),
    )
    await put(site, world, BEFORE_VOICES)
    signed_in = {each.name: await sign_in(site, each.name, each.phone) for each in ROLES}
    for module, step, most in steps:
        with monkeypatch.context() as patch:
            patch.setattr(module, step, dying(getattr(module, step), most))
            with pytest.raises(Killed):
                await voices.begin(site, signed_in)
    await foundation.lay(site)
    assert site.mark.is_founded
    counts = {"feedback": 2, "visits": 1, "tasks": 1, "surveys": 2, "survey_answers": 3}
    kept = {name: await world.db[name].count_documents({}) for name in counts}
    assert kept == counts


async def test_a_realistic_share_has_paid_when_the_history_is_made(
    laid: Site, world: World, said: list[str]
) -> None:
    site = laid
    await history.make(site)
    paid = await paid_bills(world)
    for home in neighbours():
        months = {Mood.PAYS_EVERYTHING: 3, Mood.PAYS_ALL_BUT_THE_LATEST: 2}.get(home.mood, 0)
        assert paid[home.place] == (2 * months if home.pays else 0), home
    payers = sum(home.pays for home in neighbours())
    assert said[-1] == f"The demo is complete: {payers} households have paid."

    said.clear()
    await foundation.lay(site)
    await history.make(site)
    assert said == []


async def test_a_payment_that_is_too_slow_is_tried_again(
    site: Site, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[str] = []

    async def slow(_site: Site, home: people.Household) -> None:
        tries.append(home.user)
        if len(tries) < history.ATTEMPTS or is_down:
            raise TimeoutError

    is_down = False
    monkeypatch.setattr(history, "_pay", slow)
    home = next(home for home in neighbours() if home.pays)
    await history._patiently(site, home)
    assert said == ["  demo: a payment was too slow (TimeoutError), trying again"] * 2
    is_down = True
    with pytest.raises(TimeoutError):
        await history._patiently(site, home)


async def paid_bills(world: World) -> Counter[str]:
    found = world.db.bills.find({"state": "paid"}, {"home": True})
    return Counter([bill["home"] async for bill in found])


class Killed(BaseException):
    """What no handler catches."""


async def test_a_foundation_killed_in_every_job_is_laid_all_the_same(
    site: Site, world: World
) -> None:
    starts = 0
    while not site.mark.is_founded:
        starts += 1
        assert starts < 50
        try:
            await foundation.lay(killed_in_the_second_job(site, before=starts % 2 == 0))
        except Killed:
            continue
    assert starts > 5
    assert await world.db.places.count_documents({"kind": "home"}) == HOMES
    assert await world.db.bills.count_documents({"state": "owing"}) == 3 * 2 * HOMES
    assert await world.db.bills.count_documents({}) == 3 * 2 * HOMES
    assert await world.db.repairs.count_documents({}) == 1 + len(LAST_MONTH)
    assert await world.db.repair_call_backs.count_documents({}) == 2
    assert await world.db.feedback.count_documents({}) == 2
    assert await world.db.surveys.count_documents({"opened_at": {"$ne": None}}) == 2
    runs = [run["state"] async for run in world.db.bill_runs.find({})]
    assert runs == ["published"] * 3


async def test_repairs_of_last_month_cut_short_go_on(
    site: Site, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever step the start was killed in, each is reported once, and rated once."""
    await put(site, world, BEFORE_REPAIRS)
    for module, step, most in ((works, "start", 2), (reporters, "answer", 4)):
        with monkeypatch.context() as patch:
            patch.setattr(module, step, dying(getattr(module, step), most))
            with pytest.raises(Killed):
                await foundation.lay(site)
    await foundation.lay(site)
    assert site.mark.is_founded
    kept = await world.db.repairs.find({}, {"state": True}).to_list()
    assert Counter(each["state"] for each in kept) == {
        "confirmed": len(LAST_MONTH),
        "reported": 1,
    }
    rated = sum(past.stars is not None for past in LAST_MONTH)
    assert await world.db.repair_ratings.count_documents({}) == rated


def dying(step: Callable[..., Awaitable[Any]], most: int) -> Callable[..., Awaitable[Any]]:
    """Return a step that kills the start after it was taken so often."""
    taken = 0

    async def take(*given: Any) -> Any:
        nonlocal taken
        taken += 1
        found = await step(*given)
        if taken == most:
            raise Killed
        return found

    return take


def killed_in_the_second_job(site: Site, *, before: bool) -> Site:
    """Return a site whose second job is never done, or done and never written down as done."""
    begun = 0

    def deadly(handler: jobs.Handler) -> jobs.Handler:
        async def handle(deps: Dependencies, payload: Document) -> Again | None:
            nonlocal begun
            begun += 1
            if begun > 1 and before:
                raise Killed
            again = await handler(deps, payload)
            if begun > 1:
                raise Killed
            return again

        return handle

    handlers = {kind: deadly(handler) for kind, handler in site.handlers.items()}
    return replace(site, handlers=handlers)


async def test_a_history_cut_short_goes_on_and_nobody_pays_twice(
    laid: Site, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = laid
    monkeypatch.setattr(history, "EVERY", 3)
    first: asyncio.Task[None] | None = None

    def interrupt(_line: str) -> None:
        assert first
        first.cancel()

    first = asyncio.create_task(history.make(replace(site, tell=interrupt)))
    await asyncio.wait({first})
    assert first.cancelled()
    before = sum((await paid_bills(world)).values())
    assert before > 0
    assert not site.mark.is_done

    await history.make(site)
    assert site.mark.is_done
    due = sum(home.pays for home in neighbours())
    assert len(await paid_bills(world)) == due
    payments = await world.db.payments.count_documents({"state": "paid"})
    assert payments == 2 * due  # one for each payee


async def test_a_failing_history_is_told_and_stops_nothing(site: Site, said: list[str]) -> None:
    site.mark.add(FOUNDED)
    nobody = replace(site, wechat="http://127.0.0.1:1")
    with capture_logs() as logs:
        await run.make_history(nobody)
    assert [entry["event"] for entry in logs] == ["demo_history_failed"]
    assert (
        said[-1] == "The demo's history stopped (see log.txt); the next start goes on with it."
    )
    assert not site.mark.is_done


@pytest.mark.parametrize("wechat", ["https://api.weixin.qq.com"])
async def test_nothing_is_invented_in_front_of_real_wechat(
    wechat: str, site: Site, world: World
) -> None:
    await foundation.lay(replace(site, wechat=wechat))
    await history.make(site)
    assert await world.db.places.count_documents({}) == 0


async def test_a_database_that_holds_something_is_left_alone(
    site: Site, world: World, said: list[str]
) -> None:
    await places.create(world.deps, NewPlace(path="cc", kind=Kind.CITY, name="长春市"))
    await foundation.lay(site)
    await history.make(site)
    assert said == []
    assert await world.db.places.count_documents({}) == 1

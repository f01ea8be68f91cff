"""Own homes of heads: what the office before them noted there is not theirs to read or end."""

from typing import Any

import pytest

from services.kernel.permissions import Role
from tests.build import notices
from tests.build.cast import LI_HOME, UNIT, WANG_HOME, appoint
from tests.visits.conftest import Doors
from tests.visits.test_cards import CARDS, noted

pytestmark = pytest.mark.billed("2026-01")

SAID = "妻子说丈夫打她"


async def kept_of_wang(doors: Doors) -> dict[str, str]:
    """The head keeps something of each kind about two homes; Wang is head next."""
    await doors.member("wang")
    ids = {}
    for home in (LI_HOME, WANG_HOME):
        body = {"home": home, "purpose": "complaint", "outcome": "met", "minutes": SAID}
        made = await doors.done("head", "visits/unplanned", **body)
        plan = {"home": home, "purpose": "check_in", "day": doors.world.deps.today()}
        planned = await doors.done("head", "visits", **plan)
        word = {"home": home, "day": doors.world.deps.today()}
        promise = await doors.done("head", "payment-promises", **word)
        entry = await noted(doors, home=home, kind="has_dog", text=None)
        ids = {
            "made": made["visit_id"],
            "planned": planned["visit_id"],
            "promise": promise["promise_id"],
            "entry": entry["entry_id"],
        }
    await doors.world.db.appointments.delete_many({"role": "unit_head", "place": UNIT})
    await appoint(doors.world.deps, Role.UNIT_HEAD, UNIT, "wang")
    return ids


async def homes_in(doors: Doors, path: str, name: str = "home") -> set[Any]:
    return {each[name] for each in (await doors.seen("wang", path))["items"]}


async def test_a_new_head_learns_nothing_of_their_own_home(doors: Doors) -> None:
    ids = await kept_of_wang(doors)
    for path in ("visits", "payment-promises", CARDS):
        assert await homes_in(doors, path) == {LI_HOME}, path
    for path in (f"visits?home={WANG_HOME}", f"payment-promises?home={WANG_HOME}"):
        assert await homes_in(doors, path) == set(), path
    assert await homes_in(doors, f"{CARDS}?place={WANG_HOME}") == set()
    entry, visit = f"{CARDS}/entries/{ids['entry']}", f"visits/{ids['planned']}"
    for reply in (
        await doors.get("wang", f"visits/{ids['made']}"),
        await doors.get("wang", f"{CARDS}/{WANG_HOME}"),
        await doors.post("wang", f"{visit}/day", day="2026-03-09"),
        await doors.post("wang", f"{visit}/cancel"),
        await doors.post("wang", f"{visit}/result", outcome="met"),
        await doors.post("wang", f"payment-promises/{ids['promise']}/close"),
        await doors.post("wang", f"{entry}/removal", reason="asked"),
    ):
        assert (reply.status, reply.code) == (403, "own_home")
    await doors.estate.advance(days=336)
    await appoint(
        doors.world.deps,
        Role.UNIT_HEAD,
        UNIT,
        "wang",
        from_day="2027-01-01",
        to_day="2027-12-31",
    )
    for name in ("visits.due", "visits.promises", "visits.cards"):
        found = await doors.today("wang", name)
        assert {each.place for each in found} == {LI_HOME}, name


async def test_a_head_is_not_sent_to_their_own_door(doors: Doors) -> None:
    await notices.everybody(doors.estate)
    await doors.world.db.appointments.delete_many({"role": "unit_head", "place": UNIT})
    await appoint(doors.world.deps, Role.UNIT_HEAD, UNIT, "wang")
    notice_id = await notices.delivered(doors.estate)
    found = await doors.today("wang", "notices.unreached")
    assert [each.place for each in found] == [LI_HOME]
    refused = await notices.knock(doors.estate, notice_id, WANG_HOME, who="wang")
    assert (refused.status, refused.code) == (403, "own_home")
    assert (await notices.knock(doors.estate, notice_id, LI_HOME, who="wang")).status == 201
    assert await doors.today("wang", "notices.unreached") == []

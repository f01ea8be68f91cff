"""Chapter of repairs: from the leak to "it is fixed", with a return and a climb."""

from datetime import datetime
from typing import Any

from demo.people import UNIT
from demo.tour.visit import Visit, counted, expect
from services.kernel.days import BEIJING


async def a_leak_is_reported(visit: Visit) -> str:
    asked = await visit.ask("resident", "GET", f"/places/{visit.unit}/repair-category-tree")
    labels = {each["code"]: each for each in asked["items"]}
    leak = labels["water_leak"]
    wish = {
        "place": visit.unit,
        "category": leak["code"],
        "text": "一楼楼道的水管一直在漏水",
        "phone": visit.phone,
    }
    made = await visit.ask("resident", "POST", "/repairs", wish)
    visit.repair = f"/repairs/{made['repair_id']}"
    return (
        f"a resident reports {leak['label']} ({leak['hint']}): number {made['number']} of "
        f"{made['address']}, an answer is due by {moment(made['due_at'])}"
    )


async def a_neighbour_joins(visit: Visit) -> str:
    path = f"/repairs/similar?place={visit.unit}&category=water_leak"
    [found] = (await visit.ask("zhao", "GET", path))["items"]
    expect(not found["is_mine"], "a neighbour's is shown as one's own")
    joined = await visit.ask("zhao", "POST", f"{visit.repair}/join", {})
    return (
        f"a neighbour about to report the same is offered {found['number']} and joins: "
        f"{counted(joined['joiners'], 'neighbour')} beside the reporter"
    )


async def it_is_accepted_and_mended(visit: Visit) -> str:
    accepted = await visit.ask("staff", "POST", f"{visit.repair}/accept", {})
    await visit.ask("staff", "POST", f"{visit.repair}/take", {})
    await _mend(visit, "紧了紧接头")
    return (
        f"the firm has nobody here yet, so the community accepts it, to be mended by "
        f"{moment(accepted['due_at'])}, and mends it; everybody is asked"
    )


async def _mend(visit: Visit, summary: str) -> None:
    await visit.ask("staff", "POST", f"{visit.repair}/start", {})
    await visit.ask("staff", "POST", f"{visit.repair}/finish", {"summary": summary})
    for who in ("resident", "zhao"):
        await visit.until(lambda who=who: _questions(visit, who), bool)  # type: ignore[misc]


async def _questions(visit: Visit, who: str) -> list[Any]:
    """Return the questions that wait for somebody's answer."""
    inbox = await visit.ask(who, "GET", "/me/messages?limit=20")
    asked = await visit.ask(who, "GET", visit.repair)
    found = [each for each in inbox["items"] if each["template"] == "repair_question"]
    return found if asked["is_asked"] else []


async def it_is_not_fixed(visit: Visit) -> str:
    wish = {"fixed": False, "note": "还在滴水"}
    found = await visit.ask("zhao", "POST", f"{visit.repair}/answer", wish)
    expect(found["state"] == "assigned", f"{found['state']} after a no")
    return (
        f"the neighbour says no: it goes back to whoever mended it, due by "
        f"{moment(found['due_at'])}"
    )


async def it_is_fixed(visit: Visit) -> str:
    await _mend(visit, "更换了一段水管")
    await visit.ask("zhao", "POST", f"{visit.repair}/answer", {"fixed": True})
    done = await visit.ask("resident", "POST", f"{visit.repair}/answer", {"fixed": True})
    expect(done["state"] == "confirmed", f"{done['state']} after two times yes")
    rows = (await visit.ask("resident", "GET", f"{visit.repair}/history"))["items"]
    return "both say yes: fixed. Its history: " + " → ".join(row["label"] for row in rows)


async def one_that_nobody_took_has_climbed(visit: Visit) -> str:
    path = f"/repairs?place={UNIT}&category=stair_light&overdue=true"
    found = (await visit.ask("firm", "GET", path))["items"][0]
    where = f"/repairs/{found['repair_id']}/history?limit=100"
    rungs = await visit.until(
        lambda: _rungs(visit, where), lambda found: "社区" in "".join(found)
    )
    return (
        f"{found['number']} of {found['address']}, which nobody took, is overdue since "
        f"{moment(found['due_at'])} and climbed: {' → '.join(rungs)}"
    )


async def _rungs(visit: Visit, path: str) -> list[str]:
    rows = (await visit.ask("firm", "GET", path))["items"]
    return [row["rung"] for row in rows if row["rung"]]


def moment(instant: str) -> str:
    """Return an instant as people in Beijing read it."""
    return f"{datetime.fromisoformat(instant).astimezone(BEIJING):%m-%d %H:%M}"

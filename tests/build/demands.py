"""Demands in tests: bills that are late, rounds, letters and pauses, by requests."""

from typing import Any

from tests.build.cast import COMPOUND, LI_HOME, Estate
from tests.build.deeds import Ask
from tests.build.homes import get, post
from tests.build.sign_ins import Member

# The cast's bills are issued on 2 March 2026 and due within thirty days.
DUE_ON = "2026-04-01"
DAYS_TILL_LATE = 31
EACH_LI = 5118 + 500  # a month of Li's: property and waste


async def late(estate: Estate, days: int = 1) -> None:
    """Let so many days pass after the due day of what the cast owes."""
    await estate.advance(days=DAYS_TILL_LATE - 1 + days)


async def started(
    estate: Estate, who: Member | str = "staff", place: str = COMPOUND, **wish: Any
) -> dict[str, Any]:
    """Start a round and let the worker end it; return it as it is then."""
    reply = await post(estate, who, f"places/{place}/demand-rounds", {"way": "message", **wish})
    assert reply.status == 202, reply.body
    await estate.world.work()
    return dict((await get(estate, who, f"demand-rounds/{reply.body['round_id']}")).body)


async def rows(estate: Estate, who: Member | str, path: str) -> list[dict[str, Any]]:
    reply = await get(estate, who, path)
    assert reply.status == 200, reply.body
    return list(reply.body["items"])


async def skipped(estate: Estate, found: dict[str, Any], who: str = "staff") -> dict[str, str]:
    """Return home → why a round left it out."""
    left = await rows(estate, who, f"demand-rounds/{found['round_id']}/skipped")
    return {row["place"]: row["because"] for row in left}


async def demands(estate: Estate, place: str = COMPOUND) -> list[dict[str, Any]]:
    return await rows(estate, "staff", f"places/{place}/demands")


async def letter(estate: Estate, home: str = LI_HOME) -> dict[str, Any]:
    """Have a letter made for a home; return it."""
    await late(estate)
    await started(estate, place=home, way="letter")
    [made] = await rows(estate, "staff", f"places/{home}/demand-letters")
    return made


# Requests about Li's home by an office, see deeds.Ask


async def paused(_: Estate) -> Ask:
    body = {"kind": "dispute", "reason": "面积有争议"}
    return Ask(f"/api/v1/places/{LI_HOME}/demand-pauses", body)


async def resumed(estate: Estate) -> Ask:
    ask = await paused(estate)
    admin = await estate.member("admin")
    made = await estate.world.api.post(ask.path, ask.body, as_=admin)
    assert made.status == 201, made.body
    pause_id = made.body["pause_id"]
    return Ask(f"/api/v1/demand-pauses/{pause_id}/lift", subject=pause_id)


async def delivered(estate: Estate) -> Ask:
    made = await letter(estate)
    letter_id = made["letter_id"]
    path = f"/api/v1/demand-letters/{letter_id}/delivery"
    return Ask(path, {"handed_to": "debtor"}, subject=letter_id)


async def begun(estate: Estate) -> Ask:
    await late(estate)
    return Ask(f"/api/v1/places/{COMPOUND}/demand-rounds", {"way": "message"})


async def ruled(_: Estate) -> Ask:
    path = f"/api/v1/places/{COMPOUND}/demand-rule"
    return Ask(path, {"days_after": [3, 30]}, method="PUT", subject=f"{COMPOUND}|")


async def printed(estate: Estate) -> Ask:
    await late(estate)
    found = await started(estate, way="letter")
    round_id = found["round_id"]
    path = f"/api/v1/demand-rounds/{round_id}/sheets"
    return Ask(path, method="GET", subject=round_id)

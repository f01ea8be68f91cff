"""What people said is in no log: feedback without a name, a mediation, a household card.

Logged as in production, but at debug: each request, and a worker whose every job fails. An
auditor, who is the community's or above, finds no author in the audit either.
"""

import re
from typing import Any, Final

import pytest
import structlog

from server.features import FEATURES
from services.dependencies import Dependencies
from services.jobs import actions as jobs
from services.kernel.documents import Document
from services.kernel.permissions import Role
from tests.build import cast, feedback, mediations
from tests.build.cast import COMMUNITY, LI_HOME, WANG_HOME, appoint
from tests.build.mediations import STORY
from tests.build.world import World
from tests.feedback.test_anonymity import BELOW, SAID, Nameless, said_without_a_name
from tests.mediations.test_confidentiality import PARTY, told_all
from tests.mediations.test_confidentiality import SAID as WORDS
from tests.privacy import searching
from tests.privacy.conftest import Log
from tests.visits.conftest import Doors
from tests.visits.test_cards import ILL, ill, noted

pytestmark = pytest.mark.slow

AUDITOR: Final = "13900000091"


async def _fail(_deps: Dependencies, _payload: Document) -> None:
    raise ValueError("the disk is full")


async def everything_fails(world: World) -> None:
    """Let the worker fail at whatever waits, however late it is due."""
    waits = {"state": "ready", "open": True}
    await world.db.outbox.update_many(waits, {"$set": {"due_at": world.clock.now}})
    failing: dict[str, jobs.Handler] = dict.fromkeys(FEATURES.jobs, _fail)
    assert await jobs.run_due(world.deps, failing, "test-worker") > 0


def searched(log: Log, needles: dict[str, str]) -> set[str]:
    """Search what is logged; first show that requests, jobs, and these needles are found."""
    lines = log().splitlines()
    assert any('"route": "/api/v1/' in line for line in lines)
    assert any("the disk is full" in line for line in lines)
    found = searching.hits("log", lines, needles)
    structlog.get_logger("careless").info("case", words=[*needles.values()])
    told = searching.hits("log", log().splitlines()[len(lines) :], needles)
    masked = {f"log: {name}" for name in needles if "phone" in name}
    assert told == {f"log: {name}" for name in needles} - masked
    return found


async def seen_by_the_auditor(nameless: Nameless) -> list[Any]:
    """Return rows of the audit that name both the author and what they said."""
    world = nameless.voices.world
    await appoint(world.deps, Role.AUDITOR, COMMUNITY, AUDITOR)
    auditor = await world.sign_in("auditor", AUDITOR)
    reply = await world.api.get("/api/v1/audit?limit=100", as_=auditor)
    assert reply.status == 200, reply.body
    rows = [str(row) for row in reply.body["items"]]
    assert any(nameless.case_id in row for row in rows), "what offices did in it is there"
    who = nameless.author.person_id
    return [row for row in rows if nameless.case_id in row and who in row]


async def test_who_said_it_is_in_no_log_and_no_audit(world: World, log: Log) -> None:
    nameless = await said_without_a_name(await feedback.opened(world))
    voices, case_id = nameless.voices, nameless.case_id
    needles = {**nameless.needles, "words": SAID}
    for who in BELOW:
        for path in (case_id, f"{case_id}/history", f"{case_id}/photos", f"?q={SAID[:4]}"):
            await voices.get(who, f"feedback/{path}".replace("/?", "?"))
        assert (await voices.get(who, "audit")).status == 403, who
    wrong = f"feedback?q={needles['name']}&state={needles['home']}"
    assert (await voices.get(nameless.author, wrong)).status in {403, 422}
    await everything_fails(world)
    assert searched(log, needles) == set()
    assert await seen_by_the_auditor(nameless) == []
    where = {"act": re.compile("^feedback"), "subject": case_id}
    planted = {"$set": {"person": nameless.author.person_id}}
    await world.db.audit.update_one(where, planted)
    assert len(await seen_by_the_auditor(nameless)) == 1


async def test_a_mediation_and_a_card_are_in_no_log(world: World, log: Log) -> None:
    estate = await cast.build(world, ())
    talks, doors = await mediations.build(estate), Doors(estate)
    mediation_id = await told_all(talks)
    for who in ("li", "wang", "mediator", "member", "head"):
        for path in ("", "/history", "/papers"):
            await talks.get(who, f"mediations/{mediation_id}{path}")
    entry = await ill(doors)
    await noted(doors, text="晚上七点后按门铃", residency_id="r0-li")
    for who, home in (("head", LI_HOME), ("li", LI_HOME), ("wang", WANG_HOME)):
        await doors.get(who, f"household-cards/{home}")
    await doors.post("staff", f"household-cards/entries/{entry}/reveal", reason="care")
    await everything_fails(world)
    needles = {
        **WORDS,
        **PARTY,
        "what the office opened with": STORY,
        "illness": ILL,
        "entry": "晚上七点后按门铃",
        "home of a party": WANG_HOME,
        "home": LI_HOME,
    }
    assert searched(log, needles) == set()

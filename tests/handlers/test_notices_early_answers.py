"""Answers to notices that are given before the messages are written."""

from typing import Any

from services.messaging.broadcasts.jobs import note_answered
from services.messaging.models import message_id_of
from services.residencies.models import Relation
from tests.build.cast import LI_HOME, SUN_HOME, UNIT, WANG_HOME, Estate, homes, live_there
from tests.build.homes import get
from tests.build.notices import asked, send
from tests.build.world import Reply


async def answer(estate: Estate, notice_id: str, who: str, said: str, **more: Any) -> Reply:
    return await send(estate, "PUT", who, f"me/notices/{notice_id}/answer", answer=said, **more)


async def reached(estate: Estate, notice_id: str) -> tuple[int, int, int, int]:
    """Return homes that are meant, answered and unreached; and people who answered."""
    found = (await get(estate, "staff", f"notices/{notice_id}/reach")).body["here"]
    there = found["homes"]
    told = (there["meant"], there["answered"], there["unreached"])
    return (*told, found["people"]["answered"])


async def test_an_answer_that_comes_before_its_message_counts(estate: Estate) -> None:
    """The notice is read at once; the messages of a city are written for minutes."""
    await live_there(estate.world.deps, [(SUN_HOME, "wang", Relation.OWNER)])
    for name in ("li", "mei", "wang"):
        await estate.member(name)
    notice_id = await asked(estate)
    assert (await answer(estate, notice_id, "li", "yes")).status == 200
    assert (await answer(estate, notice_id, "li", "no")).status == 200
    said = await answer(estate, notice_id, "wang", "yes", home=WANG_HOME)
    assert said.status == 200, said.body
    await estate.world.work()
    assert (await reached(estate, notice_id))[:3] == (3, 2, 1)
    await estate.advance(minutes=1)
    await estate.world.work()
    assert await reached(estate, notice_id) == (3, 2, 0, 2)
    path = f"notices/{notice_id}/unreached"
    assert (await get(estate, "staff", path)).body["items"] == []
    kept = await estate.world.db.broadcast_homes.find_one({"home": LI_HOME})
    assert kept is not None
    assert len(kept["people"]) == 2


async def test_an_office_that_answers_before_its_message_counts(estate: Estate) -> None:
    head = await estate.member("head")
    offices = {"places": [UNIT], "roles": ["unit_head"]}
    notice_id = await asked(estate, audience=offices)
    assert (await answer(estate, notice_id, "head", "yes")).status == 200
    deps = estate.world.deps
    about = message_id_of("notices", notice_id, head.person_id)
    job = await deps.db.outbox.find_one({"_id": f"messaging.answered:{about}:"})
    assert job is not None
    assert await note_answered(deps, job["payload"]) is not None  # nothing is written yet
    await estate.world.work()
    await estate.advance(minutes=1)
    await estate.world.work()
    assert await reached(estate, notice_id) == (0, 0, 0, 1)
    message = await deps.db.messages.find_one({"_id": about})
    assert message is not None
    assert message["answered_at"] == job["payload"]["at"]


async def test_who_was_not_told_is_not_counted_for_answering(estate: Estate) -> None:
    """They moved in after all messages were written."""
    notice_id = await asked(estate)
    await estate.world.work()
    await homes(estate.world.deps, {f"{UNIT}.601": 6000})
    await live_there(estate.world.deps, [(f"{UNIT}.601", "zhao", Relation.OWNER)])
    assert (await answer(estate, notice_id, "zhao", "yes")).status == 200
    assert await estate.world.db.outbox.count_documents({"kind": "messaging.answered"}) == 0
    assert await reached(estate, notice_id) == (3, 0, 3, 0)

"""Steps that a case offers to somebody: none of them is refused because of how the case is."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

from tests.build import feedback, repairs, rounds, tasks
from tests.build.cast import UNIT, Estate
from tests.build.world import World

WHY: Final = {"reason": "请看一看"}
SAID: Final = {"text": "已经去看过了"}
Body = dict[str, Any]


@dataclass
class Case:
    """A case as it is now: its address, who takes steps, and how each step is asked for."""

    world: World
    get: Callable[[str, str], Awaitable[Any]]
    send: Callable[..., Awaitable[Any]]
    collection: str
    path: str
    id: str
    ways: dict[str, tuple[str, Body]]
    people: Iterable[str]


FEEDBACK: Final[dict[str, tuple[str, Body]]] = {
    "add": ("additions", SAID),
    "withdraw": ("withdraw", WHY),
    "take": ("take", {}),
    "solve": ("solve", SAID),
    "thank": ("thanks", SAID),
    "ask": ("question", WHY),
    "hand_on": ("hand-on", WHY),
    "hand_back": ("hand-back", WHY),
    "to_firm": ("firm", WHY),
    "to_department": ("department", {"department": "区城管局", **WHY}),
    "back": ("back", WHY),
    "remark": ("remarks", {**SAID, "internal": True}),
    "confirm": ("answer", {"solved": True}),
    "return": ("answer", {"solved": False}),
    "reopen": ("reopen", WHY),
}
PARTS: Final[dict[str, tuple[str, Body]]] = {
    "finish": ("finish", WHY),
    "accept": ("accept", {}),
    "return": ("return", WHY),
}
LADDER: Final = ("li", "head", "building", "staff", "subdistrict", "manager")


async def offered(case: Case) -> set[tuple[str, str]]:
    """Take each step that is offered, and put the case back; return who may take which."""
    found, db = set(), case.world.db
    kept = await db[case.collection].find_one({"_id": case.id})
    parties = await db.case_parties.find({"case": case.id}).to_list()
    assert kept is not None
    number = kept["steps"]
    for who in case.people:
        seen = await case.get(who, f"{case.path}/{case.id}")
        for step in seen.body["steps"] if seen.status == 200 else ():
            way, body = case.ways[step]
            reply = await case.send("POST", who, f"{case.path}/{case.id}/{way}", **body)
            assert reply.status == 200, (who, step, reply.body)
            found.add((who, step))
            number += 10  # behind the rows of history that are there
            await db[case.collection].replace_one({"_id": case.id}, {**kept, "steps": number})
            await db.case_parties.delete_many({"case": case.id})
            if parties:
                await db.case_parties.insert_many(parties)
    return found


def said(voices: feedback.Voices, case_id: str) -> Case:
    return Case(
        voices.world,
        voices.get,
        voices.send,
        "feedback",
        "feedback",
        case_id,
        FEEDBACK,
        LADDER,
    )


async def test_praise_offers_thanks_and_all_else_a_solution(estate: Estate) -> None:
    voices = await feedback.build(estate)
    praise = await offered(said(voices, await voices.file("li", kind="praise")))
    assert ("head", "thank") in praise
    assert ("head", "solve") not in praise
    case_id = await voices.file("li")
    found = await offered(said(voices, case_id))
    assert ("head", "solve") in found
    assert not {"thank", "hand_back"} & {step for _, step in found}
    await voices.do("head", case_id, "hand-on", reason="请楼栋长办理")
    found = await offered(said(voices, case_id))
    assert {("building", "hand_back"), ("building", "hand_on")} <= found
    await voices.do("building", case_id, "hand-back", reason="本单元能办")
    await voices.do("head", case_id, "hand-on", reason="办不了")
    assert ("building", "hand_back") not in await offered(said(voices, case_id))


async def test_nobody_above_and_no_firm_is_not_offered(estate: Estate) -> None:
    voices = await feedback.build(estate)
    case_id = await voices.file("li")
    for who in ("head", "building", "grid", "staff"):
        await voices.do(who, case_id, "hand-on", reason="请上级办理")
    found = await offered(said(voices, case_id))
    assert ("subdistrict", "solve") in found
    assert ("subdistrict", "hand_on") not in found
    firm = (await voices.member("manager")).person_id
    await voices.world.db.appointments.delete_many({"person": firm})
    assert ("subdistrict", "to_firm") not in await offered(said(voices, case_id))
    await voices.solve("subdistrict", case_id)
    assert {("li", "confirm"), ("li", "return")} <= await offered(said(voices, case_id))


async def test_a_round_is_finished_when_all_was_looked_at(estate: Estate) -> None:
    given = await tasks.build(estate)
    made = (await rounds.started(given, await rounds.planned(given)))["round_id"]
    assert (await given.get("head", f"rounds/{made}")).body["steps"] == []
    for key in ("stairs", "exit"):
        await rounds.checked(given, made, key)
    assert (await given.get("head", f"rounds/{made}")).body["steps"] == ["finish"]
    assert (await given.post("head", f"rounds/{made}/finish")).status == 200


async def test_a_part_of_a_task_is_returned_once(estate: Estate) -> None:
    given = await tasks.build(estate)
    part = (await given.part(await given.give(), UNIT))["part_id"]

    async def send(_verb: str, who: str, path: str, **body: Any) -> Any:
        return await given.post(who, path, **body)

    case = Case(
        given.world, given.get, send, "task_parts", "task-parts", part, PARTS, ("head", "staff")
    )
    assert await offered(case) == {("head", "finish"), ("staff", "finish")}
    await given.post("head", f"task-parts/{part}/finish", **WHY)
    assert await offered(case) == {("staff", "accept"), ("staff", "return")}
    await given.post("staff", f"task-parts/{part}/return", **WHY)
    await given.post("head", f"task-parts/{part}/finish", **WHY)
    assert await offered(case) == {("staff", "accept")}


async def test_a_repair_that_ended_long_ago_is_not_opened_again(estate: Estate) -> None:
    works = await repairs.build(estate)
    repair_id = await works.report("li")
    await works.repaired(repair_id)
    await works.do("li", repair_id, "answer", fixed=True)
    assert "reopen" in (await works.get("li", f"repairs/{repair_id}")).body["steps"]
    await estate.advance(days=31)
    assert "reopen" not in (await works.get("li", f"repairs/{repair_id}")).body["steps"]
    late = await works.post("li", f"repairs/{repair_id}/reopen", reason="又漏了")
    assert late.status == 409

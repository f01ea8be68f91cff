"""Calls about feedback: by the office with which it lies, and never about what has no name."""

from typing import Any

from tests.build.cast import LI_HOME, PHONES, UNIT
from tests.build.feedback import Voices
from tests.build.homes import acts
from tests.build.world import Reply


async def ask(voices: Voices, who: str, case_id: str) -> Reply:
    wish: dict[str, Any] = {"about": "feedback", "subject_id": case_id}
    return await voices.post(who, "calls", **wish)


async def test_the_office_with_which_it_lies_calls_the_author(voices: Voices) -> None:
    case_id = await voices.file("li")
    call = await ask(voices, "head", case_id)
    assert (call.status, call.body["state"]) == (201, "allowed")
    number = f"calls/{call.body['call_id']}/number"
    assert (await voices.post("head", number)).body["phone"] == PHONES["li"]
    assert (await ask(voices, "building", case_id)).status == 404
    assert (await ask(voices, "wang", case_id)).status == 404
    assert (await ask(voices, "staff", case_id)).status == 403  # sees it, and others have it
    own = await ask(voices, "li", case_id)
    assert own.status == 403
    # whoever has handed it on calls nobody any more
    await voices.do("head", case_id, "firm", reason="绿化由物业负责")
    for reply in (await voices.post("head", number), await ask(voices, "head", case_id)):
        assert reply.status == 403
    assert (await ask(voices, "manager", case_id)).body["state"] == "allowed"
    await voices.solve("manager", case_id)
    await voices.do("li", case_id, "answer", solved=True)
    assert (await ask(voices, "manager", case_id)).status == 403


async def test_of_an_office_who_has_taken_it_calls(voices: Voices) -> None:
    case_id = await voices.file("li")
    second = await voices.substitute("unit_head", UNIT)
    await voices.do(second, case_id, "take")
    wish: dict[str, Any] = {"about": "feedback", "subject_id": case_id}
    assert (await voices.post("head", "calls", **wish)).status == 403
    assert (await voices.post(second, "calls", **wish)).status == 201


async def test_nobody_calls_about_what_has_no_name(voices: Voices) -> None:
    """Below the community it is as if it were not there, and nothing of it is written down."""
    await voices.households(*[f"{UNIT}.{door}" for door in (601, 602, 603, 604)])
    case_id = await voices.file("li", place=LI_HOME, anonymous=True)
    for who in ("head", "building", "wang"):
        assert (await ask(voices, who, case_id)).status == 404
    for who in ("head", "building", "grid"):
        await voices.do(who, case_id, "hand-on", reason="请上级办理")
    for who in ("staff", "subdistrict"):
        reply = await ask(voices, who, case_id)
        assert (reply.status, reply.code) == (403, "forbidden")
    assert await voices.world.db.calls.count_documents({}) == 0
    assert await acts(voices.world, "call.asked") == []


async def test_whoever_has_no_account_is_not_called(voices: Voices) -> None:
    case_id = await voices.file("head", on_behalf_of="钱奶奶", way="visit")
    reply = await ask(voices, "head", case_id)
    assert (reply.status, reply.code) == (409, "call_nobody_to_ask")


async def test_about_one_s_own_home_somebody_else_calls(voices: Voices) -> None:
    """Also about what all share, where somebody of the own home said it."""
    case_id = await voices.file("li")
    head = await voices.member("head")
    rows = voices.world.db.residencies
    kept = await rows.find_one({"home": LI_HOME})
    assert kept is not None
    sealed = {"phone_sealed": None, "phone_index": None, "person": head.person_id}
    await rows.insert_one({**kept, **sealed, "_id": "r9-head", "relation": "tenant"})
    reply = await ask(voices, "head", case_id)
    assert (reply.status, reply.code) == (403, "own_home")

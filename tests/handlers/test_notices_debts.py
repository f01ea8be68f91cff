"""Notices to homes that owe: which ones these are, heads learn only where they see debts."""

import pytest

from tests.build.cast import COMMUNITY, COMPOUND, LI_HOME, UNIT, Estate
from tests.build.homes import get, post
from tests.build.notices import delivered, everybody, knock, send
from tests.build.payments import paid

pytestmark = pytest.mark.billed("2026-01")

TO_DEBTORS = {"owing_since": "2026-02", "relations": ["owner", "family"]}


async def written(estate: Estate, who: str, place: str) -> str:
    """Let somebody write to those who owe: Li, and not Wang."""
    await everybody(estate)
    wang = await estate.member("wang")
    for kind in ("property_fee", "waste_fee"):
        await paid(estate, wang, await estate.bill_ids("wang", kind))
    return await delivered(estate, who, audience={"places": [place], **TO_DEBTORS})


async def hide(estate: Estate) -> None:
    path = f"places/{COMMUNITY}/heads-see-debts"
    assert (await post(estate, "staff", path, allowed=False)).status == 200


async def doors_of(estate: Estate, who: str) -> list[list[str]]:
    """Return the homes of the list of a place, of the list of the day, and their count."""
    listed = await get(estate, who, f"places/{UNIT}/unreached-homes")
    today = await get(estate, who, "me/today")
    return [
        [each["home"] for each in listed.body["items"]],
        [e["place"] for e in today.body["items"] if e["kind"] == "notices.unreached"],
    ]


async def counted(estate: Estate, place: str) -> int:
    """Return what supervisors are told that heads have to knock at."""
    deps = estate.world.deps
    [kind] = [each for each in deps.features.today if each.name == "notices.unreached"]
    return int((await kind.count(deps, None, [place]))[place])  # type: ignore[arg-type]


async def test_heads_carry_no_notice_by_debts_where_these_are_hidden(estate: Estate) -> None:
    notice_id = await written(estate, "staff", COMPOUND)
    above = COMMUNITY.rpartition(".")[0]
    at_home = f"notices/{notice_id}/homes/{LI_HOME}/visits"
    assert await doors_of(estate, "head") == [[LI_HOME], [LI_HOME]]
    assert (await knock(estate, notice_id, LI_HOME, "nobody_there")).status == 201
    before = [await counted(estate, place) for place in (UNIT, COMMUNITY, above)]
    assert 0 < before[0] < before[1] == before[2]
    await hide(estate)
    assert await doors_of(estate, "head") == [[], []]
    assert (await get(estate, "head", at_home)).status == 404
    assert (await knock(estate, notice_id, LI_HOME)).status == 404
    assert [await counted(estate, place) for place in (UNIT, COMMUNITY, above)] == [0, 0, 0]
    [listed, _] = await doors_of(estate, "staff")
    assert listed == [LI_HOME], "the community sees which homes owe"
    assert len((await get(estate, "staff", at_home)).body["items"]) == 1


async def test_what_a_head_wrote_to_debtors_tells_no_homes_once_debts_are_hidden(
    estate: Estate,
) -> None:
    notice_id = await written(estate, "head", UNIT)
    path = f"notices/{notice_id}"
    listed = await get(estate, "head", f"{path}/unreached")
    assert [each["home"] for each in listed.body["items"]] == [LI_HOME]
    await hide(estate)
    for of_homes in ("unreached", "visits"):
        assert (await get(estate, "head", f"{path}/{of_homes}")).status == 403
    for place in (UNIT, LI_HOME):
        found = await get(estate, "head", f"{path}/reach?place={place}")
        assert (found.body["here"]["homes"], found.body["below"]) == (None, [])


async def test_no_answer_of_debtors_is_entered_where_debts_are_hidden(estate: Estate) -> None:
    asked = {
        "kind": "asks_answer",
        "question": {"form": "yes_no", "until": "2026-03-09T04:00:00Z"},
    }
    await everybody(estate)
    audience = {"places": [COMPOUND], **TO_DEBTORS}
    notice_id = await delivered(estate, audience=audience, **asked)
    await hide(estate)
    path = f"homes/{LI_HOME}/notices/{notice_id}/answer"
    for who, status in (("head", 404), ("staff", 200)):
        assert (await send(estate, "PUT", who, path, answer="yes")).status == status

"""Agreements: exactly the same words, from each party, in the app or on paper."""

import asyncio
from typing import Any

from services.kernel.permissions import Role
from tests.build.cast import COMMUNITY, appoint
from tests.build.mediations import TERMS, WITH_SHOP, WITH_WANG, Talks
from tests.build.photos import sent
from tests.build.world import Reply


async def answered(
    talks: Talks, who: str, mediation_id: str, sha256: str, *, agree: bool = True
) -> Reply:
    path = f"mediations/{mediation_id}/agreement/answer"
    return await talks.send("POST", who, path, sha256=sha256, agree=agree)


async def test_another_version_is_to_be_confirmed_anew(talks: Talks) -> None:
    mediation_id, old = await talks.proposed()
    assert (await answered(talks, "li", mediation_id, old)).status == 200
    reply = await answered(talks, "li", mediation_id, old)
    assert (reply.status, reply.code) == (409, "mediation_answered")
    new = await talks.propose(mediation_id, TERMS + "另赔偿一百元。")
    reply = await answered(talks, "wang", mediation_id, old)
    assert (reply.status, reply.code) == (409, "mediation_agreement_changed")
    assert (await answered(talks, "wang", mediation_id, new)).body["state"] == "proposed"
    assert (await answered(talks, "li", mediation_id, new)).body["state"] == "agreed"


async def test_a_no_goes_back_to_the_talks(talks: Talks) -> None:
    mediation_id, sha256 = await talks.proposed()
    reply = await answered(talks, "wang", mediation_id, sha256, agree=False)
    assert (reply.status, reply.body["state"]) == (200, "talks")
    assert any("不同意" in each for each in await talks.told("mediator", "mediation_work"))


async def test_the_last_two_at_once_put_it_in_force_once(talks: Talks) -> None:
    mediation_id, sha256 = await talks.proposed()
    await asyncio.gather(
        *(answered(talks, who, mediation_id, sha256) for who in ("li", "wang"))
    )
    for who in ("li", "wang"):  # who was second may have been told to look again
        await answered(talks, who, mediation_id, sha256)
    assert (await talks.see("li", mediation_id))["state"] == "agreed"
    query: dict[str, Any] = {"case": mediation_id, "target": "agreed"}
    assert await talks.world.db.case_events.count_documents(query) == 1


async def test_the_last_yes_and_a_no_at_once_count_one_of_them(talks: Talks) -> None:
    mediation_id, sha256 = await talks.proposed()
    await answered(talks, "li", mediation_id, sha256)
    yes, no = await asyncio.gather(
        answered(talks, "wang", mediation_id, sha256),
        answered(talks, "li", mediation_id, sha256, agree=False),
    )
    assert {yes.status, no.status} == {200, 409}
    late = no if yes.status == 200 else yes
    assert late.code == "mediation_moved_on"
    state = (await talks.see("li", mediation_id))["state"]
    assert state == ("agreed" if yes.status == 200 else "talks")


async def test_a_paper_of_a_version_before_is_shown_for_none_after(talks: Talks) -> None:
    mediation_id, old = await talks.proposed()
    party = (await talks.see("mediator", mediation_id))["parties"][1]["party_id"]
    photo = await sent(talks.world.api, await talks.member("mediator"), purpose="case")
    wish = {"sha256": old, "agree": True, "photo_ids": [photo]}
    path, papers = f"parties/{party}/signature", f"mediations/{mediation_id}/papers"
    await talks.do("mediator", mediation_id, path, **wish)
    assert len((await talks.get("li", papers)).body["items"]) == 1
    new = await talks.propose(mediation_id, TERMS + "另赔偿一百元。")
    assert (await talks.get("li", papers)).body["items"] == []
    for who in ("wang", "li"):
        await answered(talks, who, mediation_id, new)
    assert (await talks.see("li", mediation_id))["state"] == "agreed"
    assert (await talks.get("li", papers)).body["items"] == []
    row = await talks.world.db.mediation_parties.find_one({"_id": party})
    assert row is not None
    assert row["photo_ids"] == []


async def test_a_paper_is_shown_with_the_mediation_and_by_no_office(talks: Talks) -> None:
    """A member who lives with a party, or is one, holds the office that says who mediates."""
    mediation_id, sha256 = await talks.proposed()
    party = (await talks.see("mediator", mediation_id))["parties"][1]["party_id"]
    photo = await sent(talks.world.api, await talks.member("mediator"), purpose="case")
    wish = {"sha256": sha256, "agree": True, "photo_ids": [photo]}
    await talks.do("mediator", mediation_id, f"parties/{party}/signature", **wish)
    await talks.member("mei")
    for who in ("mei", "wang"):
        await appoint(talks.world.deps, Role.MEDIATION_MEMBER, COMMUNITY, who)
    for who in ("mei", "wang", "member", "mediator", "staff"):
        assert (await talks.get(who, f"photos/{photo}/url")).status == 404, who
    papers = f"mediations/{mediation_id}/papers"
    statuses = {who: (await talks.get(who, papers)).status for who in ("mei", "staff")}
    assert statuses == {"mei": 404, "staff": 404}
    for who in ("li", "wang", "member", "mediator"):
        [shown] = (await talks.get(who, papers)).body["items"]
        assert shown["photo_id"] == photo, who


async def test_who_has_no_account_answers_at_the_door_and_signs_on_paper(talks: Talks) -> None:
    mediation_id = await talks.open(parties=[*WITH_WANG, *WITH_SHOP])
    await talks.assign(mediation_id)
    await talks.do("wang", mediation_id, "answer", agree=True)
    seen = await talks.see("mediator", mediation_id)
    shop = seen["parties"][2]
    assert (shop["letter"], shop["phone"], shop["agreed"]) == ("丙方", "+8613811112222", None)
    party = f"parties/{shop['party_id']}"
    seen = await talks.do("mediator", mediation_id, f"{party}/answer", agree=True)
    assert (seen["state"], seen["parties"][2]["answered_by"]) == ("talks", "door")
    sha256 = await talks.propose(mediation_id)
    for who in ("li", "wang"):
        assert (await answered(talks, who, mediation_id, sha256)).body["state"] == "proposed"
    path = f"mediations/{mediation_id}/{party}/signature"
    bare = await talks.send("POST", "mediator", path, sha256=sha256, agree=True)
    assert (bare.status, bare.code) == (422, "mediation_paper_needed")
    mediator = await talks.member("mediator")
    photo = await sent(talks.world.api, mediator, purpose="case")
    wish = {"sha256": sha256, "agree": True, "photo_ids": [photo]}
    reply = await talks.send("POST", "mediator", path, **wish)
    assert (reply.status, reply.body["state"]) == (200, "agreed")
    papers = await talks.get("li", f"mediations/{mediation_id}/papers")
    assert [each["photo_id"] for each in papers.body["items"]] == [photo]
    for stranger in ("staff", "head", "admin"):
        assert (await talks.get(stranger, f"photos/{photo}/url")).status == 404

"""Photos of a deed or a contract: whose, for whom, for how long."""

from tests.build.cast import LI_HOME, SUN_HOME, Estate
from tests.build.homes import acts, ask, asked, decide, get, newcomer, post
from tests.build.pictures import picture
from tests.build.sign_ins import Member


async def photo(estate: Estate, who: Member) -> str:
    reply = await estate.world.api.post("/api/v1/photos?purpose=proof", picture(), as_=who)
    assert reply.status == 201, reply.body
    return str(reply.body["photo_id"])


async def with_proof(estate: Estate, name: str = "chen") -> tuple[Member, str]:
    member = await newcomer(estate, name)
    await estate.world.agree(member, "proof")
    return member, await photo(estate, member)


async def test_who_decides_sees_the_proof_and_nobody_else(estate: Estate) -> None:
    chen, shot = await with_proof(estate)
    await estate.member("head")
    request_id = await asked(estate, chen, LI_HOME, relation="family", photo_ids=[shot])
    for who, status in ((chen, 200), ("staff", 200), ("head", 404), ("li", 404)):
        assert (await get(estate, who, f"photos/{shot}/url")).status == status
    path = f"home-requests/{request_id}"
    assert (await get(estate, "staff", path)).body["photo_ids"] == [shot]
    assert (await get(estate, "head", path)).body["photo_ids"] is None


async def test_nobody_elses_photo_and_none_twice(estate: Estate) -> None:
    chen, shot = await with_proof(estate)
    zhou, _ = await with_proof(estate, "zhou")
    wish = {"relation": "family", "photo_ids": [shot]}
    assert (await ask(estate, zhou, SUN_HOME, **wish)).status == 404
    assert (await ask(estate, chen, SUN_HOME, **wish)).status == 201
    assert (await ask(estate, chen, LI_HOME, **wish)).status == 404
    assert await estate.world.db.home_requests.count_documents({}) == 1


async def test_a_month_after_the_decision_it_is_gone(estate: Estate) -> None:
    world = estate.world
    chen, shot = await with_proof(estate)
    request_id = await asked(estate, chen, SUN_HOME, relation="family", photo_ids=[shot])
    await world.advance(days=40)  # undecided, it stays
    await world.work()
    assert await world.db.photos.count_documents({}) == 1
    estate.members.clear()
    assert (await decide(estate, request_id, accept=False)).status == 200
    await world.advance(days=29)
    await world.work()
    assert await world.db.photos.count_documents({}) == 1
    await world.advance(days=1)
    await world.work()
    assert await world.db.photos.count_documents({}) == 0
    kept = await world.db.home_requests.find_one({"_id": request_id})
    assert (kept["photo_ids"], kept["state"]) == ([], "rejected")
    assert len(await acts(world, "home.proof_removed")) == 1


async def test_a_withdrawn_request_keeps_no_proof_either(estate: Estate) -> None:
    world = estate.world
    chen, shot = await with_proof(estate)
    request_id = await asked(estate, chen, SUN_HOME, relation="family", photo_ids=[shot])
    await post(estate, chen, f"me/home-requests/{request_id}/withdraw")
    await world.advance(days=30)
    await world.work()
    assert await world.db.photos.count_documents({}) == 0

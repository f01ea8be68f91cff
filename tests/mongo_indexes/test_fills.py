"""Fields that old documents lack are given to them by `apply`, and missed by `check`."""

import mongo_indexes
from mongo_indexes import appointments, notices, repairs
from services.kernel.paths import ancestors
from tests.build.cast import COMPOUND, LI_HOME, Estate
from tests.build.notices import delivered
from tests.build.repairs import TAP
from tests.build.repairs import build as build_repairs


async def test_old_documents_get_the_places_above_theirs(estate: Estate) -> None:
    db = estate.world.db
    rows = db[appointments.COLLECTION]
    await rows.update_many({}, {"$unset": {"under": ""}})
    [missing] = await mongo_indexes.check(db)
    assert missing == "create field appointments.under"
    assert (await listed(estate)) == []
    for _ in range(2):  # safe to repeat
        await mongo_indexes.apply(db)
    assert await mongo_indexes.check(db) == []
    found = await rows.find().to_list()
    assert all(row["under"] == ancestors(row["place"]) for row in found)
    assert len(await listed(estate)) == len(found)


async def listed(estate: Estate) -> list[str]:
    reply = await estate.world.api.get("/api/v1/appointments", as_=await estate.member("admin"))
    return [item["appointment_id"] for item in reply.body["items"]]


async def test_old_notices_get_their_doors(estate: Estate) -> None:
    """Those that were published before doors were kept are in the lists of heads, too."""
    await estate.member("head")
    await delivered(estate)
    await delivered(estate, audience={"places": [COMPOUND], "roles": ["unit_head"]})
    rows = estate.world.db[notices.COLLECTION]
    before = await rows.find({}, {"doors": 1}).sort("_id").to_list()
    await rows.update_many({}, {"$unset": {"doors": ""}})
    await mongo_indexes.apply(estate.world.db)
    after = await rows.find({}, {"doors": 1}).sort("_id").to_list()
    assert [sorted(row["doors"]) for row in after] == [row["doors"] for row in before]


async def test_old_repairs_get_the_compound_and_month_of_their_figures(estate: Estate) -> None:
    rows = estate.world.db[repairs.COLLECTION]
    works = await build_repairs(estate)
    await works.report("li", place=LI_HOME, category=TAP)
    [before] = await rows.find().to_list()
    await rows.update_many({}, {"$unset": {"compound": "", "month": ""}})
    await mongo_indexes.apply(estate.world.db)
    [after] = await rows.find().to_list()
    assert after == before
    assert (after["compound"], after["month"]) == (COMPOUND, "2026-03")

"""Days of a mediation: nothing is noted before it happened, or counts as if it had."""

from typing import Any

from tests.build.mediations import Talks


async def test_a_session_is_noted_once_it_began(talks: Talks) -> None:
    mediation_id = await talks.talks()
    steps = {*(await talks.see("mediator", mediation_id))["steps"]}
    assert "plan" in steps
    assert not {"hold", "cancel"} & steps
    begins = f"{talks.world.clock.now:%Y-%m-%d}T20:00:00Z"
    planned = await talks.do(
        "mediator", mediation_id, "sessions", begins=begins, where="社区调解室"
    )
    assert {"hold", "cancel"} & {*planned["steps"]} == {"cancel"}
    path = f"mediations/{mediation_id}/sessions/{planned['sessions'][0]['session_id']}/held"
    wish: dict[str, Any] = {"minutes": "都讲了经过", "present": []}
    early = await talks.send("POST", "mediator", path, **wish)
    assert (early.status, early.code) == (409, "mediation_session_not_begun")
    await talks.advance(hours=20)
    assert {"hold", "cancel"} <= {*(await talks.see("mediator", mediation_id))["steps"]}
    assert (await talks.send("POST", "mediator", path, **wish)).status == 200


async def test_whether_it_is_kept_is_noted_on_its_day(talks: Talks) -> None:
    early, later = await talks.agreed(), await talks.agreed()
    seen = await talks.do("mediator", early, "follow-up", outcome="kept")
    assert (seen["state"], seen["is_early"]) == ("kept", True)
    assert (await talks.world.db.mediations.find_one({"_id": early}))["kept_in"] == ""
    await talks.advance(days=18)
    seen = await talks.do("mediator", later, "follow-up", outcome="kept")
    assert (seen["state"], seen["is_early"]) == ("kept", False)
    assert (await talks.world.db.mediations.find_one({"_id": later}))["kept_in"] != ""

"""The audit cannot be changed, thinned or cut without `verify` saying so."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from mongo_indexes import audit as index
from services.audit import actions, store
from services.audit.models import KEEP
from services.audit.verification import actions as verification
from services.audit.verification import jobs as verification_jobs
from services.audit.verification import views as verification_views
from services.audit.verification.models import Anchor, Verdict
from services.dependencies import Dependencies, Transaction
from services.kernel.acts import Act
from services.kernel.permissions import Actor
from services.kernel.redaction import redacted
from services.kernel.vault import KEY_BYTES, Vault
from tests.build.world import World

pytestmark = pytest.mark.slow


async def write(deps: Dependencies, person: str, times: int = 1) -> None:
    actor = Actor(person, "session")
    for number in range(times):

        async def save(tx: Transaction, number: int = number) -> None:
            await actions.record(
                deps, tx, actor, Act.PLACE_ADDED, place="cc.x", subject="s", number=number
            )

        await deps.in_transaction(save)


async def anchor(world: World) -> None:
    await verification_jobs.anchor(world.deps, {})


def problems(verdict: Verdict) -> set[str]:
    return {broken.problem for broken in verdict.broken}


async def test_what_was_written_is_as_written(world: World) -> None:
    await asyncio.gather(*(write(world.deps, f"p{n}", 3) for n in range(6)))
    await asyncio.gather(*(write(world.deps, "same") for _ in range(6)))
    await anchor(world)
    verdict = await verification.verify(world.deps)
    assert (verdict.rows, verdict.anchors, verdict.broken) == (24, 1, [])


@pytest.mark.parametrize(
    "change",
    [
        {"person": "somebody else"},
        {"facts": {"number": 7}},
        {"act": "place.grid_changed"},
        {"result": "refused"},
        {"address": "1.2.3.4"},
        {"act": "no such act"},
        {"note": "added"},
        {"mac": "0" * 64},
    ],
)
async def test_a_changed_row_is_found(world: World, change: dict[str, Any]) -> None:
    await write(world.deps, "p", 3)
    row = actions.row_id(actions.lane_of("p"), 2)
    await world.db.audit.update_one({"_id": row}, {"$set": change})
    [broken, *_] = (await verification.verify(world.deps)).broken
    assert (broken.row, broken.problem) == (row, "was changed")


async def test_a_row_written_anew_by_who_lacks_the_key_is_found(world: World) -> None:
    await write(world.deps, "p", 2)
    theirs = Vault({"k1": b"x" * KEY_BYTES})
    last = await world.db.audit.find_one({"_id": actions.row_id(actions.lane_of("p"), 2)})
    assert last is not None
    forged = {**last, "facts": {}}
    forged["mac"] = actions.fingerprint(theirs, forged)
    await world.db.audit.replace_one({"_id": last["_id"]}, forged)
    await world.db.audit_heads.update_one({}, {"$set": {"mac": forged["mac"]}})
    assert problems(await verification.verify(world.deps)) == {"was changed"}


async def test_rows_under_an_older_key_are_as_written_while_it_is_kept(world: World) -> None:
    await write(world.deps, "p", 2)
    newer = replace(world.deps, vault=Vault({"k2": b"n" * KEY_BYTES, "k1": b"k" * KEY_BYTES}))
    await write(newer, "p", 2)
    assert problems(await verification.verify(newer)) == set()
    lost = replace(world.deps, vault=Vault({"k2": b"n" * KEY_BYTES}))
    assert problems(await verification.verify(lost)) == {
        "is under a key that is not in SECRET_KEYS, or lacks a field"
    }


async def test_numbers_that_mongodb_gives_back_in_its_own_type_are_as_written(
    world: World,
) -> None:
    async def save(tx: Transaction) -> None:
        actor = Actor("p", "")
        await actions.record(world.deps, tx, actor, Act.PAYMENT_ORDERED, amount_fen=2**40)

    await world.deps.in_transaction(save)
    assert problems(await verification.verify(world.deps)) == set()


@pytest.mark.parametrize(
    ("gone", "problem"),
    [(1, "rows are missing"), (2, "rows are missing"), (3, "the last rows are missing")],
)
async def test_a_removed_row_is_found(world: World, gone: int, problem: str) -> None:
    await write(world.deps, "p", 3)
    await world.db.audit.delete_one({"_id": actions.row_id(actions.lane_of("p"), gone)})
    assert problem in problems(await verification.verify(world.deps))


async def test_a_lane_emptied_is_found(world: World) -> None:
    await write(world.deps, "p", 3)
    await world.db.audit.delete_many({})
    assert problems(await verification.verify(world.deps)) == {"the last rows are missing"}


async def test_a_lane_cut_and_its_head_set_back_is_found_by_the_anchor(world: World) -> None:
    await write(world.deps, "p", 3)
    await anchor(world)
    lane = actions.lane_of("p")
    second = await world.db.audit.find_one({"_id": actions.row_id(lane, 2)})
    assert second is not None
    await world.db.audit.delete_one({"_id": actions.row_id(lane, 3)})
    back = {"number": 2, "mac": second["mac"]}
    await world.db.audit_heads.update_one({"_id": lane}, {"$set": back})
    assert problems(await verification.verify(world.deps)) == {"the last rows are missing"}


async def test_a_head_that_was_set_back_is_found(world: World) -> None:
    await write(world.deps, "p", 3)
    second = await world.db.audit.find_one({"_id": actions.row_id(actions.lane_of("p"), 2)})
    assert second is not None
    back = {"number": 2, "mac": second["mac"]}
    await world.db.audit_heads.update_one({}, {"$set": back})
    assert problems(await verification.verify(world.deps)) == {"the lane's head was set back"}
    await world.db.audit_heads.update_one({}, {"$set": {"number": 3, "mac": "0"}})
    assert problems(await verification.verify(world.deps)) == {
        "is not the row an anchor or the lane's head saw"
    }


async def test_rows_written_while_the_audit_is_proved_are_no_alarm(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await write(world.deps, "p")
    whole = store.lane_rows

    async def busy(db: Any, lane: int) -> Any:
        if lane == actions.lane_of("p"):
            await write(world.deps, "p", 2)  # between the head and the rows
        async for row in whole(db, lane):
            yield row

    monkeypatch.setattr(store, "lane_rows", busy)
    verdict = await verification.verify(world.deps)
    assert (verdict.rows, verdict.broken) == (3, [])


async def test_the_log_says_the_anchor_whole_whatever_digits_it_has(world: World) -> None:
    """The log hides what looks like a phone, a card or an identity number."""
    with capture_logs() as logs:
        await anchor(world)
    [said] = [entry["anchor"] for entry in logs if entry["event"] == "audit_anchor"]
    assert said == (await verification.verify(world.deps)).last
    worst = Anchor(
        number=1, at=world.clock.now, heads=[], key_id="", previous="", mac="13" * 32
    )
    assert redacted(verification_views.line(worst)) == verification_views.line(worst)


@pytest.mark.parametrize(("gone", "found"), [(1, False), (2, True), (3, False)])
async def test_an_anchor_taken_out_of_the_middle_is_found(
    world: World, gone: int, *, found: bool
) -> None:
    """The oldest are forgotten in time, and the newest is the one that the log must say."""
    for _ in range(3):
        await write(world.deps, "p")
        await anchor(world)
    before = (await verification.verify(world.deps)).last
    await world.db.audit_anchors.delete_one({"_id": gone})
    verdict = await verification.verify(world.deps)
    assert problems(verdict) == ({"does not follow the anchor before"} if found else set())
    assert (verdict.last == before) == (gone != 3)


async def test_taking_anchors_away_does_not_make_rows_old(world: World) -> None:
    """Without a witness from before the year every row must be there."""
    await write(world.deps, "p", 3)
    await anchor(world)
    world.clock.now += KEEP - timedelta(hours=1)
    await write(world.deps, "p", 2)
    await anchor(world)
    await world.db.audit_anchors.delete_one({"_id": 1})
    await world.db.audit.delete_many({"_id": {"$lte": actions.row_id(actions.lane_of("p"), 4)}})
    assert problems(await verification.verify(world.deps)) == {"rows are missing"}


async def test_anchors_made_at_once_are_one_chain(world: World) -> None:
    await asyncio.gather(*(anchor(world) for _ in range(5)))
    verdict = await verification.verify(world.deps)
    assert (verdict.anchors, verdict.broken) == (5, [])


async def test_twenty_acts_of_one_person_at_once_all_succeed(world: World) -> None:
    """Also the first row of a lane, which two may want to be."""
    await asyncio.gather(*(write(world.deps, "p") for _ in range(20)))
    verdict = await verification.verify(world.deps)
    assert (verdict.rows, verdict.broken) == (20, [])


async def test_an_anchor_that_was_changed_is_found(world: World) -> None:
    await write(world.deps, "p", 3)
    await anchor(world)
    await world.db.audit_anchors.update_one({}, {"$set": {"heads.0.number": 2}})
    assert problems(await verification.verify(world.deps)) == {"was changed"}


async def test_only_what_is_older_than_a_year_may_be_gone(world: World) -> None:
    await write(world.deps, "p", 3)
    await anchor(world)
    world.clock.now += timedelta(hours=1)
    await anchor(world)
    world.clock.now += KEEP - timedelta(hours=1)
    await write(world.deps, "p", 2)
    lane = actions.lane_of("p")
    await world.db.audit.delete_many({"_id": {"$lte": actions.row_id(lane, 3)}})
    assert problems(await verification.verify(world.deps)) == set()
    await world.db.audit.delete_one({"_id": actions.row_id(lane, 4)})
    assert "rows are missing" in problems(await verification.verify(world.deps))


async def test_a_row_of_a_transaction_that_failed_is_not_there(world: World) -> None:
    async def fail(tx: Transaction) -> None:
        await actions.record(world.deps, tx, Actor("p", ""), Act.PLACE_ADDED)
        raise ValueError("on purpose")

    with pytest.raises(ValueError, match="on purpose"):
        await world.deps.in_transaction(fail)
    assert await world.db.audit.count_documents({}) == 0


def test_rows_are_kept_as_long_as_the_law_asks() -> None:
    [forget] = [i.document for i in index.INDEXES if i.document["name"] == "forget"]
    assert forget["expireAfterSeconds"] == KEEP.total_seconds() >= 180 * 24 * 3600


async def test_a_head_that_others_moved_is_read_anew(world: World) -> None:
    """A process remembers where lanes ended when it wrote last: a guess, never the truth."""
    await write(world.deps, "p", 2)
    lane = actions.lane_of("p")
    remembered = actions.REMEMBERED[lane]
    await write(world.deps, "p", 2)  # as another process would
    actions.REMEMBERED[lane] = remembered
    await write(world.deps, "p", 2)
    verdict = await verification.verify(world.deps)
    assert (verdict.rows, verdict.broken) == (6, [])


async def test_a_row_that_was_rolled_back_leaves_no_gap(world: World) -> None:
    await write(world.deps, "p")

    async def fail(tx: Transaction) -> None:
        await actions.record(world.deps, tx, Actor("p", "session"), Act.PLACE_ADDED, place="cc")
        raise InterruptedError

    with pytest.raises(InterruptedError):
        await world.deps.in_transaction(fail)
    await write(world.deps, "p")
    verdict = await verification.verify(world.deps)
    assert (verdict.rows, verdict.broken) == (2, [])

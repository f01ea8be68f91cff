"""Seals of journals: each finished day once, late journals beside them, nothing sealed over."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any
from unittest.mock import AsyncMock

import pytest
from structlog.testing import capture_logs

from services.dependencies import Transaction
from services.kernel.features import Feature, Features
from services.kernel.projections import Projection
from services.kernel.vault import KEY_BYTES, Vault
from services.ledger import actions as ledger
from services.ledger.models import Journal, Posting
from services.ledger.proofs import actions as proofs
from services.ledger.proofs.models import Span
from services.ledger.seals import actions as seals
from services.ledger.seals.models import CITY, LATE_DAYS
from tests.build.proofs import next_night, problems, sealed, verified
from tests.build.world import NOON, World

pytestmark = pytest.mark.slow

TODAY, TOMORROW = "2026-03-02", "2026-03-03"


async def post(
    world: World, name: str, place: str = "cc.x", at: datetime | None = None
) -> None:
    journal = Journal(
        id=name,
        kind="test",
        place=place,
        at=at or world.clock.now,
        postings=[Posting("income:a", 5), Posting("income:b", -5)],
    )

    async def save(tx: Transaction) -> None:
        await ledger.post(world.deps, tx, journal)

    await world.deps.in_transaction(save)


async def chain(world: World, place: str) -> list[tuple[str, int]]:
    """Return (day, journals) of a place's seals, in the order of the chain."""
    found = await world.db.journal_seals.find({"place": place}).sort("number", 1).to_list()
    for before, seal in pairwise(found):
        assert seal["previous"] == before["hash"]
    return [(seal["day"], seal["journals"]) for seal in found]


async def test_a_day_is_sealed_per_place_once_it_is_over_and_only_once(world: World) -> None:
    await post(world, "a")
    await post(world, "b")
    await post(world, "c", "cc.y")
    await sealed(world)
    assert await chain(world, CITY) == []
    await next_night(world)
    await sealed(world)
    assert await chain(world, "cc.x") == [(TODAY, 2)]
    assert await chain(world, "cc.y") == [(TODAY, 1)]
    assert await chain(world, CITY) == [(TODAY, 3)]
    assert await problems(world) == []


async def test_days_that_passed_without_a_worker_are_sealed_by_the_next_one(
    world: World,
) -> None:
    await post(world, "a")
    await post(world, "b", at=NOON + timedelta(days=1))
    await post(world, "c", at=NOON + timedelta(days=4))
    world.clock.now = NOON + timedelta(days=4)
    assert await problems(world) == [
        f"{TODAY}: not sealed, nor the days after it: does the worker run?"
    ]
    await sealed(world)
    assert await chain(world, "cc.x") == [(TODAY, 1), (TOMORROW, 1)]
    assert await problems(world) == []


async def test_late_journals_are_no_problem_and_are_sealed_the_next_night(world: World) -> None:
    await post(world, "a")
    await next_night(world)
    await post(world, "late", at=NOON)
    await post(world, "first", "cc.y", at=NOON)
    verdict, found = await verified(world)
    assert (verdict.late, found) == (2, [])
    await next_night(world)
    assert await chain(world, "cc.x") == [(TODAY, 1), (TODAY, 2)]
    assert await chain(world, CITY) == [(TODAY, 1), (TODAY, 3)]
    former, newer = await world.db.journal_seals.find({"place": "cc.x"}).to_list()
    assert newer["former"] == former["_id"]
    verdict, found = await verified(world)
    assert (verdict.late, found) == (0, [])
    await world.db.journal.delete_one({"_id": "a"})
    assert any("taken away" in line for line in await problems(world))


async def test_what_came_later_than_the_worker_looks_is_told_and_sealed_by_command(
    world: World,
) -> None:
    await post(world, "a")
    await next_night(world)
    world.clock.now += timedelta(days=LATE_DAYS)
    await post(world, "late", at=NOON)
    await sealed(world)
    [line] = await problems(world)
    assert f"ledger seal --from {TODAY} --to {TODAY}" in line
    assert await seals.seal_day(world.deps, TODAY)
    assert await problems(world) == []


@pytest.mark.parametrize("late", [False, True])
async def test_a_day_of_which_a_journal_is_gone_is_never_sealed_over(
    world: World, *, late: bool
) -> None:
    await post(world, "a")
    await post(world, "b")
    await next_night(world)
    await world.db.journal.delete_one({"_id": "a"})
    if late:
        await post(world, "c", at=NOON)
        await post(world, "d", at=NOON)
    with capture_logs() as logs:
        await next_night(world)
    assert [each["seal"] for each in logs if each["event"] == "journal_seal_broken"] == [
        "cc.x#000001"
    ]
    assert await chain(world, "cc.x") == [(TODAY, 2)]
    assert "1 of 2 that it covers" in (await problems(world))[0]


async def test_a_place_whose_journals_are_all_gone_is_found(world: World) -> None:
    await post(world, "a")
    await next_night(world)
    await world.db.journal.delete_many({})
    await next_night(world)
    assert ["1 of 1" in line for line in await problems(world)] == [True]


async def test_workers_that_seal_at_once_make_one_chain(world: World) -> None:
    for number in range(6):
        await post(world, f"a{number}", f"cc.x{number % 3}")
    world.clock.now += timedelta(days=1)
    await asyncio.gather(*(sealed(world) for _ in range(3)))
    assert await chain(world, CITY) == [(TODAY, 6)]
    assert await problems(world) == []


async def test_a_worker_killed_within_a_day_is_followed_by_one_that_goes_on(
    world: World,
) -> None:
    await post(world, "a")
    await post(world, "b", "cc.y")
    await next_night(world)
    await world.db.journal_seals.delete_many({"place": {"$in": [CITY, "cc.y"]}})
    await sealed(world)
    assert await chain(world, "cc.x") == [(TODAY, 1)]
    assert await chain(world, CITY) == [(TODAY, 2)]
    assert await problems(world) == []


async def test_seals_under_a_key_that_is_gone_count_by_those_after_them(world: World) -> None:
    await post(world, "a")
    await next_night(world)
    newer = Vault({"k2": b"n" * KEY_BYTES})
    lost = replace(world, deps=replace(world.deps, vault=newer))
    assert await problems(lost) == ["seal #000001: is under a key that is not in SECRET_KEYS"]
    await post(world, "b")
    await next_night(lost)
    assert await problems(lost) == []
    await world.db.journal_seals.update_one({"place": CITY}, {"$set": {"journals": 9}})
    assert await problems(lost) == ["seal #000001: was changed"]


async def test_the_log_says_the_newest_seal_as_verify_does(world: World) -> None:
    await post(world, "a")
    with capture_logs() as logs:
        await next_night(world)
    [said] = [each["seal"] for each in logs if each["event"] == "journal_seal"]
    assert said == (await verified(world))[0].newest


async def test_a_proof_goes_on_from_where_an_earlier_one_was(world: World) -> None:
    for days in range(3):
        await post(world, f"a{days}", at=NOON + timedelta(days=days))
    at: list[str] = []
    whole = await proofs.verify(world.deps, Span(), print, at.append)
    assert at == [f"days:2026-03-0{2 + days}" for days in range(3)]
    rest, _ = await verified(world, Span(after=at[1]))
    assert (whole.journals, rest.journals) == (3, 1)
    some, _ = await verified(world, Span(from_day=TOMORROW, to_day=TOMORROW))
    assert some.journals == 1


async def test_what_is_wrong_for_a_moment_only_is_no_problem(world: World) -> None:
    """A payment that is booked between two queries of the proof has its bill and no journal."""
    said = iter([["a: paid", "b: lost"], ["b: lost", "c: new"]])

    async def some(_deps: Any, after: str, _limit: int) -> list[str]:
        return [] if after else ["a"]

    async def problems_now(_deps: Any, _ids: Sequence[str]) -> list[str]:
        return next(said)

    toy = Projection(
        name="toys",
        touched=lambda _: (),
        known=AsyncMock(),
        some=some,
        problems=problems_now,
    )
    features = Features({"toys": Feature(projections=(toy,))})
    moving = replace(world, deps=replace(world.deps, features=features))
    assert await problems(moving) == ["b: lost"]

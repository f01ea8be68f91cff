"""The ledger: nothing unbalanced is written, and what was changed afterwards is named."""

from typing import Any

import pytest

from services.dependencies import Transaction
from services.ledger import actions as ledger
from services.ledger.models import Journal, Posting, Unbalanced
from tests.build.cast import Estate
from tests.build.late_reads import one_behind
from tests.build.proofs import next_night
from tests.build.world import NOON, World

BALANCE = "/api/v1/ledger/trial-balance?from_day=2026-03-01&to_day=2026-03-02"


def journal(*amounts: int) -> Journal:
    postings = [Posting(f"income:{n}", fen) for n, fen in enumerate(amounts)]
    return Journal(id="test:1", kind="test", place="cc", at=NOON, postings=postings)


@pytest.mark.parametrize("amounts", [(5, -4), (5, -5, 0), (0, 0), (), (5,)])
async def test_a_journal_that_does_not_sum_to_zero_is_not_written(
    world: World, amounts: tuple[int, ...]
) -> None:
    async def post(tx: Transaction) -> None:
        await ledger.post(world.deps, tx, journal(*amounts))

    with pytest.raises(Unbalanced):
        await world.deps.in_transaction(post)
    assert await world.db.journal.count_documents({}) == 0


async def test_what_is_posted_twice_at_once_is_posted_once_and_nobody_fails(
    world: World,
) -> None:
    async def post(tx: Transaction) -> None:
        await ledger.post(world.deps, tx, journal(5, -5))

    twice = [ledger.done_once(world.deps, "test:1", post) for _ in range(2)]
    assert await one_behind(world.deps, *twice) == (True, False)
    assert await world.db.journal.count_documents({}) == 1


@pytest.mark.billed("2026-01")
@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"$set": {"reference.bill": "another"}}, "changed after it was written"),
        ({"$set": {"place": "cc"}}, "changed after it was written"),
        ({"$inc": {"postings.0.amount_fen": 1}}, "posts ["),
    ],
)
async def test_the_trial_balance_names_a_journal_that_was_changed(
    estate: Estate, change: dict[str, Any], problem: str
) -> None:
    admin, api = await estate.member("admin"), estate.world.api
    before = (await api.get(BALANCE, as_=admin)).body
    assert (before["balanced"], before["problems"]) == (True, [])
    found = await estate.world.db.journal.find_one({"kind": "issue"})
    assert found is not None
    await estate.world.db.journal.update_one({"_id": found["_id"]}, change)
    after = (await api.get(BALANCE, as_=admin)).body
    assert after["balanced"] is False
    assert all(found["_id"] in line for line in after["problems"])
    assert any(problem in line for line in after["problems"])


@pytest.mark.billed("2026-01")
async def test_the_trial_balance_names_a_day_of_which_a_journal_is_gone(estate: Estate) -> None:
    await next_night(estate.world)
    admin, api = await estate.member("admin"), estate.world.api
    assert (await api.get(BALANCE, as_=admin)).body["balanced"] is True
    await estate.world.db.journal.delete_one({"kind": "issue"})
    after = (await api.get(BALANCE, as_=admin)).body
    assert after["balanced"] is False
    assert any("were changed or taken away" in line for line in after["problems"])

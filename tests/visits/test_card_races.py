"""Entries of household cards that are renewed while the worker, or somebody else, ends them."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from services.visits.cards import actions, jobs
from tests.build.photos import on_disk, sent
from tests.visits.conftest import Doors
from tests.visits.test_cards import CARDS, MINE, kept, noted

Step = Callable[[], Awaitable[Any]]


def meanwhile(monkeypatch: pytest.MonkeyPatch, step: Step) -> None:
    """Let something happen once the worker has read a page of entries."""
    addresses = jobs.places.addresses

    async def after(*args: Any) -> Any:
        monkeypatch.setattr(jobs.places, "addresses", addresses)
        await step()
        return await addresses(*args)

    monkeypatch.setattr(jobs.places, "addresses", after)


async def test_what_is_renewed_as_it_ends_stays_with_its_new_paper(
    doors: Doors, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = await doors.member("staff")
    paper, new = [await sent(doors.world.api, head, purpose="visit") for _ in range(2)]
    signed = {"consent": "on_paper", "photo_ids": [paper]}
    made = await noted(doors, "staff", residency_id="r0-li", **signed)
    await doors.estate.advance(days=364, hours=23)

    async def renew() -> None:
        path = f"{CARDS}/entries/{made['entry_id']}/renewal"
        await doors.done("staff", path, consent="on_paper", photo_ids=[new])
        await doors.estate.advance(hours=2)

    meanwhile(monkeypatch, renew)
    await jobs.look_after(doors.world.deps, {})
    await doors.world.work()
    [entry] = await kept(doors)
    assert (entry["state"], entry["photos"]) == ("active", [new])
    assert len(on_disk(doors.world.deps)) == 1


async def test_who_has_just_renewed_is_not_asked(
    doors: Doors, monkeypatch: pytest.MonkeyPatch
) -> None:
    await doors.member("li")
    made = await noted(doors, residency_id="r0-li")
    await doors.estate.advance(days=340)

    async def renew() -> None:
        await doors.done("li", f"{MINE}/entries/{made['entry_id']}/renewal")

    meanwhile(monkeypatch, renew)
    await jobs.look_after(doors.world.deps, {})
    [entry] = await kept(doors)
    assert entry["asked_at"] is None
    told = [each["template"] for each in (await doors.seen("li", "me/messages"))["items"]]
    assert told == ["card_noted"]


async def test_who_removes_what_was_renewed_meanwhile_looks_again(
    doors: Doors, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = await doors.member("head")
    paper, new = [await sent(doors.world.api, head, purpose="visit") for _ in range(2)]
    signed = {"consent": "on_paper", "photo_ids": [paper]}
    path = f"{CARDS}/entries/{(await noted(doors, **signed))['entry_id']}"
    by_office = actions.access.by_office

    async def then_renewed(*args: Any) -> Any:
        monkeypatch.setattr(actions.access, "by_office", by_office)
        found = await by_office(*args)
        await doors.done("head", f"{path}/renewal", **signed | {"photo_ids": [new]})
        return found

    monkeypatch.setattr(actions.access, "by_office", then_renewed)
    reply = await doors.post("head", f"{path}/removal", reason="asked")
    assert (reply.status, reply.code) == (409, "card_moved_on")
    await doors.done("head", f"{path}/removal", reason="asked")
    await doors.world.work()
    assert on_disk(doors.world.deps) == [], "no photo is left that nothing leads to"

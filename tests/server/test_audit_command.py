"""`python -m server audit verify` on a database the product ran on."""

import asyncio

import pytest

from server import cli
from services.audit.verification import jobs as verification_jobs
from tests.build.cast import Estate
from tests.build.deeds import send, voided
from tests.build.world import World


async def verify(capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    """Run the command as an operator does and return its code and what it prints."""
    capsys.readouterr()
    code = await asyncio.to_thread(cli.main, ["audit", "verify"])
    return code, capsys.readouterr().out


@pytest.mark.billed("2026-01", "2026-02")
@pytest.mark.usefixtures("_operator")
async def test_the_audit_is_proved_and_what_is_broken_is_named(
    world: World, estate: Estate, capsys: pytest.CaptureFixture[str]
) -> None:
    reply = await send(estate, await voided(estate), await estate.member("staff"))
    assert reply.status == 200
    code, told = await verify(capsys)
    assert code == 0
    assert told.endswith(" 0 anchors: as written\nnewest anchor: none yet\n")

    await verification_jobs.anchor(world.deps, {})
    code, told = await verify(capsys)
    assert (code, " 1 anchors: as written\n" in told) == (0, True)
    assert "newest anchor: 1 2026-03-02T04:00:00+00:00 " in told

    [row] = await world.db.audit.find({"act": "fee.bill_voided"}).to_list()
    change = {"$set": {"facts.amount_fen": 1}}
    await world.db.audit.update_one({"_id": row["_id"]}, change)
    code, told = await verify(capsys)
    assert code == 1
    assert told.startswith(f"{row['_id']}: was changed\n")
    assert " anchors: NOT as written\n" in told

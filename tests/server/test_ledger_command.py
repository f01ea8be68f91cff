"""`python -m server ledger` on a database the product ran on."""

import asyncio

import pytest

from server import cli
from tests.build.cast import Estate
from tests.build.world import World


@pytest.mark.billed("2026-01")
@pytest.mark.usefixtures("_operator")
async def test_the_books_are_sealed_and_proved_and_what_is_broken_is_named(
    world: World, estate: Estate, capsys: pytest.CaptureFixture[str]
) -> None:
    assert estate.world is world

    async def ledger(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = await asyncio.to_thread(cli.main, ["ledger", *arguments])
        told = capsys.readouterr()
        return code, told.out, told.err

    code, told, _ = await ledger("seal")
    assert (code, told.splitlines()[-1]) == (0, "2026-03-02: sealed")
    code, told, progress = await ledger("verify")
    assert (code, "8 journals, 8 documents, 3 seals: as written\n" in told) == (0, True)
    assert "\nnewest seal: 1 2026-03-02 " in told
    heading, first_line, second_line, *_ = progress.splitlines()
    assert heading.startswith("What is proved so far (")
    assert (first_line, second_line[:8]) == ("  days:2026-03-02", "  bills:")
    code, told, _ = await ledger("verify", "--after", progress.splitlines()[-1].strip())
    assert (code, told.partition(":")[0]) == (0, "0 journals, 0 documents, 0 seals")

    [first, *_] = await world.db.journal.find().sort("_id", 1).to_list()
    await world.db.journal.delete_one({"_id": first["_id"]})
    code, told, _ = await ledger("verify", "--from", "2026-03-02", "--to", "2026-03-02")
    assert code == 1
    assert "changed or taken away\n" in told
    assert ": NOT as written (1)\n" in told
    code, told, _ = await ledger("seal")
    assert (code, told.splitlines()[-1]) == (1, "2026-03-02: NOT sealed: verify it")


def test_a_day_that_does_not_exist_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["ledger", "verify", "--from", "2026-02-30"]) == cli.CANNOT_START
    assert capsys.readouterr().err == "no such day: 2026-02-30\n"

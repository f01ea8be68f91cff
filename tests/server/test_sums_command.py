"""`python -m server rebuild-place-sums`."""

import asyncio

import pytest

from mongo_indexes import place_sums
from server import cli
from server.settings import Settings
from tests.build import books
from tests.build.cast import Estate
from tests.server.test_reseal_command import operate


async def test_it_counts_every_unit_again(
    estate: Estate,
    base_settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    kept = estate.world.db[place_sums.COLLECTION]
    await kept.delete_many({"source": "bills"})
    operate(monkeypatch, base_settings, k1=b"k" * 32)
    assert await asyncio.to_thread(cli.main, ["rebuild-place-sums"]) == 0
    bills, homes = await estate.world.db.bills.distinct("home"), {"kind": "home"}
    units = {home.rpartition(".")[0] for home in bills}
    of_register = await estate.world.db.places.find(homes).to_list()
    units_of_homes = {home["_id"].rpartition(".")[0] for home in of_register}
    counted = len(units) + len(units_of_homes)
    assert capsys.readouterr().out == f"{counted} units counted\n"
    await books.sums_check(estate.world)

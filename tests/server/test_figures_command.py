"""`python -m server rebuild-repair-figures`."""

import asyncio

import pytest

from mongo_indexes import repair_figures
from server import cli
from server.settings import Settings
from services.kernel.paths import ancestors
from tests.build import repairs
from tests.build.cast import COMPOUND, Estate
from tests.server.test_reseal_command import operate


async def test_it_counts_every_month_again(
    estate: Estate,
    base_settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    works = await repairs.build(estate)
    await works.report("li")
    operate(monkeypatch, base_settings, k1=b"k" * 32)
    assert await asyncio.to_thread(cli.main, ["rebuild-repair-figures"]) == 0
    assert capsys.readouterr().out == "1 months of compounds counted\n"
    kept = estate.world.db[repair_figures.COLLECTION]
    found = await kept.find({"by": "all"}).sort("place").to_list()
    assert [row["place"] for row in found] == ancestors(COMPOUND)

"""Rows about quotes of repairs in homes: offered by who does one, answered by the household."""

from datetime import timedelta
from typing import Any, Final

import pytest

from mongo_indexes import contracts, repair_prices, repair_quotes, repairs
from services.cases.models import CameBy
from services.kernel.permissions import Permission
from services.repairs.classes import Danger
from services.repairs.models import TEXT, Part, Repair
from services.repairs.prices.models import Price, PriceKind
from services.repairs.quotes.models import Quote, QuoteLine
from services.repairs.quotes.states import QuoteState
from services.repairs.states import RepairState
from tests.matrix.posts import COMPOUND, HOME, Post
from tests.matrix.row import Row
from tests.matrix.rules import Outcome, at, decided
from tests.matrix.town import Furniture, Scene
from tests.matrix.walk import IN_TOWN, Walked

pytestmark = IN_TOWN

P: Final = Permission
SEES: Final = "its household, and whoever does repairs there"


async def _repair(scene: Scene, state: RepairState = RepairState.WORKING) -> Repair:
    """A repair that whoever asks works on, for the firm that serves the compound."""
    now, repair_id = scene.town.world.deps.now(), scene.town.new_id()
    made = Repair(
        id=repair_id,
        number=f"26-{scene.number:04d}",
        place=scene.place,
        part=Part.HOME,
        category="tap_broken",
        danger=Danger.NORMAL,
        state=state,
        person=None,
        filed_by="test",
        way=CameBy.APP,
        created_at=now,
        entered_at=now,
        steps=1,
        text_sealed=TEXT.seal(scene.town.world.deps.vault, repair_id, "漏水"),
        firm=scene.town.seats.firms[COMPOUND],
        holder=scene.owner.person_id,
    )
    await scene.town.insert(repairs.COLLECTION, made)
    return made


def _quote(scene: Scene, repair: Repair, **more: Any) -> Quote:
    now, fen = scene.town.world.deps.now(), 300_000 + scene.number
    line = QuoteLine(
        code="tap",
        label="换水龙头",
        unit="个",
        kind=PriceKind.LABOUR,
        quantity=1,
        unit_fen=fen,
        amount_fen=fen,
    )
    return Quote(
        id=scene.town.new_id(),
        repair=repair.id,
        number=repair.number,
        place=repair.place,
        category=repair.category,
        firm=repair.firm,
        payee=scene.town.new_id(),
        account="firm",
        payee_name="安居物业",
        version=1,
        lines=[line],
        total_fen=fen,
        guarantee_days=90,
        offered_by=scene.owner.person_id,
        offered_at=now,
        **more,
    )


async def quote(scene: Scene) -> str:
    made = _quote(scene, await _repair(scene))
    return await scene.town.insert(repair_quotes.COLLECTION, made)


async def quoted(scene: Scene) -> str:
    """A repair with a quote."""
    found = await _repair(scene)
    await scene.town.insert(repair_quotes.COLLECTION, _quote(scene, found))
    return found.id


async def priced(scene: Scene) -> dict[str, str]:
    """A repair, and an item of the price list of the firm that does it."""
    found = await _repair(scene)
    query = {"place": COMPOUND, "firm": found.firm}
    contract = await scene.town.world.db[contracts.COLLECTION].find_one(query)
    assert contract is not None
    made = Price(
        id=scene.town.new_id(),
        place=COMPOUND,
        contract=str(contract["_id"]),
        code=f"tap_{scene.number}",
        label="换水龙头",
        unit="个",
        kind=PriceKind.LABOUR,
        low_fen=2000,
        high_fen=4000,
        version=1,
        from_day="2026-01-01",
        set_by="test",
        set_at=scene.town.world.deps.now(),
    )
    await scene.town.insert(repair_prices.COLLECTION, made)
    return {"repair_id": found.id, "item": made.code}


async def guaranteed(scene: Scene) -> str:
    """A repair of a fault that was paid for yesterday."""
    found, now = await _repair(scene), scene.town.world.deps.now()
    paid = _quote(
        scene,
        found,
        state=QuoteState.BILLED,
        billed_at=now - timedelta(days=1),
        guaranteed_until="2027-12-31",
    )
    await scene.town.insert(repair_quotes.COLLECTION, paid)
    return found.id


def sees(post: Post, place: str) -> Outcome:
    theirs = post.may(P.VIEW_HOME, place) or post.may(P.WORK_ON_REPAIRS, place)
    return Outcome.ALLOWED if theirs else Outcome.MISSING


def answer(step: str) -> Row:
    rule = at(HOME, permission=P.VIEW_HOME, seen=(P.WORK_ON_REPAIRS,))
    return Row("post", f"/api/v1/repair-quotes/{{quote_id}}/{step}", rule, makes=quote)


def an_offer(_: Scene, made: Any) -> dict[str, Any]:
    line = {"code": made["item"], "quantity": 1, "unit_fen": 3000}
    return {"after_version": 0, "lines": [line], "guarantee_days": 90}


QUOTES: Final = "/api/v1/repairs/{repair_id}/quotes"
FURNITURE: Final[Furniture] = ((quote, (HOME,)),)
ROWS = (
    Row("get", QUOTES, decided(sees, SEES, HOME), makes=quoted, bare="sums, without places"),
    Row("post", QUOTES, at(HOME, seen=(P.VIEW_HOME,)), makes=priced, body=an_offer),
    answer("accept"),
    answer("decline"),
    Row(
        "post",
        "/api/v1/repair-quotes/{quote_id}/withdraw",
        at(HOME, seen=(P.VIEW_HOME,)),
        makes=quote,
    ),
    Row(
        "post",
        "/api/v1/repairs/{repair_id}/guarantee-lift",
        at(HOME),
        makes=guaranteed,
        body={"reason": "other_fault"},
    ),
)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
async def test_everybody_gets_what_they_may(walked: Walked, row: Row) -> None:
    await walked(row)
